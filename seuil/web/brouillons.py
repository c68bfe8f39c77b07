"""What was typed when a session ended is given back, to its author, on the same page."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.timezone import localtime

from seuil.acteurs.models import Agent
from seuil.connexions.operations.brouillons import delete_brouillon, record_brouillon
from seuil.connexions.queries import Saisie, find_brouillon, list_brouillons
from seuil.connexions.rules import write_cle_du_brouillon
from seuil.kernel import clock

_GARDES = "brouillons"
# A form that asks for one of these is not kept at all: passwords, codes, answers of a passkey.
SECRETS = frozenset({
    "password", "nouveau", "encore", "ancien", "code", "secours", "reponse", "mot_de_passe",
})  # fmt: skip
_DEDANS = frozenset({"csrfmiddlewaretoken", "suite", "next"})


class Rendu:
    """What is given back while a page is made: to the first form that has such fields."""

    def __init__(self, request: HttpRequest, saisie: Saisie) -> None:
        self.request = request
        self.saisie = saisie
        self.dit = False

    def fill(self, form: forms.Form) -> None:
        """Show what was typed as what the form holds first, and say so once."""
        names = {form.add_prefix(name): name for name in form.fields}
        typed = {names[n]: values for n, values in self.saisie.champs.items() if n in names}
        if not typed:
            return
        for name, field in form.fields.items():
            if not isinstance(field.widget, forms.FileInput):
                form.initial[name] = _read(field, typed.get(name, []))
        if not self.dit:
            self.dit = True
            messages.info(
                self.request,
                f"Voici ce que vous aviez saisi à {localtime(self.saisie.saisi_at):%-H h %M},"
                " quand votre session a pris fin : rien n’est encore enregistré.",
            )


def _read(field: forms.Field, values: Sequence[str]) -> Any:
    """Return what a field shows of the values that were sent under its name."""
    if isinstance(field, forms.BooleanField):
        return bool(values)
    if isinstance(field, forms.MultipleChoiceField):
        return list(values)
    return values[-1] if values else ""


_rendu: ContextVar[Rendu | None] = ContextVar("brouillon", default=None)


def give_back(form: forms.Form) -> None:
    """Fill a form that was not sent with what is kept of it, if anything is."""
    rendu = _rendu.get()
    if rendu is not None and not form.is_bound:
        rendu.fill(form)


def note_gardes(request: HttpRequest, agent: Agent) -> None:
    """Remember in a new session of which pages something is kept: the others ask nothing."""
    kept = list_brouillons(agent=agent, at=clock.now())
    if kept:
        request.session[_GARDES] = kept


def keep_saisie(request: HttpRequest, response: HttpResponse, agent: Agent | None) -> None:
    """Tell what becomes of what was sent without a session, when it was sent to sign in.

    Kept when time alone ended the session of `agent`. Not when anybody closed it: a session is
    closed because its place is no longer sure, and after a sign-out nobody is known any more. A
    form that does not come from our pages was refused before.
    """
    if request.method != "POST":
        return
    sign_in = resolve_url(settings.LOGIN_URL)
    to_sign_in = getattr(response, "url", "").startswith(sign_in)
    # What is sent in order to sign in is no work that is lost.
    if not to_sign_in or request.path.startswith(sign_in):
        return
    champs = _list_champs(request)
    if agent is not None and _record(request, agent, champs):
        messages.info(
            request,
            "Ce que vous veniez de saisir est gardé pour vous pendant 24 heures :"
            " reconnectez-vous, vous le retrouverez sur la même page.",
        )
    elif any("".join(values).strip() for values in champs.values()):
        messages.warning(
            request,
            "Ce que vous veniez d’envoyer n’a été ni enregistré ni gardé :"
            " reconnectez-vous, puis saisissez-le de nouveau.",
        )


def _record(request: HttpRequest, agent: Agent, champs: Mapping[str, Sequence[str]]) -> bool:
    if SECRETS & set(request.POST):
        return False
    return record_brouillon(
        agent=agent,
        adresse=request.path,
        champs=champs,
        cle=settings.SECRET_KEY,
        on=clock.today(agent.departement_id),
        at=clock.now(),
    )


def _list_champs(request: HttpRequest) -> Mapping[str, Sequence[str]]:
    sent = request.POST.lists()
    return {n: [str(v) for v in values] for n, values in sent if n not in _DEDANS}


@contextmanager
def gardes_rendus(request: HttpRequest, agent: Agent) -> Iterator[None]:
    """Give back, while a page is made, what is kept of its form."""
    saisie = _find(request, agent) if request.method in {"GET", "HEAD"} else None
    if saisie is None:
        yield
        return
    token = _rendu.set(Rendu(request, saisie))
    try:
        yield
    finally:
        _rendu.reset(token)


def _find(request: HttpRequest, agent: Agent) -> Saisie | None:
    if not _is_garde(request):
        return None
    key = settings.SECRET_KEY
    return find_brouillon(agent=agent, adresse=request.path, cle=key, at=clock.now())


def _is_garde(request: HttpRequest) -> bool:
    kept = request.session.get(_GARDES)
    if not kept:
        return False
    return write_cle_du_brouillon(request.path, secret=settings.SECRET_KEY) in kept


def forget_envoye(request: HttpRequest, response: HttpResponse, agent: Agent) -> None:
    """Forget what was kept of a form that is now sent, and accepted."""
    if request.method != "POST" or response.status_code >= 400 or not _is_garde(request):
        return
    on = clock.today(agent.departement_id)
    delete_brouillon(agent=agent, adresse=request.path, cle=settings.SECRET_KEY, on=on)
    sent = write_cle_du_brouillon(request.path, secret=settings.SECRET_KEY)
    request.session[_GARDES] = [k for k in request.session[_GARDES] if k != sent]
