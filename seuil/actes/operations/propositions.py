"""Keep what a partner proposes, and what the secretariat answers."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from seuil.actes.models import Proposition
from seuil.acteurs.models import Agent
from seuil.audit.operations import record_event
from seuil.dossiers.models import Dossier
from seuil.dossiers.rules import OuvertureSaisie
from seuil.kernel.contexte import acting_as_machine
from seuil.kernel.refusal import Refusal


class PropositionRepondue(Refusal):
    message = "Cette proposition a déjà sa réponse\N{NO-BREAK SPACE}: relisez-la."


class DejaProposee(Refusal):
    message = (
        "Votre organisme a déjà proposé ce ménage aujourd’hui\N{NO-BREAK SPACE}: le secrétariat"
        " vous répondra sur cette page."
    )


class RefusSansMotif(Refusal):
    message = "Dites pourquoi la proposition est refusée\N{NO-BREAK SPACE}: le partenaire le lira."


@dataclass(frozen=True, slots=True)
class Reponse:
    """What the secretariat answers: the file opened or joined, or why not."""

    dossier: Dossier | None = None
    motif: str = ""


@transaction.atomic
def deposit_proposition(*, saisie: OuvertureSaisie, by: Agent, on: date) -> Proposition:
    """Keep a proposal; nothing of it counts before it is accepted. Raises DejaProposee."""
    champs = {c: _write(v) for c, v in saisie.champs.items() if v not in (None, "")}
    # By the machine: a partner writes nothing of a household but this.
    with acting_as_machine("proposition", on=on, departement=by.departement_id):
        rows = Proposition.objects.select_for_update()
        same = rows.filter(organisation=by.organisation_id, genre=saisie.genre, recue_le=on)
        if same.filter(champs=champs, decision="").exists():
            raise DejaProposee
        proposition = Proposition.objects.create(
            departement_id=by.departement_id,
            organisation=by.organisation,
            par=by,
            recue_le=on,
            genre=saisie.genre,
            champs=champs,
        )
    _record("proposition.deposee", proposition, by, on)
    return proposition


def _write(value: object) -> str:
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)


def lock_proposition(*, proposition_id: UUID) -> Proposition:
    """Return a proposal still to answer, kept from any other answer. Raises PropositionRepondue."""
    found = Proposition.objects.select_for_update().get(pk=proposition_id)
    if found.decision:
        raise PropositionRepondue
    return found


@transaction.atomic
def answer_proposition(
    *, proposition: Proposition, reponse: Reponse, by: Agent, on: date
) -> Proposition:
    """Write the answer. Raises RefusSansMotif."""
    if reponse.dossier is None and not reponse.motif.strip():
        raise RefusSansMotif
    accepted = reponse.dossier is not None
    proposition.decision = (
        Proposition.Decision.ACCEPTEE if accepted else Proposition.Decision.REFUSEE
    )
    proposition.motif, proposition.dossier = reponse.motif.strip(), reponse.dossier
    proposition.decidee_le, proposition.decidee_par = on, by
    proposition.save()
    _record("proposition.acceptee" if accepted else "proposition.refusee", proposition, by, on)
    return proposition


def _record(kind: str, proposition: Proposition, by: Agent, on: date) -> None:
    record_event(kind=kind, by=by, on=on, target_type="proposition", target_id=proposition.pk)
