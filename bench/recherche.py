"""The search: départements of 60,000 files among 420,000, each question under the policies.

Names follow the usual law: a few are borne by hundreds. The floor is one word read by its index.
"""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import date

from django.db import connection, transaction

from bench.acces import fill
from bench.base import ENTIERE, Taille, own_database, time_often
from seuil.acteurs.models import Agent
from seuil.echeances.queries.dossiers import list_reperes
from seuil.jobs.migrer import migrate
from seuil.kernel.contexte import Contexte, acting_as, under_policies
from seuil.recherche.models import Mention
from seuil.recherche.queries import list_trouvailles

ON = date(2026, 11, 21)
_BASE = "seuil_recherche"
_BUT = 0.05


def run(taille: Taille) -> None:
    """Print what each question takes, for who reads all, some communes, or some files."""
    whole = taille is ENTIERE
    taille = replace(taille, departements=7, par_departement=60_000) if whole else taille
    with own_database(_BASE) if whole else nullcontext():
        migrate()
        fill(taille)
        _fill_mentions()
        print(f"{Mention.objects.count()} mots, {taille.par_departement} dossiers par département")
        print(f"{'ms de processeur, page et base':<48}{'':>8}   rapport à un mot lu")
        for profil in ("secretariat", "service_social", "chef_equipe"):
            agent = Agent.objects.select_related("organisation").get(courriel=f"{profil}@x.invalid")
            _measure(agent, taille)


def _measure(agent: Agent, taille: Taille) -> None:
    floor = time_often(_as(agent, lambda: _read_one(agent)), taille.tours)
    for name, texte in _ask().items():
        taken = time_often(_as(agent, lambda texte=texte: _search(agent, texte)), taille.tours)
        spent = taken.processeur or taken.secondes
        mark = "" if spent <= _BUT else "   > 50"
        ratio = spent / (floor.processeur or floor.secondes)
        print(
            f"{agent.prenom + ', ' + name:<48}{spent * 1000:>8.1f}   {ratio:.1f}{mark}", flush=True
        )


def _as(agent: Agent, work: Callable[[], object]) -> Callable[[], None]:
    contexte = Contexte("agent", str(agent.pk), agent.departement_id, ON)

    def run_as() -> None:
        with transaction.atomic(), under_policies(), acting_as(contexte):
            work()

    return run_as


def _read_one(agent: Agent) -> object:
    rows = Mention.objects.filter(departement=agent.departement_id, mot="ZZZZ")
    return list(rows.values_list("pk", flat=True))


def _search(agent: Agent, texte: str) -> object:
    found = list_trouvailles(agent=agent, on=ON, texte=texte)
    shown = (*found.exactes, *found.ressemblantes)
    return list_reperes(agent=agent, on=ON, ids=[t.dossier_id for t in shown])


def _ask() -> Mapping[str, str]:
    """Return what is asked: words that many files have, and words that few have."""
    with connection.cursor() as cursor:
        cursor.execute(_MOTS)
        (commun, prenom, rare, telephone, rue, bailleur) = cursor.fetchone()
    return {
        "un nom courant": commun,
        "un nom rare": rare,
        "nom courant et prénom courant": f"{prenom} {commun}",
        "un prénom courant": prenom,
        "nom rare, une lettre perdue": rare[:2] + rare[3:],
        "nom et prénom, deux lettres échangées": f"{commun[1]}{commun[0]}{commun[2:]} {prenom}",
        "nom que personne ne porte": f"{prenom} {rare}IX",
        "trois lettres": commun[:3],
        "un téléphone": telephone,
        "un début de téléphone": telephone[:6],
        "une rue": f"12 rue {rue}",
        "un bailleur": bailleur,
        "un numéro": "712",
    }


_MOTS = """
WITH m AS (SELECT nature, mot, count(*) AS n FROM recherche_mention WHERE departement = '33'
  GROUP BY 1, 2)
SELECT (SELECT mot FROM m WHERE nature = 'personne' AND length(mot) = 6 ORDER BY n DESC LIMIT 1),
  (SELECT mot FROM m WHERE nature = 'personne' AND length(mot) = 4 ORDER BY n DESC LIMIT 1),
  (SELECT mot FROM m WHERE nature = 'personne' AND length(mot) = 6 ORDER BY n, mot LIMIT 1),
  (SELECT max(mot) FROM m WHERE nature = 'telephone'),
  (SELECT mot FROM m WHERE nature = 'adresse' AND mot <> 'RUE' AND mot ~ '^[A-Z]+$'
    ORDER BY n DESC, mot LIMIT 1),
  (SELECT mot FROM m WHERE nature = 'bailleur' ORDER BY n DESC, mot LIMIT 1)
"""


def _fill_mentions() -> None:
    if Mention.objects.filter(nature="adresse").exists():
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute("TRUNCATE recherche_mention")
        for statement in _REMPLIR:
            cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


_SYLLABES = (
    "(ARRAY['BA','BE','BO','CA','CO','DA','DE','DU','FA','FE','GA','GO','LA','LE','LI','MA','ME',"
    "'MO','NA','NO','PA','PE','PI','RA','RE','RI','RO','SA','SE','SO','TA','TE','TO','VA','VE',"
    "'VI','JA','JE','KA','LO'])"
)
_REMPLIR = (
    f"""CREATE FUNCTION pg_temp.mot(n int, i int) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT {_SYLLABES}[1 + i % 40] || {_SYLLABES}[1 + (i / 40) % 40]
    || CASE WHEN n > 2 THEN {_SYLLABES}[1 + (i / 1600) % 40] ELSE '' END $$""",
    """CREATE TEMP TABLE tire ON COMMIT DROP AS
    SELECT id, departement_id AS dep, commune_code AS commune,
    floor(16000 * power(random(), 2))::int AS nom, floor(500 * power(random(), 2))::int AS prenom,
    floor(6000 * power(random(), 2))::int AS rue, floor(9000 * power(random(), 3))::int AS loueur,
    1 + floor(200 * random())::int AS numero FROM dossiers_dossier""",
    """INSERT INTO recherche_mention (id, dossier_id, departement, nature, source, mot, son)
    SELECT gen_random_uuid(), t.id, dep, u.nature, t.id, u.mot,
      CASE WHEN u.nature IN ('personne', 'bailleur') THEN u.mot ELSE '' END
    FROM tire t CROSS JOIN LATERAL (VALUES ('personne', pg_temp.mot(3, nom)),
      ('personne', pg_temp.mot(2, prenom)), ('adresse', numero::text), ('adresse', 'RUE'),
      ('adresse', pg_temp.mot(3, rue)), ('commune', 'COMMUNE' || commune),
      ('bailleur', 'SCI'), ('bailleur', pg_temp.mot(3, loueur))) u(nature, mot)""",
    """INSERT INTO recherche_mention (id, dossier_id, departement, nature, source, mot, son)
    SELECT gen_random_uuid(), c.dossier_id, d.departement_id, 'telephone', c.id, c.valeur, ''
    FROM dossiers_coordonnee c JOIN dossiers_dossier d ON d.id = c.dossier_id""",
)
