"""Read a dossier: the household, the dwelling, the lease, the debt, the links that open it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F

from seuil.acteurs.models import Agent
from seuil.acteurs.rules import get_perimetre
from seuil.dossiers.models import (
    Acces,
    AideLogement,
    Composition,
    Coordonnee,
    Dette,
    Document,
    Dossier,
    Personne,
    SuiviSocial,
)


@dataclass(frozen=True, slots=True)
class Menage:
    """Who lives there, how to reach them, what social services say: newest first."""

    personnes: Sequence[Personne]
    compositions: Sequence[Composition]
    coordonnees: Sequence[Coordonnee]
    suivis: Sequence[SuiviSocial]


def get_dossier(*, agent: Agent, on: date, numero: str) -> Dossier:
    """Return a file with its dwelling, lease and landlord.

    Raises Dossier.DoesNotExist when there is none of that number, or the agent may not see it.
    """
    return (
        Dossier.objects.visible_to(agent, on=on)
        .select_related("logement__commune__arrondissement", "bail__bailleur")
        .get(numero=numero)
    )


def count_arrivees(*, agent: Agent, on: date, since: date) -> int:
    """Return how many of the files the agent may see were opened since a day, included."""
    return Dossier.objects.visible_to(agent, on=on).filter(ouvert_le__gte=since).count()


def list_titulaires(*, agent: Agent, on: date, dossier: Dossier) -> Sequence[Personne]:
    """Return the people of the household, holders of the lease first."""
    order = {q: i for i, q in enumerate(Personne.Qualite.values)}
    rows = Personne.objects.filter(dossier__in=only_visible(agent=agent, on=on, dossier=dossier))
    return sorted(rows.order_by("rang"), key=lambda p: (order[p.qualite], p.rang))


def get_menage(*, agent: Agent, on: date, dossier: Dossier) -> Menage:
    """Return everything known of the household of a file."""
    visible = only_visible(agent=agent, on=on, dossier=dossier)
    return Menage(
        personnes=list_titulaires(agent=agent, on=on, dossier=dossier),
        compositions=list(
            Composition.objects.filter(dossier__in=visible).order_by("-constatee_le", "-created_at")
        ),
        coordonnees=list(
            Coordonnee.objects.filter(dossier__in=visible).order_by(
                F("valide_au").desc(nulls_first=True), "-valide_du", "type", "valeur"
            )
        ),
        suivis=list_suivis(agent=agent, on=on, dossier=dossier),
    )


def list_suivis(*, agent: Agent, on: date, dossier: Dossier) -> Sequence[SuiviSocial]:
    """Return what social services said of the household, newest first."""
    return list(
        SuiviSocial.objects.filter(
            dossier__in=only_visible(agent=agent, on=on, dossier=dossier)
        ).order_by("-constate_le", "-created_at")
    )


def get_composition(*, agent: Agent, on: date, dossier: Dossier) -> Composition | None:
    """Return the last known composition of the household."""
    return (
        Composition.objects.filter(dossier__in=only_visible(agent=agent, on=on, dossier=dossier))
        .order_by("-constatee_le", "-created_at")
        .first()
    )


def list_dettes(*, agent: Agent, on: date, dossier: Dossier) -> Sequence[Dette]:
    """Return the debts stated on a file, newest first."""
    return list(
        Dette.objects.filter(
            dossier__in=only_visible(agent=agent, on=on, dossier=dossier)
        ).order_by("-constatee_le", "-created_at")
    )


def list_aides(*, agent: Agent, on: date, dossier: Dossier) -> Sequence[AideLogement]:
    """Return the housing aids stated on a file, newest first."""
    return list(
        AideLogement.objects.filter(
            dossier__in=only_visible(agent=agent, on=on, dossier=dossier)
        ).order_by("-constatee_le", "-created_at")
    )


def list_documents(*, agent: Agent, on: date, dossier: Dossier) -> Sequence[Mapping[str, Any]]:
    """Return the documents of a file, newest first."""
    return list(
        Document.objects.filter(dossier__in=only_visible(agent=agent, on=on, dossier=dossier))
        .order_by("-depose_le", "-created_at")
        .values(
            "id", "nom", "nature", "type_mime", "taille", "depose_le",
            "depose_par__prenom", "depose_par__nom",
        )
    )  # fmt: skip


def get_document(*, agent: Agent, on: date, document_id: UUID) -> Document:
    """Return a document of a file the agent may see. Raises Document.DoesNotExist."""
    return Document.objects.select_related("dossier").get(
        pk=document_id, dossier__in=Dossier.objects.visible_to(agent, on=on)
    )


def list_acces(*, agent: Agent, on: date, dossier: Dossier) -> Sequence[Acces]:
    """Return the links open on that day through which a file is reached."""
    return list(
        Acces.objects.filter(dossier__in=only_visible(agent=agent, on=on, dossier=dossier))
        .open(on=on)
        .select_related("organisation", "agent")
        .order_by("relation", "debut_le", "id")
    )


def only_visible(*, agent: Agent, on: date, dossier: Dossier) -> Any:
    """Return what `dossier__in` takes to keep the rows of a file, none when it is not visible."""
    # Who sees a whole département needs no query to see one of its files.
    if (
        get_perimetre(agent.role) == "departement"
        and dossier.departement_id == agent.departement_id
    ):
        return [dossier.pk]
    return Dossier.objects.visible_to(agent, on=on).filter(pk=dossier.pk).values("pk")
