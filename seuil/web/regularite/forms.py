"""The checklist of one act as a form: an answer and an observation per question."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django import forms

from seuil.diagnostics.models import ConstatRegularite
from seuil.diagnostics.rules import OBSERVATION_MAX, ConstatSaisi, Point
from seuil.web.components.forms import Formulaire


class RegulariteForm(Formulaire):
    """All the questions of an act, saved at once; what is left empty says nothing."""

    # The instant of the last finding shown: what is the same as then is not written again.
    vu_at = forms.DateTimeField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, points: Sequence[Point], vu_at: datetime | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.points = points
        self.initial["vu_at"] = vu_at.isoformat() if vu_at else ""
        for point in points:
            reponse, observation = _names(point)
            self.fields[reponse] = forms.ChoiceField(
                label=point.constat.texte,
                choices=ConstatRegularite.Reponse.choices,
                widget=forms.RadioSelect,
                required=False,
                initial=point.dernier.reponse if point.dernier else None,
                error_messages={"invalid_choice": "Choisissez une réponse de la liste."},
            )
            self.fields[observation] = forms.CharField(
                label=f"Observation sur {point.constat.question}",
                widget=forms.Textarea(attrs={"rows": 2, "class": "fr-input"}),
                max_length=OBSERVATION_MAX,
                required=False,
                initial=point.dernier.observation if point.dernier else "",
                error_messages={
                    "max_length": f"L’observation dépasse {OBSERVATION_MAX} caractères"
                    "\N{NO-BREAK SPACE}: raccourcissez-la."
                },
            )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for point in self.points:
            reponse, observation = _names(point)
            if data.get(observation) and not data.get(reponse) and reponse not in self.errors:
                self.add_error(reponse, "Choisissez une réponse pour garder l’observation.")
        return data

    def read(self) -> dict[str, Any]:
        return {"saisis": self.list_saisis(), "vu_at": self.cleaned_data["vu_at"]}

    def list_saisis(self) -> list[ConstatSaisi]:
        """Return the questions that were answered."""
        found = []
        for point in self.points:
            reponse, observation = (self.cleaned_data.get(name, "") for name in _names(point))
            if reponse:
                found.append(ConstatSaisi(point.constat.question, reponse, observation))
        return found

    def lignes(self) -> Iterator[tuple[Point, forms.BoundField, forms.BoundField, bool]]:
        """Yield each question with its fields, and whether its fold must be open."""
        for point in self.points:
            reponse, observation = _names(point)
            open_ = bool(
                self[reponse].errors
                or self[observation].errors
                or self[observation].value()
                or (point.dernier and point.dernier.observation)
            )
            yield point, self[reponse], self[observation], open_


def _names(point: Point) -> tuple[str, str]:
    return f"reponse_{point.constat.question}", f"observation_{point.constat.question}"
