"""What is owed and since when, the lease, the housing aid; what the law says of the arrears."""

from collections.abc import Iterable, Iterator
from typing import Any

from seuil.actes.queries import list_actes
from seuil.dossiers.models import AideLogement, Bail, Dette
from seuil.dossiers.queries import (
    find_bail,
    list_aides,
    list_corrections,
    list_dettes,
    list_garants,
    list_ressources,
)
from seuil.web.dossier.impaye import (
    CERTITUDES_IMPAYE,
    read_impaye,
    read_signalement,
    read_situation,
)
from seuil.web.dossier.onglet import Evenement, Fil, Lecture, Onglet
from seuil.web.templatetags.seuil import montant


def _read(lecture: Lecture) -> dict[str, Any]:
    bail = getattr(lecture.dossier, "bail", None)
    dettes, aides = list_dettes(**lecture.key), list_aides(**lecture.key)
    situation = read_situation(bail, aides, dettes)
    return {
        "dettes": dettes,
        "bail": bail,
        "aides": aides,
        "ressources": list_ressources(**lecture.key),
        "garants": list_garants(**lecture.key),
        "corrections": [c for c in list_corrections(**lecture.key) if c.groupe in _GROUPES],
        "impaye": read_impaye(situation, on=lecture.on),
        "signalement": read_signalement(situation, bail, list_actes(**lecture.key), on=lecture.on),
        "certitudes": CERTITUDES_IMPAYE,
        "peut_completer": lecture.writes("dossier.completer", "bail_dette"),
        "peut_aider": lecture.writes("dossier.completer", "ressources"),
    }


_GROUPES = frozenset({
    "bail", "bailleur", "garant", "dette", "decompte", "aide", "ressources",
})  # fmt: skip


def _write_dettes(dettes: Iterable[Dette]) -> Iterator[Evenement]:
    for d in dettes:
        yield Evenement(d.constatee_le, f"Dette de {montant(d.montant)}", "", d.source)


def _write_aides(aides: Iterable[AideLogement]) -> Iterator[Evenement]:
    for a in aides:
        detail = "versée au bailleur" if a.tiers_payant else "versée au ménage"
        titre = f"Aide au logement de {montant(a.montant)} par mois"
        yield Evenement(a.constatee_le, titre, detail, a.source)


def _write_bail(bail: Bail | None) -> Iterator[Evenement]:
    if bail and bail.signe_le:
        loyer = f"loyer de {montant(bail.loyer)}" if bail.loyer else ""
        yield Evenement(bail.signe_le, "Bail signé", loyer, "")
    if bail and bail.reconduit_le:
        yield Evenement(bail.reconduit_le, "Bail renouvelé ou reconduit", "", "")


ONGLET = Onglet(
    libelle="Dette et bail",
    rang=50,
    template="dossier/onglets/dette.html",
    read=_read,
    categories=("bail_dette", "ressources"),
    fils=(
        Fil("dette", "Dettes", 50, "bail_dette", Dette, list_dettes, _write_dettes),
        Fil("aide", "Aides au logement", 52, "ressources", AideLogement, list_aides, _write_aides),
        Fil("bail", "Bail", 54, "bail_dette", Bail, find_bail, _write_bail),
    ),
)
