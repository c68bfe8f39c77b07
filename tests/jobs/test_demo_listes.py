"""The invented lists: deterministic, plausible, readable by the product's own reader."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from seuil.actes.rules.champs import get_known_headers, get_synonymes, why_not_mapping
from seuil.engines import droit, tabular
from seuil.jobs.demo.gabarits import GABARITS
from seuil.jobs.demo.listes import FichierListe, generate_lists
from seuil.jobs.demo.parcours import GIRONDE, PETITE, ActePrevu, draw_actes
from seuil.jobs.demo.population import LOI_2023, NOMS, PRENOMS, load_villes

UNTIL = date(2026, 11, 21)
DEPUIS = date(2024, 11, 1)
YEARS = (UNTIL - DEPUIS).days / 365.25


@pytest.fixture(scope="module")
def actes() -> list[ActePrevu]:
    return draw_actes(
        rng=Random(7), volumes=GIRONDE, departement="33", depuis=DEPUIS, jusqu_a=UNTIL
    )


@pytest.fixture(scope="module")
def petite(tmp_path_factory: pytest.TempPathFactory) -> list[FichierListe]:
    return generate_lists(directory=tmp_path_factory.mktemp("listes"), taille="petite", until=UNTIL)


def _of(actes: list[ActePrevu], type_acte: str) -> Iterator[ActePrevu]:
    return (acte for acte in actes if acte.type == type_acte)


def _digest(fichiers: list[FichierListe]) -> list[tuple[str, str]]:
    return [(f.path.name, hashlib.sha256(f.path.read_bytes()).hexdigest()) for f in fichiers]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_gives_others(
    tmp_path: Path, petite: list[FichierListe]
) -> None:
    again = generate_lists(directory=tmp_path / "a", taille="petite", until=UNTIL)
    other = generate_lists(directory=tmp_path / "b", taille="petite", until=UNTIL, seed=34)

    assert _digest(again) == _digest(petite)
    assert _digest(other) != _digest(petite)


def test_every_list_is_read_with_every_mandatory_column_recognised(
    petite: list[FichierListe],
) -> None:
    seen = set()
    for fichier in petite:
        if (fichier.type, fichier.source) in seen:
            continue
        seen.add((fichier.type, fichier.source))
        table = tabular.read_table(
            fichier.path, name=fichier.path.name, known_headers=get_known_headers(fichier.type)
        )
        mapping = tabular.suggest_mapping(table.headers, get_synonymes(fichier.type))
        unknown = {h for i, h in enumerate(table.headers) if i not in mapping}

        assert table.rows, fichier.path.name
        assert why_not_mapping(mapping) is None, fichier.path.name
        assert unknown <= {"Observations de l'étude"}, fichier.path.name
    assert seen == {(t, g.source) for t, senders in GABARITS.items() for g in senders}


def test_each_column_is_understood_as_the_field_that_its_sender_meant() -> None:
    for type_acte, senders in GABARITS.items():
        for gabarit in senders:
            headers = list(gabarit.colonnes.values())
            mapping = tabular.suggest_mapping(headers, get_synonymes(type_acte))
            meant = {
                index: champ
                for index, champ in enumerate(gabarit.colonnes)
                if champ != "observations"
            }
            assert mapping == meant, (type_acte, gabarit.source)


def test_lists_arrive_in_order_on_working_days_and_never_tell_the_future(
    petite: list[FichierListe],
) -> None:
    days = [fichier.depose_le for fichier in petite]

    assert days == sorted(days)
    assert max(days) == UNTIL
    assert all(droit.is_ouvre(day) for day in days if day != UNTIL)


@pytest.mark.parametrize(
    ("type_acte", "per_year"),
    [
        ("commandement", 12_500), ("assignation", 3_750), ("jugement", 3_150), ("cql", 1_650),
        ("rfp", 1_320), ("expulsion", 400),
    ],
)  # fmt: skip
def test_volumes_are_those_of_a_large_departement(
    actes: list[ActePrevu], type_acte: str, per_year: int
) -> None:
    assert sum(1 for _ in _of(actes, type_acte)) / YEARS == pytest.approx(per_year, rel=0.12)


def test_two_requisitions_in_three_are_granted(actes: list[ActePrevu]) -> None:
    granted = sum(1 for acte in _of(actes, "cfp") if acte.sens == "accord")

    assert granted / sum(1 for _ in _of(actes, "rfp")) == pytest.approx(0.67, abs=0.06)


def test_nobody_is_expelled_during_the_winter_truce(actes: list[ActePrevu]) -> None:
    expulsions = list(_of(actes, "expulsion"))

    assert expulsions
    assert not [acte for acte in expulsions if droit.in_treve(acte.survenu_le)]


def test_most_hearings_leave_the_prefet_six_weeks_and_a_few_do_not(
    actes: list[ActePrevu],
) -> None:
    late = [
        acte.audience_le - acte.recu_le < timedelta(days=42)
        for acte in _of(actes, "assignation")
        if acte.audience_le and acte.recu_le
    ]

    assert 0.02 < sum(late) / len(late) < 0.07


def test_hearings_are_held_on_working_days(actes: list[ActePrevu]) -> None:
    days = {acte.audience_le for acte in _of(actes, "assignation") if acte.audience_le}

    assert all(droit.is_ouvre(day) for day in days)


def test_households_have_the_expected_gaps_debts_and_leases(actes: list[ActePrevu]) -> None:
    menages = [acte.menage for acte in _of(actes, "commandement")]
    count = len(menages)

    assert sum(not m.telephone for m in menages) / count == pytest.approx(0.35, abs=0.02)
    assert sum(m.parc == "prive" for m in menages) / count == pytest.approx(0.58, abs=0.02)
    assert sum(m.dette < 2_600 for m in menages) / count == pytest.approx(0.23, abs=0.02)
    assert sum(m.dette > 13_000 for m in menages) / count == pytest.approx(0.06, abs=0.02)
    assert {m.clause for m in menages if m.bail_le < LOI_2023} == {"2 mois", ""}
    assert {m.clause for m in menages if m.bail_le >= LOI_2023} == {"2 mois", "6 semaines", ""}


def test_a_household_keeps_its_name_and_address_all_along_the_procedure(
    actes: list[ActePrevu],
) -> None:
    identities: dict[int, set[tuple[str, str, str]]] = {}
    for acte in actes:
        menage = acte.menage
        identities.setdefault(menage.numero, set()).add((menage.nom, menage.prenom, menage.adresse))

    assert max(Counter(acte.menage.numero for acte in actes).values()) >= 5
    assert all(len(seen) == 1 for seen in identities.values())


def test_phones_and_addresses_are_of_the_ranges_reserved_for_fiction(
    actes: list[ActePrevu],
) -> None:
    for acte in actes[:5_000]:
        menage = acte.menage
        assert menage.telephone == "" or menage.telephone.startswith("06 39 98 ")
        assert menage.courriel == "" or menage.courriel.endswith(".example")
        assert menage.proprietaire.telephone in {""} or (
            menage.proprietaire.telephone.startswith("05 36 49 ")
        )


def test_communes_are_real_and_bordeaux_comes_first(actes: list[ActePrevu]) -> None:
    known = {ville.nom for ville in load_villes("33")}
    counts = Counter(acte.menage.commune for acte in _of(actes, "commandement"))

    assert set(counts) <= known
    assert counts.most_common(1)[0][0] == "Bordeaux"
    assert len(counts) > 200


def test_names_fit_the_encoding_of_the_oldest_senders(actes: list[ActePrevu]) -> None:
    for acte in actes[:20_000]:
        f"{acte.menage.nom}{acte.menage.prenom}{acte.menage.adresse}".encode("cp1252")
    assert len(set(NOMS)) > 150
    assert len(set(PRENOMS)) > 100


def test_the_small_size_keeps_the_ratios_of_the_large_one() -> None:
    for name in ("assignations", "jugements", "cql", "rfp", "cfp", "expulsions"):
        small = getattr(PETITE, name) / PETITE.commandements
        large = getattr(GIRONDE, name) / GIRONDE.commandements
        assert small == pytest.approx(large, rel=0.05)


def test_rows_that_no_import_may_accept_are_there_to_be_seen(petite: list[FichierListe]) -> None:
    texts = [
        fichier.path.read_bytes().decode("utf-8" if "greffe" in fichier.path.name else "cp1252",
                                         "replace")
        for fichier in petite
        if fichier.path.suffix == ".csv"
    ]  # fmt: skip

    assert any("31/02/" in text for text in texts)
