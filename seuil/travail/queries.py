"""Read the work queue of an agent, and what the duties of a dossier depend on."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat, Upper

from seuil.acteurs.models import Agent, Role
from seuil.acteurs.queries import list_communes_servies
from seuil.acteurs.rules import is_reached_by, reads_whole, why_not
from seuil.dossiers.models import Acces, Dossier, Personne
from seuil.dossiers.queries import hide_limited, readable
from seuil.kernel.bulk import as_array
from seuil.travail.models import Diligence, Tache
from seuil.travail.rules.annuaire import Annuaire, Destinataire
from seuil.travail.rules.aujourdhui import (
    PRESSE,
    Groupe,
    Ligne,
    TacheLue,
    compute_lignes,
    tell_disparition,
)
from seuil.travail.rules.devoirs import (
    ETAPES,
    FAITS_DACTES,
    PAR_LIEN,
    Devoir,
    Fait,
    list_devoirs_par_fait,
    load_devoirs,
)
from seuil.travail.rules.etapes import DsfLu, EtapeLue
from seuil.travail.rules.genres import GENRES, Genre, Rang
from seuil.travail.rules.sources import write_source
from seuil.travail.rules.taches import PORTEE

LIGNES_PAR_PAGE = 50
_ROLES_DE_TERRAIN = (Role.TRAVAILLEUR_SOCIAL, Role.JURISTE)


@dataclass(frozen=True, slots=True)
class TacheRow:
    """A task for the screen."""

    id: UUID
    genre: Genre
    libelle: str
    pourquoi: str
    dossier_id: UUID
    numero: str
    menage: str
    commune: str
    stade: str
    due_le: date
    legale: bool
    regle: str
    source_id: UUID
    agent: str
    # Whose task it is, when it is one organisation's.
    organisme: str
    en_retard: bool
    # The fact that makes it vanish, as it follows « disparaît quand ».
    disparait: str = ""
    # For a duty: its id, what shows that it is done, its text, whether its day is only proposed.
    devoir: str = ""
    preuve: str = ""
    source: str = ""
    a_verifier: bool = False
    # The fact that alone closes the duty: its form is offered instead of « C’est fait ».
    fait: Fait | None = None


@dataclass(frozen=True, slots=True)
class Filtres:
    """What the day's work is reduced to; empty: nothing is left out."""

    groupe: Groupe = Groupe.A_MOI
    genre: str = ""
    devoir: str = ""
    commune: str = ""
    personne: UUID | None = None
    # What cannot be undone, a hearing first of all, within so many days.
    jours: int | None = None
    # Those households only.
    menages: frozenset[UUID] | None = None


@dataclass(frozen=True, slots=True)
class LigneVue:
    """A household of the day's work, with the words of its tasks, what leads first."""

    ligne: Ligne
    taches: tuple[TacheRow, ...]

    @property
    def tete(self) -> TacheRow:
        return self.taches[0]


@dataclass(frozen=True, slots=True)
class Aujourdhui:
    """A page of the day's work, with the number of households by group, kind, duty and rank."""

    lignes: list[LigneVue]
    par_groupe: Mapping[Groupe, int]
    par_genre: Mapping[str, int]
    par_devoir: Mapping[str, int]
    # Every household of the agent, in every group, whatever the kind asked for.
    toutes: list[Ligne]
    total: int
    page: int
    pages: int

    @property
    def taches(self) -> list[TacheRow]:
        """All the tasks shown, household by household."""
        return [tache for ligne in self.lignes for tache in ligne.taches]


def filter_taches(*, agent: Agent, on: date) -> QuerySet[Tache]:
    """Return the tasks that are the agent's to do or to distribute on that day."""
    return _filter_siennes(agent, on).filter(_objet(on))


def _filter_siennes(agent: Agent, on: date) -> QuerySet[Tache]:
    """Return the agent's tasks, those without object any more too."""
    if why_not(agent.profil, "a_faire.lire"):
        return Tache.objects.none()
    seen = hide_limited(rows=Tache.objects.filter(visible_le__lte=on), agent=agent)
    if reads_whole(agent.profil, "devoirs") or is_reached_by(
        agent.profil, "devoirs", "instruction"
    ):
        return seen.filter(departement=agent.departement_id, role=agent.role)
    if not is_reached_by(agent.profil, "devoirs", "affectation"):
        # A partner, or whoever leads a team: what its own organisation owes, and nothing else.
        return seen.filter(role=agent.role, organisation=agent.organisation_id)
    # A file is followed by two people: each sees what the other has to do on it.
    shared = Acces.objects.filter(
        dossier=OuterRef("dossier"), relation=Acces.Relation.AFFECTATION, agent=agent.pk
    ).open(on=on)
    return seen.filter(Q(agent=agent.pk) | Q(Exists(shared), role__in=_ROLES_DE_TERRAIN))


def _filter_attendues(agent: Agent, on: date) -> QuerySet[Tache]:
    """Return the tasks of others that the agent's role waits for, where it reads all of them."""
    genres = [code for code, genre in GENRES.items() if agent.role in genre.attendu_par]
    if not genres or not reads_whole(agent.profil, "devoirs"):
        return Tache.objects.none()
    return hide_limited(
        rows=Tache.objects.filter(
            departement=agent.departement_id, genre__in=genres, visible_le__lte=on
        ),
        agent=agent,
    )


def count_a_moi(*, agent: Agent, on: date, plafond: int) -> int:
    """Return how many households of the day are the agent's own to do, counted no further.

    Every page tells it: the database says what `place` says of each task, and reads no row more.
    """
    if why_not(agent.profil, "a_faire.lire"):
        return 0
    siennes = _filter_siennes(agent, on).filter(_objet(on), *_list_conditions(agent, on))
    found = _list_dossiers(siennes, plafond)
    attendues = _filter_attendues(agent, on)
    if len(found) < plafond and not attendues.query.is_empty():
        found |= _list_dossiers(attendues.filter(_objet(on), _presse(on)), plafond)
    return min(plafond, len(found))


def _list_dossiers(rows: QuerySet[Tache], plafond: int) -> set[UUID]:
    """Return the files of some tasks, no more than that; a file has a few tasks, seldom more."""
    read = rows.order_by().values_list("dossier", flat=True)
    few = plafond * 3
    first = list(read[:few])
    found = set(first)
    if len(found) >= plafond or len(first) < few:
        return found
    return set(read.distinct()[:plafond])


def _objet(on: date) -> Q:
    """Keep the tasks that no day has left without object."""
    return Q(caduque_le=None) | Q(caduque_le__gt=on)


def _list_conditions(agent: Agent, on: date) -> Iterator[Q]:
    """Yield what else makes a task of the reader its own to do, by kind: see `place`.

    Only of the kinds that its role receives: the others would cost each page their conditions.
    """
    par_duree: dict[int, list[str]] = {}
    mine = {code: genre for code, genre in GENRES.items() if agent.role in genre.pour}
    for code, genre in mine.items():
        if genre.utile is not None:
            par_duree.setdefault(genre.utile, []).append(code)
    for utile, codes in par_duree.items():
        yield ~Q(genre__in=codes) | Q(due_le__gte=on - timedelta(days=utile))
    if attentes := [code for code, genre in mine.items() if genre.attente]:
        yield ~Q(genre__in=attentes) | _presse(on)


def _presse(on: date) -> Q:
    """Keep what is the reader's own though another must act: see `place`."""
    graves = {c: g for c, g in GENRES.items() if g.rang is Rang.IRREVERSIBLE}
    by_end = [code for code, genre in graves.items() if genre.date == "caduque"]
    last = on + PRESSE
    return Q(legale=True) & (
        Q(genre__in=by_end, caduque_le__lte=last)
        | Q(genre__in=by_end, caduque_le=None, due_le__lte=last)
        | Q(genre__in=graves.keys() - set(by_end), due_le__lte=last)
    )


# What has no object any more stays to be filed for so long; a duty of the charter is not filed.
_CADUQUE_SEEN = timedelta(days=90)


def list_lignes(*, agent: Agent, on: date, filtres: Filtres) -> list[Ligne]:
    """Return the households of a group of the agent's day, ranked; two queries at most."""
    return _choose(
        compute_lignes(_only_genre(_list_lues(agent, on, filtres), filtres), on=on), filtres, on
    )


def _choose(lignes: Iterable[Ligne], filtres: Filtres, on: date) -> list[Ligne]:
    chosen = [ligne for ligne in lignes if ligne.groupe is filtres.groupe]
    if filtres.jours is None:
        return chosen
    last = on + timedelta(days=filtres.jours)
    return [x for x in chosen if x.tete.rang is Rang.IRREVERSIBLE and x.tete.le <= last]


def _only_genre(taches: Sequence[TacheLue], filtres: Filtres) -> Sequence[TacheLue]:
    if not filtres.genre and not filtres.devoir:
        return taches
    return [
        t
        for t in taches
        if filtres.genre in {"", t.genre} and (not filtres.devoir or t.devoir == filtres.devoir)
    ]


def _list_lues(agent: Agent, on: date, filtres: Filtres) -> list[TacheLue]:
    object_left = _objet(on)
    to_file = Q(caduque_le__gt=on - _CADUQUE_SEEN) & ~Q(genre="devoir")
    siennes = _filter_siennes(agent, on).filter(object_left | to_file)
    attendues = _filter_attendues(agent, on).filter(object_left)
    return [
        TacheLue(*row, mienne)
        for rows, mienne in ((siennes, True), (attendues, False))
        for row in _reduce(rows, filtres, on).values_list(
            "id", "dossier_id", "genre", "devoir", "departement", "due_le", "caduque_le", "legale"
        )
    ]


def _reduce(rows: QuerySet[Tache], filtres: Filtres, on: date) -> QuerySet[Tache]:
    """Keep the tasks of the households that the filters ask for."""
    if filtres.commune:
        rows = rows.filter(dossier__situation__commune_code=filtres.commune)
    if filtres.personne:
        # Whoever must do it, or follows the household.
        follows = Acces.objects.filter(
            dossier=OuterRef("dossier"),
            relation=Acces.Relation.AFFECTATION,
            agent=filtres.personne,
        ).open(on=on)
        rows = rows.filter(Q(agent=filtres.personne) | Q(Exists(follows)))
    if filtres.menages is not None:
        rows = rows.filter(dossier__id__parmi=list(filtres.menages))
    return rows


def get_aujourdhui(
    *,
    agent: Agent,
    on: date,
    filtres: Filtres | None = None,
    page: int = 1,
    par_page: int = LIGNES_PAR_PAGE,
) -> Aujourdhui:
    """Return a page of the agent's day, what cannot be undone first; three queries at most."""
    filtres = filtres or Filtres()
    lues = _list_lues(agent, on, filtres)
    every = compute_lignes(lues, on=on)
    kept = _only_genre(lues, filtres)
    lignes = every if kept is lues else compute_lignes(kept, on=on)
    chosen = _choose(lignes, filtres, on)
    pages = max(1, -(-len(chosen) // par_page))
    page = min(max(1, page), pages)
    first = (page - 1) * par_page
    return Aujourdhui(
        lignes=_show(chosen[first : first + par_page], on),
        par_groupe=Counter(ligne.groupe for ligne in lignes),
        par_genre=_count({t.genre for t in x.taches} for x in every if x.groupe is filtres.groupe),
        par_devoir=_count({t.devoir for t in x.taches} - {""} for x in chosen),
        toutes=every,
        total=len(chosen),
        page=page,
        pages=pages,
    )


def _count(par_menage: Iterable[Iterable[str]]) -> dict[str, int]:
    """Return how many households have each code, the most numerous first."""
    found = Counter(code for codes in par_menage for code in codes)
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def _show(lignes: Sequence[Ligne], on: date) -> list[LigneVue]:
    """Give their words to the rows of a page; one query."""
    ids = [placee.tache.id for ligne in lignes for placee in ligne.placees]
    rows = Tache.objects.filter(pk__parmi=ids).annotate(menage=_MENAGE)
    found = {row[0]: _row(row, on) for row in rows.values_list(*_COLUMNS)}
    vues = []
    for ligne in lignes:
        taches = tuple(found[p.tache.id] for p in ligne.placees if p.tache.id in found)
        if taches:
            vues.append(LigneVue(ligne, taches))
    return vues


# A household signalled before any act has no situation yet: its first holder names it.
_TITULAIRE = (
    Personne.objects.filter(dossier=OuterRef("dossier"), qualite=Personne.Qualite.TITULAIRE)
    .annotate(nom_affiche=Concat(Upper("nom"), Value(" "), "prenom"))
    .order_by("rang")
    .values("nom_affiche")[:1]
)
_MENAGE = Coalesce("dossier__situation__nom_affiche", Subquery(_TITULAIRE))
_COLUMNS = (
    "id", "genre", "dossier_id", "dossier__numero", "menage",
    "dossier__logement__commune__nom", "dossier__situation__stade", "due_le", "legale",
    "regle", "source_id", "agent__prenom", "agent__nom", "devoir", "departement",
    "organisation__nom",
)  # fmt: skip


def _row(row: tuple, on: date) -> TacheRow:  # type: ignore[type-arg]
    (
        pk, genre, dossier_id, numero, menage, commune, stade, due_le, legale, regle, source_id,
        prenom, nom, code, departement, organisme,
    ) = row  # fmt: skip
    kind = GENRES[genre]
    # A duty removed from the configuration since the last refresh keeps the words of its kind.
    devoir = load_devoirs(departement).par_id.get(code) if code else None
    return TacheRow(
        id=pk,
        genre=kind,
        libelle=devoir.libelle if devoir else kind.libelle,
        pourquoi=_tell_why(devoir) if devoir else kind.pourquoi,
        dossier_id=dossier_id,
        numero=numero,
        menage=menage or "",
        commune=commune or "",
        stade=stade or "",
        due_le=due_le,
        legale=legale,
        regle=regle,
        source_id=source_id,
        agent=f"{prenom} {nom}" if nom else "",
        organisme=organisme or "",
        en_retard=due_le < on,
        disparait=tell_disparition(kind, devoir),
        devoir=code,
        preuve=devoir.preuve if devoir else "",
        source=write_source(devoir.source, departement) if devoir else "",
        fait=devoir.closing_fait if devoir else None,
        # The rule's own date is one of the law; without the fact it counts from, it is proposed.
        a_verifier=devoir is not None
        and (devoir.certainty == "to_check" or (bool(devoir.regle) and not legale)),
    )


def _tell_why(devoir: Devoir) -> str:
    """The condition that only a person can judge comes first: the duty holds by it alone."""
    return f"{devoir.si}. {devoir.pourquoi}" if devoir.si else devoir.pourquoi


@dataclass(frozen=True, slots=True)
class Rendu:
    """Which duty of which file, for which act: what the address of its page says."""

    numero: str
    devoir: str
    source_id: UUID


def find_tache_devoir(*, agent: Agent, on: date, which: Rendu) -> TacheRow | None:
    """Return the task of a duty in the agent's own queue, None when there is none."""
    found = filter_rendables(agent=agent, on=on, which=which)
    row = found.annotate(menage=_MENAGE).values_list(*_COLUMNS).first()
    return _row(row, on) if row else None


def filter_rendables(*, agent: Agent, on: date, which: Rendu) -> QuerySet[Tache]:
    """Return the task of a duty, one at most, when it is in the agent's own queue."""
    return filter_taches(agent=agent, on=on).filter(
        dossier__numero=which.numero,
        genre="devoir",
        devoir=which.devoir,
        source_id=which.source_id,
    )


def find_diligence(*, agent: Agent, which: Rendu) -> Diligence | None:
    """Return what the agent's own organisation said of a duty, None when it said nothing."""
    return (
        Diligence.objects.filter(
            dossier__numero=which.numero,
            devoir=which.devoir,
            source_id=which.source_id,
            organisation=agent.organisation_id,
        )
        .select_related("dossier")
        .first()
    )


def list_diligences(*, agent: Agent, on: date, dossier: Dossier) -> Sequence[Diligence]:
    """Return what was said of the duties of a file the agent may see."""
    return list(
        readable(rows=Diligence.objects.all(), agent=agent, on=on, dossier=dossier)
        .select_related("organisation")
        .order_by("faite_le", "pk")
    )


def list_rendables(*, agent: Agent, on: date, dossier: Dossier) -> set[tuple[str, UUID]]:
    """Return the duties of a file that are in the agent's own queue, by duty and act."""
    mine = filter_taches(agent=agent, on=on).filter(dossier=dossier.pk, genre="devoir")
    return set(mine.values_list("devoir", "source_id"))


def list_rendables_partout(*, agent: Agent, on: date) -> set[tuple[UUID, str, UUID]]:
    """Return the duties in the agent's own queue, by dossier, duty and act."""
    mine = filter_taches(agent=agent, on=on).filter(genre="devoir")
    return set(mine.values_list("dossier_id", "devoir", "source_id"))


def filter_a_dire(*, agent: Agent, on: date) -> QuerySet[Tache]:
    """Return the agent's tasks that end once its organisation says whether it knows a household."""
    par_id = load_devoirs(agent.departement_id).par_id
    asked = [d.id for d in par_id.values() if d.fait == "suivi_dit"]
    return filter_taches(agent=agent, on=on).filter(genre="devoir", devoir__in=asked)


def find_actes_a_dire(*, agent: Agent, on: date, dossier_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return, per file where the agent's organisation owes that answer, the act that asks it."""
    due = filter_a_dire(agent=agent, on=on).filter(dossier__in=list(dossier_ids))
    return dict(due.order_by("visible_le").values_list("dossier_id", "source_id"))


# --- What the duties depend on -------------------------------------------------------------------


def get_annuaire(*, departements: Collection[str]) -> Annuaire:
    """Return who answers for what in départements; one query."""
    par_type: dict[tuple[str, str], list[Destinataire]] = {}
    for pk, departement, type_, nom, communes in list_communes_servies(departements=departements):
        known = par_type.setdefault((departement, type_), [])
        known.append(Destinataire(pk, nom, frozenset(communes)))
    return Annuaire(par_type)


def list_rendus(
    *, dossier_ids: Collection[UUID], departements: Collection[str]
) -> set[tuple[UUID, str, UUID]]:
    """Return the duties done or without object, by dossier, duty and act.

    What was once declared of a duty that a fact alone closes does not close it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT dossier_id, devoir, source_id FROM travail_diligence"
            " WHERE dossier_id = ANY(%s::uuid[]) AND (sans_objet OR devoir <> ALL(%s))",
            [as_array(dossier_ids), sorted(list_devoirs_par_fait(departements))],
        )
        return set(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class RegleDite:
    """A duty that a rule of the law dates, and what its organisation said of it."""

    regle: str
    le: date
    sans_objet: bool


def list_regles_dites(*, dossier_ids: Collection[UUID]) -> dict[UUID, list[RegleDite]]:
    """Return what was said of the duties that a rule dates, by dossier; one query.

    As for `list_rendus`, what was once declared of a duty that a fact alone closes counts for
    nothing, unless it is that the duty has no object.
    """
    said: dict[UUID, list[RegleDite]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT g.dossier_id, d.departement_id, g.devoir, g.faite_le, g.sans_objet"
            " FROM travail_diligence g JOIN dossiers_dossier d ON d.id = g.dossier_id"
            " WHERE g.dossier_id = ANY(%s::uuid[])",
            [as_array(dossier_ids)],
        )
        for pk, departement, code, le, sans_objet in cursor.fetchall():
            devoir = load_devoirs(departement).par_id.get(code)
            if devoir and devoir.regle and (sans_objet or not devoir.closing_fait):
                said.setdefault(pk, []).append(RegleDite(devoir.regle, le, sans_objet))
    return said


def list_classees(*, dossier_ids: Collection[UUID]) -> dict[tuple[UUID, str, UUID], date]:
    """Return the day each task was filed, by dossier, kind and fact it comes from."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT dossier_id, devoir, source_id, faite_le FROM travail_diligence"
            " WHERE dossier_id = ANY(%s::uuid[]) AND devoir = ANY(%s)",
            [as_array(dossier_ids), list(GENRES)],
        )
        return {tuple(key): le for *key, le in cursor.fetchall()}


def list_etapes_courantes(
    *,
    dossier_ids: Collection[UUID],
    on: date,
    dsf: Mapping[UUID, Sequence[DsfLu]],
    operateurs: Mapping[UUID, UUID],
) -> list[EtapeLue]:
    """Return the current stage of dossiers, those left aside whose duties have no object any more.

    `dsf` and `operateurs` are what packages downstream hold.
    """
    where = (
        # First on the situation, which spares the acts of all the old dossiers.
        "(s.stade_le IS NULL OR s.stade_le > %(since)s - 90 OR s.audience_le > %(on)s)"
        " AND a.type = coalesce(s.stade, 'signalement')"
        " AND (greatest(a.survenu_le, a.recu_le) > %(since)s OR s.audience_le > %(on)s)"
        " AND NOT EXISTS (SELECT 1 FROM actes_acte f WHERE f.dossier_id = d.id"
        " AND f.retire_le IS NULL"
        " AND f.type IN ('depart', 'reprise', 'expulsion') AND f.survenu_le >= a.survenu_le"
        # By its index, file by file, whatever the planner believes of the table.
        " OFFSET 0)"
    )
    return _read_etapes(dossier_ids, where, on=on, dsf=dsf, operateurs=operateurs)


def list_etapes_atteintes(
    *,
    agent: Agent,
    on: date,
    dossier: Dossier,
    dsf: Mapping[UUID, Sequence[DsfLu]],
    operateurs: Mapping[UUID, UUID],
) -> list[EtapeLue]:
    """Return the stages that a file the agent may see has reached, the current one first."""
    if not Dossier.objects.visible_to(agent, on=on).filter(pk=dossier.pk).exists():
        return []
    rank = {etape: i for i, etape in enumerate(ETAPES)}
    read = _read_etapes([dossier.pk], "true", on=on, dsf=dsf, operateurs=operateurs)
    return sorted(read, key=lambda e: rank[e.etape], reverse=True)


def _read_etapes(
    dossier_ids: Collection[UUID],
    where: str,
    *,
    on: date,
    dsf: Mapping[UUID, Sequence[DsfLu]],
    operateurs: Mapping[UUID, UUID],
) -> list[EtapeLue]:
    with connection.cursor() as cursor:
        cursor.execute(
            _READ_ETAPES.format(where=where),
            {
                "ids": as_array(dossier_ids),
                "etapes": list(ETAPES),
                "faits": list(FAITS_DACTES),
                "liens": [f"{type_} {relation}" for type_, relation in PAR_LIEN.items()],
                "since": on - PORTEE,
                "on": on,
            },
        )
        rows: Iterable[tuple[Any, ...]] = cursor.fetchall()
    return [
        EtapeLue(
            dossier_id=pk,
            departement=departement,
            commune=commune,
            parc=parc,
            etape=etape,
            acte_id=acte_id,
            le=le,
            recu_le=recu_le,
            sens=sens,
            audience_le=audience_le,
            enfants=enfants,
            bailleur=bailleur,
            suivi=suivi,
            tiers_payant=tiers_payant,
            faits=_read_faits(faits) if faits else {},
            dsf=dsf.get(pk, ()),
            operateur_id=operateurs.get(pk),
            designes=_read_designes(designes) if designes else {},
            reponses=_read_faits(reponses) if reponses else {},
        )
        for (
            pk, departement, commune, parc, etape, acte_id, le, recu_le, sens, audience_le,
            enfants, bailleur, suivi, tiers_payant, faits, designes, reponses,
        ) in rows
    ]  # fmt: skip


def _read_faits(faits: Mapping[str, str] | str) -> Mapping[str, date]:
    return {code: date.fromisoformat(le) for code, le in _read_json(faits).items()}


def _read_designes(designes: Mapping[str, str] | str) -> Mapping[str, UUID]:
    return {type_: UUID(pk) for type_, pk in _read_json(designes).items()}


def _read_json(found: Mapping[str, str] | str) -> Mapping[str, str]:
    return json.loads(found) if isinstance(found, str) else found


# The last act of each stage, and what was done since: a new act of a stage opens it again. Of
# several landlords designated, the last prevails.
_READ_ETAPES = """
SELECT d.id, d.departement_id, coalesce(l.commune_id, ''), d.parc, a.type, a.id, a.survenu_le,
  a.recu_le, a.sens, s.audience_le, coalesce(s.enfants, 0), coalesce(s.bailleur, ''),
  coalesce(ss.suivi, ''),
  coalesce((SELECT aide.tiers_payant FROM dossiers_aidelogement aide WHERE aide.dossier_id = d.id
    ORDER BY aide.constatee_le DESC, aide.created_at DESC LIMIT 1), false),
  (SELECT json_object_agg(f.type, f.le) FROM (
    SELECT x.type, max(x.survenu_le) AS le FROM actes_acte x
    WHERE x.dossier_id = d.id AND x.retire_le IS NULL AND x.type = ANY(%(faits)s)
      AND x.survenu_le >= a.survenu_le
      AND x.sens <> 'rompu'
      AND x.id <> a.id GROUP BY x.type) f),
  (SELECT json_object_agg(o.type, o.id ORDER BY x.debut_le, x.id)
    FROM dossiers_acces x JOIN acteurs_organisation o ON o.id = x.organisation_id
    WHERE x.dossier_id = d.id AND o.type || ' ' || x.relation = ANY(%(liens)s)
      AND x.debut_le <= %(on)s AND (x.fin_le IS NULL OR x.fin_le > %(on)s)
      AND EXISTS (SELECT 1 FROM acteurs_agent g WHERE g.organisation_id = o.id AND g.is_active)),
  (SELECT json_object_agg(r.type, r.le) FROM (
    SELECT o.type, max(x.constate_le) AS le
    FROM dossiers_suivisocial x JOIN acteurs_organisation o ON o.id = x.organisation_id
    WHERE x.dossier_id = d.id AND x.constate_le >= a.survenu_le AND x.situation <> ''
      AND NOT EXISTS (SELECT 1 FROM dossiers_suivisocial z WHERE z.remplace_id = x.id)
    GROUP BY o.type) r)
FROM dossiers_dossier d
LEFT JOIN echeances_situation s ON s.dossier_id = d.id
LEFT JOIN echeances_situationsuivi ss ON ss.dossier_id = d.id
LEFT JOIN dossiers_logement l ON l.dossier_id = d.id
JOIN LATERAL (
  SELECT DISTINCT ON (type) id, type, survenu_le, recu_le, sens FROM actes_acte
  WHERE dossier_id = d.id AND retire_le IS NULL AND type = ANY(%(etapes)s)
  ORDER BY type, survenu_le DESC, id DESC
) a ON true
WHERE d.id = ANY(%(ids)s::uuid[]) AND {where}
"""
