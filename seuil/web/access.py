"""Who may open a page. Every view declares the verb it needs, or that it is public."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from seuil.acteurs.models import Agent
from seuil.acteurs.rules import why_not
from seuil.kernel import clock
from seuil.kernel.contexte import Contexte, acting_as, under_policies
from seuil.web.journal import journaled

View = Callable[..., HttpResponseBase]

# Pages that never name a person of a household: a refusal may say that the page exists.
_WITHOUT_PERSON = frozenset({
    "activite.lire", "annuaire.lire", "agents.gerer", "droit.lire", "droit.essayer",
})  # fmt: skip


class AgentRequest(HttpRequest):
    """A request whose user is known to be an agent: what views under `requires` receive."""

    user: Agent


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
            with _in_contexte(request), journaled(request) as lecture:
                return lecture.answer(view(request, *args, **kwargs))

        guarded.verbe = verbes[0]  # type: ignore[attr-defined]
        guarded.verbes = frozenset(verbes)  # type: ignore[attr-defined]
        return guarded

    return decorate


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
    with in_contexte_of(get_agent(request), on=request_day(request)):
        yield


@contextmanager
def in_contexte_of(agent: Agent, *, on: date) -> Iterator[None]:
    """Run the block under the policies of the database, as an agent on a day."""
    contexte = Contexte("agent", str(agent.pk), agent.departement_id, on)
    with under_policies(), acting_as(contexte):
        yield


def get_agent(request: HttpRequest) -> Agent:
    """Return the signed-in agent."""
    return cast("Agent", request.user)


def may(request: HttpRequest, verbe: str) -> bool:
    """Tell whether the agent's role holds a verb, to show a button or a tab."""
    return why_not(get_agent(request).profil, verbe) is None


def request_day(request: HttpRequest) -> date:
    """Return today's civil date in the agent's département."""
    return clock.today(get_agent(request).departement_id)
