"""A very small demonstration, installed whole in the test database."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.db import connection, transaction

from seuil.accompagnements.models import Choix, Mandat
from seuil.actes.models import Acte, Lot, TypeActe
from seuil.acteurs.models import Agent, Role
from seuil.audit.models import Event
from seuil.conservation.models import DemandeDroit
from seuil.contacts.models import Contact
from seuil.diagnostics.models import Dsf
from seuil.dossiers.models import Acces, AideLogement, Dossier
from seuil.echeances.models import Echeance
from seuil.engines import droit
from seuil.jobs.demo import commande, installation
from seuil.jobs.demo.activite.agenda import Agenda
from seuil.jobs.demo.listes import TAILLES
from seuil.jobs.demo.organisations import COMPTES, MOT_DE_PASSE, list_comptes
from seuil.jobs.demo.parcours import Volumes
from seuil.kernel.clock import now
from seuil.travail.models import Tache
from seuil.visites.models import Visite
from tests.web.dossier.verite import list_contradictions

UNTIL = date(2026, 11, 21)
# Used by this test only: four months, some dozens of households.
MICRO = Volumes(
    240, 72, 61, 32, 25, 17, 8, mandats_par_mois=3, mois_par_liste=2, mois=4
)  # fmt: skip


def _silent(_: str) -> None:
    """Print nothing."""


def _install(directory: Path) -> installation.Bilan:
    return installation.install(
        taille=MICRO,
        until=UNTIL,
        directory=directory / "listes",
        progression=installation.Progression(_silent),
    )


@pytest.mark.django_db
def test_a_demonstration_lives_through_the_real_import_and_the_real_use_cases(
    tmp_path: Path, settings: object
) -> None:
    settings.SEUIL_DEMO = True
    begun = now()
    bilan = _install(tmp_path)

    _check_one_truth()
    assert bilan.listes == len(list((tmp_path / "listes").iterdir()))
    # The lists of the last day wait in the preview.
    assert Lot.objects.exclude(etat=Lot.Etat.APPLIQUE).exists()
    assert bilan.lignes["acceptes"] == Acte.objects.exclude(lot=None).count() > 100
    assert Acte.objects.filter(lot=None).exists()
    assert AideLogement.objects.exists()
    assert bilan.lignes["dossiers_ouverts"] == Dossier.objects.count()
    types = set(Acte.objects.order_by("type").values_list("type", flat=True))
    assert types >= {TypeActe.COMMANDEMENT, TypeActe.ASSIGNATION, TypeActe.CQL}
    assert Mandat.objects.filter(reponse=Mandat.Reponse.ACCEPTE).exists()
    assert Contact.objects.filter(heure__hour__gte=18).exists()
    assert Visite.objects.exists()
    assert Dsf.objects.exclude(fin="").exists()
    assert Tache.objects.exists()
    assert {*DemandeDroit.objects.values_list("decision", flat=True)} == {"", "accordee", "refusee"}
    assert Event.objects.filter(kind="acces.force").exists()
    force = Acces.objects.get(relation=Acces.Relation.BRIS_DE_GLACE)
    # Twenty-four hours from the instant when it was asked, a moment before its row is written.
    assert begun <= force.expire_at - timedelta(hours=24) <= force.created_at
    asked = Tache.objects.filter(genre="devoir", role=Role.PARTENAIRE)
    assert {"caf", "conseil_departemental", "ccas", "adil"} <= {
        *asked.values_list("organisation__type", flat=True)
    }
    assert sum(bilan.refus.values()) <= sum(bilan.faits.values()) // 50, bilan.refus
    _check_nothing_is_in_the_future()
    _check_accounts()
    _check_last_choice()


def _check_one_truth() -> None:
    """Of every file, header, Échéances, duties and queue tell the same dates as to come."""
    agent = Agent.objects.filter(role=Role.SECRETARIAT).order_by("pk")[0]
    days = (UNTIL, UNTIL + timedelta(days=45))
    found = [
        said
        for on in days
        for dossier in Dossier.objects.order_by("numero")
        for said in list_contradictions(agent=agent, on=on, dossier=dossier)
    ]
    assert found == []
    # Some interviews were left without object by their hearing: the comparison had what to see.
    assert Echeance.objects.filter(regle="C5", caduque_le__lte=days[1]).exists()


def _check_nothing_is_in_the_future() -> None:
    assert not Contact.objects.filter(survenu_le__gt=UNTIL).exists()
    assert not Mandat.objects.filter(transmis_le__gt=UNTIL).exists()
    past = Acte.objects.exclude(type=TypeActe.AUDIENCE)
    assert not past.filter(survenu_le__gt=UNTIL).exists()
    treve = [
        acte
        for acte in Acte.objects.filter(type=TypeActe.EXPULSION)
        if droit.in_treve(acte.survenu_le)
    ]
    assert treve == []


def _check_accounts() -> None:
    assert {agent.role for agent in Agent.objects.all()} == set(Role.values)
    for compte, line in zip(COMPTES, list_comptes(), strict=True):
        assert authenticate(username=compte.courriel, password=MOT_DE_PASSE) is not None
        assert line.startswith(compte.role.label)
        assert line.endswith(f" : {compte.courriel} / {MOT_DE_PASSE}")
    partenaires = [line for line in list_comptes() if line.startswith(Role.PARTENAIRE.label)]
    assert len({line.split(" : ")[0] for line in partenaires}) == len(partenaires) == 5


def _check_last_choice() -> None:
    choix = list(Choix.objects.order_by("mois"))
    assert choix[-1].mois == UNTIL.replace(day=1)
    assert choix[-1].signe_le is None
    assert all(one.signe_le for one in choix[:-1])
    for mandat in Mandat.objects.filter(choix__signe_le__isnull=False):
        assert mandat.transmis_le == mandat.choix.signe_le


@pytest.mark.django_db
def test_a_demonstration_already_there_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    installation._mark(installation.INSTALLEE, "petite", UNTIL)

    installation.ensure_demo(taille="petite", until=UNTIL, neuf=False)

    assert not Dossier.objects.exists()
    assert "déjà installée" in capsys.readouterr().out


@pytest.mark.django_db
@pytest.mark.parametrize("neuf", [True, False])
def test_data_that_the_demonstration_did_not_make_are_never_touched(neuf: bool) -> None:
    Event.objects.create(
        kind="dossier.ouvert", by_id="x", by_label="x", departement="33", target_type="dossier",
        target_id="x", effect_le=UNTIL,
    )  # fmt: skip

    with pytest.raises(installation.InstanceReelle, match="rien n’a été"):
        installation.ensure_demo(taille="petite", until=UNTIL, neuf=neuf)

    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_beginning_again_leaves_nothing_that_would_stop_the_migrations() -> None:
    with transaction.atomic():
        installation._drop_schemas()
        with connection.cursor() as cursor:
            cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_'")
            left = {name for (name,) in cursor.fetchall()}
            cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
            tables = cursor.fetchone()[0]
        transaction.set_rollback(True)

    assert left == {"public", "information_schema"}
    assert tables == 0


def test_the_small_demonstration_is_the_one_that_comes_by_default() -> None:
    assert commande.TAILLE_PAR_DEFAUT == "petite"
    assert set(commande.TAILLES) == set(TAILLES)


@pytest.mark.parametrize(
    ("months", "seconds", "told"),
    [
        (0, 0.0, "il reste à ranger la base"),
        (3, 1.0, "encore 3 mois, environ 5 s"),
        (20, 64.0, "encore 20 mois, environ 60 s"),
        (20, 95.0, "encore 20 mois, environ 2 min"),
    ],
)
def test_the_progress_says_what_remains(months: int, seconds: float, told: str) -> None:
    assert installation._tell_left(months, seconds) == told


def test_the_agenda_wakes_everything_in_the_order_of_days_and_forgets_what_comes_too_late() -> None:
    told = []

    def life(name: str, *days: int) -> installation.Vie:
        for day in days:
            told.append((agenda.le.day, name))
            yield date(2026, 11, day)
        told.append((agenda.le.day, name))

    agenda = Agenda(until=date(2026, 11, 20))
    agenda.add(date(2026, 11, 3), life("b", 7, 30))
    agenda.add(date(2026, 11, 2), life("a", 5))
    agenda.add(date(2026, 11, 3), life("first"), rang=0)
    agenda.add(date(2026, 11, 21), life("never"))
    agenda.run_until(date(2026, 11, 20))

    assert told == [(2, "a"), (3, "first"), (3, "b"), (5, "a"), (7, "b")]
