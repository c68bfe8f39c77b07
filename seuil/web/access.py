"""Who may open a page. Every view declares the verb it needs, or that it is public."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.middleware import HtmxDetails

from seuil.acteurs.models import Agent
from seuil.acteurs.rules import why_not
from seuil.connexions.queries import get_facteurs, has_identite
from seuil.connexions.rules import PREUVE_RECENTE, is_recent
from seuil.dossiers.models import Dossier
from seuil.dossiers.queries import get_dossier, get_ouverture
from seuil.kernel import clock
from seuil.kernel.contexte import Contexte, acting_as, under_policies
from seuil.web.filtres import AdresseLue
from seuil.web.journal import journaled, saw
from seuil.web.session import get_connexion

_SUITE = "suite"
_SECRETS = {"nouveau", "encore", "code", "reponse"}

View = Callable[..., HttpResponseBase]

# Pages that never name a person of a household: a refusal may say that the page exists.
_WITHOUT_PERSON = frozenset({
    "activite.lire", "annuaire.lire", "annuaire.tenir", "annuaire.sien", "agents.gerer",
    "agents.inviter", "droit.lire", "droit.essayer", "organismes.domaines",
})  # fmt: skip
# Held by a role, or by whoever administers its own organisation.
INVITER = "agents.inviter"


class AgentRequest(HttpRequest):
    """A request whose user is known to be an agent: what views under `requires` receive."""

    user: Agent
    htmx: HtmxDetails


def requires(*verbes: str) -> Callable[[View], View]:
    """Let in the roles that hold at least one of the verbs.

    The others get "not found" when the page could name a person, a refusal otherwise.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not any(may(request, verbe) for verbe in verbes):
                if _WITHOUT_PERSON.issuperset(verbes):
                    raise PermissionDenied
                raise Http404
            if any("\0" in value for value in kwargs.values() if isinstance(value, str)):
                # The database refuses this character: nothing there can bear such a name.
                raise Http404
            asked = AdresseLue(request.GET.urlencode(), encoding=request.encoding)
            request.GET = asked  # type: ignore[assignment]
            with _in_contexte(request), journaled(request) as lecture:
                return lecture.answer(view(request, *args, **kwargs))

        guarded.verbe = verbes[0]  # type: ignore[attr-defined]
        guarded.verbes = frozenset(verbes)  # type: ignore[attr-defined]
        return guarded

    return decorate


def requires_recent_sign_in(view: View) -> View:
    """Ask for a proof again when the last one is older than ten minutes, then come back.

    Under `requires`: what a role may not do is refused first. For what leaves the site (exports)
    and for what opens it (factors, accounts).
    """

    return _requires_proof(view, lambda: PREUVE_RECENTE)


def requires_fresh_sign_in(view: View) -> View:
    """Ask for a proof again after a few minutes (a setting): for what is done in an emergency."""
    return _requires_proof(view, lambda: timedelta(minutes=settings.SEUIL_EXCEPTIONNELS_PREUVE))


def _requires_proof(view: View, delai: Callable[[], timedelta]) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_recent(preuve=get_connexion(request).preuve_at, at=clock.now(), delai=delai()):
            return view(request, *args, **kwargs)
        return ask_again(request)

    guarded.recent = True  # type: ignore[attr-defined]
    return guarded


def ask_again(request: HttpRequest) -> HttpResponseBase:
    """Show the page that asks for a proof, holding what was asked; nothing is kept elsewhere."""
    suite = write_suite(request)
    if request.method in {"GET", "HEAD"}:
        query = urlencode({"suite": suite})
        return redirect(f"{reverse('confirmer')}?{query}")
    # Not in an address: what a form sends may name a person.
    return render(request, "connexion/confirmer.html", prepare_confirmation(request, suite))


def write_suite(request: HttpRequest) -> str:
    """Return what was asked, sealed for this agent; a form that holds a secret is not kept."""
    adresse: str = request.get_full_path()
    post: list[list[str]] | None = None
    if _SECRETS & set(request.POST):
        adresse = reverse("mes_connexions")
    elif request.method == "POST":
        post = [
            [name, str(value)]
            for name, values in request.POST.lists()
            if name != "csrfmiddlewaretoken"
            for value in values
        ]
    asked = {"agent": str(get_agent(request).pk), "adresse": adresse, "post": post}
    return signing.dumps(asked, salt=_SUITE, compress=True)


def read_suite(request: HttpRequest, suite: str) -> tuple[str, list[tuple[str, str]] | None]:
    """Return the address asked and the fields to send; the first page when it says nothing."""
    try:
        asked = signing.loads(suite, salt=_SUITE, max_age=3600)
    except signing.BadSignature:
        return reverse("accueil"), None
    if asked["agent"] != str(get_agent(request).pk):
        return reverse("accueil"), None
    return asked["adresse"], asked["post"]


def prepare_confirmation(request: HttpRequest, suite: str, message: str = "") -> dict[str, object]:
    """Return what the page that asks for a proof shows."""
    agent = get_agent(request)
    return {
        "suite": suite,
        "message": message,
        "facteurs": get_facteurs(agent=agent),
        "mot_de_passe": agent.has_usable_password(),
        "fournisseur": bool(settings.SEUIL_OIDC_ISSUER) and has_identite(agent=agent),
    }


def public(view: View) -> View:
    """Declare a view that anyone may open, signed in or not."""
    view.public = True  # type: ignore[attr-defined]
    return login_not_required(view)


def signed_in(view: View) -> View:
    """Declare a view that every signed-in agent may open, whatever the role."""

    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with _in_contexte(request), journaled(request) as lecture:
            return lecture.answer(view(request, *args, **kwargs))

    entered.signed_in = True  # type: ignore[attr-defined]
    return entered


@contextmanager
def _in_contexte(request: HttpRequest) -> Iterator[None]:
    """Tell PostgreSQL who asks, for the rest of the request's transaction."""
    with in_contexte_of(get_agent(request), on=request_day(request), savepoint=False):
        yield


@contextmanager
def in_contexte_of(agent: Agent, *, on: date, savepoint: bool = True) -> Iterator[None]:
    """Run the block under the policies of the database, as an agent on a day."""
    contexte = Contexte("agent", str(agent.pk), agent.departement_id, on)
    with under_policies(), acting_as(contexte, savepoint=savepoint):
        yield


def get_agent(request: HttpRequest) -> Agent:
    """Return the signed-in agent."""
    return cast("Agent", request.user)


def may(request: HttpRequest, verbe: str) -> bool:
    """Tell whether the agent's role holds a verb, to show a button or a tab."""
    agent = get_agent(request)
    if verbe == INVITER and agent.administre_organisation:
        return True
    return why_not(agent.profil, verbe) is None


def request_day(request: HttpRequest) -> date:
    """Return today's civil date in the agent's département."""
    return clock.today(get_agent(request).departement_id)


def find_dossier(request: HttpRequest, numero: str, *, ecrit: str = "") -> Dossier:
    """Return the dossier of that number when the agent may see it, and say that the page shows it.

    `ecrit` names a category to which the agent must be allowed to add. Raises Http404, without a
    word more.
    """
    agent, on = get_agent(request), request_day(request)
    try:
        found = get_dossier(agent=agent, on=on, numero=numero)
    except Dossier.DoesNotExist:
        raise Http404 from None
    saw(dossiers=[found.pk])
    if ecrit and not get_ouverture(agent=agent, on=on, dossier=found).allows(ecrit, "ecrire"):
        raise Http404
    return found
