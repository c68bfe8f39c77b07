"""Duties as data: who owes what at each stage, by the charter and by the law."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from seuil.acteurs.rules import load_departement
from seuil.engines import droit
from seuil.strict_yaml import Table, read_file
from seuil.travail.rules.genres import GENRES

# The stages that an act opens, in order, in the words of the screen.
ETAPES: Mapping[str, str] = {
    "signalement": "Impayé signalé",
    "commandement": "Commandement de payer",
    "assignation": "Assignation et audience",
    "jugement": "Jugement",
    "cql": "Commandement de quitter les lieux",
    "rfp": "Réquisition de la force publique",
    "cfp": "Concours de la force publique accordé",
}
# Who may owe something. Most codes are those of the types of organisations of the directory.
ACTEURS: Mapping[str, str] = {
    "ddets": "DDETS (secrétariat de la CCAPEX)",
    "prefecture": "Préfecture",
    "conseil_departemental": "Conseil départemental",
    "metropole": "Métropole",
    "ccas": "CCAS",
    "caf": "CAF",
    "msa": "MSA",
    "adil": "ADIL",
    "operateur": "Opérateur de l’équipe mobile",
    "siao": "SIAO",
    "comed": "Commission de médiation (DALO)",
    "action_logement": "Action Logement",
    "banque_de_france": "Banque de France",
    "police": "Police ou gendarmerie",
    "tribunal": "Greffe du tribunal",
    "avocats": "Ordre des avocats",
    "cdad": "Conseil départemental de l’accès au droit",
    "associations": "Associations de logement",
    "operateur_ahi": "Opérateur de l’accueil, de l’hébergement et de l’insertion",
    "commune": "Commune",
    "commissaire": "Commissaire de justice",
    "bailleur_social": "Bailleur social",
    "bailleur_prive": "Bailleur privé",
    "chef_de_file": "Bailleur chef de file du relogement",
    "ensemble": "Ensemble des acteurs",
    "menage": "Ménage",
}
# They have no account: what they owe is shown on the dossier, and makes no task.
SANS_COMPTE = frozenset({
    "avocats", "cdad", "associations", "operateur_ahi", "commune", "chef_de_file", "ensemble",
    "menage",
})  # fmt: skip
# The directory cannot tell whose dossier it is: a link names the landlord, the commissaire.
PAR_LIEN: Mapping[str, str] = {
    "commissaire": "destinataire",
    "bailleur_social": "bailleur",
    "bailleur_prive": "bailleur",
}
CONDITIONS: Mapping[str, str] = {
    "inconnu": "Si le ménage est inconnu des services sociaux ou ne répond pas",
    "enfants": "S’il y a des enfants au foyer",
    "enfants_ou_connu": "S’il y a des enfants au foyer, ou si les services connaissent le ménage",
    "tiers_payant": "Si l’aide au logement est versée au bailleur",
    "bailleur_physique": "Si le bailleur est une personne physique ou une SCI familiale",
    "bailleur_moral": "Si le bailleur est une personne morale",
    "mandat": "Si le dossier est confié à l’équipe mobile",
}
# Facts that show that a duty is done: the act itself, its reception, a diagnosis, another act.
FAITS_DACTES = (
    "saisine_ccapex", "signification", "evaluation_police", "cfp", "expulsion",
    "plan_apurement", "pcs",
)  # fmt: skip
# Either act shows it.
FAITS_EQUIVALENTS: Mapping[str, tuple[str, ...]] = {"plan_ou_pcs": ("plan_apurement", "pcs")}
_FAITS = frozenset({
    "acte", "recu", "dsf_demande", "dsf_termine", "dsf_transmis", "dsf_clos", "suivi_dit",
    *FAITS_DACTES, *FAITS_EQUIVALENTS,
})  # fmt: skip
_DEPARTS = ("acte", "reception", "audience")
_CERTITUDES = ("sure", "contested", "to_check")
_CADUQUE = re.compile(r"étape suivante|audience|terme|(?P<n>[1-9]\d{0,2}) jours après")
_DELAI = re.compile(
    r"(?:immédiat|(?P<n>[1-9]\d{0,2}) (?P<unite>jours ouvrés|jours?|semaines?|mois))"
    r"(?P<avant> avant l’audience)?"
)
_ID = re.compile(r"E\d[A-Z]?(-\d{1,3}[AB]?)?-[A-Z]+-\d{1,2}")


@dataclass(frozen=True, slots=True)
class Delai:
    """How long a duty may take; `n` is 0 when it is to be done at once."""

    n: int
    unite: str
    avant: bool


@dataclass(frozen=True, slots=True)
class Caducite:
    """When a duty has no object any more; `n` days after its day, when it is counted from it."""

    mode: str
    n: int = 0


@dataclass(frozen=True, slots=True)
class Devoir:
    """What an actor owes at a stage: see the head of devoirs.yaml for each field."""

    id: str
    etape: str
    parc: str
    acteur: str
    libelle: str
    pourquoi: str
    source: str
    certainty: str
    # As written, for the screen; empty for a standing commitment.
    delai: str
    duree: Delai | None
    depart: str
    regle: str
    preuve: str
    condition: str
    si: str
    fait: str
    tache: str
    permanent: bool
    par_liste: bool
    caduque: Caducite
    valid_from: date | None
    valid_to: date | None

    @property
    def makes_task(self) -> bool:
        """Tell whether it enters somebody's queue, when its condition holds."""
        held = self.permanent or self.par_liste or bool(self.tache)
        return not held and self.acteur not in SANS_COMPTE


class Devoirs:
    """The duties of a département, by stage and parc."""

    def __init__(self, devoirs: Iterable[Devoir]) -> None:
        self.par_id: Mapping[str, Devoir] = {d.id: d for d in devoirs}
        self._par_etape: dict[tuple[str, str], tuple[Devoir, ...]] = {}

    def at(self, etape: str, parc: str) -> tuple[Devoir, ...]:
        """Return the duties of a stage; an unknown parc has those common to both."""
        key = (etape, parc)
        if key not in self._par_etape:
            self._par_etape[key] = tuple(
                d for d in self.par_id.values() if d.etape == etape and d.parc in {parc, "tous"}
            )
        return self._par_etape[key]


@cache
def load_devoirs(departement: str) -> Devoirs:
    """Return the duties of a département: the national ones, less and plus its own.

    Raises FichierIllisible on what is unknown, missing or written twice.
    """
    configuration = load_departement(departement)
    return compose_devoirs(configuration.devoirs if configuration else None)


def compose_devoirs(local: Table | None) -> Devoirs:
    """Return the national duties, less those that a charter removes, plus those it adds."""
    national = _load_national()
    if local is None:
        return Devoirs(national)
    removed = set(local.texts("retirer", default=()))
    for unknown in sorted(removed - {d.id for d in national}):
        local.refuse("retirer", f"« {unknown} » n’est pas un devoir national")
    added = parse_devoirs(local.tables("ajouter", default=()), taken={d.id for d in national})
    return Devoirs([*(d for d in national if d.id not in removed), *added])


@cache
def _load_national() -> tuple[Devoir, ...]:
    path = Path(__file__).parents[1] / "devoirs.yaml"
    table = read_file(path, fichier="travail/devoirs.yaml")
    table.check_keys({"devoirs"})
    return parse_devoirs(table.tables("devoirs"))


_REQUIRED = (
    "id", "etape", "parc", "acteur", "libelle", "pourquoi", "caduque", "source", "certainty",
)  # fmt: skip
_OPTIONAL = (
    "delai", "depart", "regle", "preuve", "condition", "si", "fait", "tache", "permanent",
    "par_liste", "valid_from", "valid_to",
)  # fmt: skip


def parse_devoirs(tables: Iterable[Table], *, taken: Collection[str] = ()) -> tuple[Devoir, ...]:
    """Read duties strictly; `taken` are the ids that others already bear."""
    seen = set(taken)
    devoirs = []
    for table in tables:
        devoir = _parse_devoir(table)
        if devoir.id in seen:
            table.refuse("id", f"« {devoir.id} » est déjà pris")
        seen.add(devoir.id)
        devoirs.append(devoir)
    return tuple(devoirs)


def _parse_devoir(table: Table) -> Devoir:
    table.check_keys(_REQUIRED, _OPTIONAL)
    if not _ID.fullmatch(table.text("id")):
        table.refuse("id", "un identifiant comme « E3-DDETS-2 » est attendu")
    devoir = Devoir(
        id=table.text("id"),
        etape=table.choice("etape", ETAPES),
        parc=table.choice("parc", ("prive", "social", "tous")),
        acteur=table.choice("acteur", ACTEURS),
        libelle=table.text("libelle"),
        pourquoi=table.text("pourquoi"),
        source=table.text("source"),
        certainty=table.choice("certainty", _CERTITUDES),
        delai=table.text("delai", default=""),
        duree=_parse_delai(table),
        depart=table.choice("depart", _DEPARTS, default=""),
        regle=table.choice("regle", droit.regles(), default=""),
        preuve=table.text("preuve", default=""),
        condition=table.choice("condition", CONDITIONS, default=""),
        si=table.text("si", default=""),
        fait=table.choice("fait", _FAITS, default=""),
        tache=table.choice("tache", GENRES, default=""),
        permanent=table.flag("permanent"),
        par_liste=table.flag("par_liste"),
        caduque=_parse_caduque(table),
        valid_from=table.day_or_open("valid_from"),
        valid_to=table.day_or_open("valid_to"),
    )
    if devoir.permanent:
        for key in ("delai", "depart", "regle", "preuve", "tache", "par_liste"):
            if key in table:
                table.refuse(key, "un engagement permanent n’a ni délai ni preuve")
    elif not (devoir.duree and devoir.depart and devoir.preuve):
        table.refuse("id", "delai, depart et preuve sont attendus, ou permanent")
    if devoir.duree and devoir.duree.avant != (devoir.depart == "audience"):
        table.refuse("depart", "« avant l’audience » se compte de l’audience, et elle seule")
    if devoir.acteur == "operateur" and devoir.condition != "mandat":
        table.refuse("acteur", "l’opérateur n’agit que si le dossier lui est confié")
    return devoir


def _parse_delai(table: Table) -> Delai | None:
    if "delai" not in table:
        return None
    match = _DELAI.fullmatch(table.text("delai"))
    if match is None:
        table.refuse("delai", "un délai comme « 15 jours ouvrés » ou « immédiat » est attendu")
    unite = _UNITES[match["unite"] or "jours"]
    avant = match["avant"] is not None
    if avant and unite == "mois":
        table.refuse("delai", "avant l’audience se compte en jours ou en semaines")
    return Delai(int(match["n"] or 0), unite, avant)


def _parse_caduque(table: Table) -> Caducite:
    match = _CADUQUE.fullmatch(table.text("caduque"))
    if match is None:
        table.refuse("caduque", "« étape suivante », « audience », « terme » ou « 90 jours après »")
    mode = "jours" if match["n"] else match[0]
    if (mode == "étape suivante") != table.flag("permanent"):
        table.refuse("caduque", "« étape suivante » va à un engagement permanent, et à lui seul")
    if mode == "audience" and table.text("etape") != "assignation":
        table.refuse("caduque", "« audience » ne vaut qu’à l’étape de l’assignation")
    return Caducite(mode, int(match["n"] or 0))


_UNITES = {
    "jours ouvrés": "jours_ouvres", "jour": "jours", "jours": "jours", "semaine": "semaines",
    "semaines": "semaines", "mois": "mois",
}  # fmt: skip


def list_regles_des_devoirs(departements: Iterable[str]) -> frozenset[str]:
    """Return the rules of the law engine that date the duties of départements."""
    return frozenset().union(*(_list_regles(d) for d in departements))


@cache
def _list_regles(departement: str) -> frozenset[str]:
    return frozenset(d.regle for d in load_devoirs(departement).par_id.values() if d.regle)
