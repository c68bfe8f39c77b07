"""Write tries, factors, sessions and invitations."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from seuil.acteurs.models import Agent
from seuil.audit.operations import Author, record_event
from seuil.connexions.models import (
    CleAcces,
    CodeSecours,
    Connexion,
    Essai,
    FacteurCode,
    FinConnexion,
    IdentiteExterne,
    Invitation,
    MoyenConnexion,
)
from seuil.connexions.rules import (
    DUREE_INVITATION,
    FENETRE,
    PAR_ADRESSE,
    PAR_COMPTE,
    PAR_LIEU,
    VUE_TOUTES_LES,
    Bareme,
    compute_attente,
    compute_cle,
    compute_empreinte,
)
from seuil.engines.facteurs import (
    CleVerifiee,
    CoffreIllisible,
    Lecture,
    hide,
    make_codes_secours,
    read_code,
    reveal,
)
from seuil.kernel.refusal import Refusal

_RETENTION = timedelta(days=366)
_RETENTION_ESSAIS = timedelta(days=1)


class TropDEssais(Refusal):
    """Too many tries from here or on this account; the text says how long to wait."""

    def __init__(self, attente: timedelta) -> None:
        self.attente = attente
        minutes = max(1, -(-int(attente.total_seconds()) // 60))
        delai = "une minute" if minutes == 1 else f"{minutes} minutes"
        super().__init__(
            f"Trop d’essais sans succès. Attendez {delai}, puis recommencez. Vous ne vous souvenez"
            " plus de votre mot de passe ? Demandez un nouveau lien à votre administrateur."
        )


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


class InvitationPerdue(Refusal):
    message = "Ce lien a déjà servi, a expiré, ou n’est pas complet."


class IdentiteDejaLiee(Refusal):
    message = "Ce compte est déjà lié à une autre identité de ce fournisseur."


@transaction.atomic
def open_essai(
    *, genre: str, compte: str, adresse: str, poste: str, connu: bool, secret: str, at: datetime
) -> Essai:
    """Write a try before the secret is compared; it counts as a failure until it succeeds.

    A browser that the account knows waits for its own failures only: those of others never lock it
    out. Raises TropDEssais, which writes nothing.
    """
    cle = compute_cle(genre=f"compte {genre}", valeur=compte, secret=secret)
    lieu = compute_cle(genre="lieu", valeur=poste if connu else adresse, secret=secret)
    reseau = compute_cle(genre="adresse", valeur=adresse, secret=secret)
    # Two tries at once on an account wait for one another: each sees those before it.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [cle])
    failures = Essai.objects.filter(reussi=False, essaye_at__gt=at - FENETRE)
    waits = [_attente(failures.filter(compte=cle, lieu=lieu), at, PAR_LIEU)]
    if not connu:
        waits.append(_attente(failures.filter(compte=cle, connu=False), at, PAR_COMPTE))
        waits.append(_attente(failures.filter(adresse=reseau, connu=False), at, PAR_ADRESSE))
    if max(waits) > timedelta(0):
        raise TropDEssais(max(waits))
    return Essai.objects.create(
        genre=genre, compte=cle, lieu=lieu, adresse=reseau, connu=connu, essaye_at=at
    )


def _attente(failures: "Iterable[Essai]", at: datetime, bareme: Bareme) -> timedelta:
    dates = [e.essaye_at for e in failures]
    return compute_attente(echecs=dates, at=at, bareme=bareme)


@transaction.atomic
def record_reussite(*, essai: Essai) -> None:
    """Say that the try succeeded: it no longer counts."""
    essai.reussi = True
    essai.save(update_fields=["reussi"])


@transaction.atomic
def record_refus(*, motif: str, cible: Agent | None, by: Author, on: date) -> None:
    """Write in the journal that a sign-in was refused, on a known account or on none."""
    record_event(
        kind="connexion.refusee",
        by=by,
        on=on,
        target_type="agent",
        target_id=cible.pk if cible else "inconnu",
        details={"motif": motif},
    )


# --- factors ------------------------------------------------------------------------------------


@transaction.atomic
def create_facteur_code(
    *, agent: Agent, secret: str, code: str, cle: str, by: Author, on: date, at: datetime
) -> FacteurCode:
    """Tie an application to the account, once a code shows that it holds the secret.

    The one before stops at once. Raises CodeRefuse, HorlogeDecalee.
    """
    lecture = read_code(secret=secret, code=code, at=at, enrolement=True)
    _check_lecture(lecture)
    assert lecture.pas is not None
    facteur, _ = FacteurCode.objects.update_or_create(
        agent=agent,
        defaults={
            "secret": hide(secret, cle=cle),
            "dernier_pas": lecture.pas,
            "utilise_at": at,
        },
    )
    _record("facteur.code_ajoute", agent, by, on)
    return facteur


@transaction.atomic
def receive_code(*, agent: Agent, code: str, cle: str, at: datetime) -> None:
    """Accept a code of the application, once. Raises CodeRefuse, CodeDejaServi, HorlogeDecalee."""
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
    facteur.save(update_fields=["dernier_pas", "utilise_at"])


def _check_lecture(lecture: Lecture) -> None:
    if lecture.pas is None:
        raise CodeRefuse
    if not lecture.accepte:
        raise HorlogeDecalee(lecture.ecart)


@transaction.atomic
def create_codes_secours(*, agent: Agent, cle: str, by: Author, on: date) -> list[str]:
    """Give ten new codes to keep on paper; those before stop at once. Shown now or never."""
    CodeSecours.objects.filter(agent=agent.pk).delete()
    codes = make_codes_secours()
    CodeSecours.objects.bulk_create(
        CodeSecours(agent=agent, empreinte=_empreinte_secours(agent, code, cle)) for code in codes
    )
    _record("facteur.secours_donnes", agent, by, on)
    return codes


@transaction.atomic
def receive_secours(
    *, agent: Agent, code: str, cle: str, by: Author, on: date, at: datetime
) -> int:
    """Accept a code of the paper, once; return how many are left. Raises SecoursRefuse."""
    empreinte = _empreinte_secours(agent, code, cle)
    if not CodeSecours.objects.filter(agent=agent.pk, empreinte=empreinte, utilise_at=None).update(
        utilise_at=at
    ):
        raise SecoursRefuse
    _record("facteur.secours_utilise", agent, by, on)
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
    if CleAcces.objects.filter(
        Q(identifiant=verifiee.identifiant) | Q(agent=agent.pk, nom=nom)
    ).exists():
        raise CleDejaConnue
    cle = CleAcces.objects.create(
        agent=agent,
        nom=nom,
        identifiant=verifiee.identifiant,
        cle_publique=verifiee.cle_publique,
        compteur=verifiee.compteur,
        utilise_at=at,
    )
    _record("facteur.cle_ajoutee", agent, by, on)
    return cle


@transaction.atomic
def record_cle_presentee(*, cle: CleAcces, compteur: int, at: datetime) -> None:
    """Keep the counter of a passkey that has just been verified."""
    cle.compteur, cle.utilise_at = compteur, at
    cle.save(update_fields=["compteur", "utilise_at"])


@transaction.atomic
def delete_cle(*, agent: Agent, cle_id: UUID, by: Author, on: date) -> None:
    """Take a passkey off the agent's own account. Raises DernierFacteur."""
    cles = CleAcces.objects.select_for_update().filter(agent=agent.pk)
    if not FacteurCode.objects.filter(agent=agent.pk).exists() and len(cles) < 2:
        raise DernierFacteur
    if cles.filter(pk=cle_id).delete()[0]:
        _record("facteur.cle_retiree", agent, by, on)


@transaction.atomic
def delete_facteur_code(*, agent: Agent, by: Author, on: date) -> None:
    """Take the application off the agent's own account. Raises DernierFacteur."""
    if not CleAcces.objects.select_for_update().filter(agent=agent.pk).exists():
        raise DernierFacteur
    if FacteurCode.objects.filter(agent=agent.pk).delete()[0]:
        _record("facteur.code_retire", agent, by, on)


@transaction.atomic
def delete_facteurs(*, agent: Agent, by: Author, on: date) -> None:
    """Take every factor off an account whose holder lost them: it enrols again at once."""
    for model in (FacteurCode, CleAcces, CodeSecours):
        model.objects.filter(agent=agent.pk).delete()
    _record("facteur.tous_retires", agent, by, on)


# --- sessions -----------------------------------------------------------------------------------


@transaction.atomic
def open_connexion(
    *,
    agent: Agent,
    moyen: MoyenConnexion | str,
    navigateur: str,
    appareil: str,
    poste: str,
    by: Author,
    on: date,
    at: datetime,
) -> Connexion:
    """Open a session, once every factor is proved."""
    connexion = Connexion.objects.create(
        agent=agent,
        moyen=moyen,
        ouverte_at=at,
        vue_at=at,
        preuve_at=at,
        navigateur=navigateur,
        appareil=appareil,
        poste=poste,
    )
    record_event(
        kind="connexion.ouverte",
        by=by,
        on=on,
        target_type="connexion",
        target_id=connexion.pk,
        details={"moyen": str(moyen)},
    )
    return connexion


@transaction.atomic
def record_vue(*, connexion: Connexion, at: datetime) -> None:
    """Note that a page was seen, at most once a minute; nobody acts: no journal line."""
    Connexion.objects.filter(pk=connexion.pk, vue_at__lt=at - VUE_TOUTES_LES).update(vue_at=at)


@transaction.atomic
def record_preuve(*, connexion: Connexion, at: datetime) -> None:
    """Note that the agent has just proved again who it is."""
    Connexion.objects.filter(pk=connexion.pk).update(preuve_at=at)


@transaction.atomic
def end_connexion(
    *, connexion: Connexion, motif: FinConnexion | str, by: Author, on: date, at: datetime
) -> None:
    """End one session; ending it twice changes nothing."""
    _end(Connexion.objects.filter(pk=connexion.pk), str(motif), by, on, at)


@transaction.atomic
def end_connexions(
    *,
    agent: Agent,
    motif: FinConnexion | str,
    by: Author,
    on: date,
    at: datetime,
    seulement: UUID | None = None,
    sauf: UUID | None = None,
) -> int:
    """End the open sessions of an agent; `seulement` names one, `sauf` spares one."""
    rows = Connexion.objects.filter(agent=agent.pk)
    if seulement is not None:
        rows = rows.filter(pk=seulement)
    if sauf is not None:
        rows = rows.exclude(pk=sauf)
    return _end(rows, str(motif), by, on, at)


def _end(rows: QuerySet[Connexion], motif: str, by: Author, on: date, at: datetime) -> int:
    ended = 0
    for connexion in rows.filter(fin_at=None).select_for_update().order_by("pk"):
        connexion.fin_at, connexion.fin_motif = max(at, connexion.ouverte_at), motif
        connexion.save(update_fields=["fin_at", "fin_motif"])
        record_event(
            kind="connexion.fermee",
            by=by,
            on=on,
            target_type="connexion",
            target_id=connexion.pk,
            details={"motif": motif},
        )
        ended += 1
    return ended


# --- invitations and identities -----------------------------------------------------------------


@transaction.atomic
def create_invitation(
    *, agent: Agent, objet: str, by: Agent, on: date, at: datetime
) -> tuple[Invitation, str]:
    """Give a secret link for an account; the one before stops at once.

    Return the invitation and its token, which is kept nowhere: show it now or never.
    """
    Agent.objects.select_for_update().get(pk=agent.pk)
    Invitation.objects.filter(agent=agent.pk, utilise_at=None, annule_at=None).update(annule_at=at)
    jeton = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        agent=agent,
        objet=objet,
        empreinte=compute_empreinte(jeton),
        expire_at=at + DUREE_INVITATION,
        invite_par=by,
    )
    record_event(
        kind="invitation.creee",
        by=by,
        on=on,
        target_type="agent",
        target_id=agent.pk,
        details={"objet": objet},
    )
    return invitation, jeton


@transaction.atomic
def record_invitation_utilisee(*, jeton: str, on: date, at: datetime) -> Invitation:
    """Use the link, once, and return its invitation with the account.

    Raises InvitationPerdue when it was used, cancelled, expired, or never existed.
    """
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("agent__departement", "agent__organisation")
        .filter(empreinte=compute_empreinte(jeton), utilise_at=None, annule_at=None)
        .filter(expire_at__gt=at)
        .first()
    )
    if invitation is None:
        raise InvitationPerdue
    invitation.utilise_at = at
    invitation.save(update_fields=["utilise_at"])
    _record("invitation.utilisee", invitation.agent, invitation.agent, on)
    return invitation


@transaction.atomic
def link_identite(
    *, agent: Agent, emetteur: str, sujet: str, by: Author, on: date, at: datetime
) -> IdentiteExterne:
    """Tie an account to the identity of a provider. Raises IdentiteDejaLiee."""
    Agent.objects.select_for_update().get(pk=agent.pk)
    if IdentiteExterne.objects.filter(
        Q(agent=agent.pk, emetteur=emetteur) | Q(emetteur=emetteur, sujet=sujet)
    ).exists():
        raise IdentiteDejaLiee
    identite = IdentiteExterne.objects.create(
        agent=agent, emetteur=emetteur, sujet=sujet, utilise_at=at
    )
    _record("identite.liee", agent, by, on)
    return identite


@transaction.atomic
def record_identite_presentee(*, identite: IdentiteExterne, at: datetime) -> None:
    """Note that the provider vouched for the identity again."""
    identite.utilise_at = at
    identite.save(update_fields=["utilise_at"])


@transaction.atomic
def delete_perimes(*, at: datetime) -> int:
    """Delete what no longer serves: tries of the day before, sessions ended a year ago."""
    essais = Essai.objects.filter(essaye_at__lt=at - _RETENTION_ESSAIS)
    connexions = Connexion.objects.filter(ouverte_at__lt=at - _RETENTION)
    return essais.delete()[0] + connexions.delete()[0]


def _record(kind: str, agent: Agent, by: Author, on: date) -> None:
    record_event(kind=kind, by=by, on=on, target_type="agent", target_id=agent.pk)
