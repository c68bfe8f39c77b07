"""The timeline of a dossier: what happened, by day, and who said it; the other tabs fill it."""

from typing import Any

from seuil.dossiers.queries import list_classes
from seuil.web.dossier.onglet import Lecture, Onglet, list_present, list_reserves
from seuil.web.dossier.onglets import list_fils
from seuil.web.filtres import read_filtre


def _read(lecture: Lecture) -> dict[str, Any]:
    open_to_reader = [fil for fil in list_fils() if lecture.ouverture.allows(fil.categorie)]
    lines = {
        fil: list(fil.write(fil.read(**lecture.key)))
        for fil in list_present(lecture.dossier, open_to_reader)
    }
    present = {fil.genre: fil.libelle for fil, found in lines.items() if found}
    genre = read_filtre(lecture.request, "genre", present)
    closed = bool(list_classes(dossier_ids=[lecture.dossier.pk]))
    shown = [e for fil, found in lines.items() if genre in {"", fil.genre} for e in found]
    return {
        "evenements": [
            (e, [g for g in e.gestes if not closed and lecture.writes(g.verbe, g.categorie)])
            for e in sorted(shown, key=lambda e: e.le, reverse=True)
        ],
        "genres": list(present.items()),
        "genre": genre,
        "reserves": list_reserves(
            lecture.ouverture, {c for f in list_fils() for c in f.categories}
        ),
    }


ONGLET = Onglet(
    libelle="Chronologie",
    rang=10,
    template="dossier/onglets/chronologie.html",
    read=_read,
)
