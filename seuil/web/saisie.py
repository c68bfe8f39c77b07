"""A short form: what is typed is kept, what is refused is said, what is done is recorded once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar

import psycopg
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from seuil.dossiers.models import Dossier
from seuil.dossiers.queries import list_titulaires
from seuil.engines.tabular import FileRefused
from seuil.kernel.refusal import Refusal
from seuil.web.access import AgentRequest, get_agent, request_day
from seuil.web.addresses import read_address
from seuil.web.components.forms import Formulaire
from seuil.web.dates import list_dates

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Where a short form about a dossier is shown, what it says, where it leads."""

    dossier: Dossier
    # Shown by the page of all short forms; a template of its own says its title itself.
    titre: str = ""
    template: str = "dossier/saisie.html"
    fait: str = "C’est enregistré."
    # The address one comes from, and goes back to; the dossier's page when empty.
    retour: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)


def answer(
    request: AgentRequest, form: Formulaire, operation: Callable[..., object], page: Page
) -> HttpResponse:
    """Show a form; once it is valid and recorded, go back where the person came from."""
    if record(request, form, operation, fait=page.fait):
        return redirect(next_address(request, page.retour or _home(page)))
    return show(request, form, page)


def record(
    request: AgentRequest,
    form: Formulaire,
    operation: Callable[..., object],
    *,
    fait: str,
    champ: str | None = None,
) -> bool:
    """Run `operation` on what a valid form says, by the agent, today; tell whether it was done.

    Its refusal becomes an error of the form (of its field `champ`); `fait` is said on the next
    page, or that nothing changed, when the operation returns the list of what it added, empty.
    """
    if request.method != "POST" or not form.is_valid():
        return False
    on = request_day(request)
    done = attempt(
        form, lambda: operation(by=get_agent(request), on=on, **form.read()), champ=champ
    )
    if form.errors:
        return False
    if done == []:
        messages.info(request, "Rien n’a changé : aucune réponse n’est différente.")
    else:
        messages.success(request, fait)
    return True


def attempt(
    form: Formulaire,
    operation: Callable[[], T],
    *,
    champ: str | None = None,
    champs: Mapping[type[Exception], str] = MappingProxyType({}),
) -> T | None:
    """Run what a valid form asks; a refusal becomes an error of the form, and nothing is returned.

    It is said at its field: `champs` for a kind of refusal, else `champ`, else the whole form. One
    that has several lines (a file) is said line by line.
    """
    try:
        return run_once(operation)
    except (Refusal, FileRefused) as refusal:
        at = next((field for kind, field in champs.items() if isinstance(refusal, kind)), champ)
        for line in getattr(refusal, "lignes", None) or [str(refusal)]:
            form.add_error(at, line)
        return None


class DejaEnvoye(Refusal):
    message = (
        "Un autre envoi, fait au même instant, est passé avant le vôtre :"
        " rouvrez la page pour voir ce qui est enregistré."
    )


def run_once(operation: Callable[[], T]) -> T:
    """Run an operation; refused by the database because it is done already, it says so.

    Two clicks at once both find nothing before they write: the second is stopped by a constraint,
    and undone by the operation's own transaction.
    """
    try:
        return operation()
    except IntegrityError as error:
        if isinstance(error.__cause__, psycopg.errors.UniqueViolation):
            raise DejaEnvoye from error
        raise


def press(request: HttpRequest, operation: Callable[[], object], *, fait: str = "") -> bool:
    """Run what a button asks; the next page says what was done, or why it was refused.

    `fait` is empty where the next page shows by itself what was done.
    """
    try:
        run_once(operation)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return False
    if fait:
        messages.success(request, fait)
    return True


def show(
    request: AgentRequest, form: Formulaire, page: Page, *, refus: bool = False
) -> HttpResponse:
    """Render a form about a dossier; a refused one answers 422 with what was typed.

    `refus` says that something beside the form was refused.
    """
    suite = next_address(request, "")
    context = {
        "form": form,
        "titre": page.titre,
        "intro": "",
        "bouton": "Enregistrer",
        # What is folded must be seen when it is refused, or when the whole is.
        "pli_ouvert": any(name in form.errors for name in (NON_FIELD_ERRORS, *form.plies)),
        "refus": refus,
        "dossier": page.dossier,
        # Read by the pages that say who the form is about.
        "personnes": partial(
            list_titulaires,
            agent=get_agent(request),
            on=request_day(request),
            dossier=page.dossier,
        ),
        "prochaines": partial(
            list_dates,
            agent=get_agent(request),
            on=request_day(request),
            dossier=page.dossier,
        ),
        "on": request_day(request),
        "suite": suite,
        "retour": suite or page.retour or _home(page),
        **page.context,
    }
    return render(request, page.template, context, status=422 if form.errors or refus else 200)


def next_address(request: AgentRequest, default: str) -> str:
    """Return the page asked for after the form (`suite`) when it is ours, else `default`."""
    return read_address(request, "suite") or default


def _home(page: Page) -> str:
    return reverse("dossier", args=[page.dossier.numero])
