"""The diagnostic social et financier: asked, ended, sent."""

from collections.abc import Iterable, Iterator
from typing import Any

from seuil.diagnostics.models import Dsf
from seuil.diagnostics.queries import list_constats_pour_dsf, list_dsf
from seuil.echeances.queries.echeances import list_entretiens
from seuil.web.dossier.onglet import Evenement, Fil, Lecture, Onglet, join


def _read(lecture: Lecture) -> dict[str, Any]:
    entretiens = {e.source_id: e for e in list_entretiens(**lecture.key)}
    return {
        "diagnostics": [(d, entretiens.get(d.pk)) for d in list_dsf(**lecture.key)],
        "constats": list_constats_pour_dsf(**lecture.key),
        "peut_demander": lecture.writes("dsf.demander", "dsf"),
        "peut_dater": lecture.writes("dsf.enregistrer", "dsf"),
    }


def _write_dsf(dsf: Iterable[Dsf]) -> Iterator[Evenement]:
    for d in dsf:
        if d.demande_le:
            titre = "Diagnostic social et financier demandé"
            yield Evenement(d.demande_le, titre, d.organisme, "")
        if d.termine_le:
            sent = [
                f"transmis au juge le {d.transmis_juge_le:%d/%m/%Y}" if d.transmis_juge_le else "",
                f"à la CCAPEX le {d.transmis_ccapex_le:%d/%m/%Y}" if d.transmis_ccapex_le else "",
            ]
            titre = f"Diagnostic : {d.get_fin_display().lower()}"
            yield Evenement(d.termine_le, titre, join(sent), str(d.par))


ONGLET = Onglet(
    libelle="DSF",
    rang=90,
    template="dossier/onglets/dsf.html",
    read=_read,
    categories=("dsf",),
    fils=(Fil("dsf", "Diagnostics", 30, "dsf", Dsf, list_dsf, _write_dsf),),
)
