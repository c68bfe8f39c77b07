"""An act recorded wrongly: corrected or withdrawn, and kept as it was with who and why."""

from collections.abc import Collection
from dataclasses import fields, replace
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from seuil.actes.models import Acte
from seuil.actes.operations.actes import ActeRetire
from seuil.actes.queries import find_acte, get_saisie, get_version
from seuil.actes.rules.saisie import RetraitSaisi
from seuil.actes.rules.types import CATEGORIE_PAR_TYPE
from seuil.dossiers.models import Dossier
from seuil.dossiers.queries import get_dossier
from seuil.engines.droit import write_date, write_montant
from seuil.usecases.rectify_acte import rectify_acte
from seuil.usecases.withdraw_acte import withdraw_acte
from seuil.web.access import AgentRequest, find_dossier, get_agent, request_day, requires
from seuil.web.addresses import tab_address
from seuil.web.components.forms import Formulaire
from seuil.web.dossier.acte import ActeForm
from seuil.web.saisie import Page, answer, next_address, record, show


class RetraitForm(Formulaire):
    """Why an act counts no more."""

    motif = forms.ChoiceField(
        label="Motif", choices=Acte.MotifRetrait.choices, widget=forms.RadioSelect
    )
    precision = forms.CharField(
        label="Précision",
        required=False,
        max_length=200,
        help_text="D’où vient l’erreur, ou qui l’a signalée.",
    )
    # The version that the page shows: what was changed since is not changed unseen.
    vu = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, acte: Acte, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["vu"] = get_version(acte)

    def read(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        vu = data.pop("vu")
        return {"retrait": RetraitSaisi(**data), "vu": vu}


class CorrectionForm(RetraitForm, ActeForm):
    """An act as it should have been recorded; its kind stays what it is."""

    def __init__(self, acte: Acte, *args: Any, **kwargs: Any) -> None:
        self.acte = acte
        super().__init__(acte, *args, type_acte=acte.type, **kwargs)
        for name in ("type_acte", "correction"):
            del self.fields[name]
        saisie = get_saisie(acte)
        for name in self.fields.keys() & {f.name for f in fields(saisie)}:
            self.initial[name] = getattr(saisie, name)

    def keep_fields(self, wanted: Collection[str]) -> None:
        """Keep besides what the act was recorded with: it must be possible to correct it."""
        saisie = get_saisie(self.acte)
        filled = [f.name for f in fields(saisie) if getattr(saisie, f.name) not in {None, ""}]
        more = [name for name in filled if name not in {*wanted, "type", "survenu_le"}]
        super().keep_fields([*wanted, *more])

    def read(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        vu, why = data.pop("vu"), {name: data.pop(name) for name in ("motif", "precision")}
        saisie = replace(get_saisie(self.acte), **data)
        return {"saisie": saisie, "retrait": RetraitSaisi(**why), "vu": vu}


@requires("acte.enregistrer")
@require_http_methods(["GET", "HEAD", "POST"])
def acte_corriger(request: AgentRequest, numero: str, acte_id: UUID) -> HttpResponse:
    """Correct an act; what it said stays readable."""
    dossier, acte = _find(request, numero, acte_id)
    if request.method != "POST" and acte.retire_le:
        return _tell_retired(request, dossier, acte)
    page = Page(
        dossier=dossier,
        titre=f"Corriger\N{NO-BREAK SPACE}: {_name(acte)}",
        fait="L’acte est corrigé, et les dates sont recalculées.",
        retour=tab_address(numero, "chronologie"),
        context={"intro": _INTRO_CORRIGER},
    )
    form = CorrectionForm(acte, request.POST or None)
    return answer(request, form, partial(rectify_acte, dossier=dossier, acte=acte), page)


@requires("acte.enregistrer")
@require_http_methods(["GET", "HEAD", "POST"])
def acte_retirer(request: AgentRequest, numero: str, acte_id: UUID) -> HttpResponse:
    """Withdraw an act; it stays readable, and counts no more."""
    dossier, acte = _find(request, numero, acte_id)
    if request.method != "POST" and acte.retire_le:
        return _tell_retired(request, dossier, acte)
    page = Page(
        dossier=dossier,
        titre=f"Retirer\N{NO-BREAK SPACE}: {_name(acte)}",
        context={"intro": _INTRO_RETIRER + _tell_dette(acte), "bouton": "Retirer l’acte"},
        retour=tab_address(numero, "chronologie"),
    )
    form = RetraitForm(acte, request.POST or None)
    operation = partial(withdraw_acte, dossier=dossier, acte=acte)
    if record(request, form, operation, fait="L’acte est retiré, et les dates sont recalculées."):
        return redirect(_next(request, dossier, page.retour))
    return show(request, form, page)


_INTRO_CORRIGER = (
    "Écrivez l’acte tel qu’il est. Ce qui était enregistré reste lisible dans la chronologie,"
    " barré, avec votre nom et le motif. Une audience renvoyée ne se corrige pas\N{NO-BREAK SPACE}:"
    " enregistrez la nouvelle audience."
)
_INTRO_RETIRER = (
    "L’acte reste lisible dans la chronologie, barré, avec votre nom et le motif. Plus aucune date,"
    " tâche ni étape n’en dépend."
)


def _tell_dette(acte: Acte) -> str:
    if not acte.montant:
        return ""
    return (
        f" La dette de {write_montant(acte.montant)} qu’il réclame reste notée\N{NO-BREAK SPACE}:"
        " si elle est fausse aussi, notez la dette exacte."
    )


def _find(request: AgentRequest, numero: str, acte_id: UUID) -> tuple[Dossier, Acte]:
    """Return an act of the dossier, whose kind the agent may write; "not found" for any other."""
    dossier = find_dossier(request, numero)
    acte = find_acte(
        agent=get_agent(request), on=request_day(request), dossier=dossier, acte_id=acte_id
    )
    if acte is None:
        raise Http404
    return find_dossier(request, numero, ecrit=CATEGORIE_PAR_TYPE.get(acte.type, "procedure")), acte


def _tell_retired(request: AgentRequest, dossier: Dossier, acte: Acte) -> HttpResponse:
    messages.warning(request, str(ActeRetire(acte)))
    return redirect(next_address(request, tab_address(dossier.numero, "chronologie")))


def _next(request: AgentRequest, dossier: Dossier, retour: str) -> str:
    """Return where to go: the act may have been all that opened the dossier to its author."""
    try:
        get_dossier(agent=get_agent(request), on=request_day(request), numero=dossier.numero)
    except Dossier.DoesNotExist:
        return reverse("a_faire")
    return next_address(request, retour)


def _name(acte: Acte) -> str:
    return f"{acte.get_type_display().lower()} du {write_date(acte.survenu_le)}"
