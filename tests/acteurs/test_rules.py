"""Who may see and do what: read strictly, closed by default."""

import pytest

from seuil.acteurs.models import Role
from seuil.acteurs.rules import (
    PERIMETRES,
    AccesIllisible,
    get_perimetre,
    load_acces,
    parse_acces,
    why_not,
)

GOOD = """
verbes:
  dossier.lire: consulter
roles:
  secretariat:
    perimetre: departement
    basis: loi
    verbes: [dossier.lire]
"""
VISITING = {"chef_equipe", "travailleur_social", "juriste"}


def test_every_role_has_its_rule_and_every_rule_its_role() -> None:
    assert set(load_acces()) == set(Role.values)


@pytest.mark.parametrize("role", Role.values)
def test_every_rule_says_its_legal_basis(role: str) -> None:
    assert load_acces()[role].basis
    assert get_perimetre(role) in PERIMETRES


def test_what_a_role_holds_is_allowed_and_the_rest_refused_in_french() -> None:
    assert why_not("secretariat", "choix.preparer") is None
    assert "Votre rôle ne permet pas" in (why_not("juriste", "choix.preparer") or "")


@pytest.mark.parametrize("role", ["inconnu", "", "SECRETARIAT"])
def test_an_unknown_role_may_do_nothing_and_reaches_nothing(role: str) -> None:
    assert why_not(role, "dossier.lire") is not None
    assert get_perimetre(role) == "aucun"


@pytest.mark.parametrize("role", Role.values)
def test_an_unknown_verb_is_refused_to_everyone(role: str) -> None:
    assert why_not(role, "dossier.detruire") is not None


@pytest.mark.parametrize("role", ["charge_mission", "administrateur"])
def test_a_role_that_reaches_no_dossier_holds_no_verb_on_a_dossier(role: str) -> None:
    assert get_perimetre(role) == "aucun"
    assert load_acces()[role].verbes <= {
        "activite.lire", "annuaire.lire", "agents.gerer", "droit.lire", "droit.essayer",
        "agents.inviter",
    }  # fmt: skip


def test_only_the_team_notes_visits() -> None:
    holders = {role for role in Role.values if why_not(role, "visite.enregistrer") is None}

    assert holders == VISITING


def test_the_operator_never_chooses_its_own_dossiers() -> None:
    assert [r for r in VISITING if why_not(r, "choix.preparer") is None] == []


def test_a_well_formed_text_is_read() -> None:
    acces = parse_acces(GOOD)["secretariat"]

    assert acces.perimetre == "departement"
    assert acces.verbes == {"dossier.lire"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("verbes:\n  dossier", "autre: 1\nverbes:\n  dossier", "clés inattendues"),
        ("    basis: loi\n", "", "clés attendues"),
        ("perimetre: departement", "perimetre: monde", "périmètre inconnu monde"),
        ("[dossier.lire]", "[dossier.lire, dossier.voir]", "verbe inconnu dossier.voir"),
    ],
    ids=["clé en trop", "base absente", "périmètre inconnu", "verbe inconnu"],
)
def test_a_text_that_is_not_well_formed_is_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(AccesIllisible, match=message):
        parse_acces(GOOD.replace(old, new))
