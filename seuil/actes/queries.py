"""Read lists, rows and what is already known of the households they name."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from functools import reduce
from operator import and_
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from seuil.actes.models import Acte, ActeQuerySet, Correspondance, Ligne, Lot, Proposition
from seuil.actes.rules.champs import get_synonymes
from seuil.actes.rules.lignes import Communes, normalise_commune
from seuil.actes.rules.rapprochement import ActeConnu
from seuil.actes.rules.saisie import ActeSaisi
from seuil.acteurs.models import Agent, Commune
from seuil.acteurs.rules import why_not
from seuil.dossiers.models import Dossier
from seuil.dossiers.queries import readable
from seuil.engines import tabular
from seuil.engines.tabular import Cell, Row

LIGNES_PAR_PAGE = 50


@dataclass(frozen=True, slots=True)
class LigneVue:
    """A staged row for the screen: its line, state, cells as text, reasons and dossier."""

    numero: int
    etat: str
    cellules: tuple[str, ...]
    motifs: list[dict[str, str]]
    confirmee: bool
    dossier: str | None


@dataclass(frozen=True, slots=True)
class ColonneVue:
    """A column of a list: header, field it means, and three values to recognise it."""

    index: int
    entete: str
    champ: str
    exemples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Apercu:
    """A list before or after application: columns, counts by state, one page of rows."""

    lot: Lot
    colonnes: list[ColonneVue]
    comptes: Mapping[str, int]
    lignes: list[LigneVue]
    page: int
    pages: int
    # Rows of files that the reader does not open: counted, never shown.
    fermees: int


def list_lots(*, agent: Agent) -> list[Lot]:
    """Return the last lists deposited in the agent's département; none without the right."""
    if why_not(agent.profil, "acte.importer"):
        return []
    return list(Lot.objects.filter(departement=agent.departement_id).order_by("-created_at")[:50])


def count_lots_en_attente(*, agent: Agent) -> int:
    """Return how many lists of the agent's département wait for a person before application."""
    if why_not(agent.profil, "acte.importer"):
        return 0
    return Lot.objects.filter(
        departement=agent.departement_id, etat__in=(Lot.Etat.A_MAPPER, Lot.Etat.A_VALIDER)
    ).count()


def get_lot(*, agent: Agent, lot_id: UUID) -> Lot:
    """Return a list of the agent's département. Raises Lot.DoesNotExist."""
    if why_not(agent.profil, "acte.importer"):
        raise Lot.DoesNotExist
    return Lot.objects.get(pk=lot_id, departement=agent.departement_id)


def get_apercu(
    *, agent: Agent, on: date, lot_id: UUID, etat: str | None = None, page: int = 1
) -> Apercu:
    """Return a list with its columns, its counts and a page of its rows.

    A row names its dossier where the agent opens it; once the list is applied, a row of another
    file is only counted.

    Raises Lot.DoesNotExist when the agent may not see it.
    """
    lot = get_lot(agent=agent, lot_id=lot_id)
    rows = filter_lignes(agent=agent, on=on, lot=lot)
    comptes = dict(rows.values_list("etat").annotate(n=Count("id")).order_by("etat"))
    fermees = max(0, _count_lues(lot) - sum(comptes.values()))
    if etat:
        rows = rows.filter(etat=etat)
    total = comptes.get(etat, 0) if etat else sum(comptes.values())
    pages = max(1, -(-total // LIGNES_PAR_PAGE))
    page = min(max(1, page), pages)
    first = (page - 1) * LIGNES_PAR_PAGE
    lignes = _list_lignes(
        rows.order_by("numero")[first : first + LIGNES_PAR_PAGE], agent=agent, on=on
    )
    return Apercu(lot, _list_colonnes(lot, rows), comptes, lignes, page, pages, fermees)


def filter_lignes(*, agent: Agent, on: date, lot: Lot) -> QuerySet[Ligne]:
    """Return the rows of a list that the agent may read.

    Before it is applied, those who deposited it read all of it, nobody else. Afterwards a row
    follows its file, and what went to no file stays with them.
    """
    rows = Ligne.objects.filter(lot=lot)
    if lot.etat != Lot.Etat.APPLIQUE:
        return rows if is_own(lot=lot, agent=agent) else rows.none()
    opened = [
        Q(dossier__in=Dossier.objects.visible_to(agent, on=on, categorie=c).values("pk"))
        for c in Ligne.CONTENU
    ]
    filed = reduce(and_, opened)
    return rows.filter(filed | Q(dossier=None) if is_own(lot=lot, agent=agent) else filed)


def is_own(*, lot: Lot, agent: Agent) -> bool:
    """Tell whether the agent may apply a list or give it up: its organisation deposited it.

    A list that came by the command line is of whoever may import.
    """
    return lot.organisation_id in {None, agent.organisation_id}


def _count_lues(lot: Lot) -> int:
    return int(lot.compte.get("lus", 0))


def _list_lignes(rows: QuerySet[Ligne], *, agent: Agent, on: date) -> list[LigneVue]:
    staged = list(
        rows.values_list("numero", "etat", "cellules", "motifs", "confirmee", "dossier_id")
    )
    ids = {row[-1] for row in staged if row[-1]}
    opened = Dossier.objects.visible_to(agent, on=on).filter(pk__in=ids) if ids else []
    numeros = {d.pk: d.numero for d in opened}
    return [
        LigneVue(numero, state, tuple(map(_shown, cells)), motifs, confirmee, numeros.get(dossier))
        for numero, state, cells, motifs, confirmee, dossier in staged
    ]


def list_actes(*, agent: Agent, on: date, dossier: Dossier) -> list[Acte]:
    """Return the acts in force of a dossier the agent may see, newest first, with their list."""
    return _list_actes(Acte.objects.en_vigueur(), agent, on, dossier)


def list_actes_et_retraits(*, agent: Agent, on: date, dossier: Dossier) -> list[Acte]:
    """Return the same acts, and among them those that were withdrawn or corrected since."""
    return _list_actes(Acte.objects.all(), agent, on, dossier)


def _list_actes(rows: ActeQuerySet, agent: Agent, on: date, dossier: Dossier) -> list[Acte]:
    read = readable(rows=rows, agent=agent, on=on, dossier=dossier)
    return list(read.select_related("lot").order_by("-survenu_le", "-id"))


def find_acte(*, agent: Agent, on: date, dossier: Dossier, acte_id: UUID) -> Acte | None:
    """Return an act of a dossier, withdrawn or not; None when the agent may not see it."""
    rows = readable(rows=Acte.objects.all(), agent=agent, on=on, dossier=dossier)
    return rows.filter(pk=acte_id).first()


def get_saisie(acte: Acte) -> ActeSaisi:
    """Return an act as its paper says it."""
    return ActeSaisi(**{f.name: getattr(acte, f.name) for f in fields(ActeSaisi)})


def get_version(acte: Acte) -> str:
    """Return what changes with each correction of an act: whoever saw an older one is told."""
    return str(acte.remplace_id or "")


def get_correspondance(
    *, departement: str, source: str, type_acte: str, entetes: Collection[str]
) -> dict[int, str]:
    """Return the mapping of a list's columns: remembered for its source first, then recognised."""
    headers = list(entetes)
    remembered = dict(
        Correspondance.objects.filter(
            departement=departement, source=source, type=type_acte
        ).values_list("entete", "champ")
    )
    mapping = {i: remembered[h] for i, h in enumerate(headers) if h in remembered}
    used = set(mapping.values())
    suggested = tabular.suggest_mapping(headers, get_synonymes(type_acte))
    for index, champ in suggested.items():
        if index not in mapping and champ not in used:
            mapping[index] = champ
    # A person may have decided that a column means nothing.
    return {index: champ for index, champ in mapping.items() if champ}


def get_communes(*, departement: str) -> Communes:
    """Return the communes of a département in the form rows are read with."""
    par_nom: dict[str, str] = {}
    par_code_postal: dict[str, list[str]] = {}
    noms: dict[str, str] = {}
    codes: dict[str, list[str]] = {}
    for code, nom, postaux in (
        Commune.objects.filter(departement=departement)
        .order_by("code")
        .values_list("code", "nom", "codes_postaux")
    ):
        par_nom[normalise_commune(nom)] = code
        noms[code] = nom
        codes[code] = list(postaux)
        for postal in postaux:
            par_code_postal.setdefault(postal, []).append(code)
    return Communes(par_nom, par_code_postal, noms, codes)


def get_actes_connus(*, departement: str, cles: Collection[str]) -> dict[str, ActeConnu]:
    """Return, by key, the files already open, the acts they hold and those they hold no more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.cle, d.id, array_agg(a.type), array_agg(a.survenu_le),"
            " array_agg(a.audience_heure), array_agg(a.retire_le),"
            " (SELECT c.classe_le FROM dossiers_classement c"
            "  WHERE c.dossier_id = d.id AND c.rouvert_le IS NULL)"
            " FROM dossiers_dossier d LEFT JOIN actes_acte a ON a.dossier_id = d.id"
            " WHERE d.departement_id = %s AND d.cle = ANY(%s) GROUP BY d.cle, d.id",
            [departement, list(cles)],
        )
        return {
            cle: _read_connu(pk, zip(*columns, strict=True), classe_le)
            for cle, pk, *columns, classe_le in cursor.fetchall()
        }


def _read_connu(
    dossier_id: UUID, rows: Iterable[tuple[Any, ...]], classe_le: date | None
) -> ActeConnu:
    connu = ActeConnu(dossier_id, set(), {}, {}, classe_le)
    for type_, le, heure, retire_le in rows:
        if retire_le:
            connu.retires[type_, le] = retire_le
        elif type_:
            connu.actes.add((type_, le))
            if heure:
                connu.heures[type_, le] = heure
    return connu


def list_rows(*, lot: Lot) -> Iterator[Row]:
    """Yield the staged rows of a list as the reader gave them."""
    for numero, cells in (
        Ligne.objects.filter(lot=lot).order_by("numero").values_list("numero", "cellules")
    ):
        yield Row(numero, tuple(map(_decode_cell, cells)))


def _decode_cell(cell: Any) -> Cell:
    """Return the value of a staged cell; see actes.operations.listes for the written form."""
    if not isinstance(cell, dict):
        return cell  # type: ignore[no-any-return]
    ((kind, text),) = cell.items()
    return _DECODERS[kind].fromisoformat(text)


_DECODERS: Mapping[str, type[date] | type[datetime] | type[time]] = {
    "date": date,
    "instant": datetime,
    "heure": time,
}


def _list_colonnes(lot: Lot, rows: QuerySet[Ligne]) -> list[ColonneVue]:
    lecture = lot.lecture
    mapping = {int(i): champ for i, champ in lecture["correspondance"].items()}
    samples = list(rows.order_by("numero").values_list("cellules", flat=True)[:40])
    return [
        ColonneVue(index, entete, mapping.get(index, ""), _list_exemples(samples, index))
        for index, entete in enumerate(lecture["entetes"])
    ]


def _list_exemples(samples: list[list[Any]], index: int) -> tuple[str, ...]:
    values = [_shown(cells[index]) for cells in samples if index < len(cells)]
    return tuple(dict.fromkeys(v for v in values if v))[:3]


def _shown(cell: Any) -> str:
    value = _decode_cell(cell)
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def list_propositions(*, agent: Agent) -> QuerySet[Proposition]:
    """Return the proposals that the agent may read, those to answer first, then the newest."""
    rows = Proposition.objects.filter(departement=agent.departement_id)
    if why_not(agent.profil, "dossier.creer"):
        if why_not(agent.profil, "dossier.proposer"):
            return rows.none()
        rows = rows.filter(organisation=agent.organisation_id)
    waiting = Q(decision="")
    return (
        rows.select_related("organisation", "par", "decidee_par", "dossier")
        .annotate(attend=waiting)
        .order_by("-attend", "-recue_le", "-created_at", "id")
    )


def find_proposition(*, agent: Agent, proposition_id: UUID) -> Proposition | None:
    """Return a proposal that the agent may read, None otherwise."""
    return list_propositions(agent=agent).filter(pk=proposition_id).first()


def count_propositions(*, agent: Agent) -> int:
    """Return how many proposals the secretariat has to answer."""
    if why_not(agent.profil, "dossier.creer"):
        return 0
    return Proposition.objects.filter(departement=agent.departement_id, decision="").count()
