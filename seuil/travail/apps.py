from django.apps import AppConfig


class TravailConfig(AppConfig):
    name = "seuil.travail"
    verbose_name = "À faire"
