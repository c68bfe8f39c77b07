"""What a row says of its household besides its tasks: hearing, debt, diagnosis asked, service."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from uuid import UUID

from django.db.models import Q

from seuil.actes.models import Acte
from seuil.acteurs.models import Agent
from seuil.acteurs.queries import list_organisations
from seuil.diagnostics.models import Dsf
from seuil.dossiers.queries import readable
from seuil.echeances.models import Situation, SituationDette
from seuil.travail.queries import get_annuaire
from seuil.travail.rules.annuaire import Annuaire

# Who makes a diagnosis, in the order in which the directory is asked.
_DSF = ("metropole", "conseil_departemental", "ccas", "operateur")


@dataclass(frozen=True, slots=True)
class Audience:
    """A hearing to come, or the last one."""

    le: date
    heure: time | None
    juridiction: str


@dataclass(frozen=True, slots=True)
class Repere:
    """What places a household; empty, what the reader may not read."""

    audience: Audience | None
    dette: Decimal | None
    # The diagnosis in progress: its body and the day it was asked.
    organisme: str
    demande_le: date | None
    dsf_demande: bool


def list_reperes(*, agent: Agent, on: date, ids: Collection[UUID]) -> Mapping[UUID, Repere]:
    """Return what places the households of a page; three queries."""
    dettes = dict(
        readable(
            rows=SituationDette.objects.filter(dossier__id__parmi=ids),
            agent=agent,
            on=on,
            parmi=ids,
        ).values_list("dossier_id", "montant")
    )
    demandes = {
        pk: (organisme, le)
        for pk, organisme, le in readable(
            rows=Dsf.objects.filter(dossier__id__parmi=ids, fin=Dsf.Fin.EN_COURS),
            agent=agent, on=on, parmi=ids,
        ).values_list("dossier_id", "organisme", "demande_le")
    }  # fmt: skip
    audiences = _list_audiences(agent, on, ids)
    return {
        pk: Repere(
            audience=audiences.get(pk),
            dette=dettes.get(pk),
            organisme=demandes[pk][0] if pk in demandes else "",
            demande_le=demandes[pk][1] if pk in demandes else None,
            dsf_demande=pk in demandes,
        )
        for pk in ids
    }


def _list_audiences(agent: Agent, on: date, ids: Collection[UUID]) -> dict[UUID, Audience]:
    """Return the next hearing of each household, else its last one."""
    found: dict[UUID, Audience] = {}
    actes = readable(
        rows=Acte.objects.en_vigueur()
        .filter(dossier__id__parmi=ids)
        .filter(Q(audience_le__isnull=False) | Q(type="audience")),
        agent=agent, on=on, parmi=ids,
    )  # fmt: skip
    for pk, survenu_le, le, heure, juridiction in actes.values_list(
        "dossier_id", "survenu_le", "audience_le", "audience_heure", "juridiction"
    ):
        new = Audience(survenu_le if le is None else le, heure, juridiction)
        known = found.get(pk)
        if known is None or _nearer(new, known, on):
            found[pk] = new
    return found


def _nearer(new: Audience, known: Audience, on: date) -> bool:
    if (new.le >= on) != (known.le >= on):
        return new.le >= on
    return new.le < known.le if new.le >= on else new.le > known.le


def name_services(*, agent: Agent, on: date, ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Return the body to ask for the diagnosis of each household, by its commune; two queries.

    Empty when the directory names none, or several between which a person must choose.
    """
    annuaire = get_annuaire(departements=[agent.departement_id])
    communes = readable(
        rows=Situation.objects.filter(dossier__id__parmi=ids), agent=agent, on=on, parmi=ids
    ).values_list("dossier_id", "commune_code")
    return {pk: _name_service(annuaire, agent.departement_id, code) for pk, code in communes}


def _name_service(annuaire: Annuaire, departement: str, commune: str) -> str:
    found = (
        annuaire.find(departement=departement, type_organisation=type_, commune=commune)
        for type_ in _DSF
    )
    return next((d.nom for d in found if d), "")


def list_adresses(*, agent: Agent) -> Mapping[str, str]:
    """Return how each body of the directory is reached, by its name: e-mail, else telephone."""
    return {
        o["nom"]: f"mailto:{o['courriel']}" if o["courriel"] else f"tel:{o['telephone']}"
        for o in list_organisations(agent=agent)
        if o["courriel"] or o["telephone"]
    }
