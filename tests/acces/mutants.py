"""Faults planted one by one in the rights: each must be seen by a check (T04).

A mutant is a statement run as the owner, or a patch of the application; its checks are those of
sql.py and http.py, in this process. Undone by a savepoint, or by leaving the patch.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any
from unittest import mock

from django.db.models import Q
from django.db.utils import ProgrammingError
from django.urls import reverse
from psycopg import errors

from seuil.acteurs import matrice as module_matrice
from seuil.acteurs import rules as acteurs_rules
from seuil.acteurs.models import Organisation
from seuil.dossiers import models as dossiers_models
from seuil.dossiers import queries as dossiers_queries
from seuil.dossiers.models import Dossier, DossierQuerySet, relations
from seuil.dossiers.models import dossier as module_dossier
from tests.acces import sql
from tests.acces.http import Demande, Visite, list_demandes, list_kwargs, takes_dossier
from tests.acces.oracle import CLASSEMENT, ECRIRE, LIRE, Faits, Oracle, Persona
from tests.acces.treillis import ON, Treillis

Check = Callable[[], list[str]]


@dataclass(frozen=True)
class Mutant:
    """A fault, how to plant it, and the checks that must see it, the cheapest first."""

    famille: str
    nom: str
    plant: Callable[[], Any]
    checks: Callable[[], Iterator[list[str]]]


def _read_as(*communes: str) -> property:
    """Return a sector that the value kept by an organisation already read does not hide."""
    return property(lambda _: frozenset(communes))


def kill(mutant: Mutant) -> str:
    """Return the first difference that a check sees; empty when the mutant survives."""
    try:
        with sql.undone(), mutant.plant():
            for differences in mutant.checks():
                if differences:
                    return differences[0]
    except ProgrammingError as error:
        # What the oracle opens is refused: the other policies of the table no longer agree.
        if not isinstance(error.__cause__, errors.InsufficientPrivilege):
            raise
        return f"refus : {error.__cause__}"
    return ""


def _statement(text: str) -> Callable[[], Any]:
    def plant() -> Any:
        sql.query(text)
        return nullcontext()

    return plant


# --- policies ---


def _checks_of_table(t: Treillis, oracle: Oracle, table: str) -> Iterator[list[str]]:
    """Yield what each persona may do of one table; who sees nothing first, then the widest."""
    names = ("charge_mission", "secretariat_62", "secretariat", "departement", "travailleur_social",
             "chef_equipe", "gestionnaire", "siao", "caf", "comed", "police", "dpo", "menage_a",
             "bailleur_du_code_a")  # fmt: skip
    hasard = random.Random(3)
    sql.write_copies([table])
    for n in names:
        p = t.personas[n]
        yield sql.check_reads(t, oracle, p, [table])
        yield sql.check_writes(t, oracle, p, [table])
        yield sql.check_blind_writes(t, oracle, p, [table])
        yield sql.check_adds(t, oracle, p, [table], hasard=hasard, par_sens=3)
    yield check_machine(t, table)
    for n in names[2:6]:
        yield sql.check_writes(t, oracle, t.personas[n], [table], pour_de_bon=True)
        yield sql.check_moves(t, oracle, t.personas[n], [table])
    yield sql.check_invariants(table)


def check_machine(t: Treillis, table: str) -> list[str]:
    """Compare what the machine may erase: all of its département, nothing elsewhere."""
    from seuil.kernel.contexte import Contexte, acting_as, under_policies

    key = sql.key_of(table)
    here = {r.pk for r in t.lignes[table] if r.departement == "33"}
    if table == "visites_notesociale":
        here = {r.pk for r in t.lignes[table] if r.departement == "33"}
    with sql.undone():
        sql.query("SET LOCAL session_replication_role = replica")
        with under_policies(), acting_as(Contexte("machine", "essai", "33", ON)):
            done = {str(k) for (k,) in sql.query(f'DELETE FROM "{table}" RETURNING {key}')}
    return [] if done == here else [f"machine efface {table} : {len(done)} au lieu de {len(here)}"]


def _checks_of_floor(t: Treillis, table: str) -> Iterator[list[str]]:
    """Yield what the floor alone must hold, all the other policies thrown open."""
    for policy, command in (("lire", "SELECT"), ("modifier", "UPDATE"), ("supprimer", "DELETE")):
        sql.query(f'DROP POLICY IF EXISTS {policy} ON "{table}"')
        sql.query(f'CREATE POLICY {policy} ON "{table}" FOR {command} TO seuil_appli USING (true)')
    with sql.undone():
        sql.query("SET LOCAL ROLE seuil_appli")
        sql.query("SELECT droits.entrer('')")
        seen = sql.read_keys(table)
    yield [f"sans contexte, {table} montre {len(seen)} lignes"] if seen else []
    columns = {n for (n,) in sql.query(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table]
    )}  # fmt: skip
    p = t.personas["secretariat"]
    with sql.as_persona(p):
        seen = sql.read_keys(table)
    rows = t.lignes[table]
    if columns & {"departement", "departement_id"}:
        away = [r for r in rows if r.pk in seen and r.departement != p.departement]
        yield [f"{table} d’un autre département : {len(away)}"] if away else []
    if table in {"dossiers_dossier", "dossiers_acces", "travail_tache"} or table.startswith(
        "echeances_situation"
    ):
        kept = [r for r in rows if r.pk in seen and r.dossiers[0].limite_le]
        yield [f"{table} de dossiers limités : {len(kept)}"] if kept else []
    yield sql.check_invariants(table)


def _checks_without_floor(t: Treillis, oracle: Oracle, table: str) -> Iterator[list[str]]:
    """Yield what is read where the opening says the territory as the floor does."""
    sql.query(f'ALTER POLICY plancher ON "{table}" USING (true)')
    for n in ("secretariat", "secretariat_62", "charge_mission"):
        yield sql.check_reads(t, oracle, t.personas[n], [table])


def list_politiques(t: Treillis, oracle: Oracle) -> Iterator[Mutant]:
    """Yield each policy removed, and each of its expressions replaced by true."""
    rows = sql.query(
        "SELECT tablename, policyname, cmd, qual <> 'true', with_check <> 'true'"
        " FROM pg_policies WHERE schemaname = 'public' ORDER BY 1, 2"
    )
    for table, policy, command, using, check in rows:
        if table not in CLASSEMENT:
            continue
        if policy == "plancher":
            checks: Any = lambda table=table: _checks_of_floor(t, table)
        elif policy == "lire" and CLASSEMENT[table][0] == "pays":
            checks = lambda table=table: _checks_without_floor(t, oracle, table)
        else:
            checks = lambda table=table: _checks_of_table(t, oracle, table)
        at = f'{policy} ON "{table}"'
        yield Mutant("politique", f"{table}.{policy} retirée", _statement(f"DROP POLICY {at}"),
                     checks)  # fmt: skip
        if using:
            yield Mutant("politique", f"{table}.{policy} USING true",
                         _statement(f"ALTER POLICY {at} USING (true)"), checks)  # fmt: skip
        if check and command != "ALL":
            yield Mutant("politique", f"{table}.{policy} CHECK true",
                         _statement(f"ALTER POLICY {at} WITH CHECK (true)"), checks)  # fmt: skip
    for table in CLASSEMENT:
        yield Mutant("table", f"{table} sans sécurité des lignes",
                     _statement(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY'),
                     lambda table=table: _checks_of_table(t, oracle, table))  # fmt: skip


# --- lines of the matrix, as PostgreSQL knows them ---


def tables_of(categorie: str) -> list[str]:
    """Return the tables that hold a category, the most telling first."""
    return [
        table for table, (_, own, par_valeur) in CLASSEMENT.items()
        if own == categorie or (par_valeur and categorie in par_valeur[1].values())
        or (categorie == "dossier" and table == "dossiers_dossier")
        or (categorie == "identite" and table == "dossiers_dossier")
    ]  # fmt: skip


def _checks_of_profil(
    t: Treillis, oracle: Oracle, profil: str, categorie: str, operation: str
) -> Iterator[list[str]]:
    tables = tables_of(categorie)
    for p in t.personas.values():
        if p.profil == profil:
            if operation == LIRE:
                yield sql.check_reads(t, oracle, p, tables)
            else:
                yield sql.check_writes(t, oracle, p, tables)
                sql.write_copies(tables)
                yield sql.check_adds(t, oracle, p, tables, hasard=random.Random(5), par_sens=6)
    # No request saw it: PostgreSQL's copy of the matrix is read line by line.
    yield sql.check_regles(oracle)


# Rows of a département, which no relation to a file opens.
_PAR_DEPARTEMENT = {"listes", "droits"}


def list_lignes(t: Treillis, oracle: Oracle, *, hasard: random.Random) -> Iterator[Mutant]:
    """Yield each line removed, each stage widened or narrowed, and rights that nobody gave."""
    lines = sql.query(
        "SELECT profil, categorie, operation, relation, de, a FROM droits.regle ORDER BY 1, 2, 3, 4"
    )
    key = "profil = '{}' AND categorie = '{}' AND operation = '{}' AND relation = '{}'"
    for profil, categorie, operation, relation, de, a in lines:
        where = key.format(profil, categorie, operation, relation)
        name = f"{profil} {operation} {categorie} par {relation}"
        checks: Any = lambda p=profil, c=categorie, o=operation: _checks_of_profil(
            t, oracle, p, c, o
        )
        yield Mutant("ligne", f"{name} retirée",
                     _statement(f"DELETE FROM droits.regle WHERE {where}"), checks)  # fmt: skip
        if de > 0:
            yield Mutant(
                "stade",
                f"{name} dès le début",
                _statement(f"UPDATE droits.regle SET de = 0 WHERE {where}"),
                checks,
            )
        elif relation in {"departement", "secteur", "saisine"}:
            yield Mutant("stade", f"{name} à la fin seulement",
                         _statement(f"UPDATE droits.regle SET de = {a} WHERE {where}"),
                         checks)  # fmt: skip
    known = {line[:3] for line in lines}
    relations = {(line[0], line[3]) for line in lines}
    extra = [
        (profil, c, o, r) for profil, r in sorted(relations) for c in oracle.categories
        for o in (LIRE, ECRIRE) if (profil, c, o) not in known and tables_of(c)
        and (r == "departement" or c not in _PAR_DEPARTEMENT)
    ]  # fmt: skip
    for profil, c, o, r in hasard.sample(extra, min(120, len(extra))):
        values = f"('{profil}', '{c}', '{o}', '{r}', 0, 6)"
        with_read = f", ('{profil}', '{c}', 'lire', '{r}', 0, 6)" if o == ECRIRE else ""
        yield Mutant("droit", f"{profil} {o} {c} par {r} ajoutée",
                     _statement(
                         "INSERT INTO droits.regle (profil, categorie, operation, relation, de, a)"
                         f" VALUES {values}{with_read} ON CONFLICT DO NOTHING"
                     ),
                     lambda p=profil, c=c, o=o: _checks_of_profil(t, oracle, p, c, o))  # fmt: skip


# --- filters of the application, without row-level security ---


def check_visible(t: Treillis, oracle: Oracle, names: Any = None) -> Iterator[list[str]]:
    """Yield, by persona, what `visible_to` opens category by category against the oracle."""
    categories = ["dossier", *oracle.categories]
    for nom in names or t.agents:
        p, agent = t.personas[nom], t.agents[nom]
        for categorie in categories:
            if categorie == "listes":
                continue
            for operation in (LIRE, ECRIRE):
                if categorie == "dossier" and operation == ECRIRE:
                    continue
                rows = Dossier.objects.visible_to(
                    agent, on=ON, categorie=categorie, operation=operation
                )
                seen = {str(pk) for pk in rows.values_list("pk", flat=True)}
                want = {
                    d.id for d in t.dossiers.values()
                    if oracle.reaches(p, d, categorie, operation, ON, t.at)
                }  # fmt: skip
                yield (
                    []
                    if seen == want
                    else [
                        f"{nom} {operation} {categorie} : +{len(seen - want)} −{len(want - seen)}"
                    ]
                )


def check_readable(t: Treillis, oracle: Oracle, names: Any = None) -> Iterator[list[str]]:
    """Yield what `readable` and `get_ouverture` open, by persona and table."""
    from django.apps import apps

    models = {m._meta.db_table: m for m in apps.get_models()}
    facts = [k for k, (sorte, _, _) in CLASSEMENT.items() if sorte == "fait"]
    for nom in names or t.agents:
        p, agent = t.personas[nom], t.agents[nom]
        some = Dossier.objects.get(pk=next(d for d, s in t.sortes.items() if s == "tous ouverts"))
        ouverture = dossiers_queries.get_ouverture(agent=agent, on=ON, dossier=some)
        faits = t.dossiers[str(some.pk)]
        yield [
            f"{nom} ouverture {c} {o}" for c in oracle.categories for o in (LIRE, ECRIRE)
            if c != "listes"
            and ouverture.allows(c, o) != oracle.reaches(p, faits, c, o, ON, t.at)
        ]  # fmt: skip
        for table in facts:
            model = models[table]
            path = {
                "accompagnements_demarche": "contrat__mandat__dossier",
                "accompagnements_rapport": "mandat__dossier",
                "accompagnements_contrat": "mandat__dossier",
                "accompagnements_prolongation": "mandat__dossier",
            }.get(table, "dossier")
            rows = dossiers_queries.readable(
                rows=model.objects.all(), agent=agent, on=ON, chemin=path
            )
            seen = {str(pk) for pk in rows.values_list("pk", flat=True)}
            want = t.expected(oracle, p, table, LIRE)
            yield [] if seen == want else [f"{nom} lit {table} : {len(seen)} / {len(want)}"]
            if path == "dossier":
                one = dossiers_queries.readable(
                    rows=model.objects.all(), agent=agent, on=ON, dossier=some
                )
                seen = {str(pk) for pk in one.values_list("pk", flat=True)}
                want = {
                    r.pk for r in t.lignes[table]
                    if r.dossiers[0] is faits and t.allows(oracle, p, r)
                }  # fmt: skip
                yield [] if seen == want else [f"{nom} lit {table} d’un dossier"]


def check_verb(t: Treillis, oracle: Oracle, verbe: str) -> Iterator[list[str]]:
    """Yield, for the routes of a verb, the answers to personas that do not hold it.

    On files that they open, whatever opens them: where nothing but the verb stops them.
    """
    visite = Visite(t, oracle)
    routes = [(r, p) for r, p in _routes() if verbe in _declared(p)]
    for nom in _one_by_profil(t, set(t.agents)):
        p = t.personas[nom]
        for route, pattern in routes:
            if _declared(pattern) & oracle.verbes(p):
                continue
            for d in _list_opened(t, oracle, p) if takes_dossier(route) else [None]:
                kwargs = list_kwargs(t, route, d, organisation=p.organisation)
                if kwargs is None:
                    continue
                address = reverse(pattern.name, kwargs=kwargs)
                verbes = _declared(pattern)
                yield visite.run([
                    Demande(pattern.name, verbes, methode, nom, address, d.id if d else "")
                    for methode in ("GET", "POST")
                ]).fautes  # fmt: skip


def _one_by_profil(t: Treillis, names: set[str]) -> list[str]:
    by_profil = {t.personas[n].profil: n for n in sorted(names, reverse=True)
                 if not n.endswith(("_bis", "_62"))}  # fmt: skip
    return sorted(by_profil.values())


def _list_opened(t: Treillis, oracle: Oracle, p: Persona) -> list[Faits]:
    opened = [d for d in t.dossiers.values() if oracle.reaches(p, d, "dossier", LIRE, ON, t.at)]
    by_sorte = {t.sortes[d.id]: d for d in opened}
    return list(by_sorte.values())


def _patched(*patches: Any) -> Callable[[], Any]:
    @contextmanager
    def plant() -> Iterator[None]:
        module_matrice.list_portees.cache_clear()
        with ExitStack() as stack:
            for patch in patches:
                stack.enter_context(patch())
            yield
        module_matrice.list_portees.cache_clear()

    return plant


def patch_everywhere(name: str, original: Any, new: Any) -> Any:
    """Replace a function in every module of the product that imported it."""
    import sys

    @contextmanager
    def patch() -> Iterator[None]:
        with ExitStack() as stack:
            for module in list(sys.modules.values()):
                if getattr(module, "__name__", "").startswith(
                    ("seuil.", "tests.acces.mutants")
                ) and (getattr(module, name, None) is original):
                    stack.enter_context(mock.patch.object(module, name, new))
            yield

    return patch


def list_filtres(t: Treillis, oracle: Oracle) -> Iterator[Mutant]:
    """Yield each filter of the application taken away, PostgreSQL's own left aside."""
    original_visible = DossierQuerySet.visible_to
    original_readable = dossiers_queries.readable
    original_only = dossiers_queries.only_visible
    names = (
        "secretariat",
        "siao",
        "departement",
        "travailleur_social",
        "gestionnaire",
        "caf",
        "secretariat_62",
        "dpo",
        "bailleur_social",
        "chef_equipe_bis",
        "ccas",
        "metropole",
    )

    def visibles() -> Iterator[list[str]]:
        yield from check_visible(t, oracle, names)

    def lisibles() -> Iterator[list[str]]:
        yield from check_readable(t, oracle, names)

    def both() -> Iterator[list[str]]:
        yield from visibles()
        yield from lisibles()

    def widened(categorie: str, operation: str) -> Any:
        def visible_to(
            self: Any, agent: Any, *, on: Any, categorie: str = "dossier", operation: str = "lire"
        ) -> Any:
            if (categorie, operation) == wanted:
                return self.filter(departement=agent.departement_id)
            return original_visible(self, agent, on=on, categorie=categorie, operation=operation)

        wanted = (categorie, operation)
        return lambda: mock.patch.object(DossierQuerySet, "visible_to", visible_to)

    for categorie in ("dossier", *oracle.categories):
        for operation in (LIRE, ECRIRE):
            if categorie != "listes" and (categorie, operation) != ("dossier", ECRIRE):
                yield Mutant("filtre", f"visible_to ouvre {operation} {categorie}",
                             _patched(widened(categorie, operation)), visibles)  # fmt: skip
    yield Mutant(
        "filtre",
        "visible_to ouvre tout",
        _patched(
            lambda: mock.patch.object(DossierQuerySet, "visible_to", lambda self, agent, **_: self)
        ),
        visibles,
    )
    yield Mutant(
        "filtre",
        "visible_to ne ferme rien à personne : none() devient all()",
        _patched(lambda: mock.patch.object(DossierQuerySet, "none", lambda self: self.all())),
        visibles,
    )
    yield Mutant(
        "filtre",
        "le traitement limité n’est pas regardé",
        _patched(lambda: mock.patch.object(module_dossier, "load_matrice", _unlimited)),
        visibles,
    )
    yield Mutant(
        "filtre",
        "un lien fini ouvre encore",
        _patched(
            lambda: mock.patch.object(dossiers_models.AccesQuerySet, "open", lambda self, on: self)
        ),
        visibles,
    )
    yield Mutant(
        "filtre",
        "un lien ouvre à tout le monde",
        _patched(
            lambda: mock.patch.object(
                dossiers_models.AccesQuerySet,
                "held_by",
                lambda self, agent, liens, on: self.open(on=on).filter(relation__in=liens),
            )
        ),
        visibles,
    )
    yield Mutant(
        "filtre",
        "toute relation vaut une autre",
        _patched(
            lambda: mock.patch.object(
                dossiers_models.AccesQuerySet,
                "held_by",
                lambda self, agent, liens, on: self.open(on=on).filter(
                    Q(agent=agent.pk) | Q(organisation=agent.organisation_id) | Q(role=agent.role)
                ),
            )
        ),
        visibles,
    )
    yield Mutant(
        "filtre",
        "ce qui est dû n’est pas regardé",
        _patched(
            lambda: mock.patch.object(
                relations._Saisine,
                "list_files",
                lambda self, dossiers, agent, *, on: [dossiers.values("pk")],
            )
        ),
        visibles,
    )
    yield Mutant(
        "filtre",
        "le secteur est tout le département",
        _patched(lambda: mock.patch.object(Organisation, "secteur", _read_as("33063", "33243"))),
        visibles,
    )
    yield Mutant(
        "filtre",
        "le secteur est vide",
        _patched(lambda: mock.patch.object(Organisation, "secteur", _read_as())),
        visibles,
    )
    yield Mutant(
        "filtre",
        "les stades ne sont pas regardés",
        _patched(lambda: mock.patch.object(module_dossier, "list_portees", _every_stage)),
        visibles,
    )
    yield Mutant(
        "filtre",
        "readable garde tout",
        _patched(patch_everywhere("readable", original_readable, lambda *, rows, **_: rows)),
        lisibles,
    )
    yield Mutant(
        "filtre",
        "only_visible ouvre tout dossier",
        _patched(
            patch_everywhere("only_visible", original_only, lambda *, dossier, **_: [dossier.pk])
        ),
        lisibles,
    )
    yield Mutant(
        "filtre",
        "readable ignore la catégorie",
        _patched(
            patch_everywhere(
                "only_visible",
                original_only,
                lambda *, agent, on, dossier, **_: original_only(
                    agent=agent, on=on, dossier=dossier
                ),
            )
        ),
        lisibles,
    )
    yield Mutant(
        "filtre",
        "tout le monde lit le département entier",
        _patched(
            patch_everywhere(
                "reads_whole",
                acteurs_rules.reads_whole,
                lambda *_: True,
            )
        ),
        lisibles,
    )
    yield Mutant(
        "filtre",
        "l’ouverture ne regarde pas les relations",
        _patched(
            lambda: mock.patch.object(relations._Secteur, "holds", lambda *_, **__: True),
            lambda: mock.patch.object(relations._Saisine, "holds", lambda *_, **__: True),
        ),
        both,
    )
    from tests.acces.oracle import A_SOI

    for table in A_SOI:
        model = next(m for m in _models() if m._meta.db_table == table)
        yield Mutant("filtre", f"{table} n’est plus réservée à son organisme",
                     _patched(lambda model=model: mock.patch.object(
                         model.Rls, "organisation_seule", False)), lisibles)  # fmt: skip
    for model in _models():
        if getattr(model.Rls, "par_valeur", None):
            yield Mutant("filtre", f"{model._meta.db_table} : une seule catégorie",
                         _patched(lambda model=model: mock.patch.object(
                             model.Rls, "par_valeur", ("", {}))), lisibles)  # fmt: skip


def list_verbes(t: Treillis, oracle: Oracle) -> Iterator[Mutant]:
    """Yield each verb given to everybody."""
    original = acteurs_rules.why_not
    asked = {v for _, pattern in _routes() for v in _declared(pattern)}
    for verbe in sorted(asked & {v for p in oracle.profils.values() for v in p["verbes"]}):

        def why_not(profil: str, asked: str, *, verbe: str = verbe) -> str | None:
            return None if asked == verbe else original(profil, asked)

        yield Mutant("verbe", f"{verbe} à tout le monde",
                     _patched(patch_everywhere("why_not", original, why_not)),
                     lambda verbe=verbe: check_verb(t, oracle, verbe))  # fmt: skip


def _routes() -> Any:
    from tests.acces.http import ROUTES

    return ROUTES


def _declared(pattern: Any) -> Any:
    from tests.architecture.test_routes import declaration

    return declaration(pattern.callback)


def _models() -> list[Any]:
    from django.apps import apps

    return [m for m in apps.get_models() if hasattr(m, "Rls") and m._meta.db_table in CLASSEMENT]


def _unlimited() -> Any:
    from dataclasses import replace

    real = module_matrice.load_matrice()
    return replace(real, profils={k: replace(p, limites=True) for k, p in real.profils.items()})


def _every_stage(profil: str, categorie: str, operation: str = "lire") -> Any:
    from dataclasses import replace

    return tuple(
        replace(p, de=0, a=6) for p in module_matrice.list_portees(profil, categorie, operation)
    )


# --- one layer alone ---


@contextmanager
def without_filters() -> Iterator[None]:
    """Take away every filter of the application by dossier: PostgreSQL is left alone."""
    original = dossiers_queries.get_ouverture

    def everything(*, agent: Any, on: Any, dossier: Any) -> Any:
        from seuil.dossiers.queries import Ouverture, Raison

        matrice = module_matrice.load_matrice()
        return Ouverture([
            Raison(matrice.relations[r.relation], r)
            for p in matrice.profils.values() for r in p.regles
        ])  # fmt: skip

    patches = (
        lambda: mock.patch.object(DossierQuerySet, "visible_to", lambda self, agent, **_: self),
        patch_everywhere("readable", dossiers_queries.readable, lambda *, rows, **_: rows),
        patch_everywhere("hide_limited", dossiers_queries.hide_limited, lambda *, rows, **_: rows),
        patch_everywhere("only_visible", dossiers_queries.only_visible,
                         lambda *, dossier, **_: [dossier.pk]),
        patch_everywhere("reads_whole", acteurs_rules.reads_whole, lambda *_: True),
        patch_everywhere("get_ouverture", original, everything),
    )  # fmt: skip
    with _patched(*patches)():
        yield


@contextmanager
def without_policies() -> Iterator[None]:
    """Leave the application alone: the tests' connection owns the tables and sees everything."""
    from seuil.web import access

    with mock.patch.object(access, "under_policies", nullcontext):
        yield


def run_alone(
    t: Treillis, oracle: Oracle, layer: Any, *, demandes: int, graine: int
) -> tuple[int, list[str]]:
    """Send requests with one layer only; return how many, and the leaks."""
    hasard = random.Random(graine)
    wanted: list[Demande] = list(list_demandes(t, oracle, hasard=hasard))
    hasard.shuffle(wanted)
    visite = Visite(t, oracle)
    for nom in t.agents:
        visite.client(nom)
    with layer():
        bilan = visite.run((d for d in wanted[:demandes] if d.methode == "GET"), leaks_only=True)
    return bilan.demandes, bilan.fautes


__all__ = ["Mutant", "Persona", "kill"]
