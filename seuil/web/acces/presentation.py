"""The matrix, as a page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from seuil.acteurs.matrice import Matrice, Profil, Regle
from seuil.echeances.models import Stade


@dataclass(frozen=True, slots=True)
class RegleVue:
    """One rule in words."""

    relation: str
    stades: str
    lit: Sequence[str]
    ecrit: Sequence[str]
    recoit: Sequence[str]
    finalite: str
    base: str


@dataclass(frozen=True, slots=True)
class ProfilVue:
    """One profile, its rules, its pages."""

    code: str
    libelle: str
    regles: Sequence[RegleVue]
    verbes: Sequence[str]
    finalite: str
    base: str


@dataclass(frozen=True, slots=True)
class Grille:
    """The matrix in words: all the profiles, or one."""

    version: int
    empreinte: str
    profils: Sequence[ProfilVue]
    choix: Sequence[tuple[str, str]]
    choisi: str


def read_grille(matrice: Matrice, profil: Profil | None = None) -> Grille:
    """Return the matrix in words; of one profile when it is given."""
    shown = [profil] if profil else list(matrice.profils.values())
    return Grille(
        version=matrice.version,
        empreinte=matrice.empreinte[:12],
        profils=[_read_profil(matrice, p) for p in shown],
        choix=[(p.code, p.libelle) for p in matrice.profils.values()],
        choisi=profil.code if profil else "",
    )


def _read_profil(matrice: Matrice, profil: Profil) -> ProfilVue:
    return ProfilVue(
        code=profil.code,
        libelle=profil.libelle,
        regles=[_read_regle(matrice, r) for r in profil.regles],
        verbes=[libelle for code, libelle in matrice.verbes.items() if code in profil.verbes],
        finalite=matrice.finalites.get(profil.finalite, ""),
        base=matrice.bases.get(profil.base, ""),
    )


def _read_regle(matrice: Matrice, regle: Regle) -> RegleVue:
    def words(operation: str, *, but: str = "") -> list[str]:
        return [
            libelle
            for code, libelle in matrice.categories.items()
            if regle.allows(code, operation) and not (but and regle.allows(code, but))
        ]

    last = len(matrice.stades) - 1
    if (regle.de, regle.a) == (0, last):
        stades = "tous"
    elif regle.a == last:
        stades = f"à partir de « {Stade(matrice.stades[regle.de]).label} »"
    else:
        first, last_one = (Stade(matrice.stades[i]).label for i in (regle.de, regle.a))
        stades = f"de « {first} » à « {last_one} »"
    return RegleVue(
        relation=matrice.relations[regle.relation].libelle,
        stades=stades,
        lit=words("lire", but="ecrire"),
        ecrit=words("ecrire"),
        recoit=words("recevoir"),
        finalite=matrice.finalites[regle.finalite],
        base=matrice.bases[regle.base],
    )
