from django.apps import AppConfig


class ActesConfig(AppConfig):
    name = "seuil.actes"
    verbose_name = "Actes"
