from django.apps import AppConfig


class DiagnosticsConfig(AppConfig):
    name = "seuil.diagnostics"
    verbose_name = "Diagnostics"
