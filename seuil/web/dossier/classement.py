"""Close a dossier for a reason, or open it again."""

from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from seuil.dossiers.models import Classement
from seuil.dossiers.operations.vie import ClassementSaisi
from seuil.usecases.close_dossier import close_dossier, wake_dossier
from seuil.web.access import AgentRequest, find_dossier, requires
from seuil.web.components.forms import Formulaire
from seuil.web.saisie import Page, answer


class ClassementForm(Formulaire):
    """Why a dossier is closed."""

    motif = forms.ChoiceField(
        label="Motif", choices=Classement.Motif.choices, widget=forms.RadioSelect
    )
    precision = forms.CharField(label="Précision", required=False, max_length=200)

    def read(self) -> dict[str, Any]:
        return {"saisie": ClassementSaisi(**self.cleaned_data)}


class ReouvertureForm(Formulaire):
    """Why a dossier is opened again."""

    motif = forms.CharField(label="Pourquoi le rouvrir", max_length=200)


@requires("dossier.creer")
@require_http_methods(["GET", "HEAD", "POST"])
def dossier_classer(request: AgentRequest, numero: str) -> HttpResponse:
    """Close a dossier: it leaves lists and work, and search finds it."""
    dossier = find_dossier(request, numero, ecrit="procedure")
    page = Page(
        dossier=dossier,
        titre="Classer le dossier",
        fait="Le dossier est classé.",
        context={
            "intro": "Il quitte les listes, les dates et les tâches de tous\N{NO-BREAK SPACE}; la"
            " recherche le trouve encore, et il se rouvre.",
            "bouton": "Classer le dossier",
        },
    )
    return answer(
        request, ClassementForm(request.POST or None), partial(close_dossier, dossier=dossier), page
    )


@requires("dossier.creer")
@require_http_methods(["GET", "HEAD", "POST"])
def dossier_rouvrir(request: AgentRequest, numero: str) -> HttpResponse:
    """Open a closed dossier again: its dates and tasks come back."""
    dossier = find_dossier(request, numero, ecrit="procedure")
    page = Page(
        dossier=dossier,
        titre="Rouvrir le dossier",
        fait="Le dossier est rouvert\N{NO-BREAK SPACE}; ses dates et ses tâches sont recalculées.",
        context={"bouton": "Rouvrir le dossier"},
    )
    return answer(
        request, ReouvertureForm(request.POST or None), partial(wake_dossier, dossier=dossier), page
    )
