"""What a page of the équipe mobile says of a household: what is needed to act, and no more."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Prefetch, Q, QuerySet

from seuil.acteurs.models import Agent, Role
from seuil.contacts.models import Contact
from seuil.dossiers.models import Composition, Coordonnee, Dossier, Personne
from seuil.echeances.queries.situations import get_dette
from seuil.travail.models import Tache
from seuil.travail.rules.genres import EN_LOT, GENRES

# Whose work the team does.
_EQUIPE = (Role.CHEF_EQUIPE, Role.TRAVAILLEUR_SOCIAL, Role.JURISTE)


@dataclass(frozen=True, slots=True)
class Fiche:
    """A household on one sheet: who, where, how to reach it, its landlord, where things stand."""

    numero: str
    personnes: tuple[str, ...]
    adresse: str
    telephones: tuple[str, ...]
    courriels: tuple[str, ...]
    adultes: int | None
    enfants: int | None
    bailleur: str
    bailleur_telephone: str
    mandataire: str
    loyer: Decimal | None
    dette: Decimal | None
    dette_le: date | None
    stade: str
    stade_le: date
    audience_le: date | None


@dataclass(frozen=True, slots=True)
class Repere:
    """How to reach a household, the last attempt, the next contact fixed, what is due first."""

    telephones: tuple[str, ...] = ()
    dernier_le: date | None = None
    dernier_resultat: str = ""
    prochain_le: date | None = None
    tache: str = ""
    tache_le: date | None = None


def list_fiches(*, agent: Agent, on: date, dossier_ids: Collection[UUID]) -> Sequence[Fiche]:
    """Return the sheets of the dossiers the agent may see, by name; four queries."""
    dossiers = (
        Dossier.objects.visible_to(agent, on=on, categorie="accompagnement")
        .filter(pk__in=dossier_ids)
        .select_related("situation", "situation_dette", "logement__commune", "bail__bailleur")
        .prefetch_related(
            Prefetch("personnes", Personne.objects.order_by("rang", "pk")),
            Prefetch("coordonnees", _valid(on)),
            Prefetch("compositions", Composition.objects.order_by("-constatee_le", "-pk")),
        )
        .order_by("situation__nom_recherche", "numero")
    )
    return [_fiche(dossier) for dossier in dossiers]


def list_reperes(*, agent: Agent, on: date, dossier_ids: Collection[UUID]) -> Mapping[UUID, Repere]:
    """Return, by dossier the agent may see, its phones, attempts and next task; three queries."""
    visible = (
        Dossier.objects.visible_to(agent, on=on, categorie="echanges")
        .filter(pk__in=dossier_ids)
        .values("pk")
    )
    telephones: dict[UUID, list[str]] = defaultdict(list)
    for pk, valeur in (
        _valid(on)
        .filter(dossier__in=visible, type=Coordonnee.Type.TELEPHONE)
        .values_list("dossier", "valeur")
    ):
        telephones[pk].append(valeur)
    # The last attempt with each side: one row by dossier and side.
    last: dict[UUID, list[Contact]] = defaultdict(list)
    for contact in (
        Contact.objects.filter(dossier__in=visible)
        .order_by("dossier", "avec", "-survenu_le", F("heure").desc(nulls_last=True), "-id")
        .distinct("dossier", "avec")
    ):
        last[contact.dossier_id].append(contact)
    taches = {
        pk: (GENRES[genre].libelle, due_le)
        for pk, genre, due_le in Tache.objects.filter(
            Q(caduque_le=None) | Q(caduque_le__gt=on), dossier__in=visible, role__in=_EQUIPE
        )
        .exclude(genre__in=EN_LOT)
        .order_by("dossier", "due_le", "genre")
        .distinct("dossier")
        .values_list("dossier", "genre", "due_le")
    }
    return {
        pk: _repere(telephones[pk], last[pk], *taches.get(pk, ("", None)))
        for pk in {*telephones, *last, *taches}
    }


def _repere(
    telephones: Sequence[str], contacts: Sequence[Contact], tache: str, tache_le: date | None
) -> Repere:
    dernier = max(contacts, key=lambda c: c.survenu_le, default=None)
    return Repere(
        telephones=tuple(telephones),
        dernier_le=dernier.survenu_le if dernier else None,
        dernier_resultat=dernier.get_resultat_display() if dernier else "",
        prochain_le=min((c.prochain_le for c in contacts if c.prochain_le), default=None),
        tache=tache,
        tache_le=tache_le,
    )


def _fiche(dossier: Dossier) -> Fiche:
    situation = dossier.situation
    dette, dette_le = get_dette(dossier=dossier)
    bail = getattr(dossier, "bail", None)
    bailleur = bail.bailleur if bail else None
    composition = next(iter(dossier.compositions.all()), None)
    order = {q: i for i, q in enumerate(Personne.Qualite.values)}
    holders = sorted(dossier.personnes.all(), key=lambda p: order[p.qualite])
    reach = dossier.coordonnees.all()
    return Fiche(
        numero=dossier.numero,
        personnes=tuple(str(p) for p in holders if p.qualite != Personne.Qualite.ENFANT),
        adresse=str(dossier.logement),
        telephones=tuple(c.valeur for c in reach if c.type == Coordonnee.Type.TELEPHONE),
        courriels=tuple(c.valeur for c in reach if c.type == Coordonnee.Type.COURRIEL),
        adultes=composition.adultes if composition else None,
        enfants=composition.enfants if composition else None,
        bailleur=bailleur.nom if bailleur else "",
        bailleur_telephone=bailleur.telephone if bailleur else "",
        mandataire=bailleur.mandataire if bailleur else "",
        loyer=bail.loyer if bail else None,
        dette=dette,
        dette_le=dette_le,
        stade=situation.stade,
        stade_le=situation.stade_le,
        audience_le=situation.audience_le,
    )


def _valid(on: date) -> QuerySet[Coordonnee]:
    return Coordonnee.objects.filter(Q(valide_au=None) | Q(valide_au__gt=on)).order_by(
        "-valide_du", "pk"
    )
