"""Filters of the directory."""

from typing import Any

from seuil.acteurs.models import TypeOrganisation
from seuil.web.components.forms import ChoixField, Formulaire, make_choix


class AnnuaireForm(Formulaire):
    """Which organisations to show."""

    filtre = True

    type = ChoixField(
        label="Type d’organisme", required=False, choices=[("", "Tous"), *TypeOrganisation.choices]
    )
    commune = ChoixField(label="Qui intervient à", required=False, help_text="Commune du ménage.")

    def __init__(self, *args: Any, communes: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["commune"].choices = make_choix(  # type: ignore[attr-defined]
            "Tout le département", communes
        )
