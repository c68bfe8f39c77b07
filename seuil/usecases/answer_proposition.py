"""What a partner proposes, and what the secretariat answers: a file opened, joined, or why not."""

from datetime import date
from uuid import UUID

from django.db import transaction

from seuil.actes.models import Proposition
from seuil.actes.operations import propositions
from seuil.actes.operations.propositions import Reponse, lock_proposition
from seuil.acteurs.models import Agent
from seuil.dossiers.rules.ouvertures import OuvertureSaisie
from seuil.usecases._habilitation import require_verbe
from seuil.usecases.open_dossier import list_proches, open_dossier, read_saisie


@transaction.atomic
def deposit_proposition(*, saisie: OuvertureSaisie, by: Agent, on: date) -> Proposition:
    """Keep what a partner proposes, checked as a row of a list; it is told of no file near.

    Raises HabilitationRefusee, SaisieRefusee, DejaProposee.
    """
    require_verbe(by=by, verbe="dossier.proposer")
    read_saisie(saisie=saisie, by=by, on=on)
    return propositions.deposit_proposition(saisie=saisie, by=by, on=on)


@transaction.atomic
def accept_proposition(
    *, proposition_id: UUID, joindre: UUID | None, autre_que: str, by: Agent, on: date
) -> Proposition:
    """Open the file that is proposed, or join it to one. Raises as open_dossier."""
    require_verbe(by=by, verbe="dossier.creer")
    proposition = lock_proposition(proposition_id=proposition_id)
    saisie = OuvertureSaisie(
        genre=proposition.genre,
        champs=proposition.champs,
        joindre=joindre,
        autre_que=autre_que,
    )
    dossier = open_dossier(saisie=saisie, by=by, on=on)
    return propositions.answer_proposition(
        proposition=proposition, reponse=Reponse(dossier), by=by, on=on
    )


@transaction.atomic
def refuse_proposition(*, proposition_id: UUID, motif: str, by: Agent, on: date) -> Proposition:
    """Refuse it; the partner reads why. Raises PropositionRepondue, RefusSansMotif."""
    require_verbe(by=by, verbe="dossier.creer")
    proposition = lock_proposition(proposition_id=proposition_id)
    return propositions.answer_proposition(
        proposition=proposition, reponse=Reponse(motif=motif), by=by, on=on
    )


def list_proches_de(*, proposition: Proposition, by: Agent, on: date) -> list[UUID]:
    """Return the files near what is proposed. Raises SaisieRefusee."""
    require_verbe(by=by, verbe="dossier.creer")
    saisie = OuvertureSaisie(genre=proposition.genre, champs=proposition.champs)
    menage = read_saisie(saisie=saisie, by=by, on=on).menage
    return list_proches(menage=menage, by=by, on=on)
