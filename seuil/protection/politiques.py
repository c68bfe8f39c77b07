"""The policies of each table, written from what it holds and from the matrix of accesses.

By other code than the queries’ (dossiers/models): a fault of one is stopped by the other.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from seuil.actes.models import Ligne, Lot
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
        # Whoever runs the machine gives links by a command, as the owner of the accounts' tables.
        forced = "NO FORCE" if table.portee in _OUVRENT else "FORCE"
        yield f"ALTER TABLE {name} {forced} ROW LEVEL SECURITY"
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
    if t.portee in _OUVRENT:
        # Who writes what is also told, with words, by the triggers of comptes.sql.
        opens = _OUVRENT[t.portee].format(table=t.table)
        yield Policy("ouvrir", "ALL", opens, opens)
        return
    floor = _floor(t)
    yield Policy("plancher", "ALL", floor, floor, restrictive=True)
    read, write = _reach(t, "lire"), _reach(t, "ecrire")
    if t.departement:
        read = _nearly_always(read)
    yield Policy("lire", "SELECT", read)
    yield Policy("creer", "INSERT", check=write)
    yield Policy("modifier", "UPDATE", write, write)
    # Nobody erases a fact; the machine rebuilds projections and purges.
    yield Policy("supprimer", "DELETE", _machine())


def _floor(t: Protegee) -> str:
    """Return what every row of the table must satisfy, whatever else opens it."""
    if t.portee == "dossier":
        return (
            f"{_nearly_always(_territory(f'{t.table}.{t.departement}'))}"
            f" AND ({t.table}.limite_le IS NULL OR (SELECT droits.limites()))"
        )
    if not t.departement:
        return "(SELECT droits.present())"
    floor = _nearly_always(_territory(f"{t.table}.{t.departement}"))
    if t.portee in {"departement", "bailleur", "deposee"}:
        return floor
    # Reached without asking for the dossier: its limit is told here.
    return f"{floor} AND {t.table}.dossier_id <> ALL ((SELECT droits.dossiers_limites())::uuid[])"


def _nearly_always(condition: str) -> str:
    """Say the same so that PostgreSQL expects nearly every row to satisfy it.

    Every query says too what it wants of its reader: believed as strict as they are, policies that
    repeat it would make ten thousand rows expected as ten, and the plan made for ten.
    """
    return f"NULLIF({condition}, false) IS NOT NULL"


def _territory(column: str) -> str:
    return f"({column} = (SELECT droits.departement()) OR (SELECT droits.partout('lire')))"


def _machine() -> str:
    return "(SELECT droits.machine())"


# What opens an account: its holder's own, and the machine's, which reads for whom is signing in.
_OUVRENT: Mapping[str, str] = {
    "titulaire": f"{{table}}.agent_id = (SELECT droits.agent()) OR {_machine()}",
    "machine": _machine(),
}


def _reach(t: Protegee, operation: str) -> str:
    """Return what opens the rows of a table for an operation."""
    return _REACH[t.portee](t, operation)


# No policy reads a protected table: each would bring its own policies along, and planning would
# cost more than reading. The functions answer with their own rights; who sees a whole département,
# or some files, is told apart by a comparison, before any file is asked about.


def _told(categories: Sequence[str], operation: str) -> str:
    return f"'{{{','.join(categories)}}}', '{operation}'"


def _wide(
    column: str, categories: Sequence[str], operation: str, *, par_secteur: bool = True
) -> str:
    asked = f"{_told(categories, operation)}, {str(par_secteur).lower()}"
    whole = f"{column} = (SELECT droits.entier({asked}))"
    return f"({whole} OR (SELECT droits.partout('{operation}')))"


def _sector(table: str, categories: Sequence[str], operation: str) -> str:
    asked = _told(categories, operation)
    return f"{table}.commune_code = ANY ((SELECT droits.communes({asked}))::text[])"


def _list(categories: Sequence[str], operation: str) -> str:
    return f"(SELECT droits.liste({_told(categories, operation)}))"


def _listed(dossier: str, categories: Sequence[str], operation: str) -> str:
    """Compare by halves, in the expression itself: for the tables that are read by the thousand."""
    opened = _list(categories, operation)
    return f"({opened})[width_bucket({dossier}, {opened})] = {dossier}"


def _among(dossier: str, categories: Sequence[str], operation: str) -> str:
    """Compare the same by a function: the list is asked for once, and each row costs more."""
    return f"droits.parmi({dossier}, {_list(categories, operation)})"


def _portee(categorie: str, operation: str) -> str:
    return f"(SELECT droits.portee('{categorie}', '{operation}'))"


def _opened(t: Protegee, dossier: str, operation: str) -> str:
    """Return that one file is asked about, for what the row holds."""
    if t.par_valeur is None:
        return f"droits.ouvre({dossier}, {_portee(t.categorie, operation)})"
    return f"droits.ouvre({dossier}, {_of_row(t, 'portees', operation)})"


def _of_row(t: Protegee, function: str, operation: str) -> str:
    """Return what is answered for the category of the row, which the value of a column says."""
    assert t.par_valeur
    column, by_value = t.par_valeur
    ranks = " ".join(
        f"WHEN '{value}' THEN {t.categories.index(categorie) + 1}"
        for value, categorie in sorted(by_value.items())
    )
    asked = f"(SELECT droits.{function}({_told(t.categories, operation)}))"
    return f"({asked})[CASE {t.table}.{column} {ranks} ELSE 1 END]"


def _reach_dossier(t: Protegee, operation: str) -> str:
    column = f"{t.table}.{t.departement}"
    if operation == "ecrire":
        return _wide(column, ("identite",), "ecrire")
    known = ("dossier",)
    return (
        f"{_wide(column, known, 'lire')} OR {_sector(t.table, known, 'lire')}"
        f" OR {_listed(f'{t.table}.id', known, 'lire')}"
    )


def _reach_ligne(t: Protegee, operation: str) -> str:
    wide = _wide("p.departement_id", t.categories, operation)
    shown = f"{wide} AND {_reach_contenu(t)}"
    return f"EXISTS (SELECT 1 FROM actes_lot p WHERE p.id = {t.table}.lot_id AND {shown})"


def _reach_contenu(t: Protegee) -> str:
    """Return what opens a row: its file once its list is applied, else having deposited it."""
    dossier = f"{t.table}.dossier_id"
    opened = " AND ".join(
        f"({_wide('p.departement_id', (c,), 'lire')} OR {_among(dossier, (c,), 'lire')}"
        f" OR droits.ouvre({dossier}, {_portee(c, 'lire')}))"
        for c in Ligne.CONTENU
    )
    known = f"{dossier} <> ALL ((SELECT droits.dossiers_limites())::uuid[]) AND {opened}"
    # The machine and whoever counts are no agent.
    own = (
        "p.organisation_id IS NULL OR p.organisation_id = (SELECT droits.organisation())"
        " OR (SELECT droits.agent()) IS NULL"
    )
    return (
        f"({_machine()} OR CASE WHEN p.etat <> '{Lot.Etat.APPLIQUE.value}' OR {dossier} IS NULL"
        f" THEN {own} ELSE {known} END)"
    )


def _reach_departement(t: Protegee, operation: str) -> str:
    # No person in these: whoever works in the département reads them, the matrix says who writes.
    # Lists received and requests of the people are the exception: they name people.
    if operation == "lire" and t.categorie not in {"listes", "droits"}:
        return _territory(f"{t.table}.{t.departement}")
    return _wide(f"{t.table}.{t.departement}", t.categories, operation)


def _reach_bailleur(t: Protegee, operation: str) -> str:
    # The landlord of a limited file is not told to a sector.
    wide = _wide(f"{t.table}.{t.departement}", t.categories, operation, par_secteur=False)
    return f"{wide} OR droits.bailleur_ouvert({t.table}.id, '{t.categorie}', '{operation}')"


def _reach_deposee(t: Protegee, operation: str) -> str:
    # Of who deposited it, and of who opens the category in every file. Nobody else writes: what is
    # deposited is written by the machine, for an operation that checked who asks.
    wide = _wide(f"{t.table}.{t.departement}", t.categories, operation, par_secteur=False)
    if operation == "ecrire":
        return wide
    return (
        f"{wide} OR ((SELECT droits.connait('{t.categorie}', 'lire'))"
        f" AND {t.table}.organisation_id = (SELECT droits.organisation()))"
    )


def _reach_categorie(t: Protegee, operation: str) -> str:
    rows = _through(t, operation)
    if t.departement and operation == "lire":
        # Whoever writes a row chooses its département: to write, the dossier is asked.
        return _reach_told(t)
    if t.organisation_seule:
        # Not for a count either.
        return rows
    return f"(SELECT droits.partout('{operation}')) OR {rows}"


def _reach_told(t: Protegee) -> str:
    """Return what opens to read the rows that say their département: most are asked of no file."""
    asked = (t.categories, "lire")
    wide = _wide(f"{t.table}.{t.departement}", *asked)
    listed = _listed(f"{t.table}.dossier_id", *asked)
    if t.commune:
        return f"{wide} OR {_sector(t.table, *asked)} OR {listed}"
    if t.par_valeur:
        here = _territory(f"{t.table}.{t.departement}")
        wide = f"({_of_row(t, 'entieres', 'lire')} AND {here})"
        listed = f"({_of_row(t, 'servies', 'lire')} AND {listed})"
    return f"{wide} OR {listed} OR {_opened(t, f'{t.table}.dossier_id', 'lire')}"


def _through(t: Protegee, operation: str) -> str:
    """Return that the row's dossier is reached, by following its foreign keys."""
    dossier = f"{t.table}.dossier_id"
    if t.parent:
        column, parent = t.parent
        dossier = f"{name_function(parent)}({t.table}.{column})"
    listed = _among(dossier, t.categories, operation)
    if t.par_valeur:
        listed = f"({_of_row(t, 'servies', operation)} AND {listed})"
    reached = f"{_opened(t, dossier, operation)} OR {listed}"
    if t.organisation_seule:
        own = f"{t.table}.organisation_id = (SELECT droits.organisation())"
        reached = f"(({reached}) AND ({own} OR {_machine()}))"
    return reached


def _own_acces(t: Protegee, operation: str) -> str:
    # Opened and ended by the machine alone, for an operation that checked who asks.
    if operation == "ecrire":
        return _machine()
    return (
        f"{_wide(f'{t.table}.{t.departement}', ('dossier',), 'lire', par_secteur=False)}"
        f" OR {t.table}.agent_id = (SELECT droits.agent())"
        f" OR {t.table}.organisation_id = (SELECT droits.organisation())"
        f" OR {t.table}.role = (SELECT droits.role())"
        # The colleagues who follow the same file.
        f" OR {_among(f'{t.table}.dossier_id', ('accompagnement',), 'lier')}"
    )


def _own_taches(t: Protegee, operation: str) -> str:
    if operation == "ecrire":
        return _machine()
    return (
        f"{_wide(f'{t.table}.{t.departement}', t.categories, 'lire', par_secteur=False)}"
        f" OR ((SELECT droits.connait('{t.categorie}', 'lire'))"
        f" AND ({t.table}.organisation_id = (SELECT droits.organisation())"
        f" OR {t.table}.agent_id = (SELECT droits.agent())))"
        # Due to others, on the files that a dated link opens.
        f" OR {_listed(f'{t.table}.dossier_id', t.categories, 'lier')}"
    )


_REACH: Mapping[str, Callable[[Protegee, str], str]] = {
    "dossier": _reach_dossier,
    "acces": _own_acces,
    "tache": _own_taches,
    "ligne": _reach_ligne,
    "departement": _reach_departement,
    "bailleur": _reach_bailleur,
    "deposee": _reach_deposee,
    "categorie": _reach_categorie,
}
