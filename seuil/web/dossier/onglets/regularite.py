"""Whether each act says what the law wants it to say."""

from typing import Any

from seuil.diagnostics.queries import list_regularite
from seuil.web.dossier.onglet import Lecture, Onglet
from seuil.web.regularite.presentation import CERTITUDES, REPONSES, TONS


def _read(lecture: Lecture) -> dict[str, Any]:
    return {
        "controles": list_regularite(**lecture.key),
        "reponses": REPONSES,
        "tons": TONS,
        "certitudes": CERTITUDES,
        "peut_constater": lecture.writes("regularite.constater", "regularite"),
    }


ONGLET = Onglet(
    libelle="Régularité",
    rang=80,
    template="dossier/onglets/regularite.html",
    read=_read,
    categories=("regularite",),
)
