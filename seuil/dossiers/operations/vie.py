"""Say how a file was opened by hand; close it for a reason, and open it again."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.audit.operations import Author
from seuil.dossiers.models import Classement, Dossier, Ouverture
from seuil.dossiers.operations._journal import record_line
from seuil.dossiers.operations.dossiers import lock_dossier
from seuil.kernel.refusal import Refusal


class DejaClasse(Refusal):
    message = "Ce dossier est déjà classé."


class PasClasse(Refusal):
    message = "Ce dossier n’est pas classé\N{NO-BREAK SPACE}: il n’y a rien à rouvrir."


class DossierClasse(Refusal):
    message = "Ce dossier est classé\N{NO-BREAK SPACE}: rouvrez-le d’abord, en disant pourquoi."


@dataclass(frozen=True, slots=True)
class ClassementSaisi:
    """Why a file is closed."""

    motif: str
    precision: str = ""


@transaction.atomic
def record_ouverture(
    *, dossier: Dossier, genre: str, autre_que: str, by: Agent, on: date
) -> Ouverture:
    """Keep how a file was opened by hand, and why it is none of those near."""
    ouverture = Ouverture.objects.create(
        dossier=dossier, genre=genre, ouverte_le=on, par=by, autre_que=autre_que
    )
    record_line("dossier.ouvert", dossier, by, on, {"genre": genre, "autre": bool(autre_que)})
    return ouverture


def record_jonction(*, dossier: Dossier, by: Agent, on: date) -> None:
    """Write in the journal that what came was joined to a file that was open."""
    record_line("dossier.rejoint", dossier, by, on)


@transaction.atomic
def close_dossier(*, dossier: Dossier, saisie: ClassementSaisi, by: Agent, on: date) -> Classement:
    """Close a file. Raises DejaClasse."""
    lock_dossier(dossier)
    if Classement.objects.filter(dossier=dossier, rouvert_le=None).exists():
        raise DejaClasse
    classement = Classement.objects.create(
        dossier=dossier, motif=saisie.motif, precision=saisie.precision, classe_le=on, par=by
    )
    record_line("dossier.classe", dossier, by, on, {"motif": saisie.motif})
    return classement


@transaction.atomic
def wake_dossier(*, dossier: Dossier, motif: str, by: Author, on: date) -> Classement:
    """Open a closed file again. Raises PasClasse."""
    lock_dossier(dossier)
    classement = Classement.objects.filter(dossier=dossier, rouvert_le=None).first()
    if classement is None:
        raise PasClasse
    classement.rouvert_le, classement.rouvert_motif = on, motif
    classement.rouvert_par = by if isinstance(by, Agent) else None
    classement.save(update_fields=["rouvert_le", "rouvert_par", "rouvert_motif"])
    record_line("dossier.rouvert", dossier, by, on)
    return classement
