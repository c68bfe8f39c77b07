"""Mails to agents: written with the fact that they tell, sent by the worker until they leave."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from seuil.acteurs.models import Agent
from seuil.acteurs.operations.machine import Machine
from seuil.audit.operations import record_event
from seuil.connexions.models import Courriel, GenreCourriel, IssueCourriel
from seuil.connexions.rules import ABANDON_COURRIEL, compute_prochain_essai
from seuil.engines.facteurs import CoffreIllisible, hide, reveal
from seuil.kernel.contexte import acting_as_machine
from seuil.kernel.courriel import Depart, mail_server, send_courriel

_ATTENTE = Q(envoye_at=None, abandonne_at=None)


@transaction.atomic
def add_courriels(
    *,
    genre: str,
    destinataires: Iterable[Agent],
    sujet: str,
    texte: str,
    cle: str,
    at: datetime,
) -> None:
    """Write a mail for each agent, in the transaction of the fact: both are kept, or neither.

    A secret link replaces the one that still waits for the same agent, which opens nothing now.
    """
    destinataires = list(destinataires)
    with acting_as_machine("courriels", on=at.date()):
        if genre == GenreCourriel.LIEN:
            waiting = _waiting().filter(genre=genre, destinataire__in=destinataires)
            waiting.update(**_end(IssueCourriel.REMPLACE, abandonne_at=at))
        for destinataire in destinataires:
            Courriel.objects.create(
                destinataire=destinataire,
                genre=genre,
                contenu=hide(f"{sujet}\n{texte}", cle=_derive(cle)),
                ecrit_at=at,
                prochain_at=at,
            )


def deposit_courriels(*, cle: str, at: datetime) -> int:
    """Give the mail server what is due, once each; return how many left.

    A mail is marked before it is given and after it was taken. A worker killed in between leaves
    the first mark: the mail is given once more, under the same Message-ID, so that an agent gets it
    twice at most; interrupted again, it is given up and said.
    """
    if not _waiting().filter(prochain_at__lte=at).exists():
        return 0
    left = 0
    with mail_server() as opened:
        server = opened
        for courriel in _claim(at):
            depart = _give(courriel, cle, server) if server else IssueCourriel.SERVEUR
            _note_depart(courriel, depart, at)
            if depart == Depart.MUET:
                # The others wait for the next time rather than for ten seconds each.
                server = None
            left += not depart
    return left


def _claim(at: datetime) -> Iterator[Courriel]:
    """Yield the mails that are due, each marked as given in a transaction of its own."""
    due = _waiting().filter(prochain_at__lte=at).order_by("ecrit_at", "pk")
    for key in list(due.values_list("pk", flat=True)):
        courriel = _mark(key, at)
        if courriel is not None:
            yield courriel


@transaction.atomic
def _mark(key: UUID, at: datetime) -> Courriel | None:
    with acting_as_machine("courriels", on=at.date()):
        courriel: Courriel | None = (
            _waiting()
            .select_for_update(of=("self",))
            .select_related("destinataire")
            .filter(pk=key, prochain_at__lte=at)
            .first()
        )
        if courriel is None:
            return None
        if courriel.en_cours and courriel.interrompu:
            _abandon(courriel, IssueCourriel.INTERROMPU, at)
            return None
        courriel.interrompu = courriel.interrompu or courriel.en_cours
        courriel.en_cours = True
        courriel.essais += 1
        courriel.prochain_at = compute_prochain_essai(essais=courriel.essais, at=at)
        courriel.save(update_fields=["interrompu", "en_cours", "essais", "prochain_at"])
    return courriel


def _give(courriel: Courriel, cle: str, server: Any) -> str:
    try:
        sujet, _, texte = reveal(courriel.contenu, cle=_derive(cle)).partition("\n")
    except CoffreIllisible:
        return IssueCourriel.ILLISIBLE
    return send_courriel(
        sujet=sujet,
        texte=texte,
        adresse=courriel.destinataire.courriel,
        identifiant=str(courriel.pk),
        connexion=server,
    )


@transaction.atomic
def _note_depart(courriel: Courriel, depart: str, at: datetime) -> None:
    with acting_as_machine("courriels", on=at.date()):
        mine = _waiting().filter(pk=courriel.pk)
        if depart == Depart.PARTI:
            mine.update(**_end(IssueCourriel.AUCUNE, envoye_at=at))
        elif depart == IssueCourriel.ILLISIBLE or at - courriel.ecrit_at >= ABANDON_COURRIEL:
            _abandon(courriel, depart, at)
        else:
            mine.update(en_cours=False, issue=depart)


def _abandon(courriel: Courriel, issue: str, at: datetime) -> None:
    """Give a mail up, and say so in the journal: whoever should have known does not."""
    _waiting().filter(pk=courriel.pk).update(**_end(issue, abandonne_at=at))
    record_event(
        kind="alerte.courriel_abandonne",
        by=Machine("courriels", courriel.destinataire.departement_id),
        on=at.date(),
        target_type="agent",
        target_id=courriel.destinataire_id,
        details={"genre": courriel.genre, "issue": str(issue)},
    )


def _waiting() -> Any:
    return Courriel.objects.filter(_ATTENTE)


def _end(issue: str, **ends: datetime) -> dict[str, Any]:
    return {"contenu": "", "prochain_at": None, "en_cours": False, "issue": issue, **ends}


def _derive(cle: str) -> str:
    """Return a key of its own: a secret of a factor put here would not be read."""
    return f"courriels {cle}"
