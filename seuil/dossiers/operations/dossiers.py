"""The file itself: numbers, limits, key, lock, and what every fact of it refuses."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import F

from seuil.acteurs.models import Departement
from seuil.dossiers.models import Compteur, Dossier
from seuil.kernel.contexte import acting_as_machine
from seuil.kernel.refusal import Refusal


class FaitDejaConnu(Refusal):
    message = "Ce fait est déjà enregistré, à la même date et par la même source."


def assign_numeros(*, departement: str, annee: int, count: int) -> list[str]:
    """Return the next `count` dossier numbers of a year, without gap, locking their counter."""
    Compteur.objects.bulk_create(
        [Compteur(departement_id=departement, annee=annee, dernier=0)], ignore_conflicts=True
    )
    compteur = Compteur.objects.select_for_update().get(departement=departement, annee=annee)
    first = compteur.dernier + 1
    Compteur.objects.filter(pk=compteur.pk).update(dernier=F("dernier") + count)
    return [f"{departement}-{annee}-{n:06d}" for n in range(first, first + count)]


def set_limite(*, dossier: Dossier, limite_le: date | None, on: date) -> bool:
    """Limit the processing of a file from a day, or lift it: nobody but the officer reads it."""
    with acting_as_machine("limitation", on=on, departement=dossier.departement_id):
        # Of two at once, one alone changes the file.
        changed = Dossier.objects.filter(pk=dossier.pk, limite_le__isnull=limite_le is not None)
        done = bool(changed.update(limite_le=limite_le))
    dossier.limite_le = limite_le
    return done


def set_cle(*, dossier: Dossier, cle: str) -> bool:
    """Give a file the key of its corrected name or address; False when another file has it."""
    if Dossier.objects.filter(departement=dossier.departement_id, cle=cle).exclude(
        pk=dossier.pk
    ).exists():  # fmt: skip
        return False
    Dossier.objects.filter(pk=dossier.pk).update(cle=cle)
    return True


def lock_dossier(dossier: Dossier) -> None:
    """Let nobody else change the same facts of a file before the end of the transaction.

    An advisory lock: to lock the row would ask for the right to write it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(dossier.pk)])


def lock_dossiers(*, dossier_ids: Iterable[UUID]) -> None:
    """Do as `lock_dossier` for several files, in one order: two batches never cross."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(id, 0))"
            " FROM (SELECT unnest(%s::text[]) AS id ORDER BY 1) x",
            [sorted(str(pk) for pk in dossier_ids)],
        )


def get_departement(code: str) -> Departement:
    """Return a département. Raises DepartementInconnu with the remedy."""
    departement = Departement.objects.filter(pk=code).first()
    if departement is None:
        raise DepartementInconnu(code)
    return departement


class DepartementInconnu(Refusal):
    def __init__(self, code: str) -> None:
        super().__init__(
            f"Département inconnu : « {code} ». Donnez son code officiel (33, 2A, 974), après avoir"
            " chargé la géographie."
        )
