"""What every writing of an act by hand asks: the right, dates that hold, the sense, its source."""

from datetime import date

from seuil.actes.models import Acte
from seuil.actes.rules.saisie import ActeSaisi
from seuil.actes.rules.types import CATEGORIE_PAR_TYPE, SENS_OBLIGATOIRE
from seuil.actes.rules.valeurs import load_mots
from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dossier
from seuil.dossiers.operations.ouverture import add_dettes
from seuil.dossiers.operations.vie import DossierClasse
from seuil.dossiers.queries import list_classes
from seuil.kernel.refusal import Refusal
from seuil.usecases._habilitation import require_dossier


class DateImpossible(Refusal):
    """A date contradicts another one, or is still to come."""


class SensManquant(Refusal):
    def __init__(self, type_acte: str) -> None:
        super().__init__(
            f"Indiquez le sens de la décision : {load_mots().sens_attendus[type_acte]}."
        )


# What is the préfecture's to instruct.
OUVRENT_L_INSTRUCTION = frozenset({"cql", "rfp", "cfp", "expulsion"})


def write_source(by: Agent) -> str:
    """Return where an act entered by hand comes from."""
    return f"saisie ({by.organisation})"[:100]


def add_dette_of(*, acte: Acte) -> None:
    """Note the debt that an act claims."""
    if acte.montant:
        add_dettes(dettes=[(acte.dossier_id, acte.survenu_le, acte.montant, acte.source)])


def require_ecriture(*, dossier: Dossier, type_acte: str, by: Agent, on: date) -> None:
    """Raise HabilitationRefusee, DossierInaccessible, DossierClasse when it may not be written."""
    require_dossier(
        by=by,
        on=on,
        verbe="acte.enregistrer",
        dossier_id=dossier.pk,
        categorie=CATEGORIE_PAR_TYPE.get(type_acte, "procedure"),
    )
    if list_classes(dossier_ids=[dossier.pk]):
        raise DossierClasse


def require_saisie(*, saisie: ActeSaisi, on: date) -> None:
    """Raise DateImpossible or SensManquant when what is said of an act cannot be."""
    if saisie.type != "audience" and saisie.survenu_le > on:
        raise DateImpossible("La date de l’acte est à venir : corrigez-la.")
    if saisie.audience_le and saisie.audience_le < saisie.survenu_le:
        raise DateImpossible("L’audience précède l’acte : l’une des deux dates est à corriger.")
    if saisie.recu_le and saisie.recu_le < saisie.survenu_le and saisie.type != "rfp":
        raise DateImpossible("La réception précède l’acte : l’une des deux dates est à corriger.")
    if saisie.type in SENS_OBLIGATOIRE and not saisie.sens:
        raise SensManquant(saisie.type)
