"""What an instance must not be: a demonstration in the open, a half-configured provider."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from seuil.audit.rules import read_surveillances
from seuil.engines.oidc import Client, why_bad_client


def check_connexion(**_: Any) -> list[CheckMessage]:
    """Return the settings that would let someone in with too little proof."""
    found: list[CheckMessage] = []
    if settings.SEUIL_DEMO and settings.SECURE_SSL_REDIRECT:
        found.append(
            Error(
                "SEUIL_DEMO et SEUIL_HTTPS ensemble : les comptes de démonstration s’ouvrent par un"
                " mot de passe public.",
                hint="Retirez SEUIL_DEMO d’une instance servie en HTTPS.",
                id="seuil.E001",
            )
        )
    given = (
        settings.SEUIL_OIDC_ISSUER,
        settings.SEUIL_OIDC_CLIENT_ID,
        settings.SEUIL_OIDC_CLIENT_SECRET,
    )
    reason = why_bad_client(Client(*given, retour="")) if any(given) else None
    if reason:
        found.append(
            Error(
                f"Fournisseur d’identité mal réglé : {reason}.",
                hint="SEUIL_OIDC_ISSUER, SEUIL_OIDC_CLIENT_ID et SEUIL_OIDC_CLIENT_SECRET.",
                id="seuil.E002",
            )
        )
    return found


def check_alertes(**_: Any) -> list[CheckMessage]:
    """Return why the thresholds of the watch are not understood: it would watch nothing."""
    try:
        read_surveillances(settings.SEUIL_ALERTES_HEURE, settings.SEUIL_ALERTES_JOUR)
    except ValueError as error:
        return [
            Error(
                f"Seuils des alertes mal réglés : {error}.",
                hint="SEUIL_ALERTES_HEURE et SEUIL_ALERTES_JOUR.",
                id="seuil.E003",
            )
        ]
    return []
