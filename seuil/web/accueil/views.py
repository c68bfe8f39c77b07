"""Lead each role to its first page: the day's work, not a menu."""

from django.shortcuts import redirect

from seuil.acteurs.models import Role
from seuil.web.access import get_agent, signed_in

_PREMIERE_PAGE: dict[str, str] = {
    Role.CHARGE_MISSION: "activite",
    Role.DIHAL: "activite",
    Role.DPO: "acces_exceptionnels",
    Role.ADMINISTRATEUR: "comptes",
}


@signed_in
def accueil(request):
    return redirect(_PREMIERE_PAGE.get(get_agent(request).role, "a_faire"))
