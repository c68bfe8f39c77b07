"""What the organisation of an agent is asked about, week by week, and what it answered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import (
    Count,
    DateField,
    Exists,
    Max,
    Min,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Concat, TruncWeek, Upper

from seuil.actes.models import Acte
from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dossier, Personne, SuiviSocial
from seuil.dossiers.queries import filter_retirables, list_reponses, readable
from seuil.travail.queries import filter_a_dire
from seuil.travail.rules.taches import find_reponse_due

PAR_PAGE = 50
# What was answered longer ago is read on the page of the file.
_RELU = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class Semaine:
    """The households of which the acts came in one week: asked, answered, by when."""

    lundi: date
    a_repondre: int = 0
    repondus: int = 0
    # Days before which the answers still due are due, first and last.
    premiere_le: date | None = None
    derniere_le: date | None = None

    @property
    def total(self) -> int:
        return self.a_repondre + self.repondus


@dataclass(frozen=True, slots=True)
class Demande:
    """A household of the table, and the last answer of the organisation (withdrawn: empty)."""

    dossier_id: UUID
    numero: str
    menage: str
    commune: str
    type_acte: str
    acte_le: date | None
    # None: answered.
    due_le: date | None
    reponse: SuiviSocial | None
    # By when it is, or was, to be answered.
    rendre_le: date | None = None

    @property
    def a_repondre(self) -> bool:
        return self.due_le is not None


@dataclass(frozen=True, slots=True)
class Lot:
    """What the agent just answered at once, and may still take back at once."""

    # One of its answers.
    nom: UUID
    nombre: int


def list_semaines(*, agent: Agent, on: date) -> list[Semaine]:
    """Return the weeks of the table, the oldest first; two queries."""
    found: dict[date, Semaine] = {}
    asked = _by_week(filter_a_dire(agent=agent, on=on), "visible_le")
    due = asked.annotate(n=Count("dossier", distinct=True), de=Min("due_le"), a=Max("due_le"))
    for lundi, n, premiere, derniere in due.values_list("lundi", "n", "de", "a"):
        found[lundi] = Semaine(lundi, n, 0, premiere, derniere)
    told = _by_week(_filter_repondus(agent, on), "recu_le").annotate(n=Count("pk"))
    for lundi, n in told.values_list("lundi", "n"):
        s = found.get(lundi, Semaine(lundi))
        found[lundi] = Semaine(lundi, s.a_repondre, n, s.premiere_le, s.derniere_le)
    return sorted(found.values(), key=lambda s: s.lundi)


def _by_week(rows: Any, column: str) -> Any:
    weeks = rows.annotate(lundi=TruncWeek(column, output_field=DateField()))
    return weeks.order_by().values("lundi")


def _filter_repondus(agent: Agent, on: date) -> Any:
    """Return the last answer to each act that asked one, withdrawn ones apart."""
    own = SuiviSocial.objects.filter(
        organisation=agent.organisation_id,
        par__isnull=False,
        acte_id__isnull=False,
        constate_le__gt=on - _RELU,
    ).exclude(situation="")
    after = SuiviSocial.objects.filter(remplace=OuterRef("pk"), acte_id=OuterRef("acte_id"))
    acte = (
        Acte.objects.en_vigueur()
        .filter(pk=OuterRef("acte_id"))
        .values_list(Coalesce("recu_le", "survenu_le"))
    )
    return (
        readable(rows=own, agent=agent, on=on)
        .filter(~Exists(after))
        .annotate(recu_le=Coalesce(Subquery(acte[:1]), "constate_le"))
    )


def list_demandes(
    *,
    agent: Agent,
    on: date,
    lundi: date | None = None,
    tranche: slice = slice(None),
    parmi: Collection[str] | None = None,
) -> list[Demande]:
    """Return the households of a week (of all of them), unanswered first; five queries at most.

    `parmi` keeps those of these numbers.
    """
    asked, told = filter_a_dire(agent=agent, on=on), _filter_repondus(agent, on)
    if lundi is not None:
        week = (lundi, lundi + timedelta(days=6))
        asked, told = asked.filter(visible_le__range=week), told.filter(recu_le__range=week)
    if parmi is not None:
        numbers = {"dossier__numero__in": list(parmi)}
        asked, told = asked.filter(**numbers), told.filter(**numbers)
    due = asked.order_by("due_le", "dossier").values_list("dossier_id", "source_id", "due_le")
    rows: list[tuple[UUID, UUID, date | None]] = [*due]
    if tranche.stop is None or len(rows) < tranche.stop:
        answered = told.order_by("dossier", "pk").values_list("dossier_id", "acte_id")
        rows += [(pk, acte, None) for pk, acte in answered]
    return _complete(agent, on, rows[tranche])


def _complete(
    agent: Agent, on: date, rows: Sequence[tuple[UUID, UUID, date | None]]
) -> list[Demande]:
    ids = [pk for pk, *_ in rows]
    names = _read_menages(agent, on, ids)
    actes = {
        pk: (type_, le, recu_le)
        for pk, type_, le, recu_le in readable(
            rows=Acte.objects.en_vigueur().filter(pk__parmi=[acte for _, acte, _ in rows]),
            agent=agent,
            on=on,
            parmi=ids,
        ).values_list("pk", "type", "survenu_le", "recu_le")
    }
    answers = list_reponses(agent=agent, dossier_ids=ids)
    found = []
    for pk, acte, due_le in rows:
        if pk in names:
            type_, le, recu_le = actes.get(acte, ("", None, None))
            rendre_le = due_le or _find_due(agent, type_, le, recu_le)
            found.append(Demande(pk, *names[pk], type_, le, due_le, answers.get(pk), rendre_le))
    return found


def _find_due(agent: Agent, type_: str, le: date | None, recu_le: date | None) -> date | None:
    """Return by when what is answered was due: its task is no more."""
    if le is None:
        return None
    return find_reponse_due(
        departement=agent.departement_id, acteur=agent.organisation.type, etape=type_, le=le,
        depart_le=recu_le or le,
    )  # fmt: skip


# A household signalled before any act has no situation yet: its first holder names it.
_TITULAIRE = (
    Personne.objects.filter(dossier=OuterRef("pk"), qualite=Personne.Qualite.TITULAIRE)
    .annotate(nom_affiche=Concat(Upper("nom"), Value(" "), "prenom"))
    .order_by("rang")
    .values("nom_affiche")[:1]
)


def _read_menages(agent: Agent, on: date, ids: Sequence[UUID]) -> dict[UUID, tuple[str, str, str]]:
    reached = Dossier.objects.visible_to(agent, on=on, categorie="identite")
    found = reached.filter(pk__parmi=ids).annotate(
        menage=Coalesce("situation__nom_affiche", Subquery(_TITULAIRE), Value(""))
    )
    return {
        pk: (numero, menage, commune or "")
        for pk, numero, menage, commune in found.values_list(
            "pk", "numero", "menage", "logement__commune__nom"
        )
    }


def find_lundi(*, agent: Agent, on: date, numero: str) -> date | None:
    """Return the week where a household waits for an answer; None when it waits for none."""
    asked = filter_a_dire(agent=agent, on=on).filter(dossier__numero=numero)
    le = asked.order_by("due_le").values_list("visible_le", flat=True).first()
    return le - timedelta(days=le.weekday()) if le else None


def find_lot(*, agent: Agent, on: date, parmi: Sequence[UUID]) -> Lot | None:
    """Return the last of these batches of which something may be taken back, None without any."""
    for nom in reversed(parmi):
        if nombre := filter_lot(agent=agent, on=on, nom=nom).count():
            return Lot(nom, nombre)
    return None


def filter_lot(*, agent: Agent, on: date, nom: UUID) -> QuerySet[SuiviSocial]:
    """Return what may still be taken back of the batch of an answer: all was written at once."""
    named = SuiviSocial.objects.filter(pk=nom, par=agent.pk).values("created_at")
    return filter_retirables(agent=agent, on=on).filter(created_at=Subquery(named))
