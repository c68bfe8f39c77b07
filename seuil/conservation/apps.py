from django.apps import AppConfig


class ConservationConfig(AppConfig):
    name = "seuil.conservation"
    verbose_name = "Conservation des données"
