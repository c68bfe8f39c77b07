"""Open one's account by the secret link of an invitation."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from seuil.connexions.models import Invitation
from seuil.connexions.operations.invitations import InvitationPerdue
from seuil.connexions.queries import find_invitation
from seuil.kernel import clock
from seuil.usecases.receive_invitation import receive_invitation
from seuil.web.access import public
from seuil.web.connexion.forms import NouveauMotDePasseForm
from seuil.web.session import open_attente

_PERDU = "Ce lien n’est pas complet, ou n’existe plus. Copiez-le en entier depuis le message reçu."
_UTILISE = (
    "Ce lien a déjà servi : le compte est ouvert. Connectez-vous avec le mot de passe choisi."
)
_ANNULE = "Ce lien a été remplacé par un plus récent. Utilisez le dernier reçu."
_EXPIRE = "Ce lien a expiré : il ne vaut que sept jours. Demandez-en un autre à qui vous l’a donné."


@public
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, jeton: str) -> HttpResponseBase:
    found = find_invitation(jeton=jeton)
    reason = _why_not(found)
    if found is None or reason:
        return _refuse(request, reason)
    agent = found.agent
    form = NouveauMotDePasseForm(request.POST or None, agent=agent)
    if request.method == "POST" and form.is_valid():
        try:
            agent = receive_invitation(
                jeton=jeton,
                mot_de_passe=form.cleaned_data["nouveau"],
                on=clock.today(agent.departement_id),
                at=clock.now(),
            )
        except InvitationPerdue:
            return _refuse(request, _UTILISE)
        except ValidationError as error:
            form.add_error("nouveau", error)
        else:
            # The password is a first factor: the second comes next, new or not.
            open_attente(request, agent, moyen="mot_de_passe", suite="")
            return _private(redirect("second_facteur"))
    context = {"form": form, "qui": agent, "objet": found.objet}
    return _private(render(request, "connexion/invitation.html", context))


def _why_not(found: Invitation | None) -> str | None:
    """Return why the link opens nothing; whoever holds it may know what became of it."""
    if found is None:
        return _PERDU
    if found.utilise_at:
        return _UTILISE
    if found.annule_at:
        return _ANNULE
    if found.expire_at <= clock.now():
        return _EXPIRE
    return found.agent.why_not_habilite(on=clock.today(found.agent.departement_id))


def _refuse(request: HttpRequest, reason: str | None) -> HttpResponse:
    return _private(render(request, "connexion/refus.html", {"refus": reason}, status=404))


def _private(response: HttpResponse) -> HttpResponse:
    # The origin alone: "no-referrer" would make the browser hide the origin of the form too.
    response.headers["Referrer-Policy"] = "strict-origin"
    response.headers["Cache-Control"] = "no-store"
    return response
