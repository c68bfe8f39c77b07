from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "seuil.dossiers"
    verbose_name = "Dossiers"
