"""A file is found as people type it, a likeness is told so, nobody finds more than it reads."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from seuil.acteurs.models import Agent
from seuil.dossiers.models import Bailleur, Coordonnee, Dossier, Personne
from seuil.recherche.models import Mention
from seuil.recherche.operations import refresh_mentions
from seuil.recherche.queries import list_trouvailles
from seuil.recherche.rules.mots import list_voisins, read_telephone
from seuil.recherche.rules.sons import write_son
from tests.factories.base import LIBOURNE, make_agent, make_dossier

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 21)
_CAS: Mapping[str, Sequence[Mapping[str, Any]]] = yaml.load(
    (Path(__file__).parent / "noms.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
)


def _search(agent: Agent, texte: str) -> tuple[set[Any], set[Any]]:
    found = list_trouvailles(agent=agent, on=ON, texte=texte)
    return {t.dossier_id for t in found.exactes}, {t.dossier_id for t in found.ressemblantes}


def _compare(agent: Agent, dossier: Dossier, cas: Mapping[str, Any]) -> list[str]:
    """Return the questions of a case that are not answered as the file of cases says."""
    wrong = []
    for wanted in ("exact", "ressemblant", "rien"):
        for texte in cas.get(wanted, ()):
            exactes, proches = _search(agent, texte)
            got = (
                "exact" if dossier.pk in exactes
                else "ressemblant" if dossier.pk in proches else "rien"
            )  # fmt: skip
            if got != wanted:
                wrong.append(f"{texte} : {got}, attendu {wanted}")
    return wrong


@pytest.mark.parametrize("cas", _CAS["personnes"], ids=lambda c: c["nom"][0])
def test_a_name_is_found_however_it_is_written(gironde: str, secretaire: Agent, cas: Any) -> None:
    nom, prenom = cas["nom"]
    dossier = make_dossier(nom=nom, prenom=prenom)

    assert _compare(secretaire, dossier, cas) == []


@pytest.mark.parametrize("cas", _CAS["adresses"], ids=lambda c: c["adresse"][0])
def test_an_address_is_found_by_its_words(gironde: str, secretaire: Agent, cas: Any) -> None:
    adresse, ville = cas["adresse"]
    dossier = make_dossier(**({"commune": LIBOURNE} if ville == "Libourne" else {}))
    dossier.logement.adresse = adresse
    dossier.logement.save()
    refresh_mentions(dossier_ids=[dossier.pk])

    assert _compare(secretaire, dossier, cas) == []


@pytest.mark.parametrize("cas", _CAS["telephones"], ids=lambda c: c["telephone"])
def test_a_phone_is_found_whatever_its_spaces(gironde: str, secretaire: Agent, cas: Any) -> None:
    dossier = make_dossier()
    Coordonnee.objects.create(
        dossier=dossier, type="telephone", valeur=cas["telephone"], valide_du=ON, source="essai"
    )
    refresh_mentions(dossier_ids=[dossier.pk])

    assert _compare(secretaire, dossier, cas) == []


def test_any_member_landlord_and_agency_lead_to_the_file(gironde: str, secretaire: Agent) -> None:
    dossier = make_dossier(bailleur="SCI Les Tilleuls")
    Personne.objects.create(dossier=dossier, qualite="enfant", nom="QUERCY", prenom="Lila")
    Bailleur.objects.filter(baux__dossier=dossier).update(
        mandataire="Agence du Fleuve", telephone="05 56 11 22 33"
    )
    refresh_mentions(dossier_ids=[dossier.pk])
    par = {
        texte: list_trouvailles(agent=secretaire, on=ON, texte=texte).exactes[0].par
        for texte in ("Lila Quercy", "tilleuls", "agence fleuve", "0556112233")
    }

    assert par == {
        "Lila Quercy": (("nom", "QUERCY Lila"),),
        "tilleuls": (("bailleur", "SCI Les Tilleuls"),),
        "agence fleuve": (("agence ou mandataire", "Agence du Fleuve"),),
        "0556112233": (("téléphone du bailleur", "05 56 11 22 33"),),
    }


def test_a_number_is_found_whole_or_by_its_end(gironde: str, secretaire: Agent) -> None:
    dossier = make_dossier(numero="33-2026-000712")

    for texte in ("33-2026-000712", "33-2026-712", "712", "000712"):
        assert _search(secretaire, texte) == ({dossier.pk}, set()), texte


def test_a_first_name_and_a_name_of_two_people_are_a_likeness(
    gironde: str, secretaire: Agent
) -> None:
    dossier = make_dossier(nom="BERGER", prenom="Bruno", bailleur="SCI Castaing")
    Personne.objects.create(dossier=dossier, qualite="occupant", nom="FABRE", prenom="Lise")
    make_dossier(nom="ROSSI", prenom="Bruno")
    make_dossier(nom="FABRE", prenom="Ugo")
    refresh_mentions(dossier_ids=[dossier.pk])

    assert _search(secretaire, "Bruno Fabre") == (set(), {dossier.pk})
    assert _search(secretaire, "Bruno Castaing") == (set(), {dossier.pk})
    assert _search(secretaire, "Ugo Rossi") == (set(), set())


_NOMS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=5, max_size=12)


@given(_NOMS, st.data())
@example("ABABA", None)
def test_a_letter_lost_or_two_exchanged_still_lead_to_a_name(nom: str, data: Any) -> None:
    at = data.draw(st.integers(0, len(nom) - 1)) if data else 2
    lost = nom[:at] + nom[at + 1 :]
    swapped = nom[:at] + nom[at : at + 2][::-1] + nom[at + 2 :]
    assert lost == nom or nom in _around(lost)
    assert swapped == nom or nom in _around(swapped)


def _around(typed: str) -> Sequence[str]:
    return list_voisins(typed)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("dupond", "DUPONT"), ("FILIPE", "PHILIPPE"), ("MORO", "MOREAU"), ("ENRI", "HENRY"),
        ("KRISTOF", "CHRISTOPHE"), ("JEROME", "GEROME"), ("ROUSSO", "ROUSSEAU"),
        ("BUCHE", "BUCHER"), ("KENTIN", "QUENTIN"), ("SHMIT", "SCHMITT"), ("LENE", "LAINE"),
        ("GUIYAUME", "GUILLAUME"), ("MOHAMED", "MOHAMMED"), ("PERES", "PEREZ"),
    ],
)  # fmt: skip
def test_a_name_written_as_heard_has_the_same_sound(said: str, written: str) -> None:
    assert write_son(said.upper()) == write_son(written) != ""


def test_names_that_do_not_sound_alike_have_another_sound() -> None:
    names = "DUPONT DURAND MARTIN BERNARD PETIT ROBERT RICHARD DUBOIS MOREAU LAURENT SIMON MICHEL"
    assert len({write_son(name) for name in names.split()}) == len(names.split())


def test_numbers_of_other_countries_are_left_alone() -> None:
    assert read_telephone("+44 20 7946 0958") == "442079460958"


def test_nobody_finds_by_what_it_may_not_read(
    gironde: str, secretaire: Agent, request: pytest.FixtureRequest
) -> None:
    """Each role, each thing of a file: found if and only if that thing is readable."""
    dossier = make_dossier(nom="QUERCYNOL", bailleur="SCI Vergnolles")
    Coordonnee.objects.create(
        dossier=dossier, type="telephone", valeur="0639981531", valide_du=ON, source="essai"
    )
    refresh_mentions(dossier_ids=[dossier.pk])
    questions = {"identite": "quercynol", "contact": "0639981531", "bail_dette": "vergnolles"}
    roles = (
        "secretaire", "gestionnaire", "chef_equipe", "travailleur_social", "juriste",
        "charge_mission", "administrateur", "partenaire", "dihal", "dpo",
    )  # fmt: skip
    found = {}
    for role in roles:
        agent = request.getfixturevalue(role)
        for categorie, texte in questions.items():
            seen = Dossier.objects.visible_to(agent, on=ON, categorie=categorie).exists()
            exactes, proches = _search(agent, texte)
            found[role, categorie] = bool(exactes)
            assert not proches
            assert not exactes or seen, (role, categorie)
    assert {role for (role, _), yes in found.items() if yes} <= {"secretaire", "dpo"}
    assert all(found["secretaire", c] for c in questions)
    assert not any(found[r, c] for r in ("dihal", "charge_mission") for c in questions)


def test_another_departement_finds_nothing(gironde: str) -> None:
    make_dossier(nom="QUERCYNOL", numero="33-2026-000999")
    ailleurs = make_agent(role="secretariat")
    ailleurs.departement_id = "21"

    for texte in ("quercynol", "33-2026-000999", "999"):
        assert _search(ailleurs, texte) == (set(), set())


def test_refreshing_twice_writes_nothing_and_erased_words_find_nothing(
    gironde: str, secretaire: Agent
) -> None:
    dossier = make_dossier(nom="QUERCYNOL")
    before = set(Mention.objects.values_list("pk", flat=True))
    refresh_mentions(dossier_ids=[dossier.pk])
    assert set(Mention.objects.values_list("pk", flat=True)) == before

    Personne.objects.filter(dossier=dossier).update(nom="SAVIGNAC")
    refresh_mentions(dossier_ids=[dossier.pk])
    assert _search(secretaire, "quercynol") == (set(), set())
    assert _search(secretaire, "savignac") == ({dossier.pk}, set())


def test_the_words_are_those_of_the_pattern_only(gironde: str) -> None:
    make_dossier(nom="Éléonore d’Aquitaine")
    assert all(re.fullmatch(r"[A-Z0-9+]+", m.mot) for m in Mention.objects.all())
