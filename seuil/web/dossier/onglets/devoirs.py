"""Who does what on a dossier: the duties of each stage reached, and where each stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from django.urls import reverse

from seuil.accompagnements.queries.faits import list_operateurs_en_charge
from seuil.acteurs.models import Agent
from seuil.diagnostics.queries import list_dsf_lus, list_faits_des_devoirs
from seuil.dossiers.models import Dossier
from seuil.echeances.queries.echeances import list_jours
from seuil.kernel.contexte import counting
from seuil.travail.queries import (
    get_annuaire,
    list_diligences,
    list_etapes_atteintes,
    list_rendables,
)
from seuil.travail.rules.etapes import add_en_aval
from seuil.travail.rules.vues import DevoirVu, EtapeVue, Reponse, compute_etapes_vues
from seuil.web.devoirs.gestes import Geste, list_gestes
from seuil.web.dossier.onglet import Lecture, Onglet


@dataclass(frozen=True, slots=True)
class Ligne:
    """A duty, and what the reader may do of it, when it is the reader's."""

    vu: DevoirVu
    gestes: Sequence[Geste] = ()


@dataclass(frozen=True, slots=True)
class Acteur:
    """An actor at a stage: its name, its organisation here, whether nobody can tell which."""

    nom: str
    organisation: str
    a_qui: bool
    lignes: list[Ligne]


@dataclass(frozen=True, slots=True)
class Table:
    """A stage, its duties by actor."""

    etape: EtapeVue
    acteurs: list[Acteur]


def read_devoirs(*, agent: Agent, on: date, dossier: Dossier) -> list[Table]:
    """Return the stages a dossier reached, the current one first, and what each actor owes."""
    # What is due depends on facts that the reader may not see: a mandate, a diagnosis.
    with counting("devoirs", departement=dossier.departement_id, on=on):
        etapes = list_etapes_atteintes(
            agent=agent,
            on=on,
            dossier=dossier,
            dsf=list_dsf_lus(dossier_ids=[dossier.pk]),
            operateurs=list_operateurs_en_charge(dossier_ids=[dossier.pk]),
        )
        etapes = add_en_aval(etapes, list_faits_des_devoirs(dossier_ids=[dossier.pk]))
    vues = compute_etapes_vues(
        etapes,
        annuaire=get_annuaire(departements=[dossier.departement_id]),
        echeances=list_jours(agent=agent, on=on, dossier=dossier),
        reponses=[
            Reponse(
                d.devoir, d.source_id, d.faite_le, d.preuve, d.sans_objet, d.motif,
                d.organisation.nom,
            )
            for d in list_diligences(agent=agent, on=on, dossier=dossier)
        ],
        on=on,
    )  # fmt: skip
    mine = list_rendables(agent=agent, on=on, dossier=dossier)
    return [Table(vue, _by_acteur(vue, dossier, mine, agent)) for vue in vues]


def _by_acteur(
    vue: EtapeVue, dossier: Dossier, mine: set[tuple[str, UUID]], agent: Agent
) -> list[Acteur]:
    suite = reverse("dossier_onglet", args=[dossier.numero, "devoirs"])

    def line(vu: DevoirVu) -> Ligne:
        code = vu.devoir.id
        if (code, vue.acte_id) not in mine or vu.etat in {"fait", "sans_objet"}:
            return Ligne(vu)
        gestes = list_gestes(
            agent=agent, numero=dossier.numero, devoir=code, source_id=vue.acte_id,
            fait=vu.devoir.closing_fait, suite=suite,
        )  # fmt: skip
        return Ligne(vu, gestes)

    acteurs = []
    for nom, group in groupby(vue.devoirs, key=lambda vu: vu.acteur):
        vus = list(group)
        acteurs.append(
            Acteur(
                nom=nom,
                organisation=vus[0].organisation,
                a_qui=any(vu.a_qui for vu in vus),
                lignes=[line(vu) for vu in vus],
            )
        )
    return acteurs


def _read(lecture: Lecture) -> dict[str, Any]:
    return {"etapes_vues": read_devoirs(**lecture.key)}


ONGLET = Onglet(
    libelle="Qui fait quoi",
    rang=30,
    template="dossier/onglets/devoirs.html",
    read=_read,
    categories=("devoirs",),
)
