"""The list of dossiers: filtered, ordered, searched, a slice at a time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, F, Min, OuterRef, QuerySet, Subquery, Value, When

from seuil.acteurs.matrice import list_portees
from seuil.acteurs.models import Agent, Commune
from seuil.acteurs.rules import why_not
from seuil.dossiers.models import Acces, Dossier
from seuil.dossiers.models.relations import reaches_all
from seuil.dossiers.queries import hide_limited, list_fiches, readable
from seuil.echeances.models import Echeance, Situation, SituationDette, SituationSuivi
from seuil.echeances.queries.echeances import is_attendue, list_legales
from seuil.echeances.queries.par_dette import ParDette
from seuil.recherche.queries import filter_dossiers

# Files without a hearing or a debt come after those that have one; the last field makes the order
# of equal rows the same from one page to the next.
TRIS: Mapping[str, Sequence[Any]] = {
    "recent": ("-stade_le", "-dossier_id"),
    "ancien": ("stade_le", "dossier_id"),
    "nom": ("nom_recherche", "dossier_id"),
    "commune": ("commune_code", "nom_recherche", "dossier_id"),
    "audience": (F("audience_le").asc(nulls_last=True), "dossier_id"),
    # Not a column of the situation: see ParDette.
    "dette": (),
}


@dataclass(frozen=True, slots=True)
class Filtres:
    """What the reader asked of the list; an empty value asks nothing."""

    texte: str = ""
    stade: str = ""
    parc: str = ""
    commune: str = ""
    arrondissement: str = ""
    # Hearing within that many days from today.
    audience_jours: int | None = None
    dette_min: Decimal | None = None
    suivi: str = ""
    en_mandat: bool = False
    # Opened within that many days before today, today included.
    ouvert_jours: int | None = None
    tri: str = "recent"


@dataclass(frozen=True, slots=True)
class DossierRow:
    """A line of the list."""

    dossier_id: UUID
    numero: str
    nom: str
    commune: str
    stade: str
    stade_le: date
    audience_le: date | None
    dette: Decimal | None
    dette_le: date | None
    suivi: str
    parc: str
    # A hearing is one of them.
    prochaine_le: date | None
    # False: there may be one, and the reader is not told.
    dette_lue: bool = True
    suivi_lu: bool = True


def list_dossiers(*, agent: Agent, on: date, filtres: Filtres) -> QuerySet[Any] | ParDette:
    """Return the situations of the files the agent may see, filtered and ordered.

    Count it, slice it, then hand the slice to `list_rows`.
    """
    if why_not(agent.profil, "dossier.lire"):
        return Situation.objects.none()
    rows: QuerySet[Any] = Situation.objects.filter(departement=agent.departement_id)
    # A whole département needs no join to the files: the column says it.
    if reaches_all(agent, "identite"):
        rows = hide_limited(rows=rows, agent=agent)
    else:
        rows = readable(rows=rows, agent=agent, on=on)
    if filtres.texte:
        named = filter_dossiers(agent=agent, on=on, texte=filtres.texte)
        rows = rows.filter(dossier__id__parmi=list(named))
    equal = {
        "stade": filtres.stade,
        "parc": filtres.parc,
        "commune_code": filtres.commune,
        "arrondissement_code": filtres.arrondissement,
    }
    rows = rows.filter(**{name: value for name, value in equal.items() if value})
    if filtres.audience_jours is not None:
        limit = on + timedelta(days=filtres.audience_jours)
        rows = rows.filter(audience_le__gte=on, audience_le__lte=limit)
    if filtres.ouvert_jours is not None:
        rows = rows.filter(dossier__ouvert_le__gte=on - timedelta(days=filtres.ouvert_jours))
    if filtres.dette_min is not None:
        owing = SituationDette.objects.filter(montant__gte=filtres.dette_min)
        rows = rows.filter(dossier__in=_among_reserves(owing, agent, on))
    if filtres.suivi:
        followed = SituationSuivi.objects.filter(suivi=filtres.suivi)
        rows = rows.filter(dossier__in=_among_reserves(followed, agent, on))
    if filtres.en_mandat:
        rows = rows.filter(dossier__in=_list_confies(agent, on).values("dossier"))
    if filtres.tri == "dette":
        dettes = SituationDette.objects.filter(departement=agent.departement_id)
        return ParDette(rows, readable(rows=dettes, agent=agent, on=on))
    return rows.order_by(*TRIS.get(filtres.tri, TRIS["recent"]))


def _list_confies(agent: Agent, on: date) -> QuerySet[Acces]:
    """Return the links of the files entrusted, where the agent may read that they are."""
    entrusted = Acces.objects.filter(relation=Acces.Relation.MANDAT).open(on=on)
    if list_portees(agent.profil, "accompagnement") == list_portees(agent.profil, "identite"):
        return entrusted
    told = Dossier.objects.visible_to(agent, on=on, categorie="accompagnement")
    return entrusted.filter(dossier__in=told.values("pk"))


def _among_reserves(rows: QuerySet[Any], agent: Agent, on: date) -> Any:
    """Return the files of the rows of another category that the agent may read."""
    rows = rows.filter(departement=agent.departement_id)
    categorie = rows.model.Rls.categorie
    if list_portees(agent.profil, categorie) != list_portees(agent.profil, "identite"):
        rows = readable(rows=rows, agent=agent, on=on)
    return rows.values("dossier")


# What is kept apart from the situation: by category, the fields that hold it.
_RESERVES = {
    "bail_dette": ("dossier__situation_dette__montant", "dossier__situation_dette__constatee_le"),
    "suivi": ("dossier__situation_suivi__suivi",),
}


def _annotate_lues(
    rows: QuerySet[Any], agent: Agent, on: date, ids: Collection[UUID]
) -> tuple[QuerySet[Any], dict[str, str]]:
    """Add whether the agent may read what is kept apart; return where, by category.

    Categories that the matrix opens alike are asked about once.
    """
    names: dict[Any, str] = {}
    where = {}
    for categorie in _RESERVES:
        portees = list_portees(agent.profil, categorie)
        if portees not in names:
            names[portees] = f"lue_{len(names)}"
            rows = rows.annotate(**{names[portees]: _tell_lue(categorie, agent, on, ids)})
        where[categorie] = names[portees]
    return rows, where


def _tell_lue(categorie: str, agent: Agent, on: date, ids: Collection[UUID]) -> Any:
    portees = list_portees(agent.profil, categorie)
    if not portees or portees == list_portees(agent.profil, "identite"):
        return Value(bool(portees))
    seen = Dossier.objects.visible_to(agent, on=on, categorie=categorie).filter(pk__parmi=ids)
    return Case(
        When(dossier__in=seen.values("pk"), then=Value(value=True)), default=Value(value=False)
    )


# By its code, which the situation holds: the dwelling is not asked about.
_COMMUNE = Commune.objects.filter(code=OuterRef("commune_code")).values("nom")


@dataclass(frozen=True, slots=True)
class Repere:
    """What tells a file from another at a glance; its number alone when no more may be read."""

    numero: str
    nom: str = ""
    commune: str = ""
    stade: str = ""
    classe_le: date | None = None


def list_reperes(*, agent: Agent, on: date, ids: Collection[UUID]) -> dict[UUID, Repere]:
    """Return what tells a few files, of those that the agent may see; two queries.

    Four more when some are in no list: closed, or without any act.
    """
    if not ids:
        return {}
    seen = Dossier.objects.visible_to(agent, on=on).filter(pk__parmi=list(ids))
    found = {pk: Repere(numero) for pk, numero in seen.values_list("pk", "numero")}
    rows = readable(
        rows=Situation.objects.filter(dossier__id__parmi=list(ids)), agent=agent, on=on, parmi=ids
    ).annotate(commune=Subquery(_COMMUNE))
    read = rows.values_list("dossier_id", "nom_affiche", "commune", "stade")
    for pk, nom, commune, stade in read:
        if pk in found:
            found[pk] = Repere(found[pk].numero, nom, commune or "", stade)
    ailleurs = [pk for pk, repere in found.items() if not repere.nom]
    for f in list_fiches(agent=agent, on=on, dossier_ids=ailleurs) if ailleurs else ():
        found[f.dossier_id] = Repere(f.numero, f.nom, f.commune, classe_le=f.classe_le)
    return found


def list_rows(*, agent: Agent, on: date, situations: QuerySet[Any] | ParDette) -> list[DossierRow]:
    """Return the lines of a slice of `list_dossiers`, in its order; three queries."""
    # The slice first, on one table: its joins are then made for its rows alone.
    if isinstance(situations, ParDette):
        ids = situations.list_ids()
    else:
        ids = list(situations.values_list("dossier_id", flat=True))
    rows = Situation.objects.filter(dossier__id__parmi=ids).annotate(commune=Subquery(_COMMUNE))
    rows, lues = _annotate_lues(rows, agent, on, ids)
    found = {
        row[0]: row
        for row in rows.order_by("dossier_id").values_list(
            "dossier_id", "dossier__numero", "commune", "stade", "stade_le", "audience_le",
            "parc", "nom_affiche",
            *lues.values(), *(field for fields in _RESERVES.values() for field in fields),
        )
    }  # fmt: skip
    prochaines = dict(
        readable(
            rows=Echeance.objects.filter(dossier__id__parmi=ids), agent=agent, on=on, parmi=ids
        )
        .filter(is_attendue(on=on), le__gte=on, regle__parmi=list_legales())
        .values_list("dossier_id")
        .annotate(prochaine=Min("le"))
        .order_by("dossier_id")
    )
    return [
        DossierRow(
            dossier_id=pk,
            numero=numero,
            nom=nom,
            commune=commune or "",
            stade=stade,
            stade_le=stade_le,
            audience_le=audience_le,
            dette=dette if dette_lue else None,
            dette_le=dette_le if dette_lue else None,
            suivi=(suivi or "") if suivi_lu else "",
            parc=parc,
            prochaine_le=_find_prochaine(prochaines.get(pk), audience_le, on),
            dette_lue=dette_lue,
            suivi_lu=suivi_lu,
        )
        for (
            pk, numero, commune, stade, stade_le, audience_le, parc, nom, dette_lue, suivi_lu,
            dette, dette_le, suivi,
        ) in (found[pk] for pk in ids if pk in found)
    ]  # fmt: skip


def _find_prochaine(echeance_le: date | None, audience_le: date | None, on: date) -> date | None:
    to_come = [le for le in (echeance_le, audience_le) if le and le >= on]
    return min(to_come, default=None)
