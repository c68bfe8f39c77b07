from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "seuil.web"
    verbose_name = "Pages"
