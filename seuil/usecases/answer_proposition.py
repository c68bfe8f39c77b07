"""What the secretariat answers to a partner: a file opened, joined to one, or why not."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from seuil.actes.models import Proposition
from seuil.actes.operations import propositions
from seuil.actes.operations.propositions import Reponse, lock_proposition
from seuil.acteurs.models import Agent
from seuil.dossiers.rules import OuvertureSaisie
from seuil.usecases._habilitation import require_verbe
from seuil.usecases.open_dossier import get_acte_recu, list_proches, open_dossier


@dataclass(frozen=True, slots=True)
class ReponseSaisie:
    """Accepted: the file to join, or why it is none of those near. Or refused, and why."""

    joindre: UUID | None = None
    autre_que: str = ""
    refusee: bool = False
    motif: str = ""


@transaction.atomic
def answer_proposition(
    *, proposition_id: UUID, reponse: ReponseSaisie, by: Agent, on: date
) -> Proposition:
    """Open the file that is proposed, join it to one, or refuse it; the partner reads why.

    Raises HabilitationRefusee, PropositionRepondue, RefusSansMotif, and as open_dossier.
    """
    require_verbe(by=by, verbe="dossier.creer")
    proposition = lock_proposition(proposition_id=proposition_id)
    told = Reponse(motif=reponse.motif)
    if not reponse.refusee:
        saisie = OuvertureSaisie(
            genre=proposition.genre,
            champs=proposition.champs,
            joindre=reponse.joindre,
            autre_que=reponse.autre_que,
        )
        told = Reponse(open_dossier(saisie=saisie, by=by, on=on))
    return propositions.answer_proposition(proposition=proposition, reponse=told, by=by, on=on)


def list_proches_de(*, proposition: Proposition, by: Agent, on: date) -> list[UUID]:
    """Return the files near what is proposed. Raises SaisieRefusee."""
    require_verbe(by=by, verbe="dossier.creer")
    saisie = OuvertureSaisie(genre=proposition.genre, champs=proposition.champs)
    menage = get_acte_recu(saisie=saisie, by=by, on=on).menage
    return list_proches(menage=menage, by=by, on=on)
