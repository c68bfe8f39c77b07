"""What is told by mail of an account: to its holder, and to the data protection officers."""

from datetime import datetime

from django.conf import settings

from seuil.acteurs.models import Agent
from seuil.acteurs.queries import list_dpo
from seuil.connexions.models import GenreCourriel, ObjetInvitation
from seuil.connexions.operations.courriels import add_courriels


def has_server() -> bool:
    """Tell whether a mail server is configured: secret links then go by it, and by it alone."""
    return bool(settings.SEUIL_COURRIEL)


# The subject of the mail, and what it says of the link.
_MOTS = {
    ObjetInvitation.ARRIVEE: (
        "Votre compte Seuil",
        (
            "vous ouvre un compte sur Seuil (prévention des expulsions). Ce lien sert à choisir"
            " votre mot de passe et votre second facteur"
        ),
    ),
    ObjetInvitation.MOT_DE_PASSE: (
        "Seuil : choisir un autre mot de passe",
        (
            "vous donne un lien pour remplacer votre mot de passe sur Seuil. Celui que vous aviez"
            " vaut jusque-là ; votre second facteur ne change pas"
        ),
    ),
    ObjetInvitation.FACTEURS: (
        "Seuil : remplacer votre second facteur",
        (
            "vous donne un lien pour choisir de nouveau votre mot de passe et votre second facteur"
            " sur Seuil, téléphone ou clé perdus"
        ),
    ),
}


def send_lien(*, compte: Agent, lien: str, objet: str, by: Agent, at: datetime) -> None:
    """Write the mail that gives the secret link to the holder of the account."""
    sujet, mots = _MOTS[ObjetInvitation(objet)]
    texte = (
        f"Bonjour {compte},\n\n"
        f"{by} {mots} :\n\n"
        f"{lien}\n\n"
        "Il sert une seule fois, pendant sept jours. Ne le transmettez à personne, pas même à qui"
        " l’a demandé pour vous. Si vous n’attendiez rien, ne l’ouvrez pas et prévenez le délégué"
        " à la protection des données.\n"
    )
    _add(GenreCourriel.LIEN, [compte], sujet, texte, at)


def tell_geste(*, compte: Agent, geste: str, by: Agent, titulaire: bool, at: datetime) -> None:
    """Tell the officers, and the holder when asked, what was just done of an account."""
    if not has_server():
        return
    told = {a.pk: a for a in list_dpo(departement=compte.departement_id) if a.pk != by.pk}
    if titulaire:
        told[compte.pk] = compte
    texte = (
        f"Compte : {_write(compte)}.\nCe qui vient d’être fait : {geste}.\nPar : {_write(by)}.\n\n"
        "Si cela vous surprend, appelez cette personne, ou l’administrateur du département.\n"
    )
    _add(GenreCourriel.COMPTE, list(told.values()), "Seuil : un compte a changé", texte, at)


def _add(genre: str, destinataires: list[Agent], sujet: str, texte: str, at: datetime) -> None:
    add_courriels(
        genre=genre,
        destinataires=destinataires,
        sujet=sujet,
        texte=texte,
        cle=settings.SECRET_KEY,
        at=at,
    )


def _write(agent: Agent) -> str:
    return f"{agent}, {agent.get_role_display()}, {agent.organisation.nom}"
