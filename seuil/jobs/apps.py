from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "seuil.jobs"
    verbose_name = "Tâches de fond"
