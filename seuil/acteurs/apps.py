from django.apps import AppConfig


class ActeursConfig(AppConfig):
    name = "seuil.acteurs"
    verbose_name = "Acteurs"
