"""From a form to one operation: what is typed is kept, what is refused is said."""

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from seuil.dossiers.models import Dossier
from seuil.dossiers.queries import list_titulaires
from seuil.kernel.refusal import Refusal
from seuil.web.access import get_agent, request_day


def record(
    request: HttpRequest, form: forms.BaseForm, operation: Callable[[], object], *, done: str
) -> bool:
    """Run `operation` when the form is valid; its refusal becomes an error of the form.

    Return whether it was done; `done` is then said on the next page.
    """
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        operation()
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, done)
    return True


def show_form(
    request: HttpRequest,
    template: str,
    form: forms.BaseForm,
    *,
    dossier: Dossier,
    retour: str = "",
    refus: bool = False,
    **context: object,
) -> HttpResponse:
    """Render a form about a dossier; a refused one answers 422 with what was typed.

    `refus` says that something beside the form was refused.
    """
    suite = next_address(request, "")
    context |= {
        "form": form,
        "refus": refus,
        "dossier": dossier,
        "personnes": list_titulaires(
            agent=get_agent(request), on=request_day(request), dossier=dossier
        ),
        "suite": suite,
        "retour": suite or retour or reverse("dossier", args=[dossier.numero]),
    }
    return render(request, template, context, status=422 if form.errors or refus else 200)


def next_address(request: HttpRequest, default: str) -> str:
    """Return the page asked for after the form (`suite`) when it is ours, else `default`."""
    asked = request.POST.get("suite") or request.GET.get("suite", "")
    if asked and url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return asked
    return default


def go_to_dossier(request: HttpRequest, numero: str) -> HttpResponse:
    """Go back where the person came from, else to the dossier."""
    return redirect(next_address(request, reverse("dossier", args=[numero])))


def go_to_mandat(request: HttpRequest, mandat_id: UUID) -> HttpResponse:
    """Go back where the person came from, else to the mandate."""
    return redirect(next_address(request, reverse("mandat", args=[mandat_id])))
