"""`seuil comptes` and the nightly pass."""

import os
import re
import subprocess
import sys
from argparse import Namespace
from datetime import date

import pytest
from django.core.checks import run_checks

from seuil.acteurs.models import Agent, Organisation
from seuil.connexions.models import Invitation
from seuil.jobs import comptes
from seuil.jobs.demo.organisations import MOT_DE_PASSE, refresh_comptes
from seuil.jobs.tasks import suspend_comptes_endormis
from seuil.kernel.refusal import Refusal
from tests.factories.base import make_agent, make_organisation


def test_the_nightly_pass_suspends_who_sleeps(gironde: str) -> None:
    agent = make_agent(habilite_le=date(2026, 1, 2))

    suspend_comptes_endormis()

    agent.refresh_from_db()
    assert agent.suspendu_motif == "sommeil"


def test_the_command_tells_how_many(gironde: str, capsys: pytest.CaptureFixture[str]) -> None:
    make_agent(habilite_le=date(2026, 1, 2))

    assert comptes.suspend(Namespace()) == 0
    assert comptes.suspend(Namespace()) == 0

    assert capsys.readouterr().out == "Comptes suspendus : 1.\nAucun compte endormi.\n"


def test_the_first_administrator_gets_a_link(
    gironde: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = Namespace(
        departement="33", organisme="DDETS", courriel="a@ddets.exemple", prenom="Ada", nom="B",
        site="https://seuil.exemple/",
    )  # fmt: skip

    comptes.invite(words)

    out = capsys.readouterr().out
    assert re.search(r"https://seuil\.exemple/invitation/[\w-]{43}/\n$", out)
    assert Agent.objects.get().role == "administrateur"
    assert Invitation.objects.count() == 1


def test_the_accounts_of_an_older_demonstration_open_again(gironde: str, settings: object) -> None:
    settings.SEUIL_DEMO = True
    agent = make_agent(
        courriel="secretariat@demo.example",
        password="mot de passe d’avant",
        habilite_jusqu_au=date(2026, 11, 1),
        suspendu_le=date(2026, 11, 1),
        suspendu_motif="sommeil",
    )

    refresh_comptes(on=date(2026, 11, 21))

    agent.refresh_from_db()
    assert agent.check_password(MOT_DE_PASSE)
    assert agent.why_not_habilite(on=date(2026, 11, 21)) is None


def test_the_only_administrator_is_renewed_by_a_command(
    administrateur: Agent, capsys: pytest.CaptureFixture[str]
) -> None:
    comptes.renew(Namespace(courriel=administrateur.courriel))

    administrateur.refresh_from_db()
    assert administrateur.habilite_jusqu_au == date(2027, 11, 21)
    assert administrateur.renouvele_par is None
    assert "21/11/2027" in capsys.readouterr().out
    with pytest.raises(Refusal):
        comptes.renew(Namespace(courriel="absent@x.fr"))


def test_a_siret_is_written_or_refused(gironde: str) -> None:
    home = make_organisation(nom="CAF")
    comptes.write_siret(Namespace(departement="33", organisme="CAF", siret="130 025 265 00013"))

    assert Organisation.objects.get(pk=home.pk).siret == "13002526500013"
    for organisme, siret in (("CAF", "12"), ("Absent", "13002526500013")):
        with pytest.raises(Refusal):
            comptes.write_siret(Namespace(departement="33", organisme=organisme, siret=siret))


@pytest.mark.parametrize(
    ("demo", "https", "ids"),
    [(False, True, []), (True, False, []), (True, True, ["seuil.E001"])],
)
def test_a_demonstration_is_never_served_in_the_open(
    settings: object, demo: bool, https: bool, ids: list[str]
) -> None:
    settings.SEUIL_DEMO, settings.SECURE_SSL_REDIRECT = demo, https

    assert [m.id for m in run_checks()] == ids


@pytest.mark.parametrize(("demo", "code", "dit"), [(False, 0, "refusés"), (True, 1, "ouverts")])
def test_the_command_tells_the_accounts_of_a_demonstration(
    gironde: str, settings: object, capsys: pytest.CaptureFixture[str], demo: bool, code: int,
    dit: str,
) -> None:  # fmt: skip
    settings.SEUIL_DEMO = demo
    assert comptes.verify(Namespace()) == 0
    make_agent(courriel="jean@demo.example")

    assert comptes.verify(Namespace()) == code
    assert dit in capsys.readouterr().out


def test_the_server_itself_refuses_to_start_so() -> None:
    environment = {**os.environ, "SEUIL_DEMO": "1", "SEUIL_HTTPS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", "import config.wsgi"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert "SEUIL_DEMO et SEUIL_HTTPS ensemble" in done.stderr


@pytest.mark.parametrize(
    ("issuer", "client", "secret", "ids"),
    [
        ("", "", "", []),
        ("https://pc.exemple", "a", "b", []),
        ("https://pc.exemple", "", "b", ["seuil.E002"]),
        ("http://pc.exemple", "a", "b", ["seuil.E002"]),
        ("", "a", "b", ["seuil.E002"]),
    ],
)
def test_a_provider_half_configured_is_refused(
    settings: object, issuer: str, client: str, secret: str, ids: list[str]
) -> None:
    settings.SEUIL_OIDC_ISSUER = issuer
    settings.SEUIL_OIDC_CLIENT_ID, settings.SEUIL_OIDC_CLIENT_SECRET = client, secret

    assert [m.id for m in run_checks()] == ids
