"""The functions that lead from a row to its file, for the tables that do not name it themselves.

A policy reads no protected table: it would bring its own policies along. It asks one function for
each parent, which answers with its own rights the identifier of the file, and nothing else.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection

from seuil.kernel.cartes import Carte, CarteFautive, Model, list_cartes, list_parents
from seuil.kernel.tables import get_meta, get_table

# What PostgreSQL keeps of a name.
_NOM_MAX = 63
_FUNCTION = """CREATE FUNCTION {name}(cle {type}) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED COST 50
SET search_path = pg_catalog, pg_temp AS
$$ SELECT {last}.{dossier} FROM {tables} WHERE p0.{key} = cle $$"""


def name_function(parent: str) -> str:
    """Return the name of the function that gives the file of a row of a table."""
    return f"droits.dossier_de_{parent}"


def write_functions() -> Iterator[str]:
    """Yield the function of each parent that a card goes through. Raises CarteFautive."""
    for parent, way in sorted(_list_ways().items()):
        name = name_function(parent)
        if len(name.removeprefix("droits.")) > _NOM_MAX:
            raise CarteFautive(f"{parent} : nom trop long pour sa fonction {name}")
        yield _write_function(name, way)


def list_tables_traversees() -> set[str]:
    """Return the tables that the functions read."""
    return {f"public.{get_table(m)}" for way in _list_ways().values() for m, _ in way}


def _list_ways() -> Mapping[str, tuple[tuple[Model, str], ...]]:
    """Return, for each parent, the tables up to the file and the key that leaves each."""
    ways: dict[str, tuple[tuple[Model, str], ...]] = {}
    for carte in list_cartes():
        if not carte.rls.chemin:
            continue
        first, way = _read_way(carte)
        if ways.setdefault(first, way) != way:
            raise CarteFautive(f"{carte.meta.label} : {first} mène déjà au dossier autrement")
    return ways


def _read_way(carte: Carte) -> tuple[str, tuple[tuple[Model, str], ...]]:
    parents = [p for p in list_parents(carte)[1:] if p is not None]
    keys = (*carte.rls.chemin[1:], "dossier")
    return get_table(parents[0]), tuple(zip(parents, keys, strict=True))


def _write_function(name: str, way: tuple[tuple[Model, str], ...]) -> str:
    metas: list[Any] = [get_meta(m) for m, _ in way]
    columns = [meta.get_field(key).column for meta, (_, key) in zip(metas, way, strict=True)]
    joins = [f"public.{metas[0].db_table} p0"]
    for n, meta in enumerate(metas[1:], 1):
        joins.append(
            f"JOIN public.{meta.db_table} p{n} ON p{n}.{meta.pk.column} = p{n - 1}.{columns[n - 1]}"
        )
    return _FUNCTION.format(
        name=name,
        type=metas[0].pk.db_type(connection),
        last=f"p{len(metas) - 1}",
        dossier=columns[-1],
        tables=" ".join(joins),
        key=metas[0].pk.column,
    )
