from django.apps import AppConfig


class AccompagnementsConfig(AppConfig):
    name = "seuil.accompagnements"
    verbose_name = "Accompagnements"
