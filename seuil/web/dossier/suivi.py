"""What a social service says of the household; nothing of its content."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from seuil.acteurs.models import Agent, Organisation
from seuil.acteurs.queries import list_organisations
from seuil.dossiers.models import SuiviSocial
from seuil.dossiers.rules import SuiviSaisi
from seuil.travail.rules.devoirs import load_faits
from seuil.usecases.record_suivi import record_suivi
from seuil.web.access import AgentRequest, find_dossier, get_agent, request_day, requires
from seuil.web.addresses import tab_address
from seuil.web.components.forms import ChoixField, DateField, Formulaire
from seuil.web.saisie import Page, answer


class SuiviForm(Formulaire):
    """What a social service says of the household; nothing of its content."""

    situation = forms.ChoiceField(
        label="Le ménage est",
        # In the order of the partners' table: known first.
        choices=sorted(SuiviSocial.Situation.choices, key=lambda c: c[0] != "connu"),
        widget=forms.RadioSelect,
    )
    organisme = ChoixField(
        label="Service qui l’a dit",
        required=False,
        help_text="Ce qui lui était demandé est alors fait.",
    )
    service = forms.CharField(label="Antenne ou personne à joindre", required=False, max_length=120)
    mesure = forms.CharField(
        label="Mesure en cours", required=False, max_length=120,
        help_text="Son nom seulement (ASLL, MASP…), jamais son contenu.",
    )  # fmt: skip
    constate_le = DateField(label="Constaté le")
    source = forms.CharField(label="Source", max_length=100, help_text="Qui l’a dit.")

    def __init__(
        self, *args: Any, soi: Organisation | None, services: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.soi = soi
        if soi:
            # A service answers for itself: nothing to say of who says it.
            del self.fields["organisme"], self.fields["source"]
        else:
            self.fields["organisme"].choices = [("", "Aucun de ceux de l’annuaire"), *services]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("mesure") and data.get("situation") != SuiviSocial.Situation.CONNU:
            self.add_error(
                "mesure",
                "Une mesure suppose un ménage connu\N{NO-BREAK SPACE}: choisissez"
                " «\N{NO-BREAK SPACE}Connu ou accompagné\N{NO-BREAK SPACE}», ou effacez la mesure.",
            )
        return data

    def read(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        organisme = data.pop("organisme", "")
        if self.soi:
            return {"saisie": SuiviSaisi(source=self.soi.nom, organisation_id=self.soi.pk, **data)}
        return {
            "saisie": SuiviSaisi(organisation_id=UUID(organisme) if organisme else None, **data)
        }


@requires("dossier.completer")
@require_http_methods(["GET", "HEAD", "POST"])
def suivi_ajouter(request: AgentRequest, numero: str) -> HttpResponse:
    """Add what a social service says."""
    agent = get_agent(request)
    dossier = find_dossier(request, numero, ecrit="suivi")
    service = (
        agent.organisation if agent.organisation.type in load_faits()["suivi_dit"].par else None
    )
    form = SuiviForm(
        request.POST or None,
        soi=service,
        services=[] if service else _list_services(agent),
        initial={"constate_le": request_day(request)},
    )
    page = Page(
        dossier=dossier,
        titre="Dire si le ménage est connu" if service else "Ajouter un suivi social",
        retour=tab_address(numero, "menage"),
    )
    return answer(request, form, partial(record_suivi, dossier=dossier), page)


def _list_services(agent: Agent) -> list[tuple[str, str]]:
    """Return the services of the directory that are asked whether they know a household."""
    par = load_faits()["suivi_dit"].par
    return [(str(o["id"]), o["nom"]) for o in list_organisations(agent=agent) if o["type"] in par]
