"""What the agenda reads, day by day: hearings, deadlines and tasks of the files one may see."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, Model, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.fields.tuple_lookups import Tuple, TupleIn
from django.db.models.functions import RowNumber

from seuil.actes.models import Acte, TypeActe
from seuil.acteurs.models import Agent, Role
from seuil.acteurs.rules import reads_whole, why_not
from seuil.contacts.models import Contact
from seuil.dossiers.models import Acces, DateAnnoncee, Dossier
from seuil.dossiers.queries import hide_limited, list_categories, readable
from seuil.echeances.models import Echeance, Situation
from seuil.echeances.queries.echeances import is_attendue
from seuil.engines import droit
from seuil.travail.models import Tache
from seuil.travail.queries import filter_taches
from seuil.travail.rules.genres import EN_LOT
from seuil.travail.rules.genres import GENRES as GENRES_DE_TACHE
from seuil.web.agenda.revisions import find_revision_de_l_audience

# In the order of a day: what was fixed, what the law sets, what was agreed or told, what is to do.
GENRES = ("audience", "rendez_vous", "legale", "convention", "annonce", "tache")
# What somebody waits for: a court, a household, whoever was told a day.
ATTENDUS = ("audience", "rendez_vous", "annonce")
PAR_CASE = 5
PAR_PAGE = 50

_CHAMPS_COMMUNS = {
    "source_id": "source_id",
    "dossier_id": "dossier_id",
    "numero": "dossier__numero",
    "menage": "dossier__situation__nom_affiche",
    "commune": "dossier__logement__commune__nom",
}
# The truce ends on the same day for everyone: it is no event of a dossier.
_HORS_AGENDA = ("F4",)


@dataclass(frozen=True, slots=True)
class Filtres:
    """What the reader asked: one kind of events, or all; only what waits for the reader."""

    genre: str = ""
    moi: bool = False


@dataclass(frozen=True, slots=True)
class Evenement:
    """What happens on a day in a dossier. `code` is the rule or the kind of task."""

    le: date
    genre: str
    dossier_id: UUID
    numero: str
    menage: str = ""
    commune: str = ""
    code: str = ""
    # What starts a deadline or a task; a dossier has one hearing, the one that counts.
    source_id: UUID | None = None
    heure: time | None = None
    juridiction: str = ""
    certitude: str = "sure"
    # For calendar programs: when it last changed, and whether it is no more.
    revu_at: datetime | None = None
    annule: bool = False

    @property
    def libelle(self) -> str:
        if self.genre == "audience":
            return "Audience"
        if self.genre == "tache":
            return GENRES_DE_TACHE[self.code].libelle
        if self.genre == "rendez_vous":
            return f"Contact prévu avec {_AVEC[self.code]}"
        regle = droit.regles().get(self.code)
        libelle = regle.libelle if regle else self.code
        return f"Date annoncée : {libelle}" if self.genre == "annonce" else libelle


_AVEC = {"menage": "le ménage", "bailleur": "le bailleur"}


@dataclass(slots=True)
class Jour:
    """A day of the month: how many events in all, and the first ones."""

    total: int = 0
    evenements: list[Evenement] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PageJour:
    """A page of all that happens on a day."""

    evenements: Sequence[Evenement]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class _Source:
    """Rows of one kind of events: the column of their day, their order in a day, what is read."""

    genre: str
    rows: QuerySet[Any]
    jour: str
    ordre: tuple[Any, ...]
    # Field of Evenement → column.
    champs: Mapping[str, str]
    # When a row last changed.
    revision: Any = field(default_factory=lambda: F("change_at"))

    def between(self, debut: date, fin: date) -> QuerySet[Any]:
        return self.rows.filter(**{f"{self.jour}__gte": debut, f"{self.jour}__lt": fin})

    def build(self, values: Iterable[Any]) -> Evenement:
        read = {name: value for name, value in zip(self.champs, values, strict=True) if value}
        return Evenement(genre=self.genre, **read)


def get_filtres_naturels(agent: Agent) -> Filtres:
    """Return what a role looks at first, on the screen and in its own calendar.

    A secretariat has every file of the département: its agenda is that of the hearings. The
    préfecture has thousands of files where nothing is to be done: its agenda is what waits for it.
    """
    return _NATURELS.get(agent.role, Filtres())


_NATURELS: Mapping[str, Filtres] = {
    Role.SECRETARIAT: Filtres(genre="audience"),
    Role.GESTIONNAIRE: Filtres(moi=True),
}


def get_mois(
    *,
    agent: Agent,
    on: date,
    debut: date,
    fin: date,
    filtres: Filtres,
    par_case: int | None = PAR_CASE,
) -> Mapping[date, Jour]:
    """Return the days of [debut, fin) that have events, with the first events of each; all of
    them when `par_case` is None.
    """
    jours: dict[date, Jour] = {}
    for source in _list_sources(agent, on, filtres):
        rows = source.between(debut, fin).annotate(
            rang=Window(RowNumber(), partition_by=F(source.jour), order_by=source.ordre),
            en_tout=Window(Count("*"), partition_by=F(source.jour)),
        )
        if par_case is not None:
            rows = rows.filter(rang__lte=par_case)
        first = rows.order_by(source.jour, "rang")
        for en_tout, rang, *values in first.values_list("en_tout", "rang", *source.champs.values()):
            evenement = source.build(values)
            jour = jours.setdefault(evenement.le, Jour())
            jour.total += en_tout if rang == 1 else 0
            if par_case is None or len(jour.evenements) < par_case:
                jour.evenements.append(evenement)
    return jours


def get_jour(*, agent: Agent, on: date, jour: date, filtres: Filtres, page: int = 1) -> PageJour:
    """Return a page of the events of a day, in the order of the kinds."""
    sources = [
        (source, source.rows.filter(**{source.jour: jour}))
        for source in _list_sources(agent, on, filtres)
    ]
    counts = [rows.count() for _, rows in sources]
    total = sum(counts)
    pages = max(1, -(-total // PAR_PAGE))
    page = min(max(1, page), pages)
    first, last = (page - 1) * PAR_PAGE, page * PAR_PAGE
    evenements: list[Evenement] = []
    for (source, rows), count in zip(sources, counts, strict=True):
        if first < count and last > 0:
            ordered = rows.order_by(*source.ordre).values_list(*source.champs.values())
            evenements += [source.build(row) for row in ordered[max(0, first) : last]]
        first, last = first - count, last - count
    return PageJour(evenements, total, page, pages)


def list_evenements(
    *, agent: Agent, on: date, debut: date, fin: date, filtres: Filtres
) -> list[Evenement]:
    """Return every event of [debut, fin), day by day, with when it last changed."""
    return [
        replace(source.build(row), revu_at=revu_at)
        for source in _list_sources(agent, on, filtres)
        for revu_at, *row in source.between(debut, fin)
        .annotate(revu_at=source.revision)
        .order_by(source.jour, *source.ordre)
        .values_list("revu_at", *source.champs.values())
    ]


def list_semaine(*, agent: Agent, on: date) -> list[Evenement]:
    """Return what is waited for in the seven days that begin, in the order of days."""
    found = [
        evenement
        for genre in ATTENDUS
        for evenement in list_evenements(
            agent=agent, on=on, debut=on, fin=on + timedelta(days=7), filtres=Filtres(genre=genre)
        )
    ]
    return sorted(found, key=lambda e: (e.le, e.heure is None, e.heure or time.min))


def _list_sources(agent: Agent, on: date, filtres: Filtres) -> list[_Source]:
    """Return what to read, in the order of a day; nothing for a role without dossier."""
    if why_not(agent.profil, "dossier.lire"):
        return []
    asked = [g for g in GENRES if filtres.genre in {"", g}]
    dated = _filter_datees(agent, on)
    taches = only_reached(dated, agent, on, filtres)
    makers = {
        "audience": lambda: _audiences(agent, on, filtres),
        "rendez_vous": lambda: _rendez_vous(agent, on, filtres, dated, asked),
        "legale": lambda: _echeances(agent, on, filtres, "legale", dated, asked),
        "convention": lambda: _echeances(agent, on, filtres, "convention", dated, asked),
        "annonce": lambda: _annonces(agent, on, filtres),
        "tache": lambda: _taches(taches),
    }
    return [makers[genre]() for genre in asked]


def _filter_datees(agent: Agent, on: date) -> QuerySet[Tache]:
    """Return the tasks of the agent, but those done by the batch: the queue shows them apart."""
    return filter_taches(agent=agent, on=on).exclude(genre__in=EN_LOT)


# Where the tables that do not say it themselves find the département of a row.
_DEPARTEMENTS: Mapping[type[Model], str] = {
    Acte: "dossier__departement",
    Contact: "dossier__departement",
    DateAnnoncee: "dossier__departement",
}


def only_reached(rows: QuerySet[Any], agent: Agent, on: date, filtres: Filtres) -> QuerySet[Any]:
    """Keep the rows of the files the agent may see, and of those that wait for it if asked."""
    if all(reads_whole(agent.profil, c) for c in list_categories(model=rows.model)):
        here = _DEPARTEMENTS.get(rows.model, "departement")
        rows = hide_limited(rows=rows.filter(**{here: agent.departement_id}), agent=agent)
    else:
        # A task is told to whom it is due, the rest by what it says.
        visible = Dossier.objects.visible_to(agent, on=on).values("pk")
        rows = (
            rows.filter(dossier__in=visible)
            if rows.model is Tache
            else readable(rows=rows, agent=agent, on=on)
        )
    if not filtres.moi or rows.model is Tache:
        return rows
    assigned = Acces.objects.filter(relation=Acces.Relation.AFFECTATION, agent=agent.pk)
    return rows.filter(
        Q(dossier__in=assigned.open(on=on).values("dossier"))
        | Q(dossier__in=_filter_datees(agent, on).values("dossier"))
    )


def _audiences(agent: Agent, on: date, filtres: Filtres) -> _Source:
    fixed = Acte.objects.en_vigueur().filter(
        Q(type=TypeActe.AUDIENCE, survenu_le=OuterRef("audience_le"))
        | Q(audience_le=OuterRef("audience_le")),
        dossier=OuterRef("dossier_id"),
    )
    hours = fixed.exclude(audience_heure=None).order_by("-survenu_le", "-id")
    courts = fixed.exclude(juridiction="").order_by("-survenu_le", "-id")
    rows = only_reached(Situation.objects.all(), agent, on, filtres).annotate(
        heure=Subquery(hours.values("audience_heure")[:1]),
        juridiction=Subquery(courts.values("juridiction")[:1]),
    )
    return _Source(
        genre="audience",
        rows=rows,
        jour="audience_le",
        ordre=(F("heure").asc(nulls_last=True), F("dossier_id").asc()),
        champs={
            "le": "audience_le",
            "dossier_id": "dossier_id",
            "numero": "dossier__numero",
            "menage": "nom_affiche",
            "commune": "dossier__logement__commune__nom",
            "heure": "heure",
            "juridiction": "juridiction",
        },
        revision=find_revision_de_l_audience(),
    )


class _Dites(TupleIn):
    """(a, b, c) IN (SELECT …), which Django keeps for composite keys: refused of anything else."""

    def get_prep_lookup(self) -> Any:
        """Return the query as it is."""
        return self.rhs


def _echeances(
    agent: Agent,
    on: date,
    filtres: Filtres,
    genre: str,
    taches: QuerySet[Tache],
    asked: Sequence[str],
) -> _Source:
    # What had its day before it lost its object stays in the past of the agenda.
    rows = Echeance.objects.filter(
        is_attendue(on=on) | Q(faite_le=None, caduque_le__gt=F("le")), regle__in=list_regles(genre)
    )
    rows = only_reached(rows, agent, on, filtres)
    if "tache" in asked:
        # The task says the same thing, and where it is done. Read once and hashed, whatever the
        # plan: looked for date by date, they were at times all read again for each.
        same = taches.order_by().values_list("dossier_id", "regle", "due_le")
        rows = rows.exclude(_Dites(Tuple("dossier_id", "regle", "le"), same.query))
    return _Source(
        genre=genre,
        rows=rows,
        jour="le",
        ordre=(F("dossier_id").asc(), F("regle").asc(), F("source_id").asc()),
        champs={"le": "le", "code": "regle", "certitude": "certitude", **_CHAMPS_COMMUNS},
    )


def _rendez_vous(
    agent: Agent, on: date, filtres: Filtres, taches: QuerySet[Tache], asked: Sequence[str]
) -> _Source:
    """Return the contacts that were promised, each until a later one of the same people."""
    since = Contact.objects.filter(
        dossier=OuterRef("dossier"), avec=OuterRef("avec"), created_at__gt=OuterRef("created_at")
    )
    rows = Contact.objects.filter(~Exists(since), prochain_le__isnull=False)
    rows = only_reached(rows, agent, on, filtres)
    if "tache" in asked:
        same = taches.filter(genre="prochain_contact").order_by()
        said = same.values_list("dossier_id", "due_le").query
        rows = rows.exclude(_Dites(Tuple("dossier_id", "prochain_le"), said))
    return _Source(
        genre="rendez_vous",
        rows=rows,
        jour="prochain_le",
        ordre=(F("dossier_id").asc(), F("id").asc()),
        champs={**_CHAMPS_COMMUNS, "le": "prochain_le", "code": "avec", "source_id": "id"},
        revision=F("created_at"),
    )


def _annonces(agent: Agent, on: date, filtres: Filtres) -> _Source:
    """Return the days that were told, the last one told to the same people of the same rule."""
    since = DateAnnoncee.objects.filter(
        dossier=OuterRef("dossier"),
        regle=OuterRef("regle"),
        fait_id=OuterRef("fait_id"),
        a_qui=OuterRef("a_qui"),
        created_at__gt=OuterRef("created_at"),
    )
    rows = only_reached(DateAnnoncee.objects.filter(~Exists(since)), agent, on, filtres)
    return _Source(
        genre="annonce",
        rows=rows,
        jour="annoncee_le",
        ordre=(F("dossier_id").asc(), F("regle").asc(), F("id").asc()),
        champs={**_CHAMPS_COMMUNS, "le": "annoncee_le", "code": "regle", "source_id": "id"},
        revision=F("created_at"),
    )


def _taches(taches: QuerySet[Tache]) -> _Source:
    return _Source(
        genre="tache",
        rows=taches,
        jour="due_le",
        ordre=(F("dossier_id").asc(), F("genre").asc(), F("id").asc()),
        champs={"le": "due_le", "code": "genre", **_CHAMPS_COMMUNS},
    )


@cache
def list_regles(genre: str) -> tuple[str, ...]:
    """Return the rules of the law, or those of the convention of the équipe mobile."""
    origine = "loi" if genre == "legale" else "local"
    return tuple(
        sorted(
            r.id
            for r in droit.regles().values()
            if r.origine == origine and r.id not in _HORS_AGENDA
        )
    )
