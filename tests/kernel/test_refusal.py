"""A refusal says its sentence."""

from seuil.kernel.refusal import Refusal


class DejaClos(Refusal):
    message = "Ce dossier est déjà clos."


def test_a_refusal_says_the_sentence_of_its_class() -> None:
    assert str(DejaClos()) == "Ce dossier est déjà clos."


def test_a_refusal_may_say_more() -> None:
    assert str(DejaClos("Clos le 3 mars.")) == "Clos le 3 mars."


def test_a_refusal_without_sentence_still_speaks_french() -> None:
    assert str(Refusal()) == "Cette action n’est pas possible."
