"""The kinds of work: what each asks, why, and where it is done."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Genre:
    """A kind of task. `ecran` names the page where doing the thing makes the task disappear."""

    libelle: str
    pourquoi: str
    ecran: str


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
