"""Open a dossier to somebody by hand, end it, or force it for a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from seuil.acteurs.models import Agent, Organisation
from seuil.acteurs.queries import list_dpo
from seuil.audit.operations import record_event
from seuil.connexions.models import GenreCourriel
from seuil.connexions.operations.courriels import add_courriels
from seuil.dossiers.models import Acces, Dossier
from seuil.dossiers.operations import acces as operations
from seuil.dossiers.queries import find_dossier_ferme, list_fins_a_relire
from seuil.dossiers.rules import Plafond, is_repeated
from seuil.kernel.contexte import acting_as_machine
from seuil.kernel.refusal import Refusal
from seuil.usecases._habilitation import DossierInaccessible, require_verbe
from seuil.usecases.refresh_dossiers import refresh_dossiers


@dataclass(frozen=True, slots=True)
class Avis:
    """How the officer is told by mail: the page that the mail names, the key that hides it."""

    page: str
    cle: str


class OrganismeNonConcerne(Refusal):
    message = (
        "La matrice des accès ne prévoit pas d’ouvrir un dossier à cet organisme à ce titre."
        " Choisissez un autre titre, ou transmettez-lui un document."
    )


class MotifManquant(Refusal):
    message = "Dites pourquoi\N{NO-BREAK SPACE}: le motif est obligatoire."


class DejaOuvert(Refusal):
    message = (
        "Vous lisez déjà ce dossier : cherchez-le dans la liste des dossiers, sans"
        " accès exceptionnel."
    )


class PlafondAtteint(Refusal):
    message = (
        "Vous avez pris trop d’accès exceptionnels en une journée : il faut que le"
        " délégué à la protection des données les relise avant d’en prendre un autre. Il les voit"
        " sur sa page ; appelez-le. Devant un danger immédiat, appelez les secours"
        " (15, 17, 18 ou 112)."
    )


class RienARelire(Refusal):
    message = "Les accès exceptionnels de cet agent étaient déjà relus."


class DossierIntrouvable(Refusal):
    message = "Aucun dossier ne porte ce numéro dans votre département. Vérifiez-le."


@transaction.atomic
def open_acces(
    *,
    dossier: Dossier,
    organisation: Organisation,
    relation: str,
    motif: str,
    by: Agent,
    on: date,
) -> None:
    """Designate an organisation for a dossier: its agents see what the matrix says, from now.

    Raises HabilitationRefusee, DossierInaccessible, OrganismeNonConcerne, MotifManquant.
    """
    _require_ouvrir(by, dossier.pk, on)
    if not motif.strip():
        raise MotifManquant
    if organisation.departement_id != by.departement_id or relation not in organisation.relations:
        raise OrganismeNonConcerne
    operations.open_acces(
        dossier_id=dossier.pk,
        relation=relation,
        organisation_id=organisation.pk,
        motif=motif.strip(),
        on=on,
    )
    record_event(
        kind="acces.ouvert",
        by=by,
        on=on,
        target_type="dossier",
        target_id=dossier.pk,
        details={"relation": relation, "organisation": str(organisation.pk)},
    )
    # What it owes becomes its work.
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)


@transaction.atomic
def end_acces(*, acces: Acces, by: Agent, on: date) -> None:
    """End a link opened by hand, or an exceptional access: it opens nothing any more.

    Raises HabilitationRefusee, DossierInaccessible.
    """
    _require_ouvrir(by, acces.dossier_id, on)
    operations.close_acces_of(acces=acces, on=on)
    record_event(
        kind="acces.ferme",
        by=by,
        on=on,
        target_type="dossier",
        target_id=acces.dossier_id,
        details={"relation": acces.relation, "acces": str(acces.pk)},
    )
    refresh_dossiers(dossier_ids=[acces.dossier_id], on=on)


@transaction.atomic
def record_acces_exceptionnel(
    *,
    numero: str,
    motif: str,
    by: Agent,
    at: datetime,
    on: date,
    plafond: Plafond,
    avis: Avis | None = None,
) -> Dossier:
    """Open a dossier outside of one's scope for 24 hours, and tell the data protection officer.

    Without `avis` (no mail server), the officer reads it on its page only.

    Raises HabilitationRefusee, MotifManquant, PlafondAtteint, DossierIntrouvable, DejaOuvert.
    """
    require_verbe(by=by, verbe="dossier.forcer")
    if not motif.strip():
        raise MotifManquant
    operations.lock_exceptionnels(agent=by)
    fins = list_fins_a_relire(agent=by)
    if is_repeated(instants=fins, fois=plafond.par_jour):
        raise PlafondAtteint
    with acting_as_machine("acces", departement=by.departement_id, on=on):
        dossier = find_dossier_ferme(departement=by.departement_id, numero=numero.strip())
    if dossier is None:
        raise DossierIntrouvable
    if Dossier.objects.visible_to(by, on=on).filter(pk=dossier.pk).exists():
        raise DejaOuvert
    expire_at = at + timedelta(hours=24)
    operations.open_acces_exceptionnel(
        dossier=dossier, agent=by, motif=motif.strip(), expire_at=expire_at, on=on
    )
    details = {"expire_at": expire_at.isoformat()}
    record_event(
        kind="acces.force", by=by, on=on, target_type="dossier", target_id=dossier.pk,
        details=details,
    )  # fmt: skip
    suite = _alert(by, [*fins, expire_at], plafond, on)
    if avis:
        _write_dpo(dossier, suite, avis, at)
    return dossier


@transaction.atomic
def record_relecture(*, agent: UUID, by: Agent, on: date) -> int:
    """Say that the officer read the exceptional accesses of an agent, who may then take others.

    Raises HabilitationRefusee, RienARelire.
    """
    require_verbe(by=by, verbe="acces.controler")
    count = operations.record_relecture(agent_id=agent, par=by, on=on)
    if not count:
        raise RienARelire
    record_event(
        kind="acces.relu",
        by=by,
        on=on,
        target_type="agent",
        target_id=agent,
        details={"acces": count},
    )
    return count


def _alert(by: Agent, fins: Sequence[datetime], plafond: Plafond, on: date) -> str:
    """Return what is said to the officer of accesses that repeat, and keep a line of it."""
    suite = ""
    if is_repeated(instants=fins, fois=plafond.par_jour):
        suite = _ARRET
    elif is_repeated(instants=fins, fois=plafond.repetition):
        suite = _REPETITION
    if suite:
        record_event(
            kind="alerte.acces_repetes", by=by, on=on, target_type="agent", target_id=by.pk
        )
    return suite


def _require_ouvrir(by: Agent, dossier_id: UUID, on: date) -> None:
    require_verbe(by=by, verbe="dossier.ouvrir")
    if not Dossier.objects.visible_to(by, on=on).filter(pk=dossier_id).exists():
        raise DossierInaccessible


_REPETITION = "L’agent en est à plusieurs dossiers en une journée : vérifiez avec lui."
_ARRET = (
    "L’agent a atteint le plafond d’une journée : il ne peut plus en prendre tant"
    " que vous n’avez pas relu ceux-ci."
)


def _write_dpo(dossier: Dossier, suite: str, avis: Avis, at: datetime) -> None:
    """Write to the officers. The motive may name people: it is read in Seuil, not in a mailbox."""
    objet = "des accès exceptionnels se répètent" if suite else "un accès exceptionnel a été pris"
    add_courriels(
        genre=GenreCourriel.ACCES,
        destinataires=list_dpo(departement=dossier.departement_id),
        sujet=f"Seuil : {objet}",
        texte=f"Un agent a ouvert le dossier {dossier.numero} hors de son périmètre, pour"
        " 24 heures. Son motif est dans Seuil, page « Accès exceptionnels » :\n\n"
        f"{avis.page}\n\n{suite}".rstrip()
        + "\n",
        cle=avis.cle,
        at=at,
    )
