"""The policies of each table, written from what it holds and from the matrix of accesses.

By other code than the queries’ (dossiers/models): a fault of one is stopped by the other.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from seuil.kernel.contexte import ROLE
from seuil.protection.cartes import Protegee, list_tables
from seuil.protection.chemins import name_function


def write_policies() -> Iterator[str]:
    """Yield the statements that make the policies of every table what they must be."""
    for table in sorted(list_tables(), key=lambda t: t.table):
        if table.portee in {"reference", "compte"}:
            continue
        name = f'"{table.table}"'
        yield _drop_policies(table.table)
        yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY"
        for policy in _list_policies(table):
            yield policy.write(table.table)


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy; `using` filters what is read, `check` what is written."""

    name: str
    command: str
    using: str = ""
    check: str = ""
    restrictive: bool = False

    def write(self, table: str) -> str:
        kind = "AS RESTRICTIVE " if self.restrictive else ""
        using = f" USING ({self.using})" if self.using else ""
        check = f" WITH CHECK ({self.check})" if self.check else ""
        return (
            f'CREATE POLICY {self.name} ON "{table}" {kind}FOR {self.command} TO {ROLE}'
            f"{using}{check}"
        )


def _drop_policies(table: str) -> str:
    return (
        "DO $$ DECLARE p text; BEGIN FOR p IN SELECT policyname FROM pg_policies"
        f" WHERE schemaname = 'public' AND tablename = '{table}'"
        f" LOOP EXECUTE format('DROP POLICY %I ON %I', p, '{table}'); END LOOP; END $$"
    )


def _list_policies(t: Protegee) -> Iterator[Policy]:
    if t.portee == "journal":
        # Pages ask journal.consultations, and write by journal.inscrire.
        yield Policy("lire", "SELECT", _machine())
        return
    floor = _floor(t)
    yield Policy("plancher", "ALL", floor, floor, restrictive=True)
    read, write = _reach(t, "lire"), _reach(t, "ecrire")
    yield Policy("lire", "SELECT", read)
    yield Policy("creer", "INSERT", check=write)
    yield Policy("modifier", "UPDATE", write, write)
    # Nobody erases a fact; the machine rebuilds projections and purges.
    yield Policy("supprimer", "DELETE", _machine())


def _floor(t: Protegee) -> str:
    """Return what every row of the table must satisfy, whatever else opens it."""
    if t.portee == "dossier":
        return (
            f"{_territory(f'{t.table}.{t.departement}')}"
            f" AND ({t.table}.limite_le IS NULL OR (SELECT droits.limites()))"
        )
    if not t.departement:
        return "(SELECT droits.present())"
    floor = _territory(f"{t.table}.{t.departement}")
    if t.portee in {"departement", "bailleur"}:
        return floor
    # Reached without asking for the dossier: its limit is told here.
    return f"{floor} AND {t.table}.dossier_id <> ALL ((SELECT droits.dossiers_limites())::uuid[])"


def _territory(column: str) -> str:
    return f"{column} = ANY ((SELECT droits.territoires())::text[])"


def _machine() -> str:
    return "(SELECT droits.machine())"


def _reach(t: Protegee, operation: str) -> str:
    """Return what opens the rows of a table for an operation."""
    return _REACH[t.portee](t, operation)


# No policy reads a protected table: each would bring its own policies along, and planning would
# cost more than reading. The functions answer with their own rights, for one file; who sees a
# whole département is told apart before, by a comparison that an index serves.


def _wide(column: str, categorie: str, operation: str, *, par_secteur: bool = True) -> str:
    asked = f"'{categorie}', '{operation}', {str(par_secteur).lower()}"
    return f"{column} = ANY ((SELECT droits.entiers({asked}))::text[])"


def _sector(table: str, categorie: str, operation: str) -> str:
    asked = f"'{categorie}', '{operation}'"
    return f"{table}.commune_code = ANY ((SELECT droits.communes({asked}))::text[])"


def _portee(categorie: str, operation: str) -> str:
    return f"(SELECT droits.portee('{categorie}', '{operation}'))"


def _opened(dossier: str, categorie: str, operation: str) -> str:
    asked = f"'{categorie}', '{operation}'"
    return (
        f"droits.ouvre({dossier}, {_portee(categorie, operation)})"
        f" OR {dossier} = ANY ((SELECT droits.lies({asked}))::uuid[])"
    )


def _reach_dossier(t: Protegee, operation: str) -> str:
    column = f"{t.table}.{t.departement}"
    if operation == "ecrire":
        return _wide(column, "identite", "ecrire")
    return (
        f"{_wide(column, 'dossier', 'lire')} OR {_sector(t.table, 'dossier', 'lire')}"
        f" OR {_opened(f'{t.table}.id', 'dossier', 'lire')}"
    )


def _reach_ligne(t: Protegee, operation: str) -> str:
    wide = _wide("p.departement_id", t.categorie, operation)
    return f"EXISTS (SELECT 1 FROM actes_lot p WHERE p.id = {t.table}.lot_id AND {wide})"


def _reach_departement(t: Protegee, operation: str) -> str:
    # No person in these: whoever works in the département reads them, the matrix says who writes.
    # Lists received and requests of the people are the exception: they name people.
    if operation == "lire" and t.categorie not in {"listes", "droits"}:
        return _territory(f"{t.table}.{t.departement}")
    return _wide(f"{t.table}.{t.departement}", t.categorie, operation)


def _reach_bailleur(t: Protegee, operation: str) -> str:
    # The landlord of a limited file is not told to a sector.
    wide = _wide(f"{t.table}.{t.departement}", t.categorie, operation, par_secteur=False)
    asked = f"'{t.categorie}', '{operation}'"
    lies = f"(SELECT droits.lies({asked}))::uuid[]"
    portee = _portee(t.categorie, operation)
    return f"{wide} OR droits.bailleur_ouvert({t.table}.id, {portee}, {lies})"


def _reach_categorie(t: Protegee, operation: str) -> str:
    rows = _by_value(t, operation)
    if t.departement and operation == "lire":
        # Whoever writes a row chooses its département: to write, the dossier is asked.
        wide = _wide(f"{t.table}.{t.departement}", t.categorie, operation)
        if t.commune:
            wide = f"{wide} OR {_sector(t.table, t.categorie, operation)}"
        return f"{wide} OR {rows}"
    if t.organisation_seule:
        # Not for a count either.
        return rows
    return f"(SELECT droits.partout('{operation}')) OR {rows}"


def _by_value(t: Protegee, operation: str) -> str:
    if t.par_valeur is None:
        return _through(t, t.categorie, operation)
    column, categories = t.par_valeur
    named = ", ".join(f"'{value}'" for value in sorted(categories))
    parts = [f"({t.table}.{column} NOT IN ({named}) AND {_through(t, t.categorie, operation)})"]
    for categorie in sorted(set(categories.values())):
        values = ", ".join(f"'{v}'" for v, c in sorted(categories.items()) if c == categorie)
        parts.append(f"({t.table}.{column} IN ({values}) AND {_through(t, categorie, operation)})")
    return " OR ".join(parts)


def _through(t: Protegee, categorie: str, operation: str) -> str:
    """Return that the row's dossier is reached, by following its foreign keys."""
    dossier = f"{t.table}.dossier_id"
    if t.parent:
        column, parent = t.parent
        dossier = f"{name_function(parent)}({t.table}.{column})"
    reached = f"({_opened(dossier, categorie, operation)})"
    if t.vaste:
        wide = (
            f"EXISTS (SELECT 1 FROM dossiers_dossier d WHERE d.id = {t.table}.dossier_id"
            f" AND {_wide('d.departement_id', categorie, operation)})"
        )
        reached = f"({wide} OR {reached})"
    if t.organisation_seule:
        own = f"{t.table}.organisation_id = (SELECT droits.organisation())"
        reached = f"({reached} AND ({own} OR {_machine()}))"
    return reached


def _own_acces(t: Protegee, operation: str) -> str:
    # Opened and ended by the machine alone, for an operation that checked who asks.
    if operation == "ecrire":
        return _machine()
    return (
        f"{_wide(f'{t.table}.{t.departement}', 'dossier', 'lire', par_secteur=False)}"
        f" OR {t.table}.agent_id = (SELECT droits.agent())"
        f" OR {t.table}.organisation_id = (SELECT droits.organisation())"
        f" OR {t.table}.role = (SELECT droits.role())"
        # The colleagues who follow the same file.
        f" OR {t.table}.dossier_id = ANY ((SELECT droits.lies('accompagnement', 'lire'))::uuid[])"
    )


def _own_taches(t: Protegee, operation: str) -> str:
    if operation == "ecrire":
        return _machine()
    return (
        f"{_wide(f'{t.table}.{t.departement}', t.categorie, 'lire', par_secteur=False)}"
        f" OR ((SELECT droits.connait('{t.categorie}', 'lire'))"
        f" AND ({t.table}.organisation_id = (SELECT droits.organisation())"
        f" OR {t.table}.agent_id = (SELECT droits.agent())))"
        f" OR {t.table}.dossier_id = ANY ((SELECT droits.lies('{t.categorie}', 'lire'))::uuid[])"
        f" OR droits.lie({t.table}.dossier_id, {_portee(t.categorie, 'lire')})"
    )


_REACH: Mapping[str, Callable[[Protegee, str], str]] = {
    "dossier": _reach_dossier,
    "acces": _own_acces,
    "tache": _own_taches,
    "ligne": _reach_ligne,
    "departement": _reach_departement,
    "bailleur": _reach_bailleur,
    "categorie": _reach_categorie,
}
