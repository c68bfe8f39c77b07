"""The menu of each role, as `menus.yaml` declares it, less what a profile may not open."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.urls import get_resolver, resolve, reverse

from seuil.acteurs.matrice import load_matrice
from seuil.strict_yaml import Table, read_file
from seuil.web.access import INVITER

_FICHIER = Path(__file__).with_name("menus.yaml")
# Where the household is chosen, for what is written from its own page.
_CHOISIR = "dossiers"


@dataclass(frozen=True, slots=True)
class Entree:
    """One entry of a menu."""

    ecran: str
    libelle: str
    url: str


@dataclass(frozen=True, slots=True)
class Menu:
    """What a role is offered, by the name of the screens."""

    menu: tuple[str, ...] = ()
    pouces: tuple[str, ...] = ()
    libelles: Mapping[str, str] = field(default_factory=dict)
    pas: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Menus:
    """The whole file."""

    ecrans: Mapping[str, str]
    compte: tuple[str, ...]
    nouveau: Mapping[str, str]
    roles: Mapping[str, Menu]


@dataclass(frozen=True, slots=True)
class Cadre:
    """What the frame shows to one profile."""

    menu: tuple[Entree, ...] = ()
    pouces: tuple[Entree, ...] = ()
    compte: tuple[Entree, ...] = ()
    nouveau: tuple[Entree, ...] = ()
    pas: tuple[Entree, ...] = ()
    cherche: bool = False


@cache
def load_menus() -> Menus:
    """Return the menus of every role. Raises FichierIllisible."""
    table = read_file(_FICHIER, fichier=f"{_FICHIER.parent.name}/{_FICHIER.name}")
    table.check_keys({"version", "ecrans", "nouveau", "compte", "roles"})
    ecrans = _read_libelles(table, "ecrans")
    roles = table.table("roles")
    return Menus(
        ecrans=ecrans,
        compte=table.texts("compte", among=ecrans),
        nouveau=_read_libelles(table, "nouveau"),
        roles={role: _read_menu(roles.table(role), ecrans) for role in roles},
    )


def _read_menu(table: Table, ecrans: Mapping[str, str]) -> Menu:
    table.check_keys({"menu", "pouces", "pas"}, {"libelles"})
    return Menu(
        menu=table.texts("menu", among=ecrans, unknown="écran inconnu"),
        pouces=table.texts("pouces", among=ecrans, unknown="écran inconnu"),
        libelles=_read_libelles(table, "libelles") if "libelles" in table else {},
        pas=_read_libelles(table, "pas"),
    )


def _read_libelles(table: Table, key: str) -> Mapping[str, str]:
    found = table.table(key)
    return {ecran: found.text(ecran) for ecran in found}


@cache
def get_cadre(code: str, *, invite: bool = False) -> Cadre:
    """Return the frame of a profile of the matrix.

    `invite`: the agent also invites those of its organisation, whatever its role.
    """
    profil = load_matrice().profils.get(code)
    if profil is None or not profil.role:
        return Cadre()
    verbes = profil.verbes | ({INVITER} if invite else frozenset())
    menus = load_menus()
    menu = menus.roles[profil.role]
    libelles = {**menus.ecrans, **menu.libelles}
    entrees = list(_list_ouvertes(menu.menu, libelles, verbes))
    return Cadre(
        menu=tuple(entrees),
        pouces=tuple(_list_ouvertes(menu.pouces, libelles, verbes)),
        compte=tuple(_list_ouvertes(menus.compte, menus.ecrans, verbes)),
        nouveau=tuple(_list_ouvertes(menus.nouveau, menus.nouveau, verbes)),
        pas=tuple(_list_ouvertes(menu.pas, menu.pas, verbes)),
        cherche="dossier.lire" in verbes,
    )


def _list_ouvertes(
    ecrans: Iterable[str], libelles: Mapping[str, str], verbes: frozenset[str]
) -> Iterator[Entree]:
    """Yield the entries whose page one of the verbs opens."""
    for ecran in ecrans:
        if _is_ouvert(ecran, verbes):
            choisi = _CHOISIR if _takes_numero(ecran) else ecran
            yield Entree(ecran, libelles[ecran], reverse(choisi))


def _takes_numero(ecran: str) -> bool:
    return bool(get_resolver().reverse_dict.getlist(ecran)[0][0][0][1])


def _is_ouvert(ecran: str, verbes: frozenset[str]) -> bool:
    """Tell whether a page is open to whoever holds the verbes."""
    args = ["0"] if _takes_numero(ecran) else []
    view = resolve(reverse(ecran, args=args)).func
    wanted = getattr(view, "verbes", None)
    return wanted is None or bool(verbes & wanted)
