"""The day's work over random histories: who sees what, in which order, and what makes it vanish."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from seuil.travail.rules.aujourdhui import (
    PRESSE,
    Groupe,
    TacheLue,
    compute_lignes,
    is_caduque,
    place,
)
from seuil.travail.rules.besoins import EcheanceLue, Etat, compute_besoins_legaux, makes_work
from seuil.travail.rules.devoirs import load_devoirs
from seuil.travail.rules.genres import GENRES, Rang

ON = date(2026, 11, 21)
DAY = timedelta(days=1)
DOSSIERS = [UUID(int=i) for i in range(1, 9)]
_DEVOIRS = sorted(load_devoirs("33").par_id)

days = st.integers(-120, 120).map(lambda n: ON + n * DAY)


@st.composite
def taches(draw: st.DrawFn) -> TacheLue:
    genre = draw(st.sampled_from(sorted(GENRES)))
    due_le = draw(days)
    ends = GENRES[genre].terme == "jour" or draw(st.booleans())
    return TacheLue(
        id=uuid4(),
        dossier_id=draw(st.sampled_from(DOSSIERS)),
        genre=genre,
        devoir=draw(st.sampled_from(_DEVOIRS)) if genre == "devoir" else "",
        departement="33",
        due_le=due_le,
        caduque_le=due_le + draw(st.integers(0, 90)) * DAY if ends else None,
        legale=draw(st.booleans()),
        mienne=draw(st.booleans()),
    )


@given(st.lists(taches(), max_size=30))
def test_one_household_is_one_row_and_nobody_is_lost(found: list[TacheLue]) -> None:
    lignes = compute_lignes(found, on=ON)

    assert sorted(x.dossier_id for x in lignes) == sorted({t.dossier_id for t in found})
    assert sum(len(x.placees) for x in lignes) == len(found)


@given(st.lists(taches(), max_size=30))
def test_a_row_is_there_if_and_only_if_something_may_be_done(found: list[TacheLue]) -> None:
    lignes = {x.dossier_id: x for x in compute_lignes(found, on=ON)}

    for dossier in {t.dossier_id for t in found}:
        useful = any(t.dossier_id == dossier and not is_caduque(t, on=ON) for t in found)
        assert (lignes[dossier].groupe is not Groupe.CADUC) == useful


@given(st.lists(taches(), max_size=40))
def test_no_convention_comes_before_what_cannot_be_undone(found: list[TacheLue]) -> None:
    shown = [x.tete for x in compute_lignes(found, on=ON) if x.groupe is Groupe.A_MOI]

    assert [p.ordre for p in shown] == sorted(p.ordre for p in shown)
    first_soft = next((i for i, p in enumerate(shown) if p.rang >= Rang.CONVENTION), len(shown))
    assert all(p.rang >= Rang.CONVENTION for p in shown[first_soft:])


@given(taches())
def test_what_cannot_be_undone_within_seven_days_is_the_readers_own(tache: TacheLue) -> None:
    placee = place(tache, on=ON)

    near = placee.rang is Rang.IRREVERSIBLE and placee.le <= ON + PRESSE
    if near and not is_caduque(tache, on=ON):
        assert placee.groupe is Groupe.A_MOI
    if placee.groupe is Groupe.ATTENTE:
        assert placee.attendue
        assert not near


@given(taches())
def test_a_day_that_is_not_of_the_law_is_a_convention_at_best(tache: TacheLue) -> None:
    assert place(replace(tache, legale=False), on=ON).rang >= Rang.CONVENTION


@given(taches(), st.integers(0, 400))
def test_what_has_no_object_any_more_never_comes_back_by_itself(
    tache: TacheLue, later: int
) -> None:
    if is_caduque(tache, on=ON):
        assert is_caduque(tache, on=ON + later * DAY)


# A history: the facts of one household, in the order in which they are recorded.
FAITS = st.lists(
    st.sampled_from(["dsf_demande", "dsf_recu", "decision", "depart"]), max_size=4, unique=True
)


def see(hearing: date, rfp: date, faits: list[str], on: date) -> set[str]:
    """Return the kinds of work still of some object, as facts and law make them."""
    dossier = DOSSIERS[0]
    etat = Etat(
        dsf_fait_ou_confie="dsf_recu" in faits,
        decisions_cfp=(rfp,) if "decision" in faits else (),
        sorties=(on,) if "depart" in faits and on >= rfp else (),
        dsf_demande="dsf_demande" in faits and "dsf_recu" not in faits,
    )
    echeances = [
        EcheanceLue(dossier, "C6", uuid4(), hearing, hearing - 7 * DAY),
        EcheanceLue(dossier, "G3", uuid4(), rfp, rfp + 60 * DAY),
    ]
    besoins = compute_besoins_legaux(
        [e for e in echeances if makes_work(e, on=on)], {dossier: etat}
    )
    return {b.genre for b in besoins if not is_caduque(b, on=on) and b.visible_le <= on}


@given(st.integers(-60, 60), st.integers(-90, 0), FAITS)
def test_the_fact_that_a_row_names_makes_it_vanish(
    hearing: int, rfp: int, faits: list[str]
) -> None:
    heard_le, rfp_le = ON + hearing * DAY, ON + rfp * DAY
    before = see(heard_le, rfp_le, faits, ON)

    # « disparaît quand le diagnostic est demandé », « … est noté reçu », « la décision est … ».
    assert "dsf_a_obtenir" not in see(heard_le, rfp_le, [*faits, "dsf_demande"], ON)
    assert not before & {"dsf_a_recevoir"} or "dsf_demande" in faits
    assert not see(heard_le, rfp_le, [*faits, "dsf_recu"], ON) & {"dsf_a_obtenir", "dsf_a_recevoir"}
    assert "decision_cfp" not in see(heard_le, rfp_le, [*faits, "decision"], ON)
    # Nothing is to be done of a hearing that is past.
    if heard_le <= ON:
        assert not before & {"dsf_a_obtenir", "dsf_a_recevoir"}


@given(st.integers(1, 42), FAITS)
def test_somebody_has_something_to_do_of_a_hearing_until_its_diagnosis(
    hearing: int, faits: list[str]
) -> None:
    seen = see(ON + hearing * DAY, ON - 200 * DAY, faits, ON)

    done = "dsf_recu" in faits
    assert bool(seen & {"dsf_a_obtenir", "dsf_a_recevoir"}) == (not done)


def test_every_kind_says_the_fact_that_makes_it_vanish() -> None:
    assert [code for code, genre in GENRES.items() if not genre.disparait] == []
