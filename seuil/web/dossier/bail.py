"""What is known of the lease; an empty field says that it is not known."""

from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from seuil.dossiers.models import Bail
from seuil.dossiers.rules import BailSaisi
from seuil.usecases.record_bail import record_bail
from seuil.web.access import AgentRequest, find_dossier, requires
from seuil.web.addresses import tab_address
from seuil.web.components.forms import DateField, Formulaire, MontantField
from seuil.web.saisie import Page, answer


class BailForm(Formulaire):
    """What is known of the lease; an empty field says that it is not known."""

    signe_le = DateField(
        label="Signé le", required=False, help_text="Décide du délai pour payer après commandement."
    )
    reconduit_le = DateField(
        label="Renouvelé ou reconduit le", required=False, help_text="La dernière fois."
    )
    clause_duree = forms.ChoiceField(
        label="Délai écrit dans la clause résolutoire",
        required=False,
        choices=[("", "Non connu"), *((c, t) for c, t in Bail.Clause.choices if c)],
    )
    terme = forms.ChoiceField(
        label="Loyer payable", required=False, choices=[("", "Non connu"), *Bail.Terme.choices]
    )
    loyer = MontantField(
        label="Loyer mensuel hors charges (euros)",
        required=False,
        help_text="Exemple\N{NO-BREAK SPACE}: 550,00",
    )
    charges = MontantField(label="Charges mensuelles (euros)", required=False)
    # The lease as it was when the form was opened: another's correction is never written over.
    empreinte = forms.CharField(required=False, widget=forms.HiddenInput)

    def read(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        return {"empreinte": data.pop("empreinte"), "saisie": BailSaisi(**data)}


@requires("dossier.completer")
@require_http_methods(["GET", "HEAD", "POST"])
def bail_completer(request: AgentRequest, numero: str) -> HttpResponse:
    """Complete or correct the lease."""
    dossier = find_dossier(request, numero, ecrit="bail_dette")
    bail = getattr(dossier, "bail", None)
    form = BailForm(request.POST or None, initial=_read_bail(bail) if bail else None)
    page = Page(dossier=dossier, titre="Compléter le bail", retour=tab_address(numero, "dette"))
    return answer(request, form, partial(record_bail, dossier=dossier), page)


def _read_bail(bail: Bail) -> dict[str, object]:
    """Return the lease as its form shows it."""
    return {
        "signe_le": bail.signe_le,
        "reconduit_le": bail.reconduit_le,
        "clause_duree": bail.clause_duree,
        "terme": bail.terme,
        "loyer": _write(bail.loyer),
        "charges": _write(bail.charges),
        "empreinte": bail.empreinte,
    }


def _write(montant: Decimal | None) -> str:
    return "" if montant is None else f"{montant:.2f}".replace(".", ",")
