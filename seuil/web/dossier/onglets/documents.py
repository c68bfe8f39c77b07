"""The files kept with the dossier."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from seuil.dossiers.models import Document
from seuil.dossiers.queries import list_documents
from seuil.web.dossier.onglet import Evenement, Fil, Lecture, Onglet


def _read(lecture: Lecture) -> dict[str, Any]:
    return {
        "documents": list_documents(**lecture.key),
        "peut_completer": lecture.writes("dossier.completer", "documents"),
    }


def _write_documents(documents: Iterable[Mapping[str, Any]]) -> Iterator[Evenement]:
    for d in documents:
        author = f"{d['depose_par__prenom']} {d['depose_par__nom']}"
        yield Evenement(d["depose_le"], d["nature"], d["nom"], author)


ONGLET = Onglet(
    libelle="Documents",
    rang=100,
    template="dossier/onglets/documents.html",
    read=_read,
    categories=("documents",),
    fils=(
        Fil("document", "Documents", 80, "documents", Document, list_documents, _write_documents),
    ),
)
