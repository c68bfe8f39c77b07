"""What the équipe mobile reads: candidates, mandates, facts, work."""

import random
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seuil.accompagnements.models import Mandat, Prescription
from seuil.accompagnements.queries import choix, mandats
from seuil.accompagnements.queries.choix import ObjectifAbsent, get_proposition
from seuil.accompagnements.queries.faits import list_besoins, list_etats, list_faits
from seuil.accompagnements.queries.mandats import list_mandats
from seuil.accompagnements.rules import mandats as rules_mandats
from seuil.accompagnements.rules import priorites
from seuil.accompagnements.rules.choix import Cible
from seuil.acteurs.models import Agent, Organisation
from seuil.dossiers.models import Bailleur, Coordonnee, Dossier
from seuil.echeances.models import Situation, SituationDette, SituationSuivi
from tests.factories.accompagnements import make_contact, make_mandat, make_objectif
from tests.factories.base import LIBOURNE, make_agent, make_dossier, make_organisation

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 21)
DAY = timedelta(days=1)


def situate(dossier: Dossier, **fields: Any) -> Dossier:
    """Set where a dossier stands, its last debt and what social services said of it."""
    apart = {name: fields.pop(name) for name in ("dette", "suivi") if name in fields}
    if fields:
        Situation.objects.filter(dossier=dossier).update(**fields)
    if "dette" in apart:
        SituationDette.objects.filter(dossier=dossier).delete()
    if apart.get("dette") is not None:
        SituationDette.objects.create(
            dossier=dossier, departement="33", montant=apart["dette"], constatee_le=ON
        )
    if apart.get("suivi"):
        SituationSuivi.objects.update_or_create(
            dossier=dossier, defaults={"departement": "33", "suivi": apart["suivi"]}
        )
    return dossier


def numeros(agent: Agent) -> set[str]:
    """Return the numbers of the dossiers that may be chosen."""
    found, _ = choix._fetch_candidats(
        agent=agent, on=ON, cible=Cible(volume=25), with_ids=(), without_ids=()
    )
    return {c.numero for c in found}


def prescribe(dossier: Dossier, by: Agent, propose_le: date = ON) -> None:
    Prescription.objects.create(
        dossier=dossier,
        service="MDS de Lormont",
        motif="Injoignable",
        propose_le=propose_le,
        par=by,
    )


@pytest.mark.parametrize(
    ("fields", "eligible"),
    [
        pytest.param({}, True, id="commandement récent"),
        pytest.param({"stade_le": ON - 92 * DAY}, True, id="commandement de 92 jours"),
        pytest.param({"stade_le": ON - 93 * DAY}, False, id="commandement de 93 jours"),
        pytest.param({"suivi": "connu"}, False, id="connu d'un service"),
        pytest.param({"suivi": "sans_reponse"}, True, id="sans réponse"),
        pytest.param({"stade": "jugement"}, False, id="jugement"),
        pytest.param({"stade": "expulsion"}, False, id="expulsion"),
        pytest.param({"stade": "cql"}, True, id="cql"),
        pytest.param({"stade": "cql", "stade_le": ON - 184 * DAY}, False, id="cql ancien"),
        pytest.param({"stade": "cfp"}, False, id="cfp sans prescription"),
        pytest.param({"stade": "rfp"}, False, id="rfp sans prescription"),
        pytest.param({"stade": "assignation"}, True, id="audience à déterminer"),
        pytest.param(
            {"stade": "assignation", "audience_le": ON + 7 * DAY}, True, id="audience à 7 jours"
        ),
        pytest.param(
            {"stade": "assignation", "audience_le": ON + 6 * DAY}, False, id="audience à 6 jours"
        ),
        pytest.param(
            {"stade": "assignation", "audience_le": ON - DAY}, False, id="audience passée"
        ),
        pytest.param({"stade": "cql", "audience_le": ON - 90 * DAY}, True, id="cql après audience"),
    ],
)
def test_eligibility_follows_the_convention(
    fields: dict[str, Any], eligible: bool, operateur: Organisation, secretaire: Agent
) -> None:
    dossier = situate(make_dossier(ouvert_le=ON - 20 * DAY), **fields)

    assert (dossier.numero in numeros(secretaire)) is eligible


@pytest.mark.parametrize("parc", ["social", "inconnu"])
def test_only_the_private_sector_is_eligible(
    parc: str, operateur: Organisation, secretaire: Agent
) -> None:
    make_dossier(parc=parc, ouvert_le=ON - 20 * DAY)

    assert numeros(secretaire) == set()


@pytest.mark.parametrize("stade", ["rfp", "cfp"])
def test_a_proposal_of_a_service_opens_the_last_stages(
    stade: str, operateur: Organisation, secretaire: Agent
) -> None:
    dossier = situate(make_dossier(), stade=stade)
    old = situate(make_dossier(), stade=stade)
    prescribe(dossier, secretaire)
    prescribe(old, secretaire, propose_le=ON - 184 * DAY)

    assert numeros(secretaire) == {dossier.numero}


def test_a_proposal_of_a_service_opens_an_old_act(
    operateur: Organisation, secretaire: Agent
) -> None:
    dossier = make_dossier(ouvert_le=ON - 300 * DAY)
    prescribe(dossier, secretaire)

    assert numeros(secretaire) == {dossier.numero}


@pytest.mark.parametrize(
    ("fields", "eligible"),
    [
        pytest.param({}, False, id="réponse attendue"),
        pytest.param({"repondu_le": ON - 300 * DAY}, False, id="en cours"),
        pytest.param(
            {"reponse": "refuse", "repondu_le": ON - 182 * DAY, "motif_refus": "Connu"},
            False,
            id="refusé depuis moins de six mois",
        ),
        pytest.param(
            {"reponse": "refuse", "repondu_le": ON - 183 * DAY, "motif_refus": "Connu"},
            True,
            id="refusé depuis six mois",
        ),
        pytest.param(
            {
                "repondu_le": ON - 300 * DAY,
                "clos_le": ON - 182 * DAY,
                "motif_cloture": "objectifs",
                "denouement": "maintien",
            },
            False,
            id="clos depuis moins de six mois",
        ),
        pytest.param(
            {
                "repondu_le": ON - 300 * DAY,
                "clos_le": ON - 183 * DAY,
                "motif_cloture": "objectifs",
                "denouement": "maintien",
            },
            True,
            id="clos depuis six mois",
        ),
    ],
)
def test_a_mandate_keeps_a_dossier_out_until_six_months_after_its_end(
    fields: dict[str, Any], eligible: bool, operateur: Organisation, secretaire: Agent
) -> None:
    dossier = make_dossier(ouvert_le=ON - 20 * DAY)
    make_mandat(operateur=operateur, dossier=dossier, transmis_le=ON - 310 * DAY, **fields)

    assert (dossier.numero in numeros(secretaire)) is eligible


def test_only_who_sees_the_departement_sees_candidates(
    operateur: Organisation, chef_equipe: Agent, charge_mission: Agent
) -> None:
    make_dossier(ouvert_le=ON - 20 * DAY)

    for agent in (chef_equipe, charge_mission):
        assert numeros(agent) == set()


def fill(count: int, seed: int) -> None:
    """Make dossiers of every kind, the same for the same seed."""
    draw = random.Random(seed)
    for _ in range(count):
        dossier = make_dossier(
            commune=draw.choice(["33063", "33063", LIBOURNE]),
            ouvert_le=ON - draw.randint(1, 90) * DAY,
            dette=draw.choice([None, 900, 2000, 3400, 5000, 9100]),
            bailleur=f"Bailleur {draw.randint(1, 6)}",
        )
        stade = draw.choice(["commandement", "commandement", "assignation", "cql"])
        audience = draw.choice([None, 7, 20, 21, 60, 61]) if stade == "assignation" else None
        situate(
            dossier,
            stade=stade,
            audience_le=None if audience is None else ON + audience * DAY,
            suivi=draw.choice(["", "inconnu", "sans_reponse"]),
        )
        if draw.random() < 0.5:
            situate(dossier, enfants=draw.randint(0, 3))
        if draw.random() < 0.5:
            Coordonnee.objects.create(
                dossier=dossier,
                type="telephone",
                valeur="0600000000",
                valide_du=ON - 99 * DAY,
                valide_au=draw.choice([None, ON, ON + DAY]),
                source="Essai",
            )
        if stade == "commandement":
            situate(dossier, delai_le=ON + draw.choice([-1, 0, 14, 15, 40]) * DAY)
    for bailleur in Bailleur.objects.order_by("nom"):
        bailleur.nature = draw.choice(["physique", "sci_familiale", "morale", "inconnue"])
        bailleur.save()
        Situation.objects.filter(dossier__bail__bailleur=bailleur).update(bailleur=bailleur.nature)


def read_database_scores(agent: Agent) -> dict[Any, int]:
    """Return the scores by which the database ranked, by running its own statement again."""
    with CaptureQueriesContext(connection) as captured:
        choix._fetch_candidats(
            agent=agent, on=ON, cible=Cible(200, "332"), with_ids=(), without_ids=()
        )
    with connection.cursor() as cursor:
        cursor.execute(captured[-1]["sql"].replace("%", "%%"))
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {row["dossier_id"]: row["score"] for row in rows}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_database_and_the_explanation_give_the_same_score(
    seed: int, gironde: str, secretaire: Agent
) -> None:
    fill(40, seed)

    candidats, _ = choix._fetch_candidats(
        agent=secretaire, on=ON, cible=Cible(200, "332"), with_ids=(), without_ids=()
    )

    in_database = read_database_scores(secretaire)
    assert len(candidats) == 40
    assert {c.dossier_id: c.score for c in candidats} == in_database
    assert len(set(in_database.values())) > 5


def test_looking_at_the_best_bases_first_changes_nothing_to_the_ranking(
    gironde: str, secretaire: Agent
) -> None:
    fill(160, 4)
    everyone, total = choix._fetch_candidats(
        agent=secretaire, on=ON, cible=Cible(400, "332"), with_ids=(), without_ids=()
    )
    best, eligibles = choix._fetch_candidats(
        agent=secretaire, on=ON, cible=Cible(1, "332"), with_ids=(), without_ids=()
    )

    expected = set()
    for famille in (priorites.AMONT, priorites.CQL):
        for dedans in (True, False):
            stratum = [
                c
                for c in everyone
                if c.famille == famille and (c.arrondissement == "332") is dedans
            ]
            expected |= {c.numero for c in sorted(stratum, key=lambda c: c.rang)[:11]}
    assert len(everyone) == total == eligibles == 160
    assert len(best) < 160
    assert {c.numero for c in best} == expected


def test_a_choice_needs_the_target_of_its_year(operateur: Organisation, secretaire: Agent) -> None:
    with pytest.raises(ObjectifAbsent, match="2026"):
        get_proposition(agent=secretaire, on=ON, operateur=operateur, mois=ON)


def test_the_number_of_queries_does_not_depend_on_the_number_of_dossiers(
    operateur: Organisation, secretaire: Agent
) -> None:
    make_objectif(operateur=operateur)
    counts = []
    for _ in range(2):
        for _ in range(6):
            make_dossier(ouvert_le=ON - 20 * DAY)
        with CaptureQueriesContext(connection) as captured:
            get_proposition(agent=secretaire, on=ON, operateur=operateur, mois=ON)
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 4


# --- Mandates ------------------------------------------------------------------------------------


def test_an_operator_sees_its_mandates_and_no_other(
    operateur: Organisation, chef_equipe: Agent, secretaire: Agent
) -> None:
    other = make_organisation(type="operateur", nom="Autre opérateur")
    mine = make_mandat(operateur=operateur)
    make_mandat(operateur=other)

    assert [m.id for m in list_mandats(agent=chef_equipe, on=ON)] == [mine.pk]
    assert len(list_mandats(agent=secretaire, on=ON)) == 2


def test_the_former_mandate_of_another_operator_is_not_shown(
    operateur: Organisation, chef_equipe: Agent
) -> None:
    other = make_organisation(type="operateur", nom="Autre opérateur")
    dossier = make_dossier()
    make_mandat(
        operateur=other,
        dossier=dossier,
        transmis_le=date(2025, 9, 1),
        repondu_le=date(2025, 9, 2),
        clos_le=date(2025, 12, 1),
        motif_cloture="depart",
        denouement="inconnu",
    )
    mine = make_mandat(operateur=operateur, dossier=dossier)

    assert [m.id for m in list_mandats(agent=chef_equipe, on=ON)] == [mine.pk]


def test_each_state_lists_its_mandates(
    operateur: Organisation, secretaire: Agent, travailleur_social: Agent
) -> None:
    le = date(2026, 9, 3)
    make_mandat(operateur=operateur)
    make_mandat(operateur=operateur, repondu_le=le)
    make_mandat(operateur=operateur, repondu_le=le, referent_social=travailleur_social)
    make_mandat(
        operateur=operateur, repondu_le=le, referent_social=travailleur_social, veille_le=le
    )
    make_mandat(operateur=operateur, reponse="refuse", repondu_le=le, motif_refus="Connu")
    make_mandat(
        operateur=operateur,
        repondu_le=le,
        clos_le=ON,
        motif_cloture="depart",
        denouement="inconnu",
    )

    for etat in mandats.ETATS:
        assert [m.etat for m in list_mandats(agent=secretaire, on=ON, etat=etat)] == [etat]
    assert mandats.count_mandats(agent=secretaire, on=ON) == dict.fromkeys(mandats.ETATS, 1)


def test_a_worker_sees_only_what_is_assigned_to_them(
    operateur: Organisation, travailleur_social: Agent, juriste: Agent
) -> None:
    le = date(2026, 9, 3)
    mandat = make_mandat(operateur=operateur, repondu_le=le, referent_social=travailleur_social)

    assert [m.id for m in list_mandats(agent=travailleur_social, on=ON)] == [mandat.pk]
    assert list_mandats(agent=juriste, on=ON) == []


# --- Facts ---------------------------------------------------------------------------------------


def faits(mandat: Mandat) -> dict[str, date | None]:
    return {f.genre: f.le for f in list_faits(dossier_ids=[mandat.dossier_id])}


@pytest.fixture
def mandat(operateur: Organisation, travailleur_social: Agent) -> Mandat:
    return make_mandat(
        operateur=operateur,
        transmis_le=date(2026, 9, 1),
        repondu_le=date(2026, 9, 3),
        referent_social=travailleur_social,
    )


def test_a_mandate_starts_its_timers_from_its_own_days(mandat: Mandat) -> None:
    assert faits(mandat) == {
        "transmission_operateur": date(2026, 9, 1),
        "transmission_simple": date(2026, 9, 1),
        "transmission_complexe": date(2026, 9, 1),
        "debut_accompagnement": date(2026, 9, 3),
        "dernier_echange": date(2026, 9, 3),
    }


def test_an_unanswered_mandate_has_only_been_transmitted(operateur: Organisation) -> None:
    found = faits(make_mandat(operateur=operateur))

    assert found.pop("transmission_operateur") == date(2026, 9, 1)
    assert set(found) == {"transmission_simple", "transmission_complexe"}


@pytest.mark.parametrize("complexite", ["simple", "complexe"])
def test_a_case_said_simple_or_complex_has_one_date_of_evaluation(
    complexite: str, mandat: Mandat
) -> None:
    Mandat.objects.filter(pk=mandat.pk).update(complexite=complexite)

    transmissions = {genre for genre in faits(mandat) if genre.startswith("transmission")}
    assert transmissions == {"transmission_operateur", f"transmission_{complexite}"}


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        ({"resultat": "echange"}, True),
        ({"resultat": "rendez_vous"}, True),
        ({"resultat": "refus"}, True),
        ({"resultat": "absent"}, False),
        ({"resultat": "message"}, False),
        ({"resultat": "envoye"}, False),
        ({"resultat": "echange", "avec": "bailleur"}, False),
        ({"resultat": "echange", "survenu_le": date(2026, 8, 31)}, False),
    ],
)
def test_only_an_exchange_with_the_household_during_the_mandate_restarts_the_timers(
    fields: dict[str, Any], counts: bool, mandat: Mandat, travailleur_social: Agent
) -> None:
    le = fields.pop("survenu_le", date(2026, 10, 5))
    make_contact(dossier=mandat.dossier, par=travailleur_social, survenu_le=le, **fields)

    assert (faits(mandat)["dernier_echange"] == le) is counts


def test_an_exchange_of_someone_else_is_not_the_operators(
    mandat: Mandat, secretaire: Agent
) -> None:
    make_contact(dossier=mandat.dossier, par=secretaire, survenu_le=date(2026, 10, 5))

    assert faits(mandat)["dernier_echange"] == date(2026, 9, 3)


@pytest.mark.parametrize(
    "fields",
    [
        {"reponse": "refuse", "motif_refus": "Connu"},
        {"clos_le": ON, "motif_cloture": "depart", "denouement": "inconnu"},
    ],
)
def test_an_ended_mandate_starts_nothing(fields: dict[str, Any], operateur: Organisation) -> None:
    mandat = make_mandat(operateur=operateur, repondu_le=date(2026, 9, 3), **fields)

    assert faits(mandat) == {}
    assert list_etats(dossier_ids=[mandat.dossier_id]) == []


def test_the_attempt_after_the_last_exchange_is_the_first_of_a_later_day(
    mandat: Mandat, travailleur_social: Agent
) -> None:
    for day, resultat in [
        (5, "absent"),
        (6, "echange"),
        (6, "absent"),
        (9, "message"),
        (12, "absent"),
    ]:
        make_contact(
            dossier=mandat.dossier,
            par=travailleur_social,
            survenu_le=date(2026, 10, day),
            resultat=resultat,
        )

    assert list_etats(dossier_ids=[mandat.dossier_id])[0].suivi == rules_mandats.Suivi(
        date(2026, 10, 6), date(2026, 10, 9), 5, date(2026, 10, 12)
    )


def test_a_next_contact_holds_until_the_next_attempt_on_the_same_side(
    mandat: Mandat, travailleur_social: Agent
) -> None:
    first = make_contact(
        dossier=mandat.dossier,
        par=travailleur_social,
        survenu_le=date(2026, 10, 5),
        prochain_le=date(2026, 10, 20),
    )
    make_contact(
        dossier=mandat.dossier,
        par=travailleur_social,
        survenu_le=date(2026, 10, 6),
        avec="bailleur",
    )

    def prevus() -> list[Any]:
        return [
            p.contact_id for p in list_etats(dossier_ids=[mandat.dossier_id])[0].contacts_prevus
        ]

    assert prevus() == [first.pk]
    make_contact(
        dossier=mandat.dossier,
        par=travailleur_social,
        survenu_le=date(2026, 10, 19),
        resultat="absent",
    )
    assert prevus() == []


def test_facts_and_work_are_read_in_a_constant_number_of_queries(
    operateur: Organisation, travailleur_social: Agent
) -> None:
    counts = []
    ids: list[Any] = []
    for _ in range(2):
        for _ in range(3):
            mandat = make_mandat(
                operateur=operateur,
                repondu_le=date(2026, 9, 3),
                referent_social=travailleur_social,
            )
            ids.append(mandat.dossier_id)
        with CaptureQueriesContext(connection) as captured:
            assert len(list_faits(dossier_ids=ids)) == 5 * len(ids)
            list_besoins(dossier_ids=ids, echeances=[])
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 10


def test_many_dossiers_are_not_named_one_by_one(mandat: Mandat) -> None:
    ids = [mandat.dossier_id, *(UUID(int=n) for n in range(1, 1200))]

    assert len(list_faits(dossier_ids=ids)) == 5
    assert list_faits(dossier_ids=ids[1:]) == []


def test_a_worker_of_another_operator_reads_nothing(mandat: Mandat) -> None:
    stranger = make_agent(
        role="chef_equipe", organisation=make_organisation(type="operateur", nom="Autre")
    )

    with pytest.raises(Mandat.DoesNotExist):
        mandats.get_mandat(agent=stranger, on=ON, mandat_id=mandat.pk)
    assert mandats.get_dossier_mandat(agent=stranger, on=ON, dossier=mandat.dossier) is None
