"""Second factors: codes, keys, recovery."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from seuil.acteurs.models import Agent
from seuil.audit.operations import Author
from seuil.connexions.models import CleAcces, CodeSecours, FacteurCode
from seuil.connexions.operations._journal import record_line
from seuil.connexions.rules import SecretPresente, compute_cle
from seuil.engines.facteurs import (
    CleVerifiee,
    CoffreIllisible,
    Lecture,
    hide,
    make_codes_secours,
    read_code,
    reveal,
)
from seuil.kernel.contexte import acting_for, reading_compte
from seuil.kernel.refusal import Refusal


class CodeRefuse(Refusal):
    message = (
        "Ce code n’est pas le bon. Saisissez celui que l’application affiche maintenant. S’il est"
        " encore refusé, vérifiez que l’heure de votre téléphone est réglée automatiquement."
    )


class CodeDejaServi(Refusal):
    message = "Ce code a déjà servi. Attendez que l’application en affiche un nouveau."


class HorlogeDecalee(Refusal):
    """The code is right for another minute."""

    def __init__(self, ecart: int) -> None:
        sens = "avance" if ecart > 0 else "retarde"
        super().__init__(
            f"L’heure de votre téléphone {sens} de {max(1, abs(ecart) // 2)} min environ. Réglez-la"
            " sur « automatique » dans ses réglages, puis saisissez le nouveau code."
        )


class SecoursRefuse(Refusal):
    message = "Ce code de secours n’est pas le bon, ou il a déjà servi."


class CleDejaConnue(Refusal):
    message = "Cette clé d’accès, ou une autre du même nom, est déjà enregistrée."


class DernierFacteur(Refusal):
    message = (
        "C’est votre seul second facteur : ajoutez-en un autre avant de le retirer, sinon vous ne"
        " pourriez plus vous connecter."
    )


@transaction.atomic
def create_facteur_code(
    *, agent: Agent, presente: SecretPresente, cle: str, by: Author, on: date, at: datetime
) -> FacteurCode:
    """Tie an application to the account, once a code shows that it holds the secret.

    The one before stops at once. Raises CodeRefuse, HorlogeDecalee.
    """
    lecture = read_code(secret=presente.secret, code=presente.code, at=at, enrolement=True)
    _check_lecture(lecture)
    assert lecture.pas is not None
    with acting_for(agent.pk, on=on):
        facteur, _ = FacteurCode.objects.update_or_create(
            agent=agent,
            defaults={
                "secret": hide(presente.secret, cle=cle),
                "dernier_pas": lecture.pas,
                "utilise_at": at,
            },
        )
    record_line("facteur.code_ajoute", agent, by, on)
    return facteur


@transaction.atomic
def receive_code(*, agent: Agent, code: str, cle: str, at: datetime) -> None:
    """Accept a code of the application, once. Raises CodeRefuse, CodeDejaServi, HorlogeDecalee."""
    with reading_compte(agent.pk):
        facteur = FacteurCode.objects.select_for_update().filter(agent=agent.pk).first()
    if facteur is None:
        raise CodeRefuse
    try:
        secret = reveal(facteur.secret, cle=cle)
    except CoffreIllisible:
        raise CodeRefuse from None
    lecture = read_code(secret=secret, code=code, at=at)
    _check_lecture(lecture)
    assert lecture.pas is not None
    if lecture.pas <= facteur.dernier_pas:
        raise CodeDejaServi
    facteur.dernier_pas, facteur.utilise_at = lecture.pas, at
    with acting_for(agent.pk, on=at.date()):
        facteur.save(update_fields=["dernier_pas", "utilise_at"])


def _check_lecture(lecture: Lecture) -> None:
    if lecture.pas is None:
        raise CodeRefuse
    if not lecture.accepte:
        raise HorlogeDecalee(lecture.ecart)


@transaction.atomic
def create_codes_secours(*, agent: Agent, cle: str, by: Author, on: date) -> list[str]:
    """Give ten new codes to keep on paper; those before stop at once. Shown now or never."""
    codes = make_codes_secours()
    with acting_for(agent.pk, on=on):
        CodeSecours.objects.filter(agent=agent.pk).delete()
        CodeSecours.objects.bulk_create(
            CodeSecours(agent=agent, empreinte=_empreinte_secours(agent, code, cle))
            for code in codes
        )
    record_line("facteur.secours_donnes", agent, by, on)
    return codes


@transaction.atomic
def receive_secours(
    *, agent: Agent, code: str, cle: str, by: Author, on: date, at: datetime
) -> int:
    """Accept a code of the paper, once; return how many are left. Raises SecoursRefuse."""
    empreinte = _empreinte_secours(agent, code, cle)
    known = CodeSecours.objects.filter(agent=agent.pk, empreinte=empreinte, utilise_at=None)
    with acting_for(agent.pk, on=on):
        served = known.update(utilise_at=at)
    if not served:
        raise SecoursRefuse
    record_line("facteur.secours_utilise", agent, by, on)
    with reading_compte(agent.pk):
        return CodeSecours.objects.filter(agent=agent.pk, utilise_at=None).count()


def _empreinte_secours(agent: Agent, code: str, cle: str) -> str:
    plain = "".join(c for c in code.upper() if c.isalnum())
    return compute_cle(genre=f"secours {agent.pk}", valeur=plain, secret=cle)


@transaction.atomic
def create_cle(
    *, agent: Agent, nom: str, verifiee: CleVerifiee, by: Author, on: date, at: datetime
) -> CleAcces:
    """Tie a passkey to the account. Raises CleDejaConnue."""
    nom = nom.strip()[:60] or "Clé d’accès"
    same = Q(identifiant=verifiee.identifiant) | Q(agent=agent.pk, nom=nom)
    # On any account.
    with reading_compte():
        known = CleAcces.objects.filter(same).exists()
    if known:
        raise CleDejaConnue
    with acting_for(agent.pk, on=on):
        cle = CleAcces.objects.create(
            agent=agent,
            nom=nom,
            identifiant=verifiee.identifiant,
            cle_publique=verifiee.cle_publique,
            compteur=verifiee.compteur,
            utilise_at=at,
        )
    record_line("facteur.cle_ajoutee", agent, by, on)
    return cle


@transaction.atomic
def record_cle_presentee(*, cle: CleAcces, compteur: int, at: datetime) -> None:
    """Keep the counter of a passkey that has just been verified."""
    cle.compteur, cle.utilise_at = compteur, at
    with acting_for(cle.agent_id, on=at.date()):
        cle.save(update_fields=["compteur", "utilise_at"])


@transaction.atomic
def delete_cle(*, agent: Agent, cle_id: UUID, by: Author, on: date) -> None:
    """Take a passkey off the agent's own account. Raises DernierFacteur."""
    cles = CleAcces.objects.select_for_update().filter(agent=agent.pk)
    if not FacteurCode.objects.filter(agent=agent.pk).exists() and len(cles) < 2:
        raise DernierFacteur
    if cles.filter(pk=cle_id).delete()[0]:
        record_line("facteur.cle_retiree", agent, by, on)


@transaction.atomic
def delete_facteur_code(*, agent: Agent, by: Author, on: date) -> None:
    """Take the application off the agent's own account. Raises DernierFacteur."""
    if not CleAcces.objects.select_for_update().filter(agent=agent.pk).exists():
        raise DernierFacteur
    if FacteurCode.objects.filter(agent=agent.pk).delete()[0]:
        record_line("facteur.code_retire", agent, by, on)


@transaction.atomic
def delete_facteurs(*, agent: Agent, by: Author, on: date) -> None:
    """Take every factor off an account whose holder lost them: it enrols again at once."""
    with acting_for(agent.pk, on=on):
        for model in (FacteurCode, CleAcces, CodeSecours):
            model.objects.filter(agent=agent.pk).delete()
    record_line("facteur.tous_retires", agent, by, on)
