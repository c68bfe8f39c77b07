"""The first hour of a département, from an empty base to the figures of the month, by screens only.

The product as `seuil instance` establishes it; nothing of the demonstration. Two départements in
one instance, and neither sees the other.
"""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.harness.browser import (
    ETROIT,
    LARGE,
    assert_accessible,
    assert_no_sideways_scroll,
    capture,
    open_page,
)

pytestmark = pytest.mark.navigateur
ROOT = Path(__file__).resolve().parents[2]
MOT_DE_PASSE = "lampe verte escargot pluie"
_LIEN = re.compile(r"/invitation/[\w-]{43}/")


@dataclass(frozen=True)
class Lieu:
    """A département as its administrator knows it."""

    code: str
    nom: str
    domaine: str
    commune: str
    postal: str
    modele: str
    # Of the ready-made configuration, else of the national frame.
    formation: str

    @property
    def ddets(self) -> str:
        return f"DDETS {self.nom}"

    @property
    def ville(self) -> str:
        return f"{self.postal};{self.commune}"

    @property
    def operateur(self) -> str:
        return f"Équipe mobile {self.nom}"


GIRONDE = Lieu("33", "Gironde", "gironde.example", "Bordeaux", "33000", "33", "CCAPEX")
COTE_D_OR = Lieu("21", "Côte-d’Or", "cotedor.example", "Dijon", "21000", "21", "CCAPEX plénière")


@dataclass(frozen=True)
class Instance:
    """A running instance, and how its operator runs a command beside it."""

    url: str
    run: Callable[..., str]
    lien: str


def establish(lieu: Lieu) -> list[str]:
    """Return what the operator types to establish a département."""
    return [
        "instance", "--departement", lieu.code, "--organisme", lieu.ddets, "--prenom", "Ada",
        "--nom", "Administratrice", "--courriel", f"ada@{lieu.domaine}", "--modele", lieu.modele,
    ]  # fmt: skip


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """Establish the Gironde on an empty base, as `make instance` does, and serve it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    environment |= {
        "SEUIL_DATA": str(tmp_path_factory.mktemp("heure")),
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "seuil.jobs.cli"]

    def run(*words: str) -> str:
        done = subprocess.run(
            [*command, *words], cwd=ROOT, env=environment, capture_output=True, text=True,
            check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    process = subprocess.Popen(
        [*command, *establish(GIRONDE), "--servir", "--port", port], cwd=ROOT, env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        lines: list[str] = []
        for line in process.stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                break
        told = "".join(lines)
        assert _LIEN.search(told), told
        yield Instance(f"http://127.0.0.1:{port}", run, _LIEN.search(told).group())
    finally:
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)
    assert process.returncode == 0, rest
    assert "Traceback" not in rest


@pytest.fixture
def arrive(navigateur: Browser, instance: Instance) -> Iterator[Callable[..., Page]]:
    """Return a function that opens an account by its link: password, second factor, first page."""
    with ExitStack() as pages:

        def arrive_by(lien: str, *, width: int = LARGE) -> Page:
            page = pages.enter_context(open_page(navigateur, instance.url, width=width))
            page.goto(lien)
            page.get_by_label("Nouveau mot de passe").fill(MOT_DE_PASSE)
            page.get_by_label("Le même, une seconde fois").fill(MOT_DE_PASSE)
            page.get_by_role("button", name="Continuer").click()
            secret = page.locator(".seuil-secret").inner_text().replace(" ", "")
            page.get_by_label("Code à six chiffres").fill(pyotp.TOTP(secret).now())
            page.get_by_role("button", name="Vérifier et terminer").click()
            page.get_by_role("link", name="J’ai noté mes codes").click()
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            return page

        yield arrive_by


def check(page: Page) -> None:
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def give_lien(instance: Instance, courriel: str) -> str:
    """Ask the operator for a link that no screen may show."""
    said = instance.run("comptes", "lien", "--courriel", courriel, "--site", instance.url)
    return _LIEN.search(said).group()


def paste(page: Page, text: str, *, apercu: str, envoi: str) -> None:
    """Paste a table, look at what it would do, confirm."""
    page.get_by_label("Le tableau copié").fill(text)
    page.get_by_role("button", name=apercu).click()
    check(page)
    page.get_by_role("button", name=re.compile(envoi)).click()


def open_pas(page: Page, name: str) -> None:
    """Follow a line of the first hour."""
    page.goto("/premiere-heure/")
    page.get_by_role("listitem").filter(has_text="à faire").get_by_role("link", name=name).click()


@pytest.mark.parametrize("lieu", [GIRONDE, COTE_D_OR], ids=lambda lieu: lieu.code)
def test_a_departement_goes_from_nothing_to_its_first_figures(
    instance: Instance, arrive: Callable[..., Page], tmp_path: Path, lieu: Lieu
) -> None:
    lien = instance.lien
    if lieu is not GIRONDE:
        lien = _LIEN.search(instance.run(*establish(lieu))).group()

    # The administrator, by the link that was printed once.
    admin = arrive(lien)
    expect(admin.get_by_role("heading", level=1)).to_have_text("Première heure")
    check(admin)
    if lieu is GIRONDE:
        capture(admin, "premiere-heure")
    open_pas(admin, "Les organismes du département")
    paste(
        admin,
        "Type\tNom\tTéléphone\tCommunes\n"
        f"CAF\tCAF {lieu.nom}\t05 36 49 00 01\t\n"
        f"CCAS\tCCAS de {lieu.commune}\t05 36 49 00 02\t{lieu.commune}\n"
        f"Opérateur de l’équipe mobile\t{lieu.operateur}\t05 36 49 00 03\t\n",
        apercu="Voir ce qui changerait",
        envoi="Enregistrer ce qui est pris",
    )
    expect(admin.locator("main")).to_contain_text("3\u00a0fiches enregistrées")
    check(admin)
    open_pas(admin, "L’objectif de l’année")
    admin.get_by_label("Ménages à accompagner dans l’année").fill("24")
    admin.get_by_label("Ménages confiés chaque mois").fill("2")
    admin.get_by_role("button", name="Enregistrer").click()
    expect(admin.locator("main")).to_contain_text(lieu.operateur)
    check(admin)
    admin.goto("/formations/")
    expect(admin.locator("main")).to_contain_text(lieu.formation)
    check(admin)
    admin.goto("/comptes/inviter/lot/")
    paste(
        admin,
        "Nom\tPrénom\tCourriel\tRôle\tOrganisme\n"
        f"Protection\tDenise\tdpo@{lieu.domaine}\tDPO\t{lieu.ddets}\n"
        f"Secrétaire\tSimone\tsecretariat@{lieu.domaine}\tSecrétariat de la CCAPEX\t{lieu.ddets}\n",
        apercu="Voir qui serait invité",
        envoi="Inviter 2",
    )
    expect(admin.get_by_role("heading", level=1)).to_contain_text("2\u00a0personnes invitées")
    check(admin)

    # The officer says whose addresses are whose.
    dpo = arrive(give_lien(instance, f"dpo@{lieu.domaine}"))
    for organisme, domaine in (
        (lieu.operateur, f"equipe.{lieu.domaine}"),
        (f"CCAS de {lieu.commune}", f"ccas.{lieu.domaine}"),
    ):
        dpo.goto("/comptes/domaines/")
        dpo.get_by_role("row").filter(has_text=organisme).get_by_role("link").first.click()
        dpo.get_by_label("Domaines d’adresses").fill(domaine)
        dpo.get_by_role("button", name="Enregistrer les domaines").click()
        expect(dpo.locator("main")).to_contain_text("Domaines écrits")

    # The team and the partners, in one table.
    open_pas(admin, "Les agents des partenaires")
    paste(
        admin,
        "Nom\tPrénom\tCourriel\tRôle\tOrganisme\n"
        f"Cheffe\tChloé\tchef@equipe.{lieu.domaine}\tChef d’équipe\t{lieu.operateur}\n"
        f"Sociale\tTania\tsocial@equipe.{lieu.domaine}\tTravailleur social\t{lieu.operateur}\n"
        f"Partenaire\tInès\tines@ccas.{lieu.domaine}\t\tCCAS de {lieu.commune}\n",
        apercu="Voir qui serait invité",
        envoi="Inviter 3",
    )
    admin.goto("/premiere-heure/")
    expect(admin.locator("main")).to_contain_text("Tout est en place")
    admin.goto("/")
    expect(admin.get_by_role("heading", level=1)).to_have_text("Comptes et habilitations")

    # The secretariat: the first list, then the choice of the month.
    liste = tmp_path / "commandements.csv"
    liste.write_text(
        "Nom;Prénom;Adresse;Code postal;Commune;Date du commandement;Dette;Bailleur;Parc\n"
        f"PREMIER{lieu.code};Léa;1 rue Essai;{lieu.ville};03/11/2026;3 234,56;SCI Essai;privé\n"
        f"SECOND{lieu.code};Max;2 rue Essai;{lieu.ville};04/11/2026;2 234,56;SCI Essai;privé\n",
        encoding="utf-8",
    )
    secretaire = arrive(give_lien(instance, f"secretariat@{lieu.domaine}"))
    secretaire.goto("/listes/deposer/")
    secretaire.get_by_label("Ce que contient la liste").select_option("commandement")
    secretaire.get_by_role("textbox", name=re.compile("^Source")).fill("étude d’essai")
    secretaire.set_input_files("input[type=file]", liste)
    secretaire.get_by_role("button", name="Lire le fichier").click()
    secretaire.get_by_role("button", name=re.compile("Appliquer")).click()
    expect(secretaire.locator("main")).to_contain_text("2")
    secretaire.goto("/choix-du-mois/")
    expect(secretaire.locator("main")).to_contain_text(f"PREMIER{lieu.code}")
    secretaire.get_by_role("link", name="Signer le choix").click()
    secretaire.get_by_role("button", name="Confirmer et transmettre").click()
    expect(secretaire.locator("main")).to_contain_text("2\u00a0dossiers sont transmis")

    # The operator accepts both at once, and assigns them.
    chef = arrive(give_lien(instance, f"chef@equipe.{lieu.domaine}"))
    for nom in ("PREMIER", "SECOND"):
        chef.goto("/mandats/")
        chef.get_by_role("link", name=re.compile(f"Répondre pour {nom}{lieu.code}")).click()
        chef.get_by_text("Accepter le dossier", exact=True).click()
        chef.get_by_role("button", name="Enregistrer la réponse").click()
        chef.get_by_label("Référent social").select_option(index=1)
        chef.get_by_role("button", name="Affecter").click()
        expect(chef.locator("main")).to_contain_text("Tania")

    # On the phone, at the door.
    social = arrive(give_lien(instance, f"social@equipe.{lieu.domaine}"), width=ETROIT)
    social.goto("/dossiers/")
    href = social.locator(f"main a[href^='/dossiers/{lieu.code}-']").first.get_attribute("href")
    numero = href.split("/")[2]
    social.goto(f"/terrain/{numero}/contact/")
    social.get_by_text("Téléphone", exact=True).click()
    social.get_by_text("Message laissé", exact=True).click()
    social.get_by_role("button", name="Enregistrer le contact").click()
    social.goto(f"/terrain/{numero}/visite/")
    social.locator("[name=resultat]").first.check(force=True)
    social.locator("[name=heure]").fill("10:00")
    social.locator("[name=lieu]").fill("Au domicile")
    social.get_by_role("button", name="Enregistrer la visite").click()
    social.goto(f"/dossiers/{numero}/contacts/")
    expect(social.locator("main")).to_contain_text("Téléphone, le ménage")

    # The figures of the month, and nothing of another département.
    secretaire.goto("/activite/")
    for code, nombre in (("mandats_recus", 2), ("menages_rencontres", 1)):
        link = secretaire.locator(f"main a[href^='/activite/{code}/dossiers/']").first
        expect(link).to_contain_text(str(nombre))
    autre = COTE_D_OR if lieu is GIRONDE else GIRONDE
    for page in (secretaire, chef, admin, dpo):
        for address in ("/annuaire/", "/objectifs/"):
            page.goto(address)
            assert autre.nom not in page.locator("main").inner_text()
    secretaire.goto(f"/recherche/?q=PREMIER{autre.code}")
    expect(secretaire.locator("main")).not_to_contain_text(f"PREMIER{autre.code} Léa")
