"""Who may do what, by profile: closed by default."""

import pytest

from seuil.acteurs.matrice import load_matrice
from seuil.acteurs.rules import is_operateur, is_reached_by, reads_whole, why_not

VISITING = {"chef_equipe", "travailleur_social", "juriste"}
PROFILS = sorted(load_matrice().profils)


def test_what_a_profile_holds_is_allowed_and_the_rest_refused_in_french() -> None:
    assert why_not("secretariat", "choix.preparer") is None
    assert "Votre rôle ne permet pas" in (why_not("juriste", "choix.preparer") or "")


@pytest.mark.parametrize("profil", ["inconnu", "", "SECRETARIAT"])
def test_an_unknown_profile_may_do_nothing_and_reaches_nothing(profil: str) -> None:
    assert why_not(profil, "dossier.lire") is not None
    assert not reads_whole(profil, "identite")
    assert not is_reached_by(profil, "identite", "departement", "instruction", "mandat")


@pytest.mark.parametrize("profil", PROFILS)
def test_an_unknown_verb_is_refused_to_everyone(profil: str) -> None:
    assert why_not(profil, "dossier.detruire") is not None


def test_whole_and_entrusted_files_are_told_from_the_matrix() -> None:
    # Every file of the département, but not at every stage: a SIAO reads no whole département.
    assert {p for p in PROFILS if reads_whole(p, "identite")} == {"secretariat", "dpo"}
    assert {p for p in PROFILS if reads_whole(p, "devoirs")} == {"secretariat"}
    assert {p for p in PROFILS if is_operateur(p)} == VISITING
    assert {p for p in PROFILS if is_reached_by(p, "devoirs", "instruction")} == {"gestionnaire"}
    assert {p for p in PROFILS if is_reached_by(p, "devoirs", "mandat")} == {"chef_equipe"}


@pytest.mark.parametrize("profil", ["charge_mission", "dihal", "administrateur"])
def test_a_profile_that_reaches_no_dossier_holds_no_verb_on_a_dossier(profil: str) -> None:
    verbes = load_matrice().profils[profil].verbes

    assert verbes
    assert not {v for v in verbes if v.startswith(("dossier.", "acte.", "devoir.", "a_faire."))}


def test_only_the_team_notes_visits() -> None:
    assert {p for p in PROFILS if why_not(p, "visite.enregistrer") is None} == VISITING


def test_the_operator_never_chooses_its_own_dossiers() -> None:
    assert [p for p in VISITING if why_not(p, "choix.preparer") is None] == []
