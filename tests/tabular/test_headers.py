"""Columns are recognised by name, never twice for the same field, never by a coin toss."""

from hypothesis import given
from hypothesis import strategies as st

from seuil.engines.tabular import normalise_header, suggest_mapping

SYNONYMS = {
    "nom": ["nom du locataire", "nom locataire", "nom de famille"],
    "prenom": ["prénom", "prénom du locataire"],
    "bailleur": ["nom du bailleur", "propriétaire"],
    "date_assignation": ["date de l’assignation", "assignation"],
    "date_audience": ["date de l’audience", "audience"],
    "montant": ["montant de la dette", "dette locative"],
}


def test_headers_compare_without_accents_case_or_punctuation() -> None:
    assert normalise_header("  N°\u00a0de DOSSIER (réf.) ") == "n de dossier ref"
    assert normalise_header("Cœur d’Îlot") == "coeur d ilot"


def test_exact_synonyms_are_mapped_first() -> None:
    headers = ["Propriétaire", "NOM DU LOCATAIRE", "Prénom", "Dette locative", "Observations"]

    assert suggest_mapping(headers, SYNONYMS) == {
        0: "bailleur", 1: "nom", 2: "prenom", 3: "montant",
    }  # fmt: skip


def test_a_close_name_is_proposed_when_it_is_the_only_one() -> None:
    headers = ["Date assignation", "Date audiance", "Montant dette"]

    assert suggest_mapping(headers, SYNONYMS) == {
        0: "date_assignation", 1: "date_audience", 2: "montant",
    }  # fmt: skip


def test_a_doubtful_column_is_left_to_a_person() -> None:
    assert suggest_mapping(["Date"], SYNONYMS) == {}
    assert suggest_mapping(["Audiance", "Audiense"], SYNONYMS) == {}


def test_a_field_is_never_proposed_twice() -> None:
    assert suggest_mapping(["Nom", "Nom du locataire", "Nom (colonne 3)"], SYNONYMS) == {0: "nom"}


@given(st.lists(st.sampled_from([w for ws in SYNONYMS.values() for w in ws]) | st.text(max_size=9)))
def test_each_field_has_at_most_one_column_whatever_the_headers(headers: list[str]) -> None:
    mapping = suggest_mapping(headers, SYNONYMS)

    assert len(set(mapping.values())) == len(mapping)
    assert set(mapping) <= set(range(len(headers)))
