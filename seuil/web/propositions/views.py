"""A partner proposes to open a file; the secretariat opens it, joins it to one, or says why not."""

from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from seuil.actes.models import Proposition
from seuil.actes.queries import find_proposition, list_propositions
from seuil.actes.rules.champs import load_titres
from seuil.acteurs.queries import list_communes
from seuil.dossiers.queries import Fiche, list_fiches
from seuil.usecases.answer_proposition import (
    ReponseSaisie,
    answer_proposition,
    list_proches_de,
)
from seuil.usecases.deposit_proposition import deposit_proposition
from seuil.web.access import AgentRequest, get_agent, may, request_day, requires
from seuil.web.components.forms import Formulaire, make_choix
from seuil.web.journal import saw
from seuil.web.nombres import read_page
from seuil.web.ouverture.forms import AUTRE, OuvertureForm, read_id
from seuil.web.saisie import attempt, press, record

_PAR_PAGE = 50
_ACCEPTEE = "La proposition est acceptée\N{NO-BREAK SPACE}; le dossier est ouvert."
_REFUSEE = "La proposition est refusée\N{NO-BREAK SPACE}; le partenaire lira pourquoi."


class ReponseForm(Formulaire):
    """Which file is meant, or that it is another household."""

    choix = forms.ChoiceField(
        label="Est-ce l’un de ces ménages\N{NO-BREAK SPACE}?", widget=forms.RadioSelect
    )
    autre_que = forms.CharField(
        label="Pourquoi c’est un autre ménage", max_length=200, required=False
    )

    def __init__(self, *args: Any, fiches: list[Fiche], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not fiches:
            # Nothing near: nothing to ask.
            self.fields.clear()
            return
        known = [(str(f.dossier_id), f"Oui, {f.nom} ({f.numero})") for f in fiches]
        self.fields["choix"].choices = [*known, (AUTRE, "Non, c’est un autre ménage")]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("choix") == AUTRE and not data.get("autre_que", "").strip():
            self.add_error("autre_que", "Dites en un mot ce qui distingue les deux ménages.")
        return data

    def read(self) -> dict[str, Any]:
        choix = self.cleaned_data.get("choix", "")
        autre = self.cleaned_data.get("autre_que", "")
        return {"reponse": ReponseSaisie(read_id(choix), autre if choix == AUTRE else "")}


class RefusForm(Formulaire):
    """Why a proposal is refused."""

    motif = forms.CharField(
        label="Pourquoi la refuser", max_length=200, help_text="Le partenaire le lira."
    )


@requires("dossier.proposer", "dossier.creer")
@require_safe
def propositions(request: AgentRequest) -> HttpResponse:
    """List the proposals: those of one's organisation, or all for the secretariat."""
    rows = list_propositions(agent=get_agent(request))
    page = Paginator(rows, _PAR_PAGE).get_page(read_page(request.GET.get("page", "")))
    saw(dossiers=[p.dossier_id for p in page if p.dossier_id])
    return render(
        request,
        "propositions/propositions.html",
        {
            "page": page,
            "repond": may(request, "dossier.creer"),
            "propose": may(request, "dossier.proposer"),
        },
    )


@requires("dossier.proposer")
@require_http_methods(["GET", "HEAD", "POST"])
def proposition_deposer(request: AgentRequest) -> HttpResponse:
    """Propose to open a file: the secretariat compares it and answers."""
    communes = make_choix("Choisissez", list_communes(agent=get_agent(request)))
    form = OuvertureForm(request.POST or None, communes=communes)
    fait = "La proposition est envoyée\N{NO-BREAK SPACE}: la réponse du secrétariat se lira ici."
    if record(request, form, deposit_proposition, fait=fait):
        return redirect("propositions")
    context = {
        "form": form,
        "sections": form.list_sections(),
        "pli_ouvert": any(name in form.errors for name in form.plies),
    }
    return render(request, "propositions/deposer.html", context, status=422 if form.errors else 200)


@requires("dossier.creer")
@require_http_methods(["GET", "HEAD", "POST"])
def proposition(request: AgentRequest, proposition_id: UUID) -> HttpResponse:
    """Show a proposal beside the files near, and accept it."""
    agent, on = get_agent(request), request_day(request)
    found = _find(request, proposition_id)
    fiches: list[Fiche] = []
    if not found.decision:
        proches = list_proches_de(proposition=found, by=agent, on=on)
        fiches = list_fiches(agent=agent, on=on, dossier_ids=proches)
    saw(dossiers=[f.dossier_id for f in fiches] + ([found.dossier_id] if found.dossier_id else []))
    form = ReponseForm(request.POST if request.method == "POST" else None, fiches=fiches)
    if request.method == "POST" and form.is_valid():
        accept = partial(answer_proposition, proposition_id=found.pk, by=agent, on=on)
        done = attempt(form, lambda: accept(**form.read()))
        if done and done.dossier:
            messages.success(request, _ACCEPTEE)
            return redirect("dossier", done.dossier.numero)
    context = {
        "proposition": found,
        "dits": _list_dits(request, found),
        "fiches": fiches,
        "form": form,
        "refus": RefusForm(),
    }
    return render(
        request, "propositions/proposition.html", context, status=422 if form.errors else 200
    )


@requires("dossier.creer")
@require_POST
def proposition_refuser(request: AgentRequest, proposition_id: UUID) -> HttpResponse:
    """Refuse a proposal; the partner reads why."""
    found = _find(request, proposition_id)
    motif = request.POST.get("motif", "").replace("\0", "")[:200]
    refuse = partial(
        answer_proposition,
        proposition_id=found.pk,
        reponse=ReponseSaisie(refusee=True, motif=motif),
        by=get_agent(request),
        on=request_day(request),
    )
    if press(
        request,
        refuse,
        fait=_REFUSEE,
    ):
        return redirect("propositions")
    return redirect("proposition", found.pk)


def _find(request: AgentRequest, proposition_id: UUID) -> Proposition:
    found = find_proposition(agent=get_agent(request), proposition_id=proposition_id)
    if found is None:
        raise Http404
    return found


def _list_dits(request: AgentRequest, found: Proposition) -> list[tuple[str, str]]:
    """Return what was typed, by the names that lists give to it."""
    titres = load_titres().champs
    communes = dict(list_communes(agent=get_agent(request)))
    return [
        ("Commune", communes.get(v, v)) if c == "code_commune" else (titres[c].libelle, v)
        for c, v in found.champs.items()
        if c in titres
    ]
