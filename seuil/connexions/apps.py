from django.apps import AppConfig


class ConnexionsConfig(AppConfig):
    name = "seuil.connexions"
    verbose_name = "Connexions"
