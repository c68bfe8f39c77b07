from django.apps import AppConfig


class ConvocationsConfig(AppConfig):
    name = "seuil.convocations"
    verbose_name = "Convocations"
