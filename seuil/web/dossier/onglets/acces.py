"""Why the reader sees this dossier, and who else does."""

from typing import Any

from seuil.acteurs.matrice import load_matrice
from seuil.web.dossier.lecteurs import list_lecteurs, list_pourquoi
from seuil.web.dossier.onglet import Lecture, Onglet


def _read(lecture: Lecture) -> dict[str, Any]:
    opens = lecture.may("dossier.ouvrir")
    return {
        "peut_lire_journal": lecture.may("journal.lire"),
        "pourquoi": list_pourquoi(lecture.ouverture, load_matrice()),
        "lecteurs": list_lecteurs(on=lecture.on, dossier=lecture.dossier) if opens else None,
        "peut_ouvrir": opens,
    }


ONGLET = Onglet(
    libelle="Qui voit quoi",
    rang=110,
    template="dossier/onglets/acces.html",
    read=_read,
)
