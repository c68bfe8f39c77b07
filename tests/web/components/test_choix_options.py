"""The options of a drop-down, written once for every form."""

from seuil.web.components.forms import Choix

CHOIX = Choix([("", "Toutes"), ("1", "L’Isle & <Cie>"), ("11", "Bègles")])


def test_the_chosen_option_is_the_only_one_selected() -> None:
    assert CHOIX.write_options("1").count(" selected") == 1
    assert '<option value="1" selected>' in CHOIX.write_options("1")
    assert '<option value="" selected>' in CHOIX.write_options("")


def test_an_unknown_choice_selects_nothing() -> None:
    assert CHOIX.write_options("7") == CHOIX.options
    assert CHOIX.write_options('"><script>') == CHOIX.options


def test_labels_are_escaped() -> None:
    assert "L’Isle &amp; &lt;Cie&gt;" in CHOIX.options
