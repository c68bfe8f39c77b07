"""Every page that takes long, for each role: 60,000 dossiers, one reader, processor alone.

Unlike the clock of `pages`, the processor does not wait for the others of the machine.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from statistics import median

from django.db import connection
from django.test import Client
from django.urls import reverse

import bench.application  # noqa: F401 - the address of the empty page
from bench import VIDE, base, demonstration
from seuil.acteurs.matrice import load_matrice
from seuil.acteurs.models import Agent, Commune, Organisation, Role
from seuil.acteurs.operations.agents import create_agent
from seuil.acteurs.operations.organisations import create_organisation
from seuil.acteurs.operations.territoires import import_geography
from seuil.acteurs.rules import AgentSaisi
from seuil.dossiers.models import Dossier
from seuil.jobs.migrer import migrate
from seuil.kernel.contexte import ROLE
from tests.harness.client import sign_in_strongly

_BASE = "seuil_roles"
_BUT = 0.15
_LIEN = re.compile(r"/dossiers/33-[0-9-]+/")
# Where a role works; a partner, in each organisation of which the matrix makes a profile.
_MAISONS: Mapping[str, str] = {
    "gestionnaire": "prefecture", "chef_equipe": "operateur", "travailleur_social": "operateur",
    "juriste": "operateur", "partenaire": "association",
}  # fmt: skip
# Links that no list brings: which of them, to whom, one file out of how many.
_LIENS = (
    ("mandat", "organisation_id", "operateur", 40),
    ("affectation", "agent_id", "travailleur_social", 400),
    ("affectation", "agent_id", "juriste", 400),
    ("bailleur", "organisation_id", "bailleur_social", 8),
    *(("destinataire", "organisation_id", kind, 60) for kind in ("caf", "adil", "comed", "police")),
)  # fmt: skip


def run(taille: base.Taille) -> None:
    """Print, per role and page, the processor of the database and that of the page.

    On a demonstration (SEUIL_DATA names its folder), of every page that its links lead to.
    """
    if taille is base.ENTIERE and demonstration.has_demonstration():
        demonstration.measure(tours=3)
        return
    with base.own_database(_BASE) if taille is base.ENTIERE else nullcontext():
        _fill(taille)
        os.environ["SEUIL_TODAY"] = base.ON.isoformat()
        agents = Agent.objects.select_related("organisation").order_by("courriel")
        # At toy size, some of them show that it runs.
        clients = [
            (agent, _sign_in(agent)) for agent in (agents if taille is base.ENTIERE else agents[:3])
        ]
        # What the pages are served as: every policy applies.
        connection.close()
        owner, connection.settings_dict["USER"] = connection.settings_dict["USER"], ROLE
        try:
            print(f"{'ms de processeur':<44}{'base':>8}{'page':>8}   rapport à une page vide")
            vide = None
            for agent, client in clients:
                vide = _time(client, VIDE, taille) or vide
                _measure(agent, client, vide, taille)
        finally:
            connection.close()
            connection.settings_dict["USER"] = owner


def _measure(
    agent: Agent, client: Client, vide: tuple[float, float] | None, taille: base.Taille
) -> None:
    for name, address in _list_pages(client):
        worked = _time(client, address, taille)
        if worked is None or vide is None:
            continue
        database, whole = worked
        mark = "" if database <= _BUT else "   > 150"
        print(
            f"{agent.prenom + ', ' + name:<44}{database * 1000:>8.0f}{whole * 1000:>8.0f}"
            f"   {whole / vide[1]:.1f}{mark}",
            flush=True,
        )


def _list_pages(client: Client) -> Iterator[tuple[str, str]]:
    liste = reverse("dossiers")
    yield "liste", liste
    yield "liste, page 20", f"{liste}?page=20"
    yield "liste filtrée", f"{liste}?stade=assignation&dette=3000"
    yield "liste par dette", f"{liste}?tri=dette"
    yield "liste par audience", f"{liste}?tri=audience"
    yield "recherche d’un nom", f"{liste}?texte=MARTIN"
    if found := _LIEN.search(client.get(liste).content.decode()):
        yield "page d’un dossier", found[0]
    for code in ("a_faire", "agenda", "choix", "activite", "mandats"):
        yield code.replace("a_faire", "à faire"), reverse(code)


def _time(client: Client, address: str, taille: base.Taille) -> tuple[float, float] | None:
    """Return the seconds of processor of the database, and of it with the page; None: refused."""
    if client.get(address).status_code != 200:
        return None
    found = []
    for _ in range(min(taille.tours, 5)):
        before = _read_database()
        with base.timed() as took:
            client.get(address)
        found.append((_read_database() - before, took.processeur))
    return median(d for d, _ in found), median(w for _, w in found)


def _read_database() -> float:
    connection.ensure_connection()
    place = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return int(place.read_text(encoding="ascii").split()[0]) / 1e9 if place.exists() else 0.0


def _sign_in(agent: Agent) -> Client:
    """Return a browser where the agent is signed in."""
    client = Client()
    sign_in_strongly(client, agent)
    return client


def _fill(taille: base.Taille) -> None:
    migrate()
    import_geography(departements=["33"])
    # Before the lists: what is due is due to an organisation.
    _create_comptes()
    base.ensure_filled(taille)
    if not Dossier.objects.filter(acces__relation="mandat").exists():
        _open_links()
        _move_on()


def _create_comptes() -> None:
    matrice = load_matrice()
    for profil in matrice.profils.values():
        if profil.code_remis:
            continue
        for kind in profil.organismes or (_MAISONS.get(profil.role, "ddets"),):
            name = kind if profil.role == Role.PARTENAIRE else profil.code
            if Agent.objects.filter(courriel=f"{name}@roles.invalid").exists():
                continue
            home = Organisation.objects.filter(type=kind).first() or create_organisation(
                departement="33",
                type=kind,
                nom=f"Organisme {kind}",
                by=base.BY,
                on=base.ON,
                communes=_list_secteur(kind),
            )
            create_agent(
                saisie=AgentSaisi(f"{name}@roles.invalid", "Mesure", name, profil.role),
                organisation=home,
                password=base.PASSWORD,
                by=base.BY,
                on=base.ON,
            )


def _list_secteur(kind: str) -> list[str]:
    """Return the communes of a sector: the most populous, or the first of them."""
    largest = Commune.objects.filter(departement="33").order_by("-population")
    wanted = {"metropole": 28, "ccas": 1}.get(kind, 0)
    return list(largest.values_list("code", flat=True)[:wanted])


def _move_on() -> None:
    """Let some of the files that await the police be given its help: lists bring none of those."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE echeances_situation s SET stade = 'cfp' FROM dossiers_dossier d"
            " WHERE d.id = s.dossier_id AND stade = 'rfp' AND right(numero, 6)::int % 2 = 0"
        )


def _open_links() -> None:
    who: Mapping[str, Callable[[str], object]] = {
        "organisation_id": lambda kind: Organisation.objects.get(type=kind).pk,
        "agent_id": lambda name: Agent.objects.get(courriel=f"{name}@roles.invalid").pk,
    }
    with connection.cursor() as cursor:
        for relation, column, name, among in _LIENS:
            cursor.execute(
                f"INSERT INTO dossiers_acces (id, dossier_id, relation, role, {column}, debut_le,"
                " motif) SELECT gen_random_uuid(), id, %s, '', %s, %s, 'Mesure' FROM"
                " dossiers_dossier WHERE right(numero, 6)::int %% %s = 0 ON CONFLICT DO NOTHING",
                [relation, who[column](name), base.ON, among],
            )
        cursor.execute("ANALYZE dossiers_acces")
