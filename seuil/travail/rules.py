"""The kinds of work: what each asks, why, and where it is done."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path
from uuid import UUID

from seuil.acteurs.rules import load_departement
from seuil.engines import droit
from seuil.kernel.strict_yaml import Table, read_table


@dataclass(frozen=True, slots=True)
class Genre:
    """A kind of task. `ecran` names the page where doing the thing makes the task disappear."""

    libelle: str
    pourquoi: str
    ecran: str


@dataclass(frozen=True, slots=True)
class Besoin:
    """A thing to do, as handed to the queue; see the model for each field."""

    dossier_id: UUID
    genre: str
    source_id: UUID
    role: str
    visible_le: date
    due_le: date
    legale: bool
    regle: str = ""
    organisation_id: UUID | None = None
    agent_id: UUID | None = None
    # From that day the task has no object any more (the hearing is over).
    caduque_le: date | None = None
    # Which duty, when the kind is `devoir`.
    devoir: str = ""


GENRES: Mapping[str, Genre] = {
    "dsf_a_obtenir": Genre(
        "Obtenir le diagnostic social et financier",
        "Le juge et la CCAPEX doivent le recevoir cinq jours ouvrés avant l’audience.",
        "dsf",
    ),
    "dsf_a_transmettre": Genre(
        "Terminer et transmettre le diagnostic social et financier",
        "Six semaines après le début de l’accompagnement, ou plus tôt si l’audience le commande.",
        "dsf",
    ),
    "decision_cfp": Genre(
        "Décider du concours de la force publique",
        "Sans décision deux mois après la réception de la réquisition, le refus est implicite "
        "et l’État peut être responsable.",
        "acte",
    ),
    "suite_cfp": Genre(
        "Suivre l’exécution du concours accordé",
        "Quinze jours après l’accord, l’absence d’exécution engage la responsabilité de l’État.",
        "acte",
    ),
    "repondre_mandat": Genre(
        "Accepter ou refuser le dossier confié",
        "L’opérateur rend compte des actions engagées sous quinze jours.",
        "mandat",
    ),
    "affecter_mandat": Genre(
        "Affecter le dossier à une personne",
        "Personne n’est encore en charge de ce ménage.",
        "mandat",
    ),
    "premier_retour": Genre(
        "Rendre compte des actions engagées",
        "Quinze jours après la transmission du dossier (AMI, § 10).",
        "rapport",
    ),
    "evaluation": Genre(
        "Rendre l’évaluation",
        "Entre quatre et huit semaines après la transmission, selon la complexité (AMI, § 10).",
        "rapport",
    ),
    "reprendre_contact": Genre(
        "Reprendre contact avec le ménage",
        "Quinze jours après le dernier échange (AMI, § 6).",
        "contact",
    ),
    "prochain_contact": Genre(
        "Contact prévu",
        "Vous avez fixé cette date lors du dernier contact.",
        "contact",
    ),
    "sans_nouvelles": Genre(
        "Décider de la suite : trois mois de silence",
        "Une tentative au moins a suivi le dernier échange : le suivi peut prendre fin, "
        "avec notification au ménage (AMI, § 6).",
        "cloture",
    ),
    "bilan": Genre(
        "Rendre le bilan à six mois",
        "L’accompagnement dure six mois au plus, sauf avis de la CCAPEX (AMI, § 6).",
        "rapport",
    ),
    "fin_accompagnement": Genre(
        "Clore le dossier ou demander une prolongation",
        "Les six mois, ou la prolongation accordée, sont écoulés (AMI, § 6).",
        "cloture",
    ),
    "avis_prolongation": Genre(
        "Recueillir l’avis de la CCAPEX sur la suite",
        "L’accompagnement dépasse six mois : la CCAPEX se prononce en ouverture de séance.",
        "prolongation",
    ),
    "demarche": Genre(
        "Démarche prévue au contrat d’engagement",
        "La date convenue avec le ménage approche ou est passée.",
        "contrat",
    ),
    # What and why are those of each duty (devoirs.yaml).
    "devoir": Genre(
        "Devoirs de la charte et de la loi",
        "Ce que la charte ou la loi attend de votre service à cette étape.",
        "devoir",
    ),
}


@dataclass(frozen=True, slots=True)
class EcheanceLue:
    """A deadline as the queue needs it."""

    dossier_id: UUID
    regle: str
    source_id: UUID
    debut_le: date | None
    le: date | None


@dataclass(frozen=True, slots=True)
class Etat:
    """What of a dossier already makes a legal task done."""

    # A DSF is ended, or the équipe mobile makes it: nobody else is to be asked.
    dsf_fait_ou_confie: bool
    # Days of the decisions and of the eviction, whatever they decided.
    decisions_cfp: tuple[date, ...]
    expulsions: tuple[date, ...]


REGLES_LEGALES = frozenset({"C6", "G3", "G5"})


def makes_work(echeance: EcheanceLue, *, on: date) -> bool:
    """Tell whether a deadline may still give a task that somebody would see."""
    if echeance.le is None or echeance.debut_le is None:
        return False
    if echeance.regle == "C6":
        return echeance.debut_le > on
    return echeance.regle != "G5" or echeance.le + _SUITE_CFP_SEEN > on


def compute_besoins_legaux(
    echeances: Iterable[EcheanceLue], etats: Mapping[UUID, Etat]
) -> list[Besoin]:
    """Return what the deadlines of the law ask of the State's services.

    Nothing depends on the day of computation: a task bears the day from which it is seen and the
    day from which it has no object.
    """
    besoins = []
    for echeance in echeances:
        if echeance.le is None or echeance.debut_le is None:
            continue
        etat = etats[echeance.dossier_id]
        if echeance.regle == "C6" and not etat.dsf_fait_ou_confie:
            besoins.append(
                Besoin(
                    dossier_id=echeance.dossier_id,
                    genre="dsf_a_obtenir",
                    source_id=echeance.source_id,
                    role="secretariat",
                    visible_le=echeance.le - _DSF_VISIBLE_BEFORE,
                    due_le=echeance.le,
                    legale=True,
                    regle="C6",
                    # Counted from the hearing, which C6 counts backward from.
                    caduque_le=echeance.debut_le,
                )
            )
        elif echeance.regle == "G3" and not any(
            le >= echeance.debut_le for le in (*etat.decisions_cfp, *etat.expulsions)
        ):
            besoins.append(_gestionnaire(echeance, "decision_cfp", echeance.debut_le, echeance.le))
        elif echeance.regle == "G5" and not any(le >= echeance.debut_le for le in etat.expulsions):
            besoins.append(
                _gestionnaire(
                    echeance,
                    "suite_cfp",
                    echeance.debut_le,
                    echeance.le,
                    caduque_le=echeance.le + _SUITE_CFP_SEEN,
                )
            )
    return besoins


# The préfet is told 42 days before the hearing at the latest: the task is seen for six weeks.
_DSF_VISIBLE_BEFORE = timedelta(days=42)


# Half of the households leave after the grant and no act says so: after three months the file is
# followed in the lists, not in the day's work.
_SUITE_CFP_SEEN = timedelta(days=90)


def _gestionnaire(
    echeance: EcheanceLue,
    genre: str,
    visible_le: date,
    due_le: date,
    caduque_le: date | None = None,
) -> Besoin:
    return Besoin(
        dossier_id=echeance.dossier_id,
        genre=genre,
        source_id=echeance.source_id,
        role="gestionnaire",
        visible_le=visible_le,
        due_le=due_le,
        legale=True,
        regle=echeance.regle,
        caduque_le=caduque_le,
    )


# --- Duties: who does what at each stage ----------------------------------------------------------

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
    "avocats": "Ordre des avocats",
    "cdad": "Conseil départemental de l’accès au droit",
    "associations": "Associations de logement",
    "commissaire": "Commissaire de justice",
    "bailleur_social": "Bailleur social",
    "bailleur_prive": "Bailleur privé",
    "menage": "Ménage",
}
# They have no account: what they owe is shown on the dossier, and makes no task.
SANS_COMPTE = frozenset({
    "avocats", "cdad", "associations", "commissaire", "bailleur_social", "bailleur_prive", "menage",
})  # fmt: skip
# Actor → role whose queue receives its duties; the others are partners.
_ROLES = {"ddets": "secretariat", "prefecture": "gestionnaire", "operateur": "chef_equipe"}
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
_FAITS_EQUIVALENTS: Mapping[str, tuple[str, ...]] = {"plan_ou_pcs": ("plan_apurement", "pcs")}
_FAITS = frozenset({
    "acte", "recu", "dsf_demande", "dsf_termine", "dsf_transmis", "dsf_clos",
    *FAITS_DACTES, *_FAITS_EQUIVALENTS,
})  # fmt: skip
_DEPARTS = ("acte", "reception", "audience")
_CERTITUDES = ("sure", "contested", "to_check")
_DELAI = re.compile(
    r"(?:immédiat|(?P<n>[1-9]\d{0,2}) (?P<unite>jours ouvrés|jours?|semaines?|mois))"
    r"(?P<avant> avant l’audience)?"
)
_ID = re.compile(r"E\d[A-Z]?(-\d{1,3}[AB]?)?-[A-Z]+-\d{1,2}")

# Without a hearing to end it, a duty is asked for three months after its day.
_SEEN_AFTER = timedelta(days=90)
# The préfet is told 42 days before the hearing at the latest: nothing is asked before that.
_SEEN_BEFORE = _DSF_VISIBLE_BEFORE
# No duty that makes a task lives longer than this after its act, hearing apart.
PORTEE = timedelta(days=200)


@dataclass(frozen=True, slots=True)
class Delai:
    """How long a duty may take; `n` is 0 when it is to be done at once."""

    n: int
    unite: str
    avant: bool


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
    valid_from: date | None
    valid_to: date | None

    @property
    def makes_task(self) -> bool:
        """Tell whether it enters somebody's queue, when its condition holds."""
        return not self.permanent and not self.tache and self.acteur not in SANS_COMPTE


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
    removed = set(local.texts("retirer"))
    for unknown in sorted(removed - {d.id for d in national}):
        local.refuse("retirer", f"« {unknown} » n’est pas un devoir national")
    added = parse_devoirs(local.tables("ajouter"), taken={d.id for d in national})
    return Devoirs([*(d for d in national if d.id not in removed), *added])


@cache
def _load_national() -> tuple[Devoir, ...]:
    path = Path(__file__).parent / "devoirs.yaml"
    table = read_table(text=path.read_text(encoding="utf-8"), fichier="travail/devoirs.yaml")
    table.check_keys({"devoirs"})
    return parse_devoirs(table.tables("devoirs"))


_REQUIRED = (
    "id", "etape", "parc", "acteur", "libelle", "pourquoi", "source", "certainty",
)  # fmt: skip
_OPTIONAL = (
    "delai", "depart", "regle", "preuve", "condition", "si", "fait", "tache", "permanent",
    "valid_from", "valid_to",
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
        valid_from=_parse_jour(table, "valid_from"),
        valid_to=_parse_jour(table, "valid_to"),
    )
    if devoir.permanent:
        for key in ("delai", "depart", "regle", "preuve", "tache"):
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


_UNITES = {
    "jours ouvrés": "jours_ouvres", "jour": "jours", "jours": "jours", "semaine": "semaines",
    "semaines": "semaines", "mois": "mois",
}  # fmt: skip


def _parse_jour(table: Table, key: str) -> date | None:
    value = table.get(key)
    if value is not None and not isinstance(value, date):
        table.refuse(key, "une date AAAA-MM-JJ est attendue")
    return value


@dataclass(frozen=True, slots=True)
class Destinataire:
    """An organisation of the directory, with the communes it serves; none: not limited."""

    id: UUID
    nom: str
    communes: frozenset[str]


class Annuaire:
    """Which organisation of a type answers for a commune."""

    def __init__(self, par_type: Mapping[tuple[str, str], Sequence[Destinataire]]) -> None:
        self._par_type = par_type
        self._found: dict[tuple[str, str, str], Destinataire | None] = {}
        self.noms = frozenset(d.nom for known in par_type.values() for d in known)

    def find(
        self, *, departement: str, type_organisation: str, commune: str
    ) -> Destinataire | None:
        """Return the one organisation whose it is; None when there is none, or one cannot tell.

        The one that serves the commune; failing that, the only one that names no commune.
        """
        key = (departement, type_organisation, commune)
        if key not in self._found:
            known = self._par_type.get((departement, type_organisation), ())
            near = [d for d in known if commune in d.communes]
            chosen = near or [d for d in known if not d.communes]
            self._found[key] = chosen[0] if len(chosen) == 1 else None
        return self._found[key]

    def is_out_of_reach(self, *, departement: str, type_organisation: str, commune: str) -> bool:
        """Tell whether the only organisation of a type says that it does not serve the commune.

        Outside of the métropole nobody is missing: there is none.
        """
        known = self._par_type.get((departement, type_organisation), ())
        return len(known) == 1 and bool(known[0].communes) and commune not in known[0].communes


@dataclass(frozen=True, slots=True)
class DsfLu:
    """A diagnosis, as the duties read it."""

    demande_le: date | None
    termine_le: date | None
    organisme: str
    # Day it was sent to the judge.
    transmis_le: date | None = None


@dataclass(frozen=True, slots=True)
class EtapeLue:
    """A stage of a dossier, as the duties read it."""

    dossier_id: UUID
    departement: str
    commune: str
    parc: str
    etape: str
    acte_id: UUID
    le: date
    recu_le: date | None
    sens: str
    audience_le: date | None
    enfants: int
    bailleur: str
    suivi: str
    tiers_payant: bool
    # Day of each fact of FAITS_DACTES since the act.
    faits: Mapping[str, date]
    dsf: Sequence[DsfLu] = ()
    operateur_id: UUID | None = None

    @property
    def depart_le(self) -> date:
        """The day the services could know of the act."""
        return self.recu_le or self.le

    @property
    def dsf_organisme(self) -> str:
        """The body that makes the diagnosis in progress, by its name in the directory."""
        return next((d.organisme for d in self.dsf if d.termine_le is None), "")

    @property
    def is_over(self) -> bool:
        """Tell whether the decision asks nothing more: a claim dismissed, a refused concours."""
        return self.sens in _SENS_SANS_SUITE.get(self.etape, ())


# A refused or deferred concours does not open stage 6; nor does a lost claim call for anything.
_SENS_SANS_SUITE: Mapping[str, Collection[str]] = {
    "jugement": ("rejet", "desistement"),
    "cfp": ("refus", "report"),
}


def compute_devoirs(
    etapes: Iterable[EtapeLue],
    *,
    annuaire: Annuaire,
    echeances: Mapping[tuple[UUID, str], date],
    rendus: Collection[tuple[UUID, str, UUID]],
    on: date,
) -> list[Besoin]:
    """Return the tasks that the current stage of each dossier gives, still of some object.

    `echeances` are the days of the law engine by dossier and rule; `rendus` the duties done, by
    dossier, duty and act.
    """
    besoins = []
    for etape in etapes:
        if etape.is_over:
            continue
        for devoir in _list_taches(etape.departement, etape.etape, etape.parc):
            if (etape.dossier_id, devoir.id, etape.acte_id) in rendus:
                continue
            dates = _date_devoir(devoir, etape, echeances)
            if dates is None or dates[2] <= on or not is_due(devoir, etape):
                continue
            besoin = _address(devoir, etape, annuaire, echeances, dates)
            if besoin:
                besoins.append(besoin)
    return besoins


def list_regles_des_devoirs(departements: Iterable[str]) -> frozenset[str]:
    """Return the rules of the law engine that date the duties of départements."""
    return frozenset().union(*(_list_regles(d) for d in departements))


@cache
def _list_regles(departement: str) -> frozenset[str]:
    return frozenset(d.regle for d in load_devoirs(departement).par_id.values() if d.regle)


@cache
def _list_taches(departement: str, etape: str, parc: str) -> tuple[Devoir, ...]:
    return tuple(d for d in load_devoirs(departement).at(etape, parc) if d.makes_task)


def is_due(devoir: Devoir, etape: EtapeLue) -> bool:
    """Tell whether the duty applies to this dossier and nothing shows that it is done."""
    return (
        applies(devoir, etape)
        and find_fait(devoir, etape) is None
        and not is_sans_objet(devoir, etape)
    )


def applies(devoir: Devoir, etape: EtapeLue) -> bool:
    """Tell whether the law of the day of the act and the dossier's facts call for the duty."""
    if devoir.valid_from and etape.le < devoir.valid_from:
        return False
    if devoir.valid_to and etape.le > devoir.valid_to:
        return False
    return not devoir.condition or _HOLDS[devoir.condition](etape)


_HOLDS: Mapping[str, Callable[[EtapeLue], bool]] = {
    "inconnu": lambda e: e.suivi in {"inconnu", "sans_reponse"},
    "enfants": lambda e: e.enfants > 0,
    "enfants_ou_connu": lambda e: e.enfants > 0 or e.suivi == "connu",
    "tiers_payant": lambda e: e.tiers_payant,
    "bailleur_physique": lambda e: e.bailleur in {"physique", "sci_familiale"},
    "bailleur_moral": lambda e: e.bailleur == "morale",
    "mandat": lambda e: e.operateur_id is not None,
}


def find_fait(devoir: Devoir, etape: EtapeLue) -> date | None:
    """Return the day of the fact that shows the duty done, None when there is none."""
    match devoir.fait:
        case "" | "dsf_clos":
            return None
        case "acte":
            return etape.depart_le
        case "recu":
            return etape.recu_le
        case fait if fait in _JOURS_DU_DSF:
            return _find_jour_du_dsf(fait, etape)
        case _:
            codes = _FAITS_EQUIVALENTS.get(devoir.fait, (devoir.fait,))
            return _last(etape.faits.get(code) for code in codes)


def is_sans_objet(devoir: Devoir, etape: EtapeLue) -> bool:
    """Tell whether an ended diagnosis leaves nothing to do, without showing when it was done."""
    return devoir.fait == "dsf_clos" and _find_jour_du_dsf("dsf_termine", etape) is not None


def _find_jour_du_dsf(fait: str, etape: EtapeLue) -> date | None:
    return _last(_JOURS_DU_DSF[fait](dsf) for dsf in etape.dsf if _counts(dsf, etape))


_JOURS_DU_DSF: Mapping[str, Callable[[DsfLu], date | None]] = {
    "dsf_demande": lambda dsf: dsf.demande_le or dsf.termine_le,
    "dsf_termine": lambda dsf: dsf.termine_le,
    "dsf_transmis": lambda dsf: dsf.transmis_le,
}


def _last(days: Iterable[date | None]) -> date | None:
    return max((le for le in days if le), default=None)


def _counts(dsf: DsfLu, etape: EtapeLue) -> bool:
    """Tell whether a diagnosis is of this stage: in progress, or ended since the act.

    One made shortly before the assignation serves for the hearing.
    """
    since = etape.le - (_DSF_SERVES if etape.etape == "assignation" else timedelta(0))
    return dsf.termine_le is None or dsf.termine_le >= since


_DSF_SERVES = timedelta(days=120)


def _date_devoir(
    devoir: Devoir, etape: EtapeLue, echeances: Mapping[tuple[UUID, str], date]
) -> tuple[date, date, date] | None:
    """Return the days from which a duty is seen, is due, has no object; None when unknown."""
    due_le = compute_due(devoir, etape, echeances)
    if due_le is None:
        return None
    caduque_le = due_le + _SEEN_AFTER
    if etape.etape == "assignation" and etape.audience_le:
        # Everything there prepares the hearing, however far it is.
        caduque_le = etape.audience_le
    return max(etape.depart_le, due_le - _SEEN_BEFORE), due_le, caduque_le


def compute_due(
    devoir: Devoir, etape: EtapeLue, echeances: Mapping[tuple[UUID, str], date]
) -> date | None:
    """Return the day before which a duty is to be done; None for a standing commitment, or when
    what it counts from is not known."""
    if devoir.regle:
        le = echeances.get((etape.dossier_id, devoir.regle))
        if le:
            return le
    if devoir.duree is None:
        return None
    start = {"acte": etape.le, "reception": etape.depart_le, "audience": etape.audience_le}
    le = start[devoir.depart]
    return le and _count(le, devoir.duree, etape.departement)


@lru_cache(maxsize=65_536)
def _count(le: date, duree: Delai, departement: str) -> date | None:
    if duree.n == 0:
        return le
    try:
        if not duree.avant:
            ouvres = duree.unite == "jours_ouvres"
            words = f"{duree.n} {'jours' if ouvres else duree.unite}"
            return droit.add_duree(le, words, ouvres=ouvres, departement=departement).date
        if duree.unite == "jours_ouvres":
            return droit.ouvres_before(le, duree.n, departement=departement)
    except droit.DateHorsPeriode:
        return None
    return le - timedelta(days=duree.n * (7 if duree.unite == "semaines" else 1))


def find_destinataire(devoir: Devoir, etape: EtapeLue, annuaire: Annuaire) -> Destinataire | None:
    """Return the organisation of the directory that owes the duty for this dossier."""
    return annuaire.find(
        departement=etape.departement, type_organisation=devoir.acteur, commune=etape.commune
    )


def is_confie_ailleurs(
    devoir: Devoir, etape: EtapeLue, owner: Destinataire | None, annuaire: Annuaire
) -> bool:
    """Tell whether the diagnosis is asked of another body: it is then not asked of this one.

    A name that the directory does not know may be a service of anyone: it excuses nobody.
    """
    return (
        devoir.fait in _FAITS_DU_DSF
        and devoir.acteur in _AUTEURS_DU_DSF
        and etape.dsf_organisme in annuaire.noms
        and (owner is None or owner.nom != etape.dsf_organisme)
    )


_FAITS_DU_DSF = frozenset({"dsf_termine", "dsf_transmis", "dsf_clos"})
_AUTEURS_DU_DSF = frozenset({"conseil_departemental", "metropole", "ccas"})


def _address(
    devoir: Devoir,
    etape: EtapeLue,
    annuaire: Annuaire,
    echeances: Mapping[tuple[UUID, str], date],
    dates: tuple[date, date, date],
) -> Besoin | None:
    role = _ROLES.get(devoir.acteur, "partenaire")
    organisation_id = None
    if role == "chef_equipe":
        organisation_id = etape.operateur_id
    elif role == "partenaire":
        organisation = find_destinataire(devoir, etape, annuaire)
        if organisation is None or is_confie_ailleurs(devoir, etape, organisation, annuaire):
            return None
        organisation_id = organisation.id
    visible_le, due_le, caduque_le = dates
    return Besoin(
        dossier_id=etape.dossier_id,
        genre="devoir",
        source_id=etape.acte_id,
        role=role,
        visible_le=visible_le,
        due_le=due_le,
        legale=_is_legale(devoir, etape, echeances),
        regle=devoir.regle,
        organisation_id=organisation_id,
        caduque_le=caduque_le,
        devoir=devoir.id,
    )


def _is_legale(devoir: Devoir, etape: EtapeLue, echeances: Mapping[tuple[UUID, str], date]) -> bool:
    """Tell whether the law sets the day: the fact its rule counts from is then known."""
    return (etape.dossier_id, devoir.regle) in echeances and droit.regles()[
        devoir.regle
    ].origine == "loi"


# --- Duties as the page of a dossier shows them ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reponse:
    """What an organisation said of a duty: see Diligence."""

    devoir: str
    source_id: UUID
    faite_le: date
    preuve: str
    sans_objet: bool
    motif: str
    organisation: str


@dataclass(frozen=True, slots=True)
class DevoirVu:
    """A duty of a dossier, and where it stands.

    `etat`: fait, sans_objet, permanent, a_faire, en_retard, a_determiner, non_note (nobody said).
    """

    devoir: Devoir
    acteur: str
    # The organisation of the directory whose it is; empty: the actor is not one of them.
    organisation: str
    # Several organisations might owe it, or none is known: the secretariat must find whom.
    a_qui: bool
    condition: str
    etat: str
    le: date | None
    # The proof, the reason, or who makes it instead.
    precision: str
    legale: bool


@dataclass(frozen=True, slots=True)
class EtapeVue:
    """A stage that a dossier reached, with what each actor owes there."""

    code: str
    libelle: str
    acte_id: UUID
    le: date
    courante: bool
    devoirs: tuple[DevoirVu, ...]


def compute_etapes_vues(
    etapes: Sequence[EtapeLue],
    *,
    annuaire: Annuaire,
    echeances: Mapping[tuple[UUID, str], date],
    reponses: Iterable[Reponse],
    on: date,
) -> list[EtapeVue]:
    """Return the stages with their duties, by actor; the first of `etapes` is the current one."""
    said = {(r.devoir, r.source_id): r for r in reponses}
    order = {acteur: i for i, acteur in enumerate(ACTEURS)}
    vues = []
    for rank, etape in enumerate(etapes):
        if etape.is_over:
            continue
        devoirs = [
            _show(devoir, etape, annuaire, echeances, said.get((devoir.id, etape.acte_id)), on)
            for devoir in load_devoirs(etape.departement).at(etape.etape, etape.parc)
            if applies(devoir, etape)
            and not annuaire.is_out_of_reach(
                departement=etape.departement,
                type_organisation=devoir.acteur,
                commune=etape.commune,
            )
        ]
        if rank:
            devoirs = [_passed(vu) for vu in devoirs]
        vues.append(
            EtapeVue(
                code=etape.etape,
                libelle=ETAPES[etape.etape],
                acte_id=etape.acte_id,
                le=etape.le,
                courante=rank == 0,
                # What is to be done first, then the standing commitments.
                devoirs=tuple(
                    sorted(devoirs, key=lambda v: (order[v.devoir.acteur], v.devoir.permanent))
                ),
            )
        )
    return vues


def _passed(vu: DevoirVu) -> DevoirVu:
    """A later act ends what was still to do."""
    if vu.etat in {"a_faire", "en_retard", "a_determiner"}:
        return replace(vu, etat="non_note")
    return vu


def _show(
    devoir: Devoir,
    etape: EtapeLue,
    annuaire: Annuaire,
    echeances: Mapping[tuple[UUID, str], date],
    reponse: Reponse | None,
    on: date,
) -> DevoirVu:
    owner = find_destinataire(devoir, etape, annuaire)
    etat, le, precision = _stand(devoir, etape, owner, annuaire, reponse)
    if not etat:
        etat, le = _wait(devoir, etape, echeances, on)
    return DevoirVu(
        devoir=devoir,
        acteur=ACTEURS[devoir.acteur],
        organisation=owner.nom if owner and devoir.acteur not in _ROLES else "",
        a_qui=devoir.makes_task and devoir.acteur not in _ROLES and owner is None,
        condition=devoir.si or CONDITIONS.get(devoir.condition, ""),
        etat=etat,
        le=le,
        precision=precision,
        legale=_is_legale(devoir, etape, echeances),
    )


def _stand(
    devoir: Devoir,
    etape: EtapeLue,
    owner: Destinataire | None,
    annuaire: Annuaire,
    reponse: Reponse | None,
) -> tuple[str, date | None, str]:
    """Return where a duty stands, since or until when, and what is to be said of it."""
    if reponse:
        etat = "sans_objet" if reponse.sans_objet else "fait"
        return etat, reponse.faite_le, f"{reponse.organisation}, {reponse.motif or reponse.preuve}"
    done_le = find_fait(devoir, etape)
    if done_le:
        return "fait", done_le, ""
    if is_sans_objet(devoir, etape):
        return "sans_objet", None, "diagnostic terminé"
    if is_confie_ailleurs(devoir, etape, owner, annuaire):
        return "sans_objet", None, f"diagnostic confié à {etape.dsf_organisme}"
    return "permanent" if devoir.permanent else "", None, ""


def _wait(
    devoir: Devoir, etape: EtapeLue, echeances: Mapping[tuple[UUID, str], date], on: date
) -> tuple[str, date | None]:
    """Return how a duty that nothing shows to be done is waited for, and until when."""
    dates = _date_devoir(devoir, etape, echeances)
    if dates is None:
        return "a_determiner", None
    _, due_le, caduque_le = dates
    # Nobody records what those without account do: nothing noted is not late.
    if caduque_le <= on or (due_le < on and devoir.acteur in SANS_COMPTE):
        return "non_note", due_le
    return "en_retard" if due_le < on else "a_faire", due_le
