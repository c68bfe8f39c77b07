"""What the facts of a dossier say of its acts, and how findings are retained and written."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from seuil.diagnostics.rules import (
    ActeLu,
    Avis,
    ConstatSaisi,
    Contexte,
    DsfDate,
    compute_faits,
    compute_phrases,
    compute_points,
    select_changes,
    why_not_record_constat,
)
from seuil.kernel.models import new_id

AVRIL = date(2026, 4, 20)


def lu(kind: str, le: date, **fields: Any) -> ActeLu:
    return ActeLu(id=new_id(), type=kind, survenu_le=le, **fields)


def contexte(*actes: ActeLu, **fields: Any) -> Contexte:
    return Contexte(departement=fields.pop("departement", "33"), actes=actes, **fields)


def avis(question: str, reponse: str, *, jour: int = 1, observation: str = "") -> Avis:
    le = date(2026, 5, jour)
    at = datetime(2026, 5, jour, tzinfo=UTC)
    return Avis(question, reponse, observation, le, "Jules Exemple", at)


def test_an_assignation_reads_its_commandement_its_saisine_and_its_landlord() -> None:
    assignation = lu("assignation", AVRIL, recu_le=date(2026, 4, 22), audience_le=date(2026, 6, 16))
    dossier = contexte(
        lu("commandement", date(2025, 1, 10)),
        lu("commandement", date(2026, 1, 10)),
        lu("commandement", date(2026, 5, 10)),
        lu("saisine_ccapex", date(2026, 1, 15)),
        assignation,
        bail_le=date(2024, 2, 1),
        bailleur_nature="social",
        dsf=[DsfDate("avec_menage", date(2026, 6, 1), date(2026, 6, 2), None)],
    )

    faits = compute_faits(assignation, dossier)

    assert faits == {
        "departement": "33",
        "bail_le": date(2024, 2, 1),
        "bailleur_nature": "social",
        "prefet_le": date(2026, 4, 22),
        "audience_le": date(2026, 6, 16),
        "cdp_le": date(2026, 1, 10),
        "saisine_ccapex_le": date(2026, 1, 15),
        "dsf_juge_le": date(2026, 6, 2),
    }


def test_the_saisine_of_an_older_procedure_does_not_serve_the_new_one() -> None:
    ancienne, nouvelle = lu("assignation", date(2024, 5, 6)), lu("assignation", AVRIL)
    dossier = contexte(lu("saisine_ccapex", date(2024, 1, 5)), ancienne, nouvelle)

    assert "saisine_ccapex_le" not in compute_faits(nouvelle, dossier)
    assert compute_faits(ancienne, dossier)["saisine_ccapex_le"] == date(2024, 1, 5)


def test_a_diagnosis_of_before_the_assignation_is_not_its_own() -> None:
    assignation = lu("assignation", AVRIL)
    before = DsfDate("avec_menage", date(2026, 3, 1), date(2026, 3, 2), None)

    assert "dsf_juge_le" not in compute_faits(assignation, contexte(assignation, dsf=[before]))


def test_a_commandement_reads_its_amount_and_who_was_told() -> None:
    acte = lu(
        "commandement", AVRIL, montant=Decimal(1300), recu_le=AVRIL, delai_annonce="6 semaines"
    )

    faits = compute_faits(acte, contexte(acte, loyer=Decimal(650), clause="2 mois"))

    assert faits["dette"] == Decimal(1300)
    assert faits["loyer"] == Decimal(650)
    assert faits["clause"] == "2 mois"
    assert faits["cdp_signale_le"] == AVRIL
    assert faits["delai_annonce"] == "6 semaines"


@pytest.mark.parametrize(
    ("jugement_suivant", "attendu"), [(None, date(2026, 6, 1)), (date(2026, 5, 20), None)]
)
def test_a_service_after_another_judgment_is_not_attributed(
    jugement_suivant: date | None, attendu: date | None
) -> None:
    jugement = lu("jugement", AVRIL)
    others = [lu("jugement", jugement_suivant)] if jugement_suivant else []
    dossier = contexte(jugement, *others, lu("signification", date(2026, 6, 1)))

    assert compute_faits(jugement, dossier).get("signification_le") == attendu


def test_a_commandement_to_leave_served_before_the_decision_is_seen() -> None:
    cql = lu("cql", AVRIL)
    jugement, signification = (
        lu("jugement", date(2026, 4, 1)),
        lu("signification", date(2026, 5, 2)),
    )

    known = compute_faits(cql, contexte(jugement, cql, signification))
    doubtful = compute_faits(
        cql, contexte(jugement, cql, lu("jugement", date(2026, 4, 30)), signification)
    )

    assert known["signification_le"] == date(2026, 5, 2)
    assert "signification_le" not in doubtful


def test_an_eviction_reads_the_time_granted_and_the_grant_that_precede_it() -> None:
    expulsion = lu("expulsion", date(2026, 10, 5))
    dossier = contexte(
        lu("jugement", date(2026, 1, 5), sens="resiliation", delai_jusqu_au=date(2026, 3, 1)),
        lu("jugement", date(2025, 1, 5), sens="delais", delai_jusqu_au=date(2027, 3, 1)),
        lu("cql", date(2026, 2, 2), recu_le=date(2026, 2, 3)),
        lu("delais_quitter", date(2026, 4, 5), delai_jusqu_au=date(2026, 7, 1)),
        lu("cfp", date(2026, 9, 1), sens="accord"),
        lu("cfp", date(2026, 8, 1), sens="refus"),
        expulsion,
    )

    assert compute_faits(expulsion, dossier) == {
        "departement": "33",
        "cql_le": date(2026, 2, 2),
        "cql_prefet_le": date(2026, 2, 3),
        "delais_jusqu_au": date(2026, 7, 1),
        "cfp_accord_le": date(2026, 9, 1),
    }


def test_the_commune_matters_in_alsace_moselle_only() -> None:
    acte = lu("expulsion", AVRIL)

    assert "commune" not in compute_faits(acte, contexte(acte, commune="33063"))
    alsace = contexte(acte, departement="67", commune="67482")
    assert compute_faits(acte, alsace)["commune"] == "67482"


def test_the_last_finding_of_a_person_holds_and_a_contradiction_is_seen() -> None:
    acte = lu("assignation", AVRIL)
    dossier = contexte(acte, bailleur_nature="physique")

    points = {
        p.constat.question: p
        for p in compute_points(
            acte,
            dossier,
            [
                avis("R-ASS-1", "irregulier", jour=3),
                avis("R-ASS-6", "regulier", jour=2),
                avis("R-ASS-6", "irregulier", jour=1),
            ],
        )
    }

    assert points["R-ASS-1"].constat.reponse == "sans_objet"
    assert points["R-ASS-1"].reponse == "irregulier"
    assert points["R-ASS-1"].is_contredit
    assert points["R-ASS-6"].reponse == "regulier"
    assert len(points["R-ASS-6"].avis) == 2
    assert not points["R-ASS-6"].is_contredit
    assert not points["R-ASS-7"].is_repondu


def test_sentences_are_the_decided_findings_irregular_first_without_observation() -> None:
    acte = lu("assignation", AVRIL, recu_le=date(2026, 4, 22), audience_le=date(2026, 6, 16))
    dossier = contexte(acte, lu("saisine_ccapex", date(2026, 3, 3)), bailleur_nature="morale")

    phrases = compute_phrases(
        "Assignation du 20 avril 2026",
        compute_points(
            acte,
            dossier,
            [
                avis("R-ASS-16", "irregulier", observation="Le locataire dit n’avoir rien reçu."),
                avis("R-ASS-10", "a_verifier"),
                avis("R-ASS-2", "irregulier"),
            ],
        ),
    )
    texts = [str(p) for p in phrases]

    assert [p.question for p in phrases] == ["R-ASS-1", "R-ASS-2", "R-ASS-16"]
    assert "prématurée de 13\u00a0jours" in texts[0]
    assert "Conséquence possible\u00a0: irrecevabilité" in texts[0]
    assert "article 24, II" in texts[0]
    assert texts[0].endswith("avis de l’équipe, le juge apprécie)")
    assert "Le calcul conclut autrement" in texts[1]
    assert "rien reçu" not in "".join(texts)


def test_what_is_the_same_as_what_was_shown_is_not_a_change() -> None:
    connus = {"R-ASS-6": avis("R-ASS-6", "regulier", observation="Vu.")}

    same = ConstatSaisi("R-ASS-6", "regulier", "Vu.")
    other = ConstatSaisi("R-ASS-6", "regulier", "Revu.")
    new = ConstatSaisi("R-ASS-7", "regulier")

    assert select_changes([same, other, new], connus, {}) == [other, new]
    assert select_changes([same, other, new], {}, connus) == [other, new]


@pytest.mark.parametrize(
    ("saisi", "reason"),
    [
        (ConstatSaisi("R-ASS-1", "regulier", "x" * 1000), None),
        (ConstatSaisi("R-ASS-1", "regulier", "x" * 1001), "1000 caractères"),
        (ConstatSaisi("R-CDP-1", "regulier"), "ne se pose pas"),
        (ConstatSaisi("R-ASS-1", "", "Vu."), "Choisissez une réponse"),
    ],
)
def test_a_finding_that_says_nothing_or_too_much_is_refused(
    saisi: ConstatSaisi, reason: str | None
) -> None:
    found = why_not_record_constat(saisi, {"R-ASS-1"})

    assert (found is None) == (reason is None)
    assert (reason or "") in (found or "")


def test_a_day_before_and_a_day_after_the_limit_change_the_answer() -> None:
    def answer(day: date) -> str:
        acte = lu("assignation", AVRIL, recu_le=day, audience_le=date(2026, 6, 16))
        (point,) = [
            p for p in compute_points(acte, contexte(acte), []) if p.constat.question == "R-ASS-2"
        ]
        return point.reponse

    limite = date(2026, 5, 4)
    assert answer(limite) == "regulier"
    assert answer(limite + timedelta(days=1)) == "irregulier"
