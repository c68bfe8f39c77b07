"""What the reader asks of the list."""

from decimal import Decimal
from typing import Any

from django import forms

from seuil.dossiers.models import Parc, SuiviSocial
from seuil.echeances.models import Stade
from seuil.echeances.queries.dossiers import TRIS, Filtres
from seuil.web.components.forms import ChoixField, Formulaire, MontantField, make_choix

TRIS_LIBELLES = {
    "recent": "Stade atteint, du plus récent au plus ancien",
    "ancien": "Stade atteint, du plus ancien au plus récent",
    "nom": "Nom",
    "commune": "Commune",
    "audience": "Audience la plus proche",
    "dette": "Dette la plus élevée",
}
JOURS = (("7", "7 jours"), ("15", "15 jours"), ("30", "30 jours"), ("60", "60 jours"))


class FiltresForm(Formulaire):
    """The filters of the list, all optional."""

    filtre = True

    texte = forms.CharField(
        label="Nom, téléphone, adresse, bailleur ou numéro", required=False, max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )  # fmt: skip
    stade = ChoixField(label="Stade", required=False, choices=[("", "Tous"), *Stade.choices])
    parc = ChoixField(label="Parc", required=False, choices=[("", "Tous"), *Parc.choices])
    arrondissement = ChoixField(label="Arrondissement", required=False)
    commune = ChoixField(label="Commune", required=False)
    audience = ChoixField(
        label="Audience dans", required=False, choices=[("", "Indifférent"), *JOURS]
    )
    dette = MontantField(label="Dette d’au moins (euros)", required=False)
    suivi = ChoixField(
        label="Suivi social",
        required=False,
        choices=[("", "Indifférent"), *SuiviSocial.Situation.choices],
    )
    ouvert = ChoixField(
        label="Ouvert depuis",
        required=False,
        choices=[("", "Indifférent"), ("1", "hier"), ("7", "7 jours"), ("30", "30 jours")],
    )
    mandat = forms.BooleanField(label="Confiés à l’équipe mobile", required=False)
    tri = ChoixField(
        label="Ordre", required=False, choices=[(code, TRIS_LIBELLES[code]) for code in TRIS]
    )

    def __init__(
        self,
        *args: Any,
        communes: tuple[tuple[str, str], ...],
        arrondissements: tuple[tuple[str, str], ...],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["commune"].choices = make_choix("Toutes", communes)  # type: ignore[attr-defined]
        self.fields["arrondissement"].choices = make_choix(  # type: ignore[attr-defined]
            "Tous", arrondissements
        )

    def get_filtres(self) -> Filtres:
        """Return the valid filters; a field that is not valid asks nothing and shows its error."""
        data = self.cleaned_data
        return Filtres(
            texte=data.get("texte", ""),
            stade=data.get("stade", ""),
            parc=data.get("parc", ""),
            commune=data.get("commune", ""),
            arrondissement=data.get("arrondissement", ""),
            audience_jours=int(data["audience"]) if data.get("audience") else None,
            dette_min=data.get("dette"),
            suivi=data.get("suivi", ""),
            en_mandat=data.get("mandat", False),
            ouvert_jours=int(data["ouvert"]) if data.get("ouvert") else None,
            tri=data.get("tri") or "recent",
        )

    def list_actifs(self) -> list[tuple[str, str]]:
        """Return name and sentence of each filter in use, to be removed one by one."""
        actifs = []
        for name, value in self.cleaned_data.items():
            if not value or name == "tri":
                continue
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                shown = str(dict(_flat(field)).get(value, value))
            elif isinstance(value, Decimal):
                shown = f"{value:g}".replace(".", ",")
            else:
                shown = str(value)
            label = field.label if value is True else f"{field.label} : {shown}"
            actifs.append((name, str(label)))
        return actifs


def _flat(field: forms.ChoiceField) -> list[tuple[str, str]]:
    return list(field.widget.choices)
