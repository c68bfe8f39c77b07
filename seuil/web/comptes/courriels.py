"""What is told by mail of an account: to its holder, and to the data protection officers."""

from django.conf import settings

from seuil.acteurs.models import Agent
from seuil.acteurs.queries import list_courriels_dpo
from seuil.connexions.models import ObjetInvitation
from seuil.kernel.courriel import send_courriel


def has_server() -> bool:
    """Tell whether a mail server is configured: secret links then go by it, and by it alone."""
    return bool(settings.SEUIL_COURRIEL)


_POURQUOI = {
    ObjetInvitation.ARRIVEE: "pour ouvrir votre compte Seuil (prévention des expulsions)",
    ObjetInvitation.MOT_DE_PASSE: "pour choisir un autre mot de passe sur Seuil",
    ObjetInvitation.FACTEURS: "pour choisir de nouveau votre mot de passe et votre second facteur"
    " sur Seuil",
}


def send_lien(*, compte: Agent, lien: str, objet: str, by: Agent) -> bool:
    """Send the secret link to the holder of the account; tell whether it left."""
    texte = (
        f"Bonjour {compte},\n\n"
        f"{by} vous donne un lien, {_POURQUOI[ObjetInvitation(objet)]} :\n\n"
        f"{lien}\n\n"
        "Il sert une seule fois, pendant sept jours. Ne le transmettez à personne, pas même à qui"
        " l’a demandé pour vous. Si vous n’attendiez rien, ne l’ouvrez pas et prévenez le délégué"
        " à la protection des données.\n"
    )
    return send_courriel(sujet="Votre compte Seuil", texte=texte, adresses=[compte.courriel])


def tell_geste(*, compte: Agent, geste: str, by: Agent, titulaire: bool) -> None:
    """Tell the officers, and the holder when asked, what was just done of an account."""
    if not has_server():
        return
    addresses = set(list_courriels_dpo(departement=compte.departement_id)) - {by.courriel}
    if titulaire:
        addresses.add(compte.courriel)
    texte = (
        f"Compte : {_write(compte)}.\nCe qui vient d’être fait : {geste}.\nPar : {_write(by)}.\n\n"
        "Si cela vous surprend, appelez cette personne, ou l’administrateur du département.\n"
    )
    for address in sorted(addresses):
        send_courriel(sujet="Seuil : un compte a changé", texte=texte, adresses=[address])


def _write(agent: Agent) -> str:
    return f"{agent}, {agent.get_role_display()}, {agent.organisation.nom}"
