"""What row-level security costs: 400,000 dossiers in 40 départements, hand-filtered against it.

Same queries, filtered by the application in both cases: once as the owner of the tables, whom no
policy concerns, once as the application's role, in the context of the agent.
"""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from bench.base import ENTIERE, Taille, Temps, get_median, own_database, timed
from seuil.actes.queries import list_actes
from seuil.acteurs.models import Agent, Organisation
from seuil.acteurs.operations.territoires import import_geography
from seuil.dossiers.models import Dossier
from seuil.dossiers.queries import (
    get_dossier,
    get_menage,
    get_ouverture,
    list_acces,
    list_aides,
    list_dettes,
)
from seuil.echeances.queries.dossiers import Filtres, list_dossiers, list_rows
from seuil.echeances.queries.echeances import list_dates_legales, list_echeances
from seuil.echeances.queries.situations import get_derniere_dette, get_situation
from seuil.jobs.migrer import migrate
from seuil.kernel.contexte import Contexte, acting_as, under_policies

ON = date(2026, 11, 21)
_BASE = "seuil_acces"


def run(taille: Taille) -> None:
    """Print the median of each query both ways, and the ratio."""
    with own_database(_BASE) if taille is ENTIERE else nullcontext():
        migrate()
        fill(taille)
        agents = {
            profil: Agent.objects.select_related("organisation").get(courriel=f"{profil}@x.invalid")
            for profil in ("secretariat", "chef_equipe", "travailleur_social", "service_social")
        }
        print(f"\n{Dossier.objects.count()} dossiers, {taille.departements} départements")
        print(
            f"{'':<40}{'à la main':>12}{'avec RLS':>12}{'rapport':>10}"
            f"   (médianes de {taille.tours}, ms de processeur ; horloge)"
        )
        for profil, agent in agents.items():
            for name, query in _list_queries(agent).items():
                _tell(f"{profil}, {name}", *_compare(query, agent, taille.tours))


def _tell(name: str, hand: Temps, policies: Temps) -> None:
    """Print both ways and their ratio: of the processor, which waits for nobody, then the clock."""
    # A distant server tells nothing of its processor.
    spent = [t.processeur or t.secondes for t in (hand, policies)]
    ratio = spent[1] / spent[0]
    mark = "" if ratio <= 1.2 else "  > 1,20"
    print(
        f"{name:<40}{spent[0] * 1000:>12.2f}{spent[1] * 1000:>12.2f}{ratio:>10.2f}"
        f"   ({policies.secondes / hand.secondes:.2f}){mark}",
        flush=True,
    )


def _list_queries(agent: Agent) -> dict[str, Callable[[], Any]]:
    visible = Dossier.objects.visible_to(agent, on=ON).order_by("numero")
    *_, numero = visible.values_list("numero", flat=True)[:18]

    def liste(**filtres: Any) -> Any:
        found = list_dossiers(agent=agent, on=ON, filtres=Filtres(**filtres))
        return found.count(), list_rows(agent=agent, on=ON, situations=found[:50])

    def dossier() -> Any:
        found = get_dossier(agent=agent, on=ON, numero=numero)
        key: dict[str, Any] = {"agent": agent, "on": ON, "dossier": found}
        return [
            read(**key)
            for read in (
                get_ouverture, get_situation, get_derniere_dette, get_menage, list_dettes,
                list_aides, list_actes, list_dates_legales, list_echeances, list_acces,
            )
        ]  # fmt: skip

    return {
        "liste": liste,
        "liste filtrée": lambda: liste(stade="assignation", tri="audience"),
        "recherche d’un nom": lambda: liste(texte="NOM0042"),
        "recherche d’un numéro": lambda: liste(texte=numero),
        "page d’un dossier": dossier,
    }


def _compare(query: Callable[[], Any], agent: Agent, tours: int) -> tuple[Temps, Temps]:
    """Return the medians, hand-filtered and under policies, taken in turn."""
    contexte = Contexte("agent", str(agent.pk), agent.departement_id, ON)
    times: dict[bool, list[Temps]] = {False: [], True: []}
    expected = None
    for turn in range(tours + 3):
        for policies in (False, True):
            # The server is connected as its role: to take it is no part of what policies cost.
            as_role = under_policies() if policies else nullcontext()
            with transaction.atomic(), as_role, timed() as taken, acting_as(contexte):
                found = query()
            if turn >= 3:
                times[policies].append(taken)
            if isinstance(found, tuple):
                expected = expected or found
                assert found == expected, "les deux façons ne rendent pas la même chose"
    hand, under = (get_median(times[policies]) for policies in (False, True))
    return hand, under


def fill(taille: Taille) -> None:
    if Dossier.objects.count() >= taille.departements * taille.par_departement:
        return
    print("Remplissage (une fois)…", flush=True)
    import_geography()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in _PLACES:
            cursor.execute(statement, {"d": taille.departements})
        cursor.execute("SELECT code FROM dep ORDER BY rang")
        _create_agents([code for (code,) in cursor.fetchall()])
        for statement in _FILL:
            cursor.execute(
                statement, {"n": taille.par_departement, "d": taille.departements, "on": ON}
            )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _create_agents(departements: list[str]) -> None:
    """Create, in each département, the organisations and the accounts of the measure."""
    types = {
        "secretariat": "ddets", "chef_equipe": "operateur", "travailleur_social": "operateur",
        "service_social": "conseil_departemental",
    }  # fmt: skip
    homes = {
        (code, kind): Organisation(departement_id=code, type=kind, nom=f"{kind} {code}")
        for code in departements
        for kind in set(types.values())
    }
    Organisation.objects.bulk_create(homes.values())
    Agent.objects.bulk_create(
        Agent(
            courriel=f"{profil}{'' if code == '33' else code}@x.invalid".lower(), nom="Mesure",
            prenom=profil, role="partenaire" if profil == "service_social" else profil,
            organisation=homes[code, kind], departement_id=code, habilite_le=ON,
            habilite_jusqu_au=ON + timedelta(days=365), password="!",
        )
        for code in departements
        for profil, kind in types.items()
    )  # fmt: skip


_PLACES = (
    """CREATE TEMP TABLE dep ON COMMIT DROP AS SELECT d.code,
    row_number() OVER (ORDER BY d.code <> '33', d.code) AS rang FROM acteurs_departement d
    WHERE EXISTS (SELECT 1 FROM acteurs_commune c WHERE c.departement_id = d.code)""",
    "DELETE FROM dep WHERE rang > %(d)s",
    """CREATE TEMP TABLE com ON COMMIT DROP AS SELECT departement_id, code, codes_postaux[1] AS cp,
    row_number() OVER (PARTITION BY departement_id ORDER BY code) - 1 AS rang,
    count(*) OVER (PARTITION BY departement_id) AS total FROM acteurs_commune""",
)
_FILL = (
    """CREATE TEMP TABLE dos ON COMMIT DROP AS SELECT gen_random_uuid() AS id, dep.code AS dep, i,
    com.code AS commune, com.cp, (i %% 7) AS rang,
    (ARRAY['commandement', 'assignation', 'jugement', 'cql', 'rfp', 'cfp', 'expulsion'])[1 + i %% 7]
    AS stade, 'NOM' || lpad((i %% 2500)::text, 4, '0') AS nom
    FROM dep CROSS JOIN generate_series(1, %(n)s) i
    JOIN com ON com.departement_id = dep.code AND com.rang = i %% com.total""",
    """INSERT INTO dossiers_dossier (id, numero, departement_id, parc, ouvert_le, cle, rang,
    commune_code) SELECT id, dep || '-2026-' || lpad(i::text, 6, '0'), dep, 'prive',
    %(on)s::date - (i %% 900), nom || '|' || id, rang, commune FROM dos""",
    """INSERT INTO dossiers_logement (id, dossier_id, adresse, complement, code_postal, commune_id,
    type_logement) SELECT gen_random_uuid(), id, i || ' rue de l''Exemple', '', coalesce(cp, ''),
    commune, '' FROM dos""",
    """INSERT INTO dossiers_personne (id, dossier_id, qualite, rang, nom, prenom)
    SELECT gen_random_uuid(), id, 'titulaire', 1, nom, 'Claude' FROM dos""",
    """INSERT INTO dossiers_bailleur (id, departement_id, nature, nom, telephone, courriel,
    mandataire, cle) SELECT gen_random_uuid(), code, 'physique', 'Bailleur', '', '', '', 'b'
    FROM dep""",
    """INSERT INTO dossiers_bail (id, dossier_id, bailleur_id, clause_duree, loyer)
    SELECT gen_random_uuid(), d.id, b.id, '', 650 FROM dos d JOIN dossiers_bailleur b
    ON b.departement_id = d.dep""",
    """INSERT INTO dossiers_dette (id, dossier_id, constatee_le, montant, source)
    SELECT gen_random_uuid(), id, %(on)s::date - (i %% 900), 500 + i %% 9000, 'Mesure' FROM dos""",
    """INSERT INTO dossiers_coordonnee (id, dossier_id, type, valeur, valide_du, source)
    SELECT gen_random_uuid(), id, 'telephone', '05' || lpad(i::text, 8, '0'), %(on)s, 'Mesure'
    FROM dos""",
    """INSERT INTO actes_acte (id, dossier_id, type, survenu_le, source, juridiction, sens,
    reference, delai_annonce) SELECT gen_random_uuid(), id, t, %(on)s::date - (i %% 900), 'Mesure',
    '', '', '', '' FROM dos, unnest(ARRAY['commandement', 'assignation']) t""",
    """INSERT INTO echeances_echeance (id, dossier_id, departement, regle, source_id, source_type,
    debut_le, le, autres, certitude, parametre, arguments, a_obtenir)
    SELECT gen_random_uuid(), id, dep, r,
    gen_random_uuid(), 'acte', %(on)s::date - 20, %(on)s::date + (i %% 60), '{}', 'sure', '', '{}',
    '' FROM dos, unnest(ARRAY['C2', 'C3']) r""",
    """INSERT INTO echeances_situation (dossier_id, departement, stade, stade_le, audience_le,
    nom_affiche, nom_recherche, parc, enfants, bailleur, commune_code, arrondissement_code)
    SELECT id, dep, stade, %(on)s::date - (i %% 900), %(on)s::date + (i %% 90), nom || ' Claude',
    nom || ' CLAUDE', 'prive', 0, 'physique', commune, '' FROM dos""",
    """INSERT INTO recherche_mention (id, dossier_id, departement, nature, source, mot, son)
    SELECT gen_random_uuid(), id, dep, 'personne', id, mot, ''
    FROM dos, unnest(ARRAY[nom, 'CLAUDE']) mot""",
    """INSERT INTO echeances_situationdette (dossier_id, departement, montant, constatee_le)
    SELECT id, dep, 500 + i %% 9000, %(on)s FROM dos""",
    """INSERT INTO dossiers_acces (id, dossier_id, departement, relation, role, organisation_id,
    debut_le) SELECT gen_random_uuid(), d.id, d.dep, 'mandat', '', o.id, %(on)s::date - 30
    FROM dos d JOIN acteurs_organisation o ON o.departement_id = d.dep AND o.type = 'operateur'
    WHERE d.i %% 25 = 0""",
    """INSERT INTO dossiers_acces (id, dossier_id, departement, relation, role, agent_id, debut_le)
    SELECT gen_random_uuid(), d.id, d.dep, 'affectation', '', a.id, %(on)s::date - 30
    FROM dos d JOIN acteurs_agent a ON a.departement_id = d.dep AND a.role = 'travailleur_social'
    WHERE d.i %% 100 = 0""",
)
