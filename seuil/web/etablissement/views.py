"""The first hour of a département: what is still missing, and where it is done."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from seuil.web.access import AgentRequest, get_agent, may, request_day, requires
from seuil.web.etablissement.queries import Pas, list_pas

_LIBELLES = {
    "organismes": (
        "Les organismes du département",
        "Collez ou importez le tableau des partenaires : CAF, Département, CCAS, bailleurs…",
    ),
    "operateur": ("L’opérateur de l’équipe mobile", "Ajoutez-le à l’annuaire, avec ses communes."),
    "objectif": ("L’objectif de l’année", "La cible et le volume mensuel de la convention."),
    "formations": ("Les formations de la CCAPEX", "Partez d’un modèle, puis corrigez-le."),
    "dpo": (
        "Le délégué à la protection des données",
        "Invitez-le : lui seul écrit les domaines d’adresses de chaque organisme.",
    ),
    "secretariat": ("Le secrétariat de la CCAPEX", "Invitez au moins une personne."),
    "domaines": (
        "Les domaines d’adresses des organismes",
        "Sans eux, personne ne peut y être invité.",
    ),
    "equipe": ("Le chef de l’équipe mobile", "Invitez-le, avec ses collègues, en une fois."),
    "partenaires": ("Les agents des partenaires", "Collez leur liste : ils sont invités ensemble."),
}
# Who does what is not for whoever keeps the directory.
_QUI = {
    "administrateur": ("agents.gerer", "À faire par l’administrateur."),
    "dpo": ("organismes.domaines", "À faire par le délégué à la protection des données."),
}


@requires("annuaire.tenir")
@require_safe
def premiere_heure(request: AgentRequest) -> HttpResponse:
    """List the first steps, those that are done ticked."""
    found = list_pas(agent=get_agent(request), on=request_day(request))
    context = {
        "pas": [_show(request, p) for p in found],
        "restent": sum(not p.fait for p in found),
        "total": len(found),
    }
    return render(request, "etablissement/premiere_heure.html", context)


def _show(request: AgentRequest, pas: Pas) -> dict[str, object]:
    verbe, qui = _QUI.get(pas.qui, ("", ""))
    libelle, aide = _LIBELLES[pas.code]
    mine = not verbe or may(request, verbe)
    return {
        "libelle": libelle,
        "aide": aide,
        "fait": pas.fait,
        "url": reverse(pas.ecran) if mine else "",
        "qui": "" if mine else qui,
    }
