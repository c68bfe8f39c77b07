"""Read the work queue of an agent, and what the duties of a dossier depend on."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat, Upper

from seuil.acteurs.models import Agent, Role
from seuil.acteurs.queries import list_communes_servies
from seuil.acteurs.rules import is_reached_by, reads_whole, why_not
from seuil.dossiers.models import Acces, Dossier, Personne
from seuil.dossiers.queries import hide_limited, readable
from seuil.kernel.bulk import as_array
from seuil.travail.models import Diligence, Tache
from seuil.travail.rules.annuaire import Annuaire, Destinataire
from seuil.travail.rules.devoirs import ETAPES, FAITS_DACTES, PAR_LIEN, Devoir, load_devoirs
from seuil.travail.rules.etapes import DsfLu, EtapeLue
from seuil.travail.rules.genres import EN_LOT, GENRES, Genre
from seuil.travail.rules.taches import PORTEE

TACHES_PAR_PAGE = 50
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
    en_retard: bool
    # For a duty: its id, what shows that it is done, its text, whether its day is only proposed.
    devoir: str = ""
    preuve: str = ""
    source: str = ""
    a_verifier: bool = False


@dataclass(frozen=True, slots=True)
class AFaire:
    """A page of the queue with its counts, by period and by kind."""

    taches: list[TacheRow]
    par_periode: Mapping[str, int]
    par_genre: Mapping[str, int]
    # Duties by their id, when the list shows duties.
    par_devoir: Mapping[str, int]
    total: int
    page: int
    pages: int


def filter_taches(*, agent: Agent, on: date) -> QuerySet[Tache]:
    """Return the tasks that are the agent's to do or to distribute on that day."""
    if why_not(agent.profil, "a_faire.lire"):
        return Tache.objects.none()
    seen = hide_limited(
        rows=Tache.objects.filter(visible_le__lte=on).filter(
            Q(caduque_le=None) | Q(caduque_le__gt=on)
        ),
        agent=agent,
    )
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


def count_menages(*, agent: Agent, on: date, plafond: int) -> int:
    """Return how many households wait for the agent, counted no further; one query.

    Every page tells it: what is done by the batch counts for a partner only, who has nothing else.
    """
    mine = filter_taches(agent=agent, on=on)
    if agent.role != Role.PARTENAIRE:
        mine = mine.exclude(genre__in=EN_LOT)
    return mine.order_by().values("dossier").distinct()[:plafond].count()


def get_a_faire(
    *,
    agent: Agent,
    on: date,
    genre: str = "",
    devoir: str = "",
    periode: str = "",
    page: int = 1,
) -> AFaire:
    """Return the agent's queue, late ones first, then by date; three queries.

    What is done by the batch (the duties) is much: beside other work, it shows only when its kind
    is asked for.
    """
    mine = filter_taches(agent=agent, on=on)
    week = on + timedelta(days=7)
    periodes = {
        "en_retard": Q(due_le__lt=on),
        "aujourdhui": Q(due_le=on),
        "semaine": Q(due_le__gt=on, due_le__lte=week),
        "plus_tard": Q(due_le__gt=week),
    }
    counts = list(
        mine.values_list("genre", "devoir")
        .annotate(**{name: Count("id", filter=which) for name, which in periodes.items()})
        .order_by("genre", "devoir")
    )
    par_genre = _count(((code, sum(n)) for code, _, *n in counts))
    if genre not in GENRES:
        # Whoever has only work done by the batch sees it at once.
        genre = next(iter(par_genre), "") if EN_LOT.issuperset(par_genre) else ""
    chosen = mine.filter(genre=genre) if genre else mine.exclude(genre__in=EN_LOT)
    shown = [row for row in counts if (row[0] == genre if genre else row[0] not in EN_LOT)]
    par_devoir = _count((code, sum(n)) for _, code, *n in shown if code)
    if devoir in par_devoir:
        chosen = chosen.filter(devoir=devoir)
        shown = [row for row in shown if row[1] == devoir]
    par_periode = {name: sum(row[2 + i] for row in shown) for i, name in enumerate(periodes)}
    if periode in periodes:
        chosen = chosen.filter(periodes[periode])
        total = par_periode[periode]
    else:
        total = sum(par_periode.values())
    pages = max(1, -(-total // TACHES_PAR_PAGE))
    page = min(max(1, page), pages)
    first = (page - 1) * TACHES_PAR_PAGE
    # The queue alone gives the page, without joining what it does not show. The numbers of the
    # dossiers follow the order of their ids.
    ids = [
        *chosen.order_by("due_le", "dossier_id", "genre", "id").values_list("id", flat=True)[
            first : first + TACHES_PAR_PAGE
        ]
    ]
    rows = Tache.objects.filter(pk__parmi=ids).order_by("due_le", "dossier_id", "genre", "id")
    return AFaire(
        taches=[_row(row, on) for row in rows.annotate(menage=_MENAGE).values_list(*_COLUMNS)],
        par_periode=par_periode,
        par_genre=par_genre,
        par_devoir=par_devoir,
        total=total,
        page=page,
        pages=pages,
    )


def _count(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return the sum by code, the most numerous first."""
    totals: Counter[str] = Counter()
    for code, n in pairs:
        totals[code] += n
    return dict(sorted(totals.items(), key=lambda pair: (-pair[1], pair[0])))


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
)  # fmt: skip


def _row(row: tuple, on: date) -> TacheRow:  # type: ignore[type-arg]
    (
        pk, genre, dossier_id, numero, menage, commune, stade, due_le, legale, regle, source_id,
        prenom, nom, code, departement,
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
        en_retard=due_le < on,
        devoir=code,
        preuve=devoir.preuve if devoir else "",
        source=devoir.source if devoir else "",
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


# --- What the duties depend on -------------------------------------------------------------------


def get_annuaire(*, departements: Collection[str]) -> Annuaire:
    """Return who answers for what in départements; one query."""
    par_type: dict[tuple[str, str], list[Destinataire]] = {}
    for pk, departement, type_, nom, communes in list_communes_servies(departements=departements):
        known = par_type.setdefault((departement, type_), [])
        known.append(Destinataire(pk, nom, frozenset(communes)))
    return Annuaire(par_type)


def list_rendus(*, dossier_ids: Collection[UUID]) -> set[tuple[UUID, str, UUID]]:
    """Return the duties done or without object, by dossier, duty and act."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT dossier_id, devoir, source_id FROM travail_diligence"
            " WHERE dossier_id = ANY(%s::uuid[])",
            [as_array(dossier_ids)],
        )
        return set(cursor.fetchall())


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
        )
        for (
            pk, departement, commune, parc, etape, acte_id, le, recu_le, sens, audience_le,
            enfants, bailleur, suivi, tiers_payant, faits, designes,
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
      AND EXISTS (SELECT 1 FROM acteurs_agent g WHERE g.organisation_id = o.id AND g.is_active))
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
