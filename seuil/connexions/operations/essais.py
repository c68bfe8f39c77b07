"""Tries to sign in, and how they are slowed."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from seuil.acteurs.models import Agent
from seuil.audit.operations import Author, record_event
from seuil.connexions.models import Essai, GenreEssai
from seuil.connexions.rules import (
    FENETRE,
    PAR_ADRESSE,
    PAR_COMPTE,
    PAR_LIEU,
    Bareme,
    Lieu,
    compute_attente,
    compute_cle,
)
from seuil.kernel.contexte import acting_as_machine
from seuil.kernel.refusal import Refusal

_MOT_DE_PASSE = (
    "Vous ne vous souvenez plus de votre mot de passe ? Demandez un nouveau lien à"
    " votre administrateur."
)
_REMEDES: Mapping[str, str] = {
    GenreEssai.MOT_DE_PASSE: _MOT_DE_PASSE,
    GenreEssai.CODE: _MOT_DE_PASSE,
    GenreEssai.NUMERO: "Le numéro vous manque ? Demandez-le au secrétariat.",
}


class TropDEssais(Refusal):
    """Too many tries from here or on this account; the text says how long to wait."""

    def __init__(self, attente: timedelta, genre: str = GenreEssai.MOT_DE_PASSE) -> None:
        self.attente = attente
        minutes = max(1, -(-int(attente.total_seconds()) // 60))
        delai = "une minute" if minutes == 1 else f"{minutes} minutes"
        super().__init__(
            f"Trop d’essais sans succès. Attendez {delai}, puis recommencez. {_REMEDES[genre]}"
        )


@transaction.atomic
def open_essai(*, genre: str, compte: str, depuis: Lieu, secret: str, at: datetime) -> Essai:
    """Write a try before the secret is compared; it counts as a failure until it succeeds.

    A browser that the account knows waits for its own failures only: those of others never lock it
    out. Raises TropDEssais, which writes nothing.
    """
    cle = compute_cle(genre=f"compte {genre}", valeur=compte, secret=secret)
    lieu = compute_cle(
        genre="lieu", valeur=depuis.poste if depuis.connu else depuis.adresse, secret=secret
    )
    reseau = compute_cle(genre="adresse", valeur=depuis.adresse, secret=secret)
    # Two tries at once on an account wait for one another: each sees those before it.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [cle])
    with acting_as_machine("essais", on=at.date()):
        failures = Essai.objects.filter(reussi=False, essaye_at__gt=at - FENETRE)
        waits = [_attente(failures.filter(compte=cle, lieu=lieu), at, PAR_LIEU)]
        if not depuis.connu:
            waits.append(_attente(failures.filter(compte=cle, connu=False), at, PAR_COMPTE))
            waits.append(_attente(failures.filter(adresse=reseau, connu=False), at, PAR_ADRESSE))
        if max(waits) > timedelta(0):
            raise TropDEssais(max(waits), genre)
        return Essai.objects.create(
            genre=genre, compte=cle, lieu=lieu, adresse=reseau, connu=depuis.connu, essaye_at=at
        )


def _attente(failures: "Iterable[Essai]", at: datetime, bareme: Bareme) -> timedelta:
    dates = [e.essaye_at for e in failures]
    return compute_attente(echecs=dates, at=at, bareme=bareme)


@transaction.atomic
def record_reussite(*, essai: Essai) -> None:
    """Say that the try succeeded: it no longer counts."""
    essai.reussi = True
    with acting_as_machine("essais", on=essai.essaye_at.date()):
        essai.save(update_fields=["reussi"])


@transaction.atomic
def record_refus(*, motif: str, cible: Agent | None, by: Author, on: date) -> None:
    """Write in the journal that a sign-in was refused, on a known account or on none."""
    record_event(
        kind="connexion.refusee",
        by=by,
        on=on,
        target_type="agent",
        target_id=cible.pk if cible else "inconnu",
        details={"motif": motif},
    )
