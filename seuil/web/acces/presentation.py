"""The matrix, and the exceptional accesses to be read again, as a page shows them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from seuil.acteurs.matrice import Matrice, Profil, Regle
from seuil.acteurs.models import Agent
from seuil.dossiers.models import Acces
from seuil.dossiers.rules import Plafond, is_repeated
from seuil.echeances.models import Stade


@dataclass(frozen=True, slots=True)
class ARelire:
    """The exceptional accesses of one agent that the officer has not read again."""

    agent: Agent
    nombre: int
    repete: bool
    arrete: bool


def read_a_relire(acces: Sequence[Acces], plafond: Plafond) -> list[ARelire]:
    """Return what is to be read again, by agent: those who are stopped first."""
    ends: dict[Agent, list[datetime]] = defaultdict(list)
    for found in acces:
        if found.agent and found.expire_at and found.relu_le is None:
            ends[found.agent].append(found.expire_at)
    rows = [
        ARelire(
            agent,
            len(instants),
            repete=is_repeated(instants=instants, fois=plafond.repetition),
            arrete=is_repeated(instants=instants, fois=plafond.par_jour),
        )
        for agent, instants in ends.items()
    ]
    return sorted(rows, key=lambda r: (not r.arrete, not r.repete, -r.nombre))


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
