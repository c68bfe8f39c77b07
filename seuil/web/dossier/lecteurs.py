"""Why the reader sees a dossier, and who else may, in the words of the matrix."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from seuil.acteurs.matrice import Matrice, Regle, load_matrice
from seuil.dossiers.models import Acces, Dossier, relations
from seuil.dossiers.queries import Ouverture


@dataclass(frozen=True, slots=True)
class Pourquoi:
    """One reason for which the reader sees the dossier."""

    relation: str
    finalite: str
    base: str
    lit: Sequence[str]
    ecrit: Sequence[str]
    depuis_le: date | None
    jusqu_au: date | None


@dataclass(frozen=True, slots=True)
class Lecteur:
    """Who else may see the dossier, by what, and what of it."""

    qui: str
    profil: str
    par: str
    lit: Sequence[str]
    depuis_le: date | None = None
    jusqu_au: date | None = None
    motif: str = ""
    # The link that the secretariat may end.
    lien: Acces | None = None


def list_pourquoi(ouverture: Ouverture, matrice: Matrice) -> list[Pourquoi]:
    """Return the reasons for which the reader sees the dossier."""
    return [
        Pourquoi(
            relation=raison.relation.libelle,
            finalite=matrice.finalites[raison.regle.finalite],
            base=matrice.bases[raison.regle.base],
            lit=_categories(matrice, raison.regle, "lire", but="ecrire"),
            ecrit=_categories(matrice, raison.regle, "ecrire"),
            depuis_le=raison.depuis_le,
            jusqu_au=raison.jusqu_au,
        )
        for raison in ouverture.raisons
    ]


def list_lecteurs(*, on: date, dossier: Dossier) -> list[Lecteur]:
    """Return who may see the dossier on that day, one line by person, organisation or service.

    By dated link, by sector, by what an organisation has to do, by whole département.
    """
    matrice = load_matrice()
    shown = (_show(matrice, lecteur) for lecteur in relations.list_lecteurs(dossier, on=on))
    return [lecteur for lecteur in shown if lecteur.lit]


def _show(matrice: Matrice, lecteur: relations.Lecteur) -> Lecteur:
    profil, qui, lien = lecteur.profil, lecteur.qui, lecteur.qui.lien
    if lien:
        par = lien.get_relation_display().lower()
    else:
        par = matrice.relations[lecteur.regle.relation].tiers
    return Lecteur(
        qui=str(qui.agent or qui.organisation or profil.libelle),
        profil=profil.libelle,
        par=par,
        lit=_categories(matrice, lecteur.regle, "lire"),
        depuis_le=lien.debut_le if lien else None,
        jusqu_au=lien.fin_le if lien else None,
        motif=lien.motif if lien else "",
        lien=lien if lien and lien.relation in _ENDED_BY_HAND else None,
    )


_ENDED_BY_HAND = {"destinataire", "bailleur", "bris_de_glace"}


def _categories(matrice: Matrice, regle: Regle, operation: str, *, but: str = "") -> list[str]:
    """Return the categories of a dossier that a rule opens for an operation, `but` set aside."""
    return [
        libelle
        for code, libelle in matrice.categories.items()
        if code != "listes"
        and regle.allows(code, operation)
        and not (but and regle.allows(code, but))
    ]
