"""Read where procedures stand: the list of dossiers, and the explained deadlines of one."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Case, F, Min, Q, QuerySet, Value, When

from seuil.actes.models import Acte as ActeModel
from seuil.acteurs.matrice import list_portees
from seuil.acteurs.models import Agent
from seuil.acteurs.rules import why_not
from seuil.dossiers.models import Acces, Bailleur, Dossier
from seuil.dossiers.models.relations import reaches_all
from seuil.dossiers.queries import hide_limited, only_visible, readable
from seuil.dossiers.rules import normalise, normalise_adresse, normalise_nom
from seuil.echeances.models import Echeance, NomCherche, Situation, SituationDette, SituationSuivi
from seuil.echeances.rules.actes import list_faits, list_faits_lus
from seuil.echeances.rules.calculs import (
    Calcul,
    Contexte,
    EcheanceCalculee,
    compute_echeances,
    compute_lues,
)
from seuil.echeances.rules.effets import (
    ACTES_EN_AMONT,
    REGLES_EN_AMONT,
    REGLES_EN_AVAL,
    DossierRelu,
    EcheanceConnue,
    EffetDuDroit,
    compute_effet,
)
from seuil.echeances.rules.explications import explain
from seuil.echeances.rules.faits import Fait
from seuil.echeances.rules.pauses import Acte, list_pauses
from seuil.engines import droit
from seuil.kernel.bulk import as_array
from seuil.kernel.tables import get_column

# First words of an address: a text that starts so is looked for among addresses.
_VOIES = frozenset({
    "ALLEE", "ALLEES", "AVENUE", "AV", "BOULEVARD", "BD", "CHEMIN", "COURS", "IMPASSE", "PASSAGE",
    "PLACE", "PL", "QUAI", "RESIDENCE", "ROUTE", "RUE", "SQUARE", "VOIE",
})  # fmt: skip

# Files without a hearing or a debt come after those that have one; the last field makes the order
# of equal rows the same from one page to the next.
TRIS: Mapping[str, Sequence[Any]] = {
    "recent": ("-stade_le", "-dossier_id"),
    "ancien": ("stade_le", "dossier_id"),
    "nom": ("nom_recherche", "dossier_id"),
    "commune": ("commune_code", "nom_recherche", "dossier_id"),
    "audience": (F("audience_le").asc(nulls_last=True), "dossier_id"),
    "dette": (F("dette").desc(nulls_last=True), "dossier_id"),
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
    echeance_le: date | None


@dataclass(frozen=True, slots=True)
class EcheanceVue:
    """A deadline and its explanation; `resultat` is None when its day is to be determined.

    `id` is None for a delay computed for the page alone.
    """

    id: UUID | None
    regle: str
    # The fact that starts it.
    source_id: UUID
    libelle: str
    le: date | None
    autres: Sequence[date]
    certitude: str
    a_obtenir: str
    # Set by the law, not by a local convention.
    legale: bool
    resultat: droit.Resultat | None
    # First day of eviction, passed: what the calendar says from today (trêve, Sunday, holiday).
    aujourdhui: str = ""


def list_dossiers(*, agent: Agent, on: date, filtres: Filtres) -> QuerySet[Any]:
    """Return the situations of the files the agent may see, filtered and ordered.

    Count it, slice it, then hand the slice to `list_rows`.
    """
    if why_not(agent.profil, "dossier.lire"):
        return Situation.objects.none()
    rows: QuerySet[Any] = Situation.objects.filter(departement=agent.departement_id)
    if filtres.tri == "dette":
        # Joined where the order needs it alone: `list_rows` reads it for a slice.
        rows = _annotate_reserves(rows, agent, on, names=["dette"])
    # A whole département needs no join to the files: the column says it.
    if reaches_all(agent, "identite"):
        rows = hide_limited(rows=rows, agent=agent)
    else:
        rows = readable(rows=rows, agent=agent, on=on)
    if filtres.texte:
        rows = rows.filter(_matches(filtres.texte, departement=agent.departement_id))
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
        entrusted = Acces.objects.filter(relation=Acces.Relation.MANDAT).open(on=on)
        rows = rows.filter(dossier__in=entrusted.values("dossier"))
    return rows.order_by(*TRIS.get(filtres.tri, TRIS["recent"]))


def _among_reserves(rows: QuerySet[Any], agent: Agent, on: date) -> Any:
    """Return the files of the rows of another category that the agent may read."""
    rows = rows.filter(departement=agent.departement_id)
    categorie = rows.model.Rls.categorie
    if list_portees(agent.profil, categorie) != list_portees(agent.profil, "identite"):
        rows = readable(rows=rows, agent=agent, on=on)
    return rows.values("dossier")


def _if_readable(
    categorie: str, field: str, agent: Agent, on: date, parmi: Collection[UUID] | None
) -> Any:
    """Return a field of another category on the dossiers where the agent may read it."""
    portees = list_portees(agent.profil, categorie)
    if portees == list_portees(agent.profil, "identite"):
        return F(field)
    nothing = Value(None, output_field=_output_field(field))
    if not portees:
        return nothing
    seen = Dossier.objects.visible_to(agent, on=on, categorie=categorie)
    if parmi is not None:
        seen = seen.filter(pk__parmi=parmi)
    return Case(When(dossier__in=seen.values("pk"), then=F(field)), default=nothing)


def _output_field(field: str) -> Any:
    model, name = {
        "dossier__situation_dette__montant": (SituationDette, "montant"),
        "dossier__situation_dette__constatee_le": (SituationDette, "constatee_le"),
        "dossier__situation_suivi__suivi": (SituationSuivi, "suivi"),
    }[field]
    return get_column(model, name)


_RESERVES = {
    "dette": ("bail_dette", "dossier__situation_dette__montant"),
    "dette_le": ("bail_dette", "dossier__situation_dette__constatee_le"),
    "suivi": ("suivi", "dossier__situation_suivi__suivi"),
}


def _annotate_reserves(
    rows: QuerySet[Any],
    agent: Agent,
    on: date,
    *,
    names: Collection[str] = tuple(_RESERVES),
    parmi: Collection[UUID] | None = None,
) -> QuerySet[Any]:
    """Add what is kept apart from the situation, on the files where the agent may read it."""
    found: QuerySet[Any] = rows.annotate(
        **{name: _if_readable(*_RESERVES[name], agent, on, parmi) for name in names}
    )
    return found


def list_rows(*, agent: Agent, on: date, situations: QuerySet[Any]) -> list[DossierRow]:
    """Return the lines of a slice of `list_dossiers`, in its order; three queries."""
    # The slice first, on one table: its joins are then made for its rows alone.
    ids = list(situations.values_list("dossier_id", flat=True))
    found = {
        row[0]: row
        for row in _annotate_reserves(
            Situation.objects.filter(dossier__id__parmi=ids), agent, on, parmi=ids
        )
        .order_by("dossier_id")
        .values_list(
            "dossier_id", "dossier__numero", "dossier__logement__commune__nom", "stade",
            "stade_le", "audience_le", "dette", "dette_le", "suivi", "parc",
            "nom_affiche",
        )
    }  # fmt: skip
    prochaines = dict(
        readable(
            rows=Echeance.objects.filter(dossier__id__parmi=ids), agent=agent, on=on, parmi=ids
        )
        .filter(le__gte=on, regle__parmi=_list_legales())
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
            dette=dette,
            dette_le=dette_le,
            suivi=suivi or "",
            parc=parc,
            echeance_le=prochaines.get(pk),
        )
        for (
            pk, numero, commune, stade, stade_le, audience_le, dette, dette_le, suivi, parc,
            nom,
        ) in (found[pk] for pk in ids if pk in found)
    ]  # fmt: skip


def list_effets(*, departement: str, essai: Mapping[str, droit.Regle]) -> list[EffetDuDroit]:
    """Return what other parameters would do to the dates of a département's open dossiers.

    Figures only: no dossier is named. Open: no eviction, departure nor recovery is recorded.
    """
    relus = []
    if REGLES_EN_AMONT.intersection(droit.list_essayees(essai)):
        relus = _read_relus(departement)
    apart = [as_array(r.id for r in relus), as_array(sorted(REGLES_EN_AVAL))]
    with connection.cursor() as cursor:
        cursor.execute(_READ_CONNUES, [departement, *apart])
        connues = [
            EcheanceConnue(
                regle, debut_le, le, certitude, tuple(json.loads(arguments).items()), nombre
            )
            for regle, debut_le, le, certitude, arguments, nombre in cursor.fetchall()
        ]
    return compute_effet((c for c in connues if c.regle in essai), essai, relus)


_READ_CONNUES = """
SELECT e.regle, e.debut_le, e.le, e.certitude, e.arguments::text, count(*)
FROM echeances_echeance e JOIN dossiers_dossier d ON d.id = e.dossier_id
WHERE d.departement_id = %s AND e.debut_le IS NOT NULL AND e.le IS NOT NULL
  AND NOT (d.id = ANY(%s::uuid[]) AND e.regle = ANY(%s::text[]))
  AND NOT EXISTS (SELECT 1 FROM actes_acte a WHERE a.dossier_id = d.id
    AND a.type IN ('expulsion', 'depart', 'reprise'))
GROUP BY e.regle, e.debut_le, e.le, e.certitude, e.arguments::text
"""
_READ_RELUS = """
SELECT d.id, e.regle, e.source_id, e.le, e.certitude
FROM echeances_echeance e JOIN dossiers_dossier d ON d.id = e.dossier_id
WHERE d.departement_id = %s AND e.debut_le IS NOT NULL AND e.le IS NOT NULL
  AND e.regle = ANY(%s::text[])
  AND EXISTS (SELECT 1 FROM actes_acte a WHERE a.dossier_id = d.id AND a.type = ANY(%s::text[]))
  AND NOT EXISTS (SELECT 1 FROM actes_acte a WHERE a.dossier_id = d.id
    AND a.type IN ('expulsion', 'depart', 'reprise'))
"""


def _read_relus(departement: str) -> list[DossierRelu]:
    """Return the open dossiers some deadlines of which depend on the dates of other rules."""
    connues: dict[UUID, dict[tuple[str, UUID], tuple[date, str]]] = {}
    lists = [as_array(sorted(REGLES_EN_AVAL)), as_array(sorted(ACTES_EN_AMONT))]
    with connection.cursor() as cursor:
        cursor.execute(_READ_RELUS, [departement, *lists])
        for pk, regle, source_id, le, certitude in cursor.fetchall():
            connues.setdefault(pk, {})[regle, source_id] = (le, certitude)
    actes: dict[UUID, list[Acte]] = {}
    rows = ActeModel.objects.filter(dossier__in=connues).order_by("survenu_le", "pk")
    for pk, *values in rows.values_list("dossier_id", *_CHAMPS_ACTE):
        actes.setdefault(pk, []).append(Acte(*values))
    fiches = Dossier.objects.filter(pk__in=connues).order_by("pk").values_list("pk", *_CHAMPS_FICHE)
    return [
        DossierRelu(pk, actes.get(pk, []), _read_contexte(*values), connues[pk])
        for pk, *values in fiches
    ]


_CHAMPS_ACTE = (
    "pk", "type", "survenu_le", "recu_le", "audience_le", "sens", "delai_jusqu_au",
    "delai_annonce",
)  # fmt: skip
_CHAMPS_FICHE = (
    "departement_id", "logement__commune_id", "bail__signe_le", "bail__clause_duree",
    "bail__reconduit_le",
)  # fmt: skip


def _read_contexte(
    departement: str,
    commune: str | None,
    signe_le: date | None,
    clause: str | None,
    reconduit_le: date | None,
) -> Contexte:
    return Contexte(departement, commune or "", signe_le, clause or "", reconduit_le)


def get_situation(*, agent: Agent, on: date, dossier: Dossier) -> Situation | None:
    """Return where the procedure of a file stands; None before its first act."""
    return readable(rows=Situation.objects.all(), agent=agent, on=on, dossier=dossier).first()


def get_derniere_dette(*, agent: Agent, on: date, dossier: Dossier) -> SituationDette | None:
    """Return the last debt known; None when there is none or the agent may not read it."""
    return readable(rows=SituationDette.objects.all(), agent=agent, on=on, dossier=dossier).first()


def get_dernier_suivi(*, agent: Agent, on: date, dossier: Dossier) -> str:
    """Return what social services said last; empty when nothing, or not for the agent to read."""
    found = readable(rows=SituationSuivi.objects.all(), agent=agent, on=on, dossier=dossier).first()
    return found.suivi if found else ""


def get_dette(*, dossier: Dossier) -> tuple[Decimal | None, date | None]:
    """Return the last debt known of a dossier already read with it, and its day."""
    found = getattr(dossier, "situation_dette", None)
    return (found.montant, found.constatee_le) if found else (None, None)


def list_dates_legales(*, agent: Agent, on: date, dossier: Dossier) -> Sequence[tuple[date, str]]:
    """Return the coming dates that the law sets, with the label of their rule, nearest first."""
    regles = droit.regles()
    rows = readable(rows=Echeance.objects.all(), agent=agent, on=on, dossier=dossier).filter(
        le__gte=on, regle__parmi=_list_legales()
    )
    return [
        (le, regles[regle].libelle)
        for le, regle in rows.order_by("le", "regle").values_list("le", "regle")
        if le
    ]


def list_jours(*, agent: Agent, on: date, dossier: Dossier) -> dict[tuple[UUID, str], date]:
    """Return the last day of each rule that runs in a file, by dossier and rule."""
    rows = readable(rows=Echeance.objects.all(), agent=agent, on=on, dossier=dossier)
    rows = rows.filter(le__isnull=False).order_by("le")
    return {
        (pk, regle): le for pk, regle, le in rows.values_list("dossier_id", "regle", "le") if le
    }


def list_echeances(*, agent: Agent, on: date, dossier: Dossier) -> list[EcheanceVue]:
    """Return the deadlines of a file with their explanation, by date, undetermined ones last."""
    rows = readable(rows=Echeance.objects.all(), agent=agent, on=on, dossier=dossier)
    found = [_explained(e) for e in rows.order_by("regle", "source_id")]
    connus = get_faits_connus(agent=agent, on=on, dossier=dossier)
    if connus:
        found += [_view(None, e) for e in compute_lues(connus.list_lus(), connus.contexte)]
    if connus and not any(a.type in _SORTIES for a in connus.actes):
        found = [_tell_today(e, connus.contexte, on) for e in found]
    return sorted(found, key=lambda e: (e.le is None, e.le or date.max, e.regle))


# What ends the occupation: no eviction is to come any more.
_SORTIES = frozenset({"expulsion", "depart", "reprise"})


def _tell_today(echeance: EcheanceVue, contexte: Contexte, on: date) -> EcheanceVue:
    """Add, to a first day of eviction that is passed, whether today's calendar still forbids it."""
    if echeance.regle != droit.EXECUTION or echeance.le is None or echeance.le >= on:
        return echeance
    le, steps = droit.next_execution_day(
        on, departement=contexte.departement, commune=contexte.commune or None
    )
    if le == on:
        return echeance
    return replace(echeance, aujourdhui=f"Aujourd’hui non : {steps[-1]}.")


@dataclass(frozen=True, slots=True)
class FaitsConnus:
    """What of a dossier decides of its dates: its acts, its lease and its place."""

    dossier_id: UUID
    actes: Sequence[Acte]
    contexte: Contexte
    # The landlord is a legal person, who must seize the CCAPEX before the assignation.
    bailleur_saisit: bool

    def list_lus(self) -> list[Fait]:
        """Return the facts whose delays only the page shows."""
        return list_faits_lus(self.dossier_id, self.actes, bailleur_saisit=self.bailleur_saisit)

    def compute(self) -> list[EcheanceCalculee]:
        """Return every deadline that these facts entail."""
        faits = list_faits(self.dossier_id, self.actes)
        return [
            *compute_echeances(faits, {self.dossier_id: self.contexte}),
            *compute_lues(self.list_lus(), self.contexte),
        ]


def get_faits_connus(*, agent: Agent, on: date, dossier: Dossier) -> FaitsConnus | None:
    """Return what decides of the dates of a file; None when the agent may not see it.

    Of its acts, those the agent may read.
    """
    visible = only_visible(agent=agent, on=on, dossier=dossier, categorie="procedure")
    row = (
        Dossier.objects.filter(pk__in=visible)
        .values_list(*_CHAMPS_FICHE, "bail__bailleur__nature")
        .first()
    )
    if row is None:
        return None
    *fiche, nature = row
    acts = readable(rows=dossier.actes.all(), agent=agent, on=on, dossier=dossier)
    actes = acts.order_by("survenu_le", "pk").values_list(*_CHAMPS_ACTE)
    return FaitsConnus(
        dossier_id=dossier.pk,
        actes=[Acte(*values) for values in actes],
        contexte=_read_contexte(*fiche),
        bailleur_saisit=nature in {Bailleur.Nature.MORALE, Bailleur.Nature.SOCIAL},
    )


@dataclass(frozen=True, slots=True)
class PauseVue:
    """A suspension or a stop of the procedure, with its effect and the day it ends."""

    effet: droit.Effet
    du: date
    au: date | None
    perdue_le: date | None
    en_cours: bool


def list_pauses_of(*, agent: Agent, on: date, dossier: Dossier) -> list[PauseVue]:
    """Return what suspends or stopped the procedure of a file, running ones first."""
    connus = get_faits_connus(agent=agent, on=on, dossier=dossier)
    effets = droit.load_effets()
    found = [
        PauseVue(
            effet=effets[p.genre],
            du=p.du,
            au=p.au,
            perdue_le=p.perdue_le,
            en_cours=p.du <= on and (p.fin_le is None or p.fin_le >= on),
        )
        for p in (list_pauses(connus.actes) if connus else [])
    ]
    return sorted(found, key=lambda p: (not p.en_cours, p.du))


def _explained(echeance: Echeance) -> EcheanceVue:
    arguments = tuple(echeance.arguments.items())
    calculee = EcheanceCalculee(
        echeance.dossier_id, echeance.regle, echeance.source_type, echeance.source_id,
        Calcul(
            echeance.debut_le, echeance.le, tuple(echeance.autres), echeance.certitude,
            echeance.parametre, arguments, echeance.a_obtenir,
        ),
    )  # fmt: skip
    return _view(echeance.pk, calculee)


def _view(pk: UUID | None, echeance: EcheanceCalculee) -> EcheanceVue:
    resultat = None
    if echeance.debut_le and (echeance.le or echeance.calcul.parametre):
        resultat = explain(
            regle=echeance.regle,
            debut_le=echeance.debut_le,
            arguments=dict(echeance.calcul.arguments),
        )
    return EcheanceVue(
        id=pk,
        regle=echeance.regle,
        source_id=echeance.source_id,
        libelle=resultat.libelle if resultat else droit.regles()[echeance.regle].libelle,
        le=echeance.le,
        autres=echeance.autres,
        certitude=echeance.certitude,
        a_obtenir=echeance.a_obtenir,
        legale=echeance.regle in _list_legales(),
        resultat=resultat,
    )


@cache
def _list_legales() -> tuple[str, ...]:
    return tuple(sorted(r.id for r in droit.regles().values() if r.origine == "loi"))


def _matches(texte: str, *, departement: str) -> Q:
    """Look for a number, an address or a name, whichever the text looks like."""
    words = normalise(texte).split()
    if not words:
        return Q(pk=None)
    # « 33-2026-000012 » and its last digits are a number; « 12 rue… » and « rue… » an address.
    compact = texte.replace(" ", "")
    if all(c.isdigit() or c in "-AB" for c in compact) and any(c.isdigit() for c in compact):
        if "-" in compact:
            return Q(dossier__numero=compact)
        return Q(dossier__numero__endswith=f"-{compact.zfill(6)}")
    if words[0][0].isdigit() or words[0] in _VOIES:
        return Q(dossier__cle__contains=f"|{normalise_adresse(texte)}") | Q(
            dossier__cle__contains=f" {normalise_adresse(texte)}"
        )
    named = list_noms(texte=texte).filter(departement=departement)
    return Q(dossier__in=named.values("dossier"))


def list_noms(*, texte: str) -> QuerySet[NomCherche]:
    """Return the names that have a word from which they begin by a text, as far as one may read."""
    nom = normalise_nom(texte)
    # Between the text and the text followed by the last character there is.
    return NomCherche.objects.filter(texte__gte=nom, texte__lt=f"{nom}\U0010ffff")
