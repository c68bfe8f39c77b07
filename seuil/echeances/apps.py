from django.apps import AppConfig


class EcheancesConfig(AppConfig):
    name = "seuil.echeances"
    verbose_name = "Échéances"
