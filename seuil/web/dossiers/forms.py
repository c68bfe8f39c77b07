"""What the reader asks of the list."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from seuil.dossiers.models import Parc, SuiviSocial
from seuil.echeances.models import Stade
from seuil.echeances.queries.dossiers import TRIS, Filtres
from seuil.kernel.accord import NBSP
from seuil.web.components.forms import ChoixField, Formulaire, MontantField, make_choix

TRIS_LIBELLES = {
    "recent": "Stade atteint, du plus récent au plus ancien",
    "ancien": "Stade atteint, du plus ancien au plus récent",
    "nom": "Nom",
    "commune": "Commune",
    "audience": "Audience la plus proche",
    "dette": "Dette la plus élevée",
}
# What a filter or an order tells of a file: who never reads it is not offered them.
CATEGORIES: Mapping[str, str] = {
    "dette": "bail_dette", "suivi": "suivi", "mandat": "accompagnement",
}  # fmt: skip
JOURS = (("7", "7 jours"), ("15", "15 jours"), ("30", "30 jours"), ("60", "60 jours"))
_PLUS = ("arrondissement", "parc", "audience", "dette", "suivi", "ouvert", "mandat", "tri")


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
        fermes: frozenset[str] = frozenset(),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._close(fermes)
        self.fields["commune"].choices = make_choix("Toutes", communes)  # type: ignore[attr-defined]
        self.fields["arrondissement"].choices = make_choix(  # type: ignore[attr-defined]
            "Tous", arrondissements
        )

    def _close(self, fermes: frozenset[str]) -> None:
        """Take away what the reader's function does not open; say what was asked of it."""
        closed = {name: self.fields.pop(name) for name in sorted(fermes)}
        self.refuses = [str(f.label) for name, f in closed.items() if self.data.get(name)]
        self.fields["tri"].choices = [  # type: ignore[attr-defined]
            (code, TRIS_LIBELLES[code]) for code in TRIS if code not in fermes
        ]

    def list_refus(self) -> list[str]:
        """Return, for each filter asked and not applied, that it is not for this reader."""
        return [
            f"{label}{NBSP}: votre fonction ne lit pas cette information. La liste est montrée"
            " sans ce filtre."
            for label in self.refuses
        ]

    @property
    def plus(self) -> list[forms.BoundField]:
        """The filters that the page folds."""
        return [self[name] for name in _PLUS if name in self.fields]

    @property
    def tris(self) -> frozenset[str]:
        """The orders that are offered."""
        return frozenset(code for code, _ in self.fields["tri"].choices)  # type: ignore[attr-defined]

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
