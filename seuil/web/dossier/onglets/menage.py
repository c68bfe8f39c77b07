"""Who lives there, how to reach them, what a social service says of them."""

from collections.abc import Iterable, Iterator
from typing import Any

from seuil.dossiers.models import Coordonnee, Correction, SuiviSocial
from seuil.dossiers.queries import (
    CorrectionLue,
    get_menage,
    list_coordonnees,
    list_corrections,
    list_protections,
    list_suivis,
)
from seuil.web.dossier.onglet import Evenement, Fil, Lecture, Onglet, join
from seuil.web.templatetags.seuil import telephone


def _read(lecture: Lecture) -> dict[str, Any]:
    return {
        "menage": get_menage(**lecture.key),
        "protections": list_protections(**lecture.key),
        "corrections": [c for c in list_corrections(**lecture.key) if c.groupe in _GROUPES],
        "peut_joindre": lecture.writes("dossier.completer", "contact"),
        "peut_suivre": lecture.writes("dossier.completer", "suivi"),
    }


_GROUPES = frozenset({
    "personne", "composition", "logement", "parc", "coordonnee", "protection",
})  # fmt: skip


def _write_suivis(suivis: Iterable[SuiviSocial]) -> Iterator[Evenement]:
    for s in suivis:
        detail = join([s.service, s.mesure])
        titre = s.get_situation_display() or "Réponse retirée"
        yield Evenement(s.constate_le, titre, detail, s.source)


def _write_coordonnees(coordonnees: Iterable[Coordonnee]) -> Iterator[Evenement]:
    for c in coordonnees:
        libelle, valeur = c.get_type_display(), _write_valeur(c)
        yield Evenement(c.valide_du, f"{libelle} du ménage", valeur, c.source)
        if c.valide_au:
            yield Evenement(c.valide_au, f"{libelle} qui ne vaut plus", valeur, c.source)


def _write_valeur(c: Coordonnee) -> str:
    return telephone(c.valeur) if c.type == Coordonnee.Type.TELEPHONE else c.valeur


def _write_corrections(corrections: Iterable[CorrectionLue]) -> Iterator[Evenement]:
    for c in corrections:
        detail = f"{c.avant} → {c.apres}, {c.motif.lower()}"
        yield Evenement(c.corrigee_le, f"{c.sur}, {c.champ} : corrigé", detail, c.par)


ONGLET = Onglet(
    libelle="Ménage et logement",
    rang=40,
    template="dossier/onglets/menage.html",
    read=_read,
    categories=("identite",),
    fils=(
        Fil("suivi", "Suivi social", 60, "suivi", SuiviSocial, list_suivis, _write_suivis),
        Fil(
            "coordonnee", "Coordonnées", 65, "contact", Coordonnee, list_coordonnees,
            _write_coordonnees,
        ),
        Fil(
            "correction", "Corrections", 90, "identite", Correction, list_corrections,
            _write_corrections,
        ),
    ),
)  # fmt: skip
