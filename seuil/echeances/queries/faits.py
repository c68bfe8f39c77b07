"""What of dossiers decides of their dates: acts, lease, place."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection, models
from django.db.models import ExpressionWrapper, Q

from seuil.acteurs.models import Agent
from seuil.dossiers.models import Bailleur, Dossier
from seuil.dossiers.queries import only_visible, readable
from seuil.echeances.rules.actes import list_faits, list_faits_lus
from seuil.echeances.rules.calculs import (
    Contexte,
    EcheanceCalculee,
    compute_echeances,
    compute_lues,
)
from seuil.echeances.rules.faits import Fait
from seuil.echeances.rules.pauses import Acte
from seuil.kernel.bulk import as_array

_CHAMPS_ACTE = (
    "pk", "type", "survenu_le", "recu_le", "audience_le", "sens", "delai_jusqu_au",
    "delai_annonce", "annonce_le",
)  # fmt: skip


_CHAMPS_FICHE = (
    "departement_id", "logement__commune_id", "bail__signe_le", "bail__clause_duree",
    "bail__reconduit_le",
)  # fmt: skip


def _read_contexte(
    departement: str,
    commune: str | None,
    signe_le: date | None,
    clause: str | None,
    reconduit_le: date | None,
) -> Contexte:
    return Contexte(departement, commune or "", signe_le, clause or "", reconduit_le)


@dataclass(frozen=True, slots=True)
class FaitsConnus:
    """What of a dossier decides of its dates: its acts, its lease and its place."""

    dossier_id: UUID
    actes: Sequence[Acte]
    contexte: Contexte
    # The landlord is a legal person, who must seize the CCAPEX before the assignation.
    bailleur_saisit: bool

    def list_lus(self) -> list[Fait]:
        """Return the facts whose delays only the page shows."""
        return list_faits_lus(self.dossier_id, self.actes, bailleur_saisit=self.bailleur_saisit)

    def compute(self) -> list[EcheanceCalculee]:
        """Return every deadline that these facts entail."""
        faits = list_faits(self.dossier_id, self.actes)
        return [
            *compute_echeances(faits, {self.dossier_id: self.contexte}),
            *compute_lues(self.list_lus(), self.contexte),
        ]


def get_faits_connus(*, agent: Agent, on: date, dossier: Dossier) -> FaitsConnus | None:
    """Return what decides of the dates of a file; None when the agent may not see it.

    Of its acts, those the agent may read.
    """
    visible = only_visible(agent=agent, on=on, dossier=dossier, categorie="procedure")
    row = (
        Dossier.objects.filter(pk__in=visible)
        .values_list(*_CHAMPS_FICHE, "bail__bailleur__nature")
        .first()
    )
    if row is None:
        return None
    *fiche, nature = row
    acts = readable(rows=dossier.actes.en_vigueur(), agent=agent, on=on, dossier=dossier)
    actes = acts.order_by("survenu_le", "pk").values_list(
        *_CHAMPS_ACTE, ExpressionWrapper(Q(lot=None), models.BooleanField())
    )
    return FaitsConnus(
        dossier_id=dossier.pk,
        actes=[Acte(*values) for values in actes],
        contexte=_read_contexte(*fiche),
        bailleur_saisit=nature in {Bailleur.Nature.MORALE, Bailleur.Nature.SOCIAL},
    )


def list_contextes(*, dossier_ids: Collection[UUID]) -> dict[UUID, Contexte]:
    """Return, for those who count, the lease and the place of each dossier."""
    rows = Dossier.objects.filter(pk__in=dossier_ids).values_list("pk", *_CHAMPS_FICHE)
    return {pk: _read_contexte(*values) for pk, *values in rows}


def list_actes(*, dossier_ids: Collection[UUID]) -> dict[UUID, list[Acte]]:
    """Return, for those who count, the acts of each dossier that has some, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_READ_ACTES, [as_array(dossier_ids)])
        actes: dict[UUID, list[Acte]] = {}
        for dossier_id, *values in cursor.fetchall():
            actes.setdefault(dossier_id, []).append(Acte(*values))
    return actes


_READ_ACTES = """
SELECT dossier_id, id, type, survenu_le, recu_le, audience_le, sens, delai_jusqu_au, delai_annonce,
  annonce_le, lot_id IS NULL
FROM actes_acte WHERE dossier_id = ANY(%s::uuid[]) AND retire_le IS NULL ORDER BY survenu_le, id
"""
