from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "seuil.audit"
    verbose_name = "Journal"
