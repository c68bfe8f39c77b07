"""A value of a dossier corrected or completed: a short form, the former value beside it."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Model
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods

from seuil.acteurs.queries import list_communes
from seuil.dossiers.models import Bailleur, Coordonnee, Correction
from seuil.dossiers.models.groupes import GROUPES, Groupe, find_ligne, get_empreinte, read_valeurs
from seuil.dossiers.queries import list_dossiers_du_bailleur
from seuil.dossiers.rules import FaitAjuste
from seuil.kernel.accord import write_pluriel
from seuil.kernel.tables import get_column
from seuil.usecases.adjust_fait import add_fait, adjust_fait
from seuil.web.access import AgentRequest, find_dossier, get_agent, request_day, requires
from seuil.web.addresses import tab_address
from seuil.web.components.forms import (
    ChoixField,
    DateField,
    Formulaire,
    MontantField,
    NombreField,
    SiretField,
    TelephoneField,
    clean_coordonnee,
    make_choix,
)
from seuil.web.saisie import Page, answer

# What a label alone does not say.
_AIDES: Mapping[str, str] = {
    "parti_le": "S’il n’habite plus le logement.",
    "valide_au": "Le jour où l’on a su qu’elle ne vaut plus.",
    "fin_le": "Le premier jour où cela ne vaut plus.",
    "siret": "Quatorze chiffres. C’est lui qui distingue deux bailleurs de même nom.",
    "source": "Qui l’a dit.",
    "mois_le": "N’importe quel jour du mois.",
}
_LIBELLES: Mapping[str, str] = {
    "ne_le": "Né(e) le",
    "parti_le": "Parti(e) le",
    "valide_au": "Ne vaut plus depuis le",
    "fin": "Parce que",
    "fin_le": "Jusqu’au",
    "valeur": "Numéro ou adresse",
    "commune": "Commune",
    "tiers_payant": "Versée au bailleur",
}
# Where one goes back to.
_ONGLETS: Mapping[str, str] = {
    **dict.fromkeys(("personne", "composition", "logement", "parc", "coordonnee"), "menage"),
    **dict.fromkeys(("protection",), "menage"),
    "motif": "echeances",
}


class FaitForm(Formulaire):
    """The values of one group, drawn from the columns that keep them."""

    def __init__(
        self, *args: Any, groupe: Groupe, communes: Sequence[tuple[str, str]] = (), **kwargs: Any
    ) -> None:
        columns = {champ: _make_field(groupe, champ, communes) for champ in groupe.champs}
        # Copied by Django into the fields of this form.
        self.base_fields = columns | self.base_fields  # type: ignore[misc]
        self.groupe = groupe
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.groupe.code == "decompte" and data.get("mois_le"):
            data["mois_le"] = data["mois_le"].replace(day=1)
        return data

    def read(self) -> dict[str, Any]:
        return {"valeurs": _read_values(self.groupe, self.cleaned_data)}


class CorrectionForm(FaitForm):
    """The same, with why; the row as it was when the form was opened is never written over."""

    motif = forms.ChoiceField(label="Pourquoi", choices=Correction.Motif.choices)
    precision = forms.CharField(
        label="Précision", required=False, max_length=200, help_text="Qui l’a dit, ou d’où vient"
        " l’erreur."
    )  # fmt: skip
    vu = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, ligne: Model, **kwargs: Any) -> None:
        self.ligne = ligne
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if isinstance(self.ligne, Coordonnee) and data.get("valeur"):
            data["valeur"] = clean_coordonnee(self, self.ligne.type, data["valeur"])
        return data

    def read(self) -> dict[str, Any]:
        said = {name: self.cleaned_data[name] for name in ("motif", "precision", "vu")}
        saisie = FaitAjuste(
            groupe=self.groupe.code,
            ligne=self.ligne.pk,
            valeurs=_read_values(self.groupe, self.cleaned_data),
            **said,
        )
        return {"saisie": saisie}


def _read_values(groupe: Groupe, data: Mapping[str, Any]) -> dict[str, Any]:
    return {champ: data[champ] for champ in groupe.champs if champ in data}


def _make_field(groupe: Groupe, champ: str, communes: Sequence[tuple[str, str]]) -> forms.Field:
    """Return the field of a form for a column."""
    column = get_column(groupe.modele, champ)
    libelle = _LIBELLES.get(champ) or str(column.verbose_name)
    said: dict[str, Any] = {
        "label": libelle[:1].upper() + libelle[1:],
        "required": not (column.null or column.blank),
        "help_text": _AIDES.get(champ, ""),
    }
    if champ == "commune":
        return ChoixField(choices=communes, **said)
    if column.choices:
        vide = [] if said["required"] else [("", "Non connu")]
        known = [(c, t) for c, t in column.choices if c]
        return forms.ChoiceField(choices=[*vide, *known], **said)
    return _make_plain_field(column, said)


def _make_plain_field(column: Any, said: dict[str, Any]) -> forms.Field:
    match column.get_internal_type():
        case "DateField":
            return DateField(**said)
        case "DecimalField":
            return MontantField(**{**said, "label": f"{said['label']} (euros)"})
        case "BooleanField":
            return forms.BooleanField(**{**said, "required": False})
        case "SmallIntegerField":
            return NombreField(min_value=0, max_value=30, **said)
    return _make_text_field(column, said)


def _make_text_field(column: Any, said: dict[str, Any]) -> forms.Field:
    if "telephone" in column.name:
        return TelephoneField(**said)
    if "courriel" in column.name:
        return forms.EmailField(**said)
    if column.name == "siret":
        return SiretField(**said)
    return forms.CharField(max_length=column.max_length, **said)


@requires("dossier.completer")
@require_http_methods(["GET", "HEAD", "POST"])
def fait_corriger(request: AgentRequest, numero: str, groupe: str, ligne: UUID) -> HttpResponse:
    """Correct or complete the values of one row; what they said stays readable."""
    spec = _find_groupe(groupe)
    dossier = find_dossier(request, numero, ecrit=spec.categorie)
    row = find_ligne(groupe=spec, dossier=dossier, ligne=ligne)
    if row is None:
        raise Http404
    form = CorrectionForm(
        request.POST or None,
        groupe=spec,
        ligne=row,
        communes=_list_communes(request, spec),
        initial={
            **_write_initial(spec, row),
            "vu": get_empreinte(groupe=spec, row=row),
            "motif": Correction.Motif.COMPLEMENT,
        },
    )
    page = Page(
        dossier=dossier,
        titre=f"Corriger\N{NO-BREAK SPACE}: {spec.libelle.lower()}",
        fait="C’est corrigé\N{NO-BREAK SPACE}; l’ancienne valeur est gardée dans l’historique.",
        retour=_back(numero, spec),
        context={"intro": _write_intro(row)},
    )
    return answer(request, form, partial(adjust_fait, dossier=dossier), page)


@requires("dossier.completer")
@require_http_methods(["GET", "HEAD", "POST"])
def fait_ajouter(request: AgentRequest, numero: str, groupe: str) -> HttpResponse:
    """Add a row: a person, a guarantor, resources, a measure, a motive."""
    spec = _find_groupe(groupe)
    if not spec.ajout:
        raise Http404
    dossier = find_dossier(request, numero, ecrit=spec.categorie)
    form = FaitForm(request.POST or None, groupe=spec, initial=_propose(spec, request_day(request)))
    page = Page(dossier=dossier, titre=spec.ajout, retour=_back(numero, spec))
    return answer(request, form, partial(add_fait, dossier=dossier, groupe=groupe), page)


def _find_groupe(code: str) -> Groupe:
    if code not in GROUPES:
        raise Http404
    return GROUPES[code]


def _back(numero: str, groupe: Groupe) -> str:
    return tab_address(numero, _ONGLETS.get(groupe.code, "dette"))


def _write_intro(row: Model) -> str:
    """Say that a landlord is shared: what is corrected here is corrected for all its files."""
    if not isinstance(row, Bailleur):
        return ""
    n = len(list_dossiers_du_bailleur(bailleur=row))
    if n < 2:
        return ""
    return (
        f"Ce bailleur est celui de {write_pluriel(n, 'dossier')}\N{NO-BREAK SPACE}: la correction"
        " vaut pour tous. Si c’est un autre bailleur, revenez en arrière et choisissez « Ce n’est"
        " pas ce bailleur »."
    )


def _list_communes(request: AgentRequest, groupe: Groupe) -> Any:
    if "commune" not in groupe.champs:
        return ()
    return make_choix("Choisissez", list_communes(agent=get_agent(request)))


def _write_initial(groupe: Groupe, row: Model) -> dict[str, Any]:
    found = read_valeurs(groupe=groupe, row=row)
    return {
        champ: f"{v:.2f}".replace(".", ",") if isinstance(v, Decimal) else v
        for champ, v in found.items()
    }


def _propose(groupe: Groupe, on: date) -> dict[str, Any]:
    return dict.fromkeys({"constatee_le", "debut_le", "connu_le"} & set(groupe.champs), on)
