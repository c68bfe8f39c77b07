from django.apps import AppConfig
from django.core.checks import register


class WebConfig(AppConfig):
    name = "seuil.web"
    verbose_name = "Pages"

    def ready(self) -> None:
        from seuil.web.checks import check_alertes, check_connexion  # noqa: PLC0415 - the models must be loaded

        register(check_connexion)
        register(check_alertes)
