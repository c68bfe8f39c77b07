"""The figures of the équipe mobile: one source for totals, days and lists."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seuil.accompagnements.models import Contrat, Demarche, Mandat
from seuil.acteurs.models import Agent, Organisation
from seuil.diagnostics.models import Dsf
from seuil.diagnostics.operations import record_dsf
from seuil.diagnostics.rules import FinDsfSaisie
from seuil.dossiers.models import Dette
from seuil.indicateurs.queries.activite import (
    SOURCES,
    ActiviteInterdite,
    DossiersComptes,
    get_activite,
    list_clotures,
    list_dossiers_indicateur,
)
from seuil.indicateurs.rules.activite import BAILLEUR, INDICATEURS, MENAGE, list_jours
from seuil.visites.models import Visite
from tests.factories.accompagnements import make_contact, make_mandat, make_objectif
from tests.factories.base import LIBOURNE, make_acte, make_agent, make_dossier, make_organisation

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 21)
MOIS = date(2026, 10, 1)
DAY = timedelta(days=1)


def octobre(day: int) -> date:
    return date(2026, 10, day)


@pytest.fixture
def worker(travailleur_social: Agent) -> Agent:
    return travailleur_social


@pytest.fixture
def mandat(operateur: Organisation, worker: Agent) -> Mandat:
    return make_mandat(
        operateur=operateur,
        transmis_le=date(2026, 9, 1),
        repondu_le=date(2026, 9, 3),
        referent_social=worker,
    )


def close(mandat: Mandat, le: date, *, denouement: str = "maintien") -> None:
    Mandat.objects.filter(pk=mandat.pk).update(
        clos_le=le, motif_cloture="objectifs", denouement=denouement
    )
    mandat.dossier.acces.update(fin_le=le)


def add_step(mandat: Mandat, genre: str, le: date | None, etat: str = "faite") -> None:
    contrat, _ = Contrat.objects.get_or_create(
        mandat=mandat,
        defaults={"signe_le": mandat.repondu_le, "objectif": "x", "par": mandat.referent_social},
    )
    Demarche.objects.create(
        contrat=contrat,
        genre=genre,
        objectif="x",
        acteur="menage",
        pour_le=octobre(1),
        etat=etat,
        terminee_le=le,
    )


def figures(agent: Agent, code: str, mois: date = MOIS) -> tuple[int, dict[date, int]]:
    activite = get_activite(agent=agent, on=ON, mois=mois)
    ligne = activite.get_ligne(code)
    return ligne.total, {
        jour: n for jour, n in zip(activite.jours, ligne.par_jour, strict=True) if n
    }


@pytest.fixture
def busy(mandat: Mandat, operateur: Organisation, worker: Agent) -> None:
    """Fill October with something of everything, on several households."""
    second = make_mandat(
        operateur=operateur, transmis_le=octobre(1), repondu_le=octobre(5), referent_social=worker
    )
    third = make_mandat(
        operateur=operateur, transmis_le=octobre(1), repondu_le=octobre(2), referent_social=worker,
        stade="cql",
    )  # fmt: skip
    make_objectif(operateur=operateur)
    make_contact(dossier=third.dossier, par=worker, survenu_le=octobre(7), heure=time(19))
    for m, day in [(mandat, 6), (mandat, 6), (mandat, 8), (second, 8), (third, 30)]:
        make_contact(dossier=m.dossier, par=worker, survenu_le=octobre(day))
        make_contact(dossier=m.dossier, par=worker, survenu_le=octobre(day), avec="bailleur")
    for genre in ("plan_apurement", "fsl", "accompagnement", "siao"):
        add_step(second, genre, octobre(12))
        add_step(mandat, genre, octobre(13))
    Dsf.objects.create(
        dossier=second.dossier, fin="avec_menage", termine_le=octobre(14), par=worker
    )
    close(third, octobre(30), denouement="relogement")
    Dette.objects.create(
        dossier=mandat.dossier, constatee_le=octobre(20), montant=0, source="Bailleur"
    )


@pytest.mark.parametrize("code", [i.code for i in INDICATEURS])
@pytest.mark.parametrize("role", ["secretaire", "chef_equipe"])
def test_a_figure_opens_on_as_many_units_as_it_says(
    code: str, role: str, busy: None, request: pytest.FixtureRequest
) -> None:
    agent = request.getfixturevalue(role)
    total, par_jour = figures(agent, code)

    def count(jour: date | None = None) -> int:
        found = list_dossiers_indicateur(agent=agent, on=ON, mois=MOIS, code=code, jour=jour)
        return len(found.lignes) + found.fermes

    assert total > 0
    assert count() == total
    for jour, nombre in par_jour.items():
        assert count(jour) == nombre


@pytest.mark.parametrize("indicateur", INDICATEURS, ids=lambda i: i.code)
def test_the_total_counts_households_once_and_actions_each_time(
    indicateur: Any, busy: None, secretaire: Agent
) -> None:
    total, par_jour = figures(secretaire, indicateur.code)

    seen = [
        row.numero
        for jour in par_jour
        for row in list_dossiers_indicateur(
            agent=secretaire, on=ON, mois=MOIS, code=indicateur.code, jour=jour
        ).lignes
    ]
    if indicateur.unite == BAILLEUR:
        # All the files of the fixture are of one landlord.
        assert total == 1
        return
    assert total == (len(set(seen)) if indicateur.unite == MENAGE else len(seen))


def test_every_indicator_has_a_definition_and_a_source() -> None:
    assert {i.code for i in INDICATEURS} == set(SOURCES)
    assert all(i.definition.endswith(".") for i in INDICATEURS)


def test_all_the_figures_are_one_query(busy: None, secretaire: Agent) -> None:
    with CaptureQueriesContext(connection) as captured:
        get_activite(agent=secretaire, on=ON, mois=MOIS)

    # Beside the transaction in which PostgreSQL is told that this is a count.
    read = [q["sql"] for q in captured if "SAVEPOINT" not in q["sql"]]
    assert len(read) == 1


@pytest.mark.parametrize(
    ("fields", "met"),
    [
        ({}, True),
        ({"canal": "lieu_neutre"}, True),
        ({"canal": "lieu_neutre", "resultat": "rendez_vous"}, False),
        ({"canal": "telephone"}, False),
        ({"resultat": "absent"}, False),
        ({"resultat": "refus"}, False),
        ({"avec": "bailleur"}, False),
        ({"survenu_le": octobre(31)}, True),
        ({"survenu_le": octobre(1)}, True),
        ({"survenu_le": date(2026, 9, 30)}, False),
        ({"survenu_le": date(2026, 11, 1)}, False),
    ],
)
def test_a_household_is_met_in_person_within_the_month(
    fields: dict[str, Any], met: bool, mandat: Mandat, worker: Agent, secretaire: Agent
) -> None:
    le = fields.pop("survenu_le", octobre(6))
    make_contact(dossier=mandat.dossier, par=worker, survenu_le=le, **fields)

    assert figures(secretaire, "menages_rencontres") == ((1, {le: 1}) if met else (0, {}))


def test_a_contact_of_the_secretariat_is_not_the_teams(mandat: Mandat, secretaire: Agent) -> None:
    make_contact(dossier=mandat.dossier, par=secretaire, survenu_le=octobre(6))

    assert figures(secretaire, "tentatives") == (0, {})


@pytest.mark.parametrize(
    ("fin", "counted"), [("avec_menage", 1), ("sans_rencontre", 1), ("carence", 0)]
)
def test_a_carence_is_not_a_diagnosis(
    fin: str, counted: int, mandat: Mandat, worker: Agent, secretaire: Agent
) -> None:
    Dsf.objects.create(dossier=mandat.dossier, fin=fin, termine_le=octobre(6), par=worker)

    assert figures(secretaire, "diagnostics")[0] == counted


def test_a_household_is_accompanied_from_the_answer_to_the_eve_of_the_closure(
    mandat: Mandat, secretaire: Agent
) -> None:
    Mandat.objects.filter(pk=mandat.pk).update(repondu_le=octobre(10))
    close(mandat, octobre(13))

    assert figures(secretaire, "menages_accompagnes") == (
        1,
        {octobre(10): 1, octobre(11): 1, octobre(12): 1},
    )


def test_an_open_mandate_is_counted_up_to_today(mandat: Mandat, secretaire: Agent) -> None:
    total, par_jour = figures(secretaire, "menages_accompagnes", date(2026, 11, 1))

    assert (total, len(par_jour), max(par_jour)) == (1, 21, ON)
    assert figures(secretaire, "menages_accompagnes", date(2026, 12, 1)) == (0, {})


@pytest.mark.parametrize(
    ("genre", "code"),
    [
        ("plan_apurement", "dispositifs_apurement"),
        ("fsl", "dispositifs_apurement"),
        ("surendettement", "dispositifs_apurement"),
        ("action_logement", "dispositifs_apurement"),
        ("aide_logement", "dispositifs_apurement"),
        ("accompagnement", "orientations_accompagnement"),
        ("siao", "orientations_hebergement"),
        ("dls", None),
    ],
)
def test_a_step_done_counts_in_its_indicator(
    genre: str, code: str | None, mandat: Mandat, secretaire: Agent
) -> None:
    add_step(mandat, genre, octobre(6))
    add_step(mandat, genre, None, etat="a_faire")
    add_step(mandat, genre, octobre(7), etat="abandonnee")

    codes = ("dispositifs_apurement", "orientations_accompagnement", "orientations_hebergement")
    assert {c: figures(secretaire, c)[0] for c in codes} == {c: int(c == code) for c in codes}


def test_a_cleared_debt_counts_once_on_the_first_of_its_two_days(
    mandat: Mandat, secretaire: Agent
) -> None:
    for day in (8, 20):
        Dette.objects.create(
            dossier=mandat.dossier, constatee_le=octobre(day), montant=0, source="Bailleur"
        )
    close(mandat, date(2026, 11, 10), denouement="dette_apuree")

    assert figures(secretaire, "impayes_resorbes") == (1, {octobre(8): 1})
    assert figures(secretaire, "impayes_resorbes", date(2026, 11, 1)) == (0, {})


def test_a_debt_cleared_before_the_mandate_is_not_its_work(
    mandat: Mandat, secretaire: Agent
) -> None:
    Dette.objects.create(
        dossier=mandat.dossier, constatee_le=date(2026, 9, 2), montant=0, source="Bailleur"
    )

    assert figures(secretaire, "impayes_resorbes", date(2026, 9, 1)) == (0, {})


def test_an_operator_counts_its_own_activity(
    mandat: Mandat, worker: Agent, chef_equipe: Agent, secretaire: Agent
) -> None:
    other = make_organisation(type="operateur", nom="Autre opérateur")
    theirs = make_mandat(operateur=other, repondu_le=date(2026, 9, 3))
    colleague = make_agent(role="travailleur_social", organisation=other)
    make_contact(dossier=theirs.dossier, par=colleague, survenu_le=octobre(6))
    make_contact(dossier=mandat.dossier, par=worker, survenu_le=octobre(6))

    assert figures(chef_equipe, "menages_rencontres")[0] == 1
    assert figures(secretaire, "menages_rencontres")[0] == 2
    ours = get_activite(agent=secretaire, on=ON, mois=MOIS, operateur=other)
    assert ours.get_ligne("menages_rencontres").total == 1
    theirs_asked = get_activite(agent=chef_equipe, on=ON, mois=MOIS, operateur=other)
    assert theirs_asked.get_ligne("menages_accompagnes").total == 1
    assert {
        r.numero
        for r in list_dossiers_indicateur(
            agent=chef_equipe, on=ON, mois=MOIS, code="menages_rencontres", operateur=other
        ).lignes
    } == {mandat.dossier.numero}


def test_another_departement_is_not_counted(mandat: Mandat, worker: Agent) -> None:
    make_contact(dossier=mandat.dossier, par=worker, survenu_le=octobre(6))
    elsewhere = make_agent(organisation=make_organisation(type="ddets", departement_id="40"))

    assert figures(elsewhere, "menages_rencontres") == (0, {})


def test_the_charge_de_mission_reads_figures_and_opens_no_dossier(
    busy: None, charge_mission: Agent, secretaire: Agent
) -> None:
    total, _ = figures(secretaire, "menages_rencontres")
    # Days of less than five households are gathered: the month alone is told.
    assert figures(charge_mission, "menages_rencontres") == (total, {})
    with pytest.raises(ActiviteInterdite):
        list_dossiers_indicateur(agent=charge_mission, on=ON, mois=MOIS, code="clotures")
    clotures = list_clotures(agent=charge_mission, on=ON, mois=MOIS)
    # One closure alone: its motive with its outcome would name a household.
    assert (clotures.lignes, clotures.comptes) == ((), ())
    assert (clotures.autres, clotures.total) == (1, 1)
    ours = list_clotures(agent=secretaire, on=ON, mois=MOIS)
    assert [(c.motif, c.denouement, c.nombre) for c in ours.comptes] == [
        ("Démarches menées à leur terme", "Relogement", 1)
    ]


@pytest.mark.parametrize("role", ["worker", "gestionnaire", "administrateur"])
def test_other_roles_read_no_activity(role: str, request: pytest.FixtureRequest) -> None:
    agent = request.getfixturevalue(role)

    with pytest.raises(ActiviteInterdite):
        get_activite(agent=agent, on=ON, mois=MOIS)
    with pytest.raises(ActiviteInterdite):
        list_clotures(agent=agent, on=ON, mois=MOIS)


def test_a_closed_dossier_is_counted_for_its_operator_and_not_named(
    busy: None, chef_equipe: Agent, secretaire: Agent
) -> None:
    def behind(agent: Agent) -> DossiersComptes:
        return list_dossiers_indicateur(agent=agent, on=ON, mois=MOIS, code="clotures")

    theirs, ours = behind(chef_equipe), behind(secretaire)
    closed = list_clotures(agent=chef_equipe, on=ON, mois=MOIS)

    assert theirs == DossiersComptes((), fermes=1)
    assert [(line.nom != "", line.commune) for line in ours.lignes] == [(True, "Bordeaux")]
    assert ours.fermes == 0
    assert (closed.lignes, closed.fermes, closed.total) == ((), 1, 1)


def test_the_table_of_closures_says_why_how_and_how_long(mandat: Mandat, secretaire: Agent) -> None:
    close(mandat, octobre(3), denouement="plan_en_cours")

    (ligne,) = list_clotures(agent=secretaire, on=ON, mois=MOIS).lignes

    assert (ligne.numero, ligne.duree_jours) == (mandat.dossier.numero, 30)
    assert (ligne.stade, ligne.motif, ligne.denouement, ligne.notifie_le) == (
        "Commandement de payer",
        "Démarches menées à leur terme",
        "Maintien, plan d’apurement en cours",
        None,
    )
    assert list_clotures(agent=secretaire, on=ON, mois=date(2026, 9, 1)).total == 0


def test_the_average_is_per_working_day(mandat: Mandat, worker: Agent, secretaire: Agent) -> None:
    for day in range(1, 12):
        make_contact(dossier=mandat.dossier, par=worker, survenu_le=octobre(day))

    activite = get_activite(agent=secretaire, on=ON, mois=MOIS)

    assert activite.jours_ouvres == 22
    assert activite.get_ligne("tentatives").moyenne == 0.5


def test_a_running_month_stops_today() -> None:
    assert list_jours(mois=date(2026, 11, 5), on=ON)[-1] == ON
    assert len(list_jours(mois=date(2026, 2, 1), on=ON)) == 28
    assert list_jours(mois=date(2026, 12, 1), on=ON) == ()


def test_two_dossiers_of_one_landlord_are_one_landlord_and_two_dossiers(
    operateur: Organisation, worker: Agent, secretaire: Agent
) -> None:
    for _ in range(2):
        dossier = make_dossier(bailleur="SCI des Exemples")
        make_contact(dossier=dossier, par=worker, survenu_le=octobre(6), avec="bailleur")

    assert figures(secretaire, "bailleurs_contactes") == (1, {octobre(6): 1})
    assert figures(secretaire, "dossiers_bailleur_contacte") == (2, {octobre(6): 2})


def test_a_visit_is_a_meeting_even_when_an_appointment_was_fixed(
    mandat: Mandat, worker: Agent, secretaire: Agent
) -> None:
    contact = make_contact(
        dossier=mandat.dossier, par=worker, survenu_le=octobre(6), resultat="rendez_vous"
    )
    assert figures(secretaire, "menages_rencontres") == (0, {})

    Visite.objects.create(dossier=mandat.dossier, contact=contact)

    assert figures(secretaire, "menages_rencontres") == (1, {octobre(6): 1})


def test_a_diagnosis_sent_by_the_secretariat_stays_in_the_month_of_the_team(
    mandat: Mandat, worker: Agent, secretaire: Agent
) -> None:
    ended = FinDsfSaisie(fin="avec_menage", termine_le=octobre(6))
    record_dsf(dossier=mandat.dossier, saisie=ended, by=worker, on=octobre(6))
    assert figures(secretaire, "diagnostics") == (1, {octobre(6): 1})

    sent = replace(ended, transmis_ccapex_le=octobre(20))
    record_dsf(dossier=mandat.dossier, saisie=sent, by=secretaire, on=octobre(20))

    assert figures(secretaire, "diagnostics") == (1, {octobre(6): 1})
    assert Dsf.objects.get().transmis_ccapex_le == octobre(20)


def test_a_plan_told_by_an_act_counts_once_beside_the_demarche(
    mandat: Mandat, secretaire: Agent
) -> None:
    make_acte(dossier=mandat.dossier, type="plan_apurement", survenu_le=octobre(9))
    assert figures(secretaire, "dispositifs_apurement") == (1, {octobre(9): 1})

    add_step(mandat, "plan_apurement", octobre(8))

    assert figures(secretaire, "dispositifs_apurement") == (1, {octobre(8): 1})


@pytest.mark.parametrize(
    ("le", "heure", "apart"),
    [
        (octobre(6), time(8, 59), True),
        (octobre(6), time(9), False),
        (octobre(6), time(17, 59), False),
        (octobre(6), time(18), True),
        (octobre(6), None, False),
        (octobre(10), None, True),
    ],
)
def test_attempts_outside_office_hours_are_told_apart(
    le: date, heure: time | None, apart: bool, mandat: Mandat, worker: Agent, secretaire: Agent
) -> None:
    make_contact(dossier=mandat.dossier, par=worker, survenu_le=le, heure=heure)

    assert figures(secretaire, "tentatives_decalees")[0] == int(apart)


def test_files_are_told_before_and_after_the_order_to_leave_and_by_arrondissement(
    operateur: Organisation, secretaire: Agent
) -> None:
    make_objectif(operateur=operateur)
    make_mandat(operateur=operateur, transmis_le=octobre(1))
    libourne = make_dossier(commune=LIBOURNE)
    make_mandat(operateur=operateur, dossier=libourne, transmis_le=octobre(1), stade="cql")

    codes = ("mandats_recus", "mandats_amont", "mandats_aval", "mandats_arrondissement")
    assert [figures(secretaire, c)[0] for c in codes] == [2, 1, 1, 1]
