"""A row of a list becomes an act, or is refused with its column and its remedy."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seuil.actes.rules.champs import get_synonymes, why_not_mapping
from seuil.actes.rules.lignes import Communes, LecteurDeLignes, LigneLue, normalise_commune
from seuil.actes.rules.rapprochement import ActeConnu, judge_against_known
from seuil.dossiers.rules import compute_cle, normalise
from seuil.engines import tabular

ON = date(2026, 11, 21)
COMMUNES = Communes(
    par_nom={"BORDEAUX": "33063", "SAINT EMILION": "33394", "TALENCE": "33522"},
    par_code_postal={"33000": ["33063"], "33330": ["33394", "33247"], "33400": ["33522"]},
    noms={"33063": "Bordeaux", "33394": "Saint-Émilion", "33522": "Talence", "33247": "Lussac"},
    codes_postaux={
        "33063": ["33000", "33100"],
        "33394": ["33330"],
        "33522": ["33400"],
        "33247": ["33330"],
    },
)
COLONNES = ("nom", "prenom", "adresse", "code_postal", "commune", "acte_le")


def read(type_acte: str = "commandement", **values: object) -> LigneLue:
    """Read one row whose good defaults are replaced by `values`."""
    row = {
        "nom": "Lefèvre",
        "prenom": "Anne",
        "adresse": "12 rue des Lilas",
        "code_postal": "33000",
        "commune": "Bordeaux",
        "acte_le": "03/11/2026",
        **values,
    }
    lecteur = LecteurDeLignes(
        type_acte=type_acte,
        correspondance=dict(enumerate(row)),
        entetes=[f"En-tête {champ}" for champ in row],
        communes=COMMUNES,
        departement="33",
        on=ON,
    )
    return lecteur.read(numero=7, cells=tuple(row.values()))


def test_a_complete_row_is_accepted() -> None:
    ligne = read(montant="1 234,56 €", bailleur_nature="SCI familiale")

    assert ligne.etat == "accepte"
    assert ligne.acte
    assert ligne.acte.survenu_le == date(2026, 11, 3)
    assert str(ligne.acte.montant) == "1234.56"
    assert ligne.acte.menage.commune == "33063"
    assert ligne.acte.menage.parc == "prive"


@pytest.mark.parametrize(
    ("values", "colonne", "extrait"),
    [
        ({"nom": ""}, "nom", "nom est vide"),
        ({"nom": None}, "nom", "nom est vide"),
        ({"adresse": "  "}, "adresse", "adresse est vide"),
        ({"acte_le": "31/02/2026"}, "acte_le", "31/02/2026"),
        ({"acte_le": ""}, "acte_le", "date de l’acte est vide"),
        ({"acte_le": "22/11/2026"}, "acte_le", "à venir"),
        ({"commune": "Bordaux"}, "commune", "Commune inconnue"),
        ({"commune": "", "code_postal": "33330"}, "code_postal", "ne suffit pas"),
        ({"commune": "", "code_postal": ""}, "commune", "vide"),
        ({"montant": "beaucoup"}, "montant", "beaucoup"),
        ({"audience_le": "02/11/2026"}, "audience_le", "précède"),
        ({"recu_le": "02/11/2026"}, "recu_le", "précède"),
    ],
)
def test_a_defect_refuses_the_row_and_names_its_column(
    values: dict[str, object], colonne: str, extrait: str
) -> None:
    ligne = read(**values)

    assert ligne.etat == "refuse"
    assert ligne.acte is None
    motif = next(m for m in ligne.motifs if extrait in m.motif)
    assert motif.colonne == f"En-tête {colonne}"
    assert motif.remede


def test_every_defect_of_a_row_is_told_at_once() -> None:
    ligne = read(nom="", acte_le="31/02/2026", montant="x")

    assert {m.colonne for m in ligne.motifs} == {
        "En-tête nom", "En-tête acte_le", "En-tête montant",
    }  # fmt: skip


def test_an_unknown_commune_is_answered_with_the_likely_one() -> None:
    motif = read(commune="Bordaux").motifs[0]

    assert "Bordeaux" in motif.remede


@pytest.mark.parametrize(
    ("commune", "code"),
    [
        ("bordeaux cedex", "33063"),
        ("ST EMILION", "33394"),
        ("Saint-Émilion", "33394"),
        ("St-Emilion", "33394"),
    ],
)
def test_a_commune_is_recognised_however_it_is_written(commune: str, code: str) -> None:
    ligne = read(commune=commune, code_postal="")

    assert ligne.acte
    assert ligne.acte.menage.commune == code


def test_a_postal_code_that_lost_its_zero_is_restored_before_being_judged() -> None:
    ligne = read(commune="", code_postal=33400)

    assert ligne.acte
    assert ligne.acte.menage.commune == "33522"


def test_a_wrong_phone_does_not_lose_the_act() -> None:
    ligne = read(telephone="appeler le soir")

    assert ligne.etat == "accepte"
    assert ligne.acte
    assert ligne.acte.menage.telephone == ""
    assert any("telephone" in m.colonne for m in ligne.motifs)


def test_a_very_old_act_waits_for_a_person() -> None:
    ligne = read(acte_le="03/11/2019")

    assert ligne.etat == "a_verifier"
    assert ligne.acte


def test_a_decision_of_cfp_without_meaning_is_refused_with_the_words_expected() -> None:
    ligne = read("cfp", sens="peut-être")

    assert ligne.etat == "refuse"
    assert "accord, refus ou report" in ligne.motifs[0].remede


@pytest.mark.parametrize(
    ("mot", "sens"), [("Accordé", "accord"), ("OCTROI", "accord"), ("Refus", "refus")]
)
def test_the_usual_words_of_a_decision_are_understood(mot: str, sens: str) -> None:
    ligne = read("cfp", sens=mot)

    assert ligne.acte
    assert ligne.acte.sens == sens


def test_a_hearing_to_come_is_not_a_mistake() -> None:
    assert read("audience", acte_le="12/01/2027").etat == "accepte"


def test_a_hearing_earlier_than_the_assignation_on_file_is_refused() -> None:
    ligne = read("audience", acte_le="12/01/2026")

    judge_against_known(
        ligne,
        type_acte="audience",
        connu=ActeConnu("x", {("assignation", date(2026, 2, 1))}),
    )

    assert ligne.etat == "refuse"
    assert "précède l’assignation" in ligne.motifs[-1].motif


def test_another_hour_of_a_known_hearing_is_told_with_both() -> None:
    le = date(2026, 11, 3)
    ligne = read("audience", audience_heure="14h00")

    judge_against_known(
        ligne,
        type_acte="audience",
        connu=ActeConnu("x", {("audience", le)}, {("audience", le): time(9, 30)}),
    )

    assert ligne.etat == "doublon"
    assert "9\u00a0h\u00a030 au dossier, 14\u00a0h dans la liste" in ligne.motifs[0].motif


def test_an_act_that_was_taken_off_the_file_does_not_come_back_by_itself() -> None:
    ligne = read()
    key = ("commandement", date(2026, 11, 3))

    judge_against_known(
        ligne,
        type_acte="commandement",
        connu=ActeConnu("x", set(), retires={key: date(2026, 11, 20)}),
    )

    assert ligne.etat == "a_verifier"
    assert "retiré ou corrigé au dossier le 20/11/2026" in ligne.motifs[0].motif


def test_an_act_already_on_file_is_a_duplicate() -> None:
    ligne = read()

    judge_against_known(
        ligne,
        type_acte="commandement",
        connu=ActeConnu("x", {("commandement", date(2026, 11, 3))}),
    )

    assert ligne.etat == "doublon"


def test_a_mapping_without_the_name_says_what_is_missing() -> None:
    reason = why_not_mapping({0: "adresse", 1: "commune", 2: "acte_le"})

    assert reason
    assert "Nom du locataire" in reason


def test_a_complete_mapping_is_enough() -> None:
    assert why_not_mapping(dict(enumerate(COLONNES))) is None


@pytest.mark.parametrize("type_acte", ["commandement", "assignation", "audience", "cql", "rfp"])
def test_a_header_means_one_field_only(type_acte: str) -> None:
    owners: dict[str, str] = {}
    for champ, headers in get_synonymes(type_acte).items():
        for header in headers:
            known = owners.setdefault(tabular.normalise_header(header), champ)
            assert known == champ, header


def test_the_headers_of_the_national_export_are_recognised() -> None:
    headers = ["Nom", "Prénom", "Adresse", "CP", "Ville", "Date du commandement", "Dette"]

    mapping = tabular.suggest_mapping(headers, get_synonymes("commandement"))

    assert list(mapping.values()) == [
        "nom", "prenom", "adresse", "code_postal", "commune", "acte_le", "montant",
    ]  # fmt: skip


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)

    assert normalise(once) == once
    assert once == once.upper()


@given(st.sampled_from(["12 av. du Parc", "12 avenue du parc", "12, AV DU PARC"]))
def test_the_same_address_gives_the_same_key(adresse: str) -> None:
    expected = compute_cle(nom="NGUYEN", prenom="Léa", adresse="12 Avenue du Parc", commune="33063")

    assert compute_cle(nom="Mme Nguyen", prenom="LEA", adresse=adresse, commune="33063") == expected


@given(st.integers(0, 400), st.integers(-60, 60))
def test_no_row_is_accepted_with_a_hearing_before_its_act(age: int, gap: int) -> None:
    acte_le = ON - timedelta(days=age)
    hearing = acte_le + timedelta(days=gap)

    ligne = read("assignation", acte_le=acte_le, audience_le=hearing)

    assert (ligne.etat == "refuse") == (gap < 0)


def test_the_name_of_a_commune_loses_its_cedex() -> None:
    assert normalise_commune("Bordeaux Cedex 2") == "BORDEAUX"


def test_an_assignation_after_a_hearing_already_known_waits_for_a_person() -> None:
    ligne = read("assignation", acte_le="12/10/2026")

    judge_against_known(
        ligne, type_acte="assignation", connu=ActeConnu("x", {("audience", date(2026, 9, 1))})
    )

    assert ligne.etat == "a_verifier"
    assert "suit une audience" in ligne.motifs[0].motif


def test_the_assignation_of_a_second_procedure_is_no_mistake() -> None:
    ligne = read("assignation", acte_le="12/10/2026")

    judge_against_known(
        ligne,
        type_acte="assignation",
        connu=ActeConnu("x", {("assignation", date(2024, 3, 1)), ("audience", date(2024, 6, 1))}),
    )

    assert ligne.etat == "accepte"
