"""The kinds of work: what each asks, why, and where it is done."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID


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
