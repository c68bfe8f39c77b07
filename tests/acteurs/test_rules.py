"""Who may do what."""
import pytest

from seuil.acteurs.rules import why_not


def test_an_unknown_role_may_do_nothing() -> None:
    assert why_not("inconnu", "dossier.lire") is not None
