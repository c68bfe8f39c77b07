from django.apps import AppConfig


class VisitesConfig(AppConfig):
    name = "seuil.visites"
    verbose_name = "Visites"
