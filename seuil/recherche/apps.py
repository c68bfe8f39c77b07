from django.apps import AppConfig


class RechercheConfig(AppConfig):
    name = "seuil.recherche"
    verbose_name = "Recherche"
