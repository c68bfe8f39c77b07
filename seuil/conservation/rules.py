"""When a file is erased, what holds it, what remains: the rules of regles.yaml, read strictly."""

import re
from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from seuil.acteurs.rules import load_departement
from seuil.strict_yaml import Table, read_table

SUITES = ("effacer", "anonymiser", "garder")
EXECUTANTS = ("purge", "journal", "connexions", "personne")
CERTITUDES = ("sure", "to_check")
# Insee's smallest mesh of publication (IRIS) is drawn around two thousand inhabitants.
POPULATION_MIN = 2000
_DUREE = re.compile(r"(\d{1,3}) (mois|ans?)")

# Acts that the household makes itself, or lives through in person.
ACTES_DU_MENAGE = frozenset({
    "surendettement", "plan_apurement", "pcs", "dalo", "appel", "expulsion", "depart", "reprise",
})  # fmt: skip
# The furthest stage from which a procedure may go on.
_ETAPE = {
    "signalement": "commandement",
    "saisine_ccapex": "commandement",
    "commandement": "commandement",
    "assignation": "assignation",
    "audience": "assignation",
    "jugement": "jugement",
    "signification": "jugement",
    "appel": "jugement",
    "defaut_plan": "jugement",
    "cql": "jugement",
    "delais_quitter": "jugement",
    "rfp": "jugement",
    "evaluation_police": "jugement",
    "cfp": "jugement",
}
_ETAPES = ("commandement", "assignation", "jugement")
_SORTIES = frozenset({"expulsion", "depart", "reprise"})
_DENOUEMENTS_FINALS = frozenset({
    "dette_apuree", "relogement", "hebergement", "depart_volontaire", "expulsion",
})  # fmt: skip
# Two months without an answer are a refusal (CPCE, art. R153-1).
_REFUS_IMPLICITE_MOIS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandeSaisie:
    """What a person asks about its data: which right, who asks, what, received when."""

    droit: str
    demandeur: str
    objet: str
    recue_le: date


@dataclass(frozen=True, slots=True)
class Regle:
    """How long a kind of data is kept: from what, how long, what then, by what right."""

    code: str
    libelle: str
    depuis: date
    evenement: str
    mois: int | None
    ensuite: str
    par: str
    source: str
    certitude: str
    verifie_le: date


@dataclass(frozen=True, slots=True)
class Etape:
    """How long a procedure may still go on after its last act."""

    code: str
    mois: int
    source: str
    certitude: str


@dataclass(frozen=True, slots=True)
class Communication:
    """Whether a category is given to the person who asks for their data, and why."""

    categorie: str
    remise: bool
    motif: str
    source: str
    certitude: str


@dataclass(frozen=True, slots=True)
class Conservation:
    """The whole file."""

    version: int
    evenements: Mapping[str, str]
    regles: Mapping[str, Regle]
    etapes: Mapping[str, Etape]
    indemnisation_ans: int
    indemnisation_source: str
    communications: Mapping[str, Communication]


@cache
def load_conservation(departement: str = "") -> Conservation:
    """Return the rules, shortened as the département says.

    Raises FichierIllisible, naming file and line, on anything unknown, missing or longer.
    """
    path = Path(__file__).parent / "regles.yaml"
    national = parse_conservation(path.read_bytes())
    local = load_departement(departement) if departement else None
    return shorten(national, local.conservation) if local and local.conservation else national


def parse_conservation(
    text: str | bytes, *, fichier: str = "conservation/regles.yaml"
) -> Conservation:
    """Parse the rules from YAML text; see load_conservation."""
    data = read_table(text=text, fichier=fichier)
    data.check_keys(("version", "evenements", "regles", "retenues", "communication"))
    labels = data.table("evenements")
    evenements = {code: labels.text(code) for code in labels}
    rules = data.table("regles")
    retenues = data.table("retenues")
    retenues.check_keys(("procedure", "indemnisation"))
    etapes = retenues.table("procedure")
    etapes.check_keys(_ETAPES)
    indemnisation = retenues.table("indemnisation")
    indemnisation.check_keys(("ans", "source", "certainty"))
    indemnisation.choice("certainty", CERTITUDES)
    given = data.table("communication")
    return Conservation(
        version=data.count("version"),
        evenements=evenements,
        regles={code: _read_regle(rules, code, evenements) for code in rules},
        etapes={code: _read_etape(etapes, code) for code in _ETAPES},
        indemnisation_ans=indemnisation.count("ans"),
        indemnisation_source=indemnisation.text("source"),
        communications={code: _read_communication(given, code) for code in given},
    )


def _read_regle(rules: Table, code: str, evenements: Collection[str]) -> Regle:
    entry = rules.table(code)
    entry.check_keys((
        "libelle", "depuis", "evenement", "duree", "ensuite", "par", "source", "certainty",
        "verifie_le",
    ))  # fmt: skip
    regle = Regle(
        code=code,
        libelle=entry.text("libelle"),
        depuis=entry.day("depuis"),
        evenement=entry.choice("evenement", evenements),
        mois=_read_duree(entry, "duree"),
        ensuite=entry.choice("ensuite", SUITES),
        par=entry.choice("par", EXECUTANTS),
        source=entry.text("source"),
        certitude=entry.choice("certainty", CERTITUDES),
        verifie_le=entry.day("verifie_le"),
    )
    if (regle.evenement == "aucun") != (regle.ensuite == "garder"):
        entry.refuse("evenement", "« aucun » va avec « garder », et lui seul")
    if (regle.par == "personne") != (regle.ensuite == "garder"):
        entry.refuse("par", "ce qui n’est pas gardé sans limite est effacé par quelqu’un")
    if regle.mois is not None and regle.ensuite == "garder":
        entry.refuse("duree", "ce qui est gardé n’a pas de durée")
    return regle


def _read_etape(etapes: Table, code: str) -> Etape:
    entry = etapes.table(code)
    entry.check_keys(("duree", "source", "certainty"))
    mois = _read_duree(entry, "duree")
    if mois is None:
        entry.refuse("duree", "une durée est attendue")
    return Etape(code, mois, entry.text("source"), entry.choice("certainty", CERTITUDES))


def _read_communication(given: Table, code: str) -> Communication:
    entry = given.table(code)
    entry.check_keys(("remise", "motif", "source", "certainty"))
    return Communication(
        code,
        entry.flag("remise"),
        entry.text("motif"),
        entry.text("source"),
        entry.choice("certainty", CERTITUDES),
    )


def _read_duree(entry: Table, key: str) -> int | None:
    text = entry.text(key)
    if text == "aucune":
        return None
    found = _DUREE.fullmatch(text)
    if found is None or int(found[1]) == 0:
        entry.refuse(key, "une durée est attendue : « 24 mois », « 5 ans » ou « aucune »")
    return int(found[1]) * (1 if found[2] == "mois" else 12)


def shorten(national: Conservation, local: Table) -> Conservation:
    """Return the rules with a département's own durations, none longer than the national one."""
    regles = dict(national.regles)
    for code in local:
        regle = regles.get(code)
        if regle is None:
            local.refuse(code, "règle de conservation inconnue")
        mois = _read_duree(local, code)
        if regle.mois is None or mois is None or mois > regle.mois:
            local.refuse(code, "un département peut raccourcir une durée, jamais l’allonger")
        regles[code] = replace(regle, mois=mois)
    return replace(national, regles=regles)


@dataclass(frozen=True, slots=True)
class FaitLu:
    """A dated fact of a file: its nature, and for an act or a closure, what it says.

    `contact`: it shows that the household was in touch, or was met.
    """

    nature: str
    le: date
    type: str = ""
    sens: str = ""
    contact: bool = False


@dataclass(frozen=True, slots=True)
class Retenue:
    """Why a file whose time has passed is kept; until a day, or until somebody says so."""

    code: str
    libelle: str
    jusqu_au: date | None


@dataclass(frozen=True, slots=True)
class Sort:
    """What becomes of a file: from when, until when it is kept, what holds it longer."""

    depart_le: date
    terme_le: date
    retenues: Sequence[Retenue]

    def is_due(self, on: date) -> bool:
        """Tell whether its time has passed, held or not."""
        return on > self.terme_le

    def is_purged(self, on: date) -> bool:
        """Tell whether it goes on that day."""
        return self.is_due(on) and not self.list_retenues(on)

    def list_retenues(self, on: date) -> list[Retenue]:
        """Return what still holds it on that day."""
        return [r for r in self.retenues if r.jusqu_au is None or r.jusqu_au >= on]


def add_mois(le: date, mois: int) -> date:
    """Return the same day, so many months later; the last of the month when there is none."""
    index = le.year * 12 + le.month - 1 + mois
    year, month = divmod(index, 12)
    return date(year, month + 1, min(le.day, monthrange(year, month + 1)[1]))


def compute_dernier_contact(faits: Iterable[FaitLu]) -> date | None:
    """Return the last day on which the household was in touch, or lived the procedure in person."""
    return max(
        (f.le for f in faits if f.contact or (f.nature == "acte" and f.type in ACTES_DU_MENAGE)),
        default=None,
    )


def compute_fin_procedure(faits: Iterable[FaitLu]) -> date | None:
    """Return the day that ended the procedure; None while it may go on, or when there is none."""
    faits = list(faits)
    fin = max((f.le for f in faits if _ends(f)), default=None)
    if fin is None or any(_goes_on(f) and f.le > fin for f in faits):
        return None
    return fin


def _ends(fait: FaitLu) -> bool:
    if fait.nature == "cloture":
        return fait.sens in _DENOUEMENTS_FINALS
    return fait.nature == "acte" and (
        fait.type in _SORTIES or (fait.type == "jugement" and fait.sens in {"rejet", "desistement"})
    )


def _goes_on(fait: FaitLu) -> bool:
    return fait.nature == "acte" and fait.type in _ETAPE and not _ends(fait)


def compute_sort(
    *, faits: Iterable[FaitLu], ouvert_le: date, conservation: Conservation,
    gels: Iterable[str] = (), limite_le: date | None = None,
) -> Sort:  # fmt: skip
    """Return what becomes of a file, from its facts alone."""
    faits = list(faits)
    contact, fin = compute_dernier_contact(faits), compute_fin_procedure(faits)
    dernier = max((f.le for f in faits), default=ouvert_le)
    known = [le for le in (contact, fin) if le]
    depart = max(known) if known else max(dernier, ouvert_le)
    mois = conservation.regles["dossier"].mois
    assert mois is not None
    retenues = [Retenue("gel", f"gel demandé : {motif}", None) for motif in gels]
    if limite_le:
        retenues.append(Retenue("limite", "traitement limité à la demande de la personne", None))
    retenues += _list_retenues(faits, fin, conservation)
    return Sort(depart, add_mois(depart, mois), tuple(retenues))


def _list_retenues(
    faits: Sequence[FaitLu], fin: date | None, conservation: Conservation
) -> list[Retenue]:
    found = []
    suites = [f for f in faits if _goes_on(f)]
    if fin is None and suites:
        # After what ended an earlier procedure, only the acts that follow count.
        ended = max((f.le for f in faits if _ends(f)), default=date.min)
        suites = [f for f in suites if f.le > ended]
        code = max((_ETAPE[f.type] for f in suites), key=_ETAPES.index)
        etape = conservation.etapes[code]
        found.append(
            Retenue(
                "procedure",
                f"procédure ouverte au stade {code} ({etape.source})",
                add_mois(max(f.le for f in suites), etape.mois),
            )
        )
    indemnisation = compute_indemnisation(faits, ans=conservation.indemnisation_ans)
    if indemnisation:
        found.append(
            Retenue(
                "indemnisation",
                "indemnisation possible après un refus du concours"
                f" ({conservation.indemnisation_source})",
                indemnisation,
            )
        )
    return found


def compute_indemnisation(faits: Sequence[FaitLu], *, ans: int) -> date | None:
    """Return the last day on which the State may be asked to pay for a refusal; None if never.

    Rights of one year are prescribed so many years after the first day of the next.
    """
    refus = [f.le for f in faits if f.nature == "acte" and f.type == "cfp" and f.sens == "refus"]
    decisions = [f.le for f in faits if f.nature == "acte" and f.type == "cfp"]
    for f in faits:
        if f.nature == "acte" and f.type == "rfp":
            implicite = add_mois(f.le, _REFUS_IMPLICITE_MOIS)
            left = [s.le for s in faits if s.nature == "acte" and s.type in _SORTIES]
            if not any(f.le <= le <= implicite for le in (*decisions, *left)):
                refus.append(implicite)
    if not refus:
        return None
    first = min(refus)
    ends = [
        f.le for f in faits
        if f.le >= first
        and (_ends(f) or (f.nature == "acte" and f.type == "cfp" and f.sens == "accord"))
    ]  # fmt: skip
    return date(max([*ends, *refus]).year + ans, 12, 31)


# Bands, not amounts: the lower bound of each, and its code.
_TRANCHES = (
    (Decimal(10_000), "plus_de_10000"), (Decimal(6_000), "6000_a_10000"),
    (Decimal(3_000), "3000_a_6000"), (Decimal(1_500), "1500_a_3000"),
    (Decimal("0.01"), "moins_de_1500"), (Decimal(0), "nulle"),
)  # fmt: skip


def write_tranche(montant: Decimal | None) -> str:
    """Return the band of a debt; empty when none is known."""
    if montant is None:
        return ""
    return next(code for least, code in _TRANCHES if montant >= least)


def write_mois(le: date) -> str:
    """Write « 2026-11 »: the month, without the day."""
    return f"{le.year:04}-{le.month:02}"


def compute_maille(*, commune: str, epci: str, population: int) -> tuple[str, str]:
    """Return the mesh and the place that a remnant keeps: never a commune of few inhabitants."""
    if commune and population >= POPULATION_MIN:
        return "commune", commune
    if epci:
        return "epci", epci
    return "departement", ""


# The answer is due one month after the request, two more when it is complex (RGPD, art. 12.3).
def compute_reponse_due(*, recue_le: date, prolongee: bool) -> date:
    """Return the last day to answer a person's request."""
    return add_mois(recue_le, 3 if prolongee else 1)


def write_duree(mois: int | None) -> str:
    """Write « 2 ans », « 18 mois »."""
    if mois is None:
        return ""
    if mois % 12:
        return f"{mois}\N{NO-BREAK SPACE}mois"
    ans = mois // 12
    return f"{ans}\N{NO-BREAK SPACE}{'an' if ans == 1 else 'ans'}"


def compute_stade(faits: Iterable[FaitLu], stades: Sequence[str]) -> str:
    """Return the furthest of the ordered stages that the acts of a file reached; empty if none."""
    reached = [stades.index(f.type) for f in faits if f.nature == "acte" and f.type in stades]
    return stades[max(reached)] if reached else ""


def compute_issue(faits: Iterable[FaitLu]) -> str:
    """Return how a file ended, as its last closure or what ended the procedure says."""
    ended = [f for f in faits if f.nature == "cloture" or _ends(f)]
    if not ended:
        return ""
    last = max(ended, key=lambda f: (f.le, f.nature == "cloture"))
    return last.sens if last.nature == "cloture" or last.type == "jugement" else last.type
