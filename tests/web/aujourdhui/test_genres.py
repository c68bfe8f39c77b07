"""Every kind of work, whoever raises it: somebody sees it, and its page answers."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.urls import reverse

from seuil.accompagnements.models import Contrat, Demarche, Mandat
from seuil.acteurs.models import Agent, Role
from seuil.strict_yaml import FichierIllisible
from seuil.travail.models import Tache
from seuil.travail.operations import GenreMalDeclare, refresh_taches
from seuil.travail.queries import filter_taches
from seuil.travail.rules import genres
from seuil.travail.rules.besoins import Besoin
from seuil.travail.rules.genres import GENRES, Genre, load_genres
from tests.factories.accompagnements import make_mandat, make_objectif
from tests.factories.base import (
    make_acces,
    make_acte,
    make_agent,
    make_dossier,
    make_organisation,
)
from tests.harness.client import StrictClient, read
from tests.harness.html import select_all

ClientDe = Callable[[object], StrictClient]
TOUS = [(code, role) for code, genre in sorted(GENRES.items()) for role in sorted(genre.pour)]
_DEVOIRS = {
    "secretariat": "E2-DDETS-1", "gestionnaire": "E6-PREFECTURE-1", "chef_equipe": "E2-OPERATEUR-1",
    "partenaire": "E1-CAF-2",
}  # fmt: skip


def make_personne(role: str) -> Agent:
    """Return an agent of that role, in a home where it may work."""
    home = {
        "secretariat": "ddets", "gestionnaire": "prefecture", "partenaire": "caf",
    }.get(role, "operateur")  # fmt: skip
    return make_agent(role=role, organisation=make_organisation(type=home))


def make_suivi(agent: Agent, on: date) -> Mandat:
    """Return an accepted mandate, followed by the agent when it is of an operator."""
    operateur = (
        agent.organisation
        if agent.organisation.type == "operateur"
        else make_organisation(type="operateur")
    )
    make_objectif(operateur=operateur)
    social = agent if agent.role == Role.TRAVAILLEUR_SOCIAL else None
    mandat = make_mandat(
        operateur=operateur,
        dossier=make_dossier(),
        repondu_le=on - timedelta(days=60),
        referent_social=social,
        referent_juridique=agent if agent.role == Role.JURISTE else None,
    )
    make_acces(
        dossier=mandat.dossier, relation="instruction", role="gestionnaire",
        debut_le=on - timedelta(days=60),
    )  # fmt: skip
    return mandat


def make_source(genre: Genre, mandat: Mandat, agent: Agent, on: date) -> UUID:
    """Return the fact that a task of the kind comes from."""
    if genre.code == "demarche":
        contrat = Contrat.objects.create(mandat=mandat, signe_le=on, par=agent)
        return Demarche.objects.create(
            contrat=contrat, genre="fsl", acteur="menage", pour_le=on, etat="a_faire"
        ).pk
    if genre.sur == "devoir":
        return make_acte(dossier=mandat.dossier, type="commandement", survenu_le=on).pk
    return mandat.pk


def make_tache(genre: Genre, agent: Agent, on: date) -> Tache:
    mandat = make_suivi(agent, on)
    shared = agent.role in {Role.SECRETARIAT, Role.GESTIONNAIRE}
    alone = agent.role in {Role.TRAVAILLEUR_SOCIAL, Role.JURISTE}
    return Tache.objects.create(
        dossier=mandat.dossier,
        departement="33",
        genre=genre.code,
        devoir=_DEVOIRS[agent.role] if genre.sur == "devoir" else "",
        source_id=make_source(genre, mandat, agent, on),
        role=agent.role,
        organisation=None if shared or alone else agent.organisation,
        agent=agent if alone else None,
        visible_le=on,
        due_le=on + timedelta(days=3),
        legale=False,
    )


@pytest.mark.parametrize(("code", "role"), TOUS)
def test_every_kind_is_seen_by_each_of_its_roles_and_leads_to_a_page_that_answers(
    code: str, role: str, gironde: str, on: date, client_de: ClientDe
) -> None:
    agent = make_personne(role)
    make_tache(GENRES[code], agent, on)
    client = client_de(agent)

    groupe = "attente" if GENRES[code].attente else ""
    page = read(client.get(reverse("a_faire") + f"?genre={code}&groupe={groupe}"))
    (row,) = select_all(page, ".seuil-jour__ligne")
    links = [a.attrs["href"] for a in select_all(row, "a")]

    assert GENRES[code].disparait in row.text or code == "devoir"
    # Its own page, whatever else the row offers, and back to the list.
    (leads,) = [href for href in links if "suite=" in href]
    assert client.get(leads).status_code == 200


def test_a_kind_that_a_new_package_raises_reaches_a_partner_without_another_word(
    gironde: str, on: date, client_de: ClientDe, monkeypatch: pytest.MonkeyPatch
) -> None:
    caf = make_personne("partenaire")
    new = Genre(
        code="repondre_demande", libelle="Répondre à la demande", pourquoi="Elle attend.",
        bouton="Répondre", page="dossier", sur="numero", suite="", pour=frozenset({"partenaire"}),
        caduque="jamais", terme="mandat", en_lot=False,
    )  # fmt: skip
    monkeypatch.setitem(genres.GENRES, new.code, new)  # type: ignore[arg-type]
    tache = make_tache(new, caf, on)

    assert list(filter_taches(agent=caf, on=on)) == [tache]
    assert "Répondre à la demande" in client_de(caf).get(reverse("a_faire")).content.decode()


def test_work_for_a_role_that_its_package_does_not_declare_is_refused(
    gironde: str, on: date
) -> None:
    dossier = make_dossier()
    lost = Besoin(dossier.pk, "bilan", dossier.pk, "secretariat", on, on, legale=False)

    with pytest.raises(GenreMalDeclare):
        refresh_taches(dossier_ids=[dossier.pk], besoins=[lost])


@pytest.mark.parametrize("genre", sorted(c for c, g in GENRES.items() if g.terme == "jour"))
def test_work_that_its_own_day_ends_is_refused_without_that_day(
    genre: str, gironde: str, on: date
) -> None:
    dossier = make_dossier()
    role = sorted(GENRES[genre].pour)[0]
    endless = Besoin(dossier.pk, genre, dossier.pk, role, on, on, legale=False)

    with pytest.raises(GenreMalDeclare):
        refresh_taches(dossier_ids=[dossier.pk], besoins=[endless])


FILE = """\
genres:
  rappeler:
    libelle: Rappeler
    pourquoi: Il attend.
    bouton: Noter
    page: contact_noter
    sur: numero
    pour: [secretariat]
    caduque: le lendemain
    terme: jour
    rang: convention
    disparait: l’appel est noté
"""


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("sur: numero", "sur: nom"), "nom"),
        (("pour: [secretariat]", "pour: [maire]"), "maire"),
        (("pour: [secretariat]", "pour: []"), "pour.*une liste de textes est attendue"),
        (("bouton: Noter", "boutton: Noter"), "boutton"),
        (("  rappeler:", "  devoir:"), "autre paquet"),
        (("    caduque: le lendemain\n", ""), "caduque.*la clé manque"),
        (("    terme: jour\n", ""), "terme.*la clé manque"),
        (("    disparait: l’appel est noté\n", ""), "disparait.*la clé manque"),
        (("rang: convention", "rang: grave"), "rang.*grave"),
        (("terme: jour", "terme: jamais"), "terme.*jamais"),
    ],
)
def test_a_file_that_is_not_understood_is_refused_with_its_line(
    change: tuple[str, str], why: str, tmp_path: Path
) -> None:
    travail = Path(genres.__file__).parents[1] / "genres.yaml"
    wrong = tmp_path / "genres.yaml"
    wrong.write_text(FILE.replace(*change), encoding="utf-8")

    with pytest.raises(FichierIllisible, match=why):
        load_genres(files=[travail, wrong])
