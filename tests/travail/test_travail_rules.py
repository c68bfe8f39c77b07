"""What the law's deadlines ask of the State's services."""

from datetime import date
from uuid import UUID, uuid4

from seuil.travail.rules.besoins import (
    Besoin,
    EcheanceLue,
    Etat,
    compute_besoins_legaux,
    makes_work,
)
from seuil.travail.rules.genres import GENRES

DOSSIER = uuid4()
NOTHING_DONE = Etat(dsf_fait_ou_confie=False, decisions_cfp=(), sorties=())


def besoins(regle: str, debut: date | None, le: date | None, etat: Etat) -> list[Besoin]:
    lue = EcheanceLue(DOSSIER, regle, uuid4(), debut, le)
    return compute_besoins_legaux([lue], {DOSSIER: etat})


def test_a_hearing_asks_the_secretariat_for_the_diagnosis_until_the_hearing() -> None:
    (besoin,) = besoins("C6", date(2027, 1, 14), date(2027, 1, 6), NOTHING_DONE)

    assert besoin.genre == "dsf_a_obtenir"
    assert besoin.role == "secretariat"
    assert besoin.due_le == date(2027, 1, 6)
    assert besoin.caduque_le == date(2027, 1, 14)
    assert besoin.visible_le < besoin.due_le


def test_a_diagnosis_made_or_entrusted_asks_nothing() -> None:
    done = Etat(dsf_fait_ou_confie=True, decisions_cfp=(), sorties=())

    assert besoins("C6", date(2027, 1, 14), date(2027, 1, 6), done) == []


def test_a_requisition_asks_the_prefecture_for_a_decision_within_two_months() -> None:
    (besoin,) = besoins("G3", date(2026, 5, 12), date(2026, 7, 12), NOTHING_DONE)

    assert (besoin.genre, besoin.role) == ("decision_cfp", "gestionnaire")
    assert besoin.legale
    assert besoin.visible_le == date(2026, 5, 12)


def test_a_decision_after_the_requisition_ends_the_task() -> None:
    decided = Etat(dsf_fait_ou_confie=False, decisions_cfp=(date(2026, 6, 1),), sorties=())

    assert besoins("G3", date(2026, 5, 12), date(2026, 7, 12), decided) == []


def test_the_decision_on_an_earlier_requisition_does_not_end_the_task() -> None:
    before = Etat(dsf_fait_ou_confie=False, decisions_cfp=(date(2026, 5, 1),), sorties=())

    assert len(besoins("G3", date(2026, 5, 12), date(2026, 7, 12), before)) == 1


def test_a_deadline_still_to_determine_asks_nothing_yet() -> None:
    assert besoins("C6", None, None, NOTHING_DONE) == []


def test_every_kind_says_what_and_why() -> None:
    for genre in GENRES.values():
        assert genre.libelle
        assert genre.pourquoi.endswith((".", ")."))
        assert genre.bouton


def test_a_need_knows_its_dossier() -> None:
    (besoin,) = besoins("G5", date(2026, 6, 1), date(2026, 6, 16), NOTHING_DONE)

    assert isinstance(besoin.dossier_id, UUID)
    assert besoin.genre == "suite_cfp"


def test_what_the_prefecture_owes_has_no_object_three_months_after_its_day() -> None:
    for regle, genre in (("G3", "decision_cfp"), ("G5", "suite_cfp")):
        (besoin,) = besoins(regle, date(2026, 5, 12), date(2026, 7, 12), NOTHING_DONE)

        assert besoin.genre == genre
        assert besoin.caduque_le == date(2026, 10, 10)
        lue = EcheanceLue(DOSSIER, regle, uuid4(), date(2026, 5, 12), date(2026, 7, 12))
        assert makes_work(lue, on=date(2026, 10, 9))
        assert not makes_work(lue, on=date(2026, 10, 10))


def test_an_empty_dwelling_asks_the_prefecture_nothing() -> None:
    left = Etat(dsf_fait_ou_confie=False, decisions_cfp=(), sorties=(date(2026, 6, 1),))

    assert besoins("G3", date(2026, 5, 12), date(2026, 7, 12), left) == []


def test_every_kind_says_when_it_has_no_object_any_more() -> None:
    for genre in GENRES.values():
        assert genre.caduque, genre.code
    bound = {code for code, genre in GENRES.items() if genre.terme == "jour"}
    assert bound == {"dsf_a_obtenir", "dsf_a_recevoir", "decision_cfp", "suite_cfp", "devoir"}
    assert [c for c, genre in GENRES.items() if genre.terme == "fait"] == ["repondre_mandat"]
