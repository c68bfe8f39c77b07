"""The équipe mobile's decisions, without a database."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seuil.accompagnements.rules import priorites
from seuil.accompagnements.rules.besoins import (
    ContactPrevu,
    DemarcheDue,
    EtatMandat,
    compute_besoins,
)
from seuil.accompagnements.rules.choix import Cible, propose_choix
from seuil.accompagnements.rules.mandats import (
    Suivi,
    end_of_mandat,
    list_rapports_dus,
    why_not_close,
    why_not_close_veille,
    why_not_watch,
)
from seuil.accompagnements.rules.priorites import (
    AMONT,
    CFP,
    CQL,
    Candidat,
    Critere,
    SituationCandidat,
    score_candidat,
)

ON = date(2026, 11, 21)
SPACE = UUID("00000000-0000-0000-0000-000000000033")
GIRONDE = Cible(25, "332", "Bordeaux", 80, 15, 20)


def make_candidat(
    number: int, *, stade: str = "commandement", arrondissement: str = "332", score: int = 10
) -> Candidat:
    return Candidat(
        dossier_id=uuid5(SPACE, str(number)),
        numero=f"33-2026-{number:06d}",
        nom="FICTIF",
        commune="Bordeaux",
        arrondissement=arrondissement,
        stade=stade,
        stade_le=ON,
        criteres=(Critere("dette_forte", "Dette.", score),),
    )


@st.composite
def candidats(draw: st.DrawFn) -> list[Candidat]:
    rows = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["commandement", "assignation", "cql", "rfp", "cfp"]),
                st.sampled_from(["332", "335"]),
                st.integers(0, 6),
            ),
            max_size=60,
        )
    )
    return [
        make_candidat(i, stade=stade, arrondissement=zone, score=score)
        for i, (stade, zone, score) in enumerate(rows)
    ]


cibles = st.builds(
    Cible,
    volume=st.integers(1, 30),
    arrondissement=st.just("332"),
    part_arrondissement=st.integers(0, 100),
    part_cql_min=st.integers(0, 30),
    part_cql_max=st.integers(30, 100),
)


# --- The month's choice --------------------------------------------------------------------------


@given(candidats(), cibles)
def test_the_volume_and_the_ceilings_are_never_passed(found: list[Candidat], cible: Cible) -> None:
    retenus = [ligne.candidat for ligne in propose_choix(found, cible).retenus]

    familles = Counter(c.famille for c in retenus)
    assert len(retenus) <= cible.volume
    assert familles[CQL] <= cible.cql[1]
    assert familles[CFP] <= 1


@given(candidats(), cibles)
def test_a_place_stays_empty_only_when_nobody_may_take_it(
    found: list[Candidat], cible: Cible
) -> None:
    proposition = propose_choix(found, cible)

    retenus = Counter(ligne.candidat.famille for ligne in proposition.retenus)
    reserve = Counter(ligne.candidat.famille for ligne in proposition.reserve)
    if len(proposition.retenus) < cible.volume:
        assert reserve[AMONT] == 0
        assert not reserve[CQL] or retenus[CQL] == cible.cql[1]
        assert not reserve[CFP] or retenus[CFP] == 1


@given(candidats(), cibles)
def test_nobody_is_passed_by_a_worse_ranked_dossier_of_its_stage_and_territory(
    found: list[Candidat], cible: Cible
) -> None:
    proposition = propose_choix(found, cible)

    for left in proposition.reserve:
        for taken in proposition.retenus:
            if (left.candidat.famille, left.candidat.arrondissement) == (
                taken.candidat.famille,
                taken.candidat.arrondissement,
            ):
                assert taken.candidat.rang < left.candidat.rang


@given(candidats(), cibles)
def test_the_least_share_of_cql_is_served_whenever_there_are_enough(
    found: list[Candidat], cible: Cible
) -> None:
    retenus = [ligne.candidat for ligne in propose_choix(found, cible).retenus]

    eligible = sum(c.famille == CQL for c in found)
    assert sum(c.famille == CQL for c in retenus) >= min(cible.cql[0], eligible, cible.volume)


@given(candidats(), cibles, st.randoms())
def test_the_order_of_the_candidates_changes_nothing(
    found: list[Candidat], cible: Cible, random: object
) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)

    assert propose_choix(shuffled, cible) == propose_choix(found, cible)


@given(candidats(), cibles, st.data())
def test_what_the_secretariat_decides_is_obeyed(
    found: list[Candidat], cible: Cible, data: st.DataObject
) -> None:
    ids = [c.dossier_id for c in found]
    ajouts = set(data.draw(st.lists(st.sampled_from(ids), max_size=3)) if ids else [])
    retraits = set(data.draw(st.lists(st.sampled_from(ids), max_size=3)) if ids else []) - ajouts

    proposition = propose_choix(found, cible, ajouts=ajouts, retraits=retraits)

    retenus = {ligne.candidat.dossier_id for ligne in proposition.retenus}
    assert ajouts <= retenus
    assert not retraits & retenus
    assert {ligne.candidat.dossier_id for ligne in proposition.retires} == retraits


def test_the_gironde_month_is_met_when_there_is_choice() -> None:
    found = [
        make_candidat(i, stade=stade, arrondissement=zone, score=i % 7)
        for i, (stade, zone) in enumerate(
            [(s, z) for s in ("commandement", "assignation", "cql", "rfp") for z in ("332", "335")]
            * 20
        )
    ]

    proposition = propose_choix(found, GIRONDE)

    assert {q.code: q.obtenu for q in proposition.quotas}["volume"] == 25
    assert {q.code: q.obtenu for q in proposition.quotas}["arrondissement"] == 20
    assert all(q.est_respecte for q in proposition.quotas)
    assert proposition.manques == ()


def test_what_cannot_be_met_is_said() -> None:
    found = [make_candidat(i, arrondissement="335") for i in range(30)]

    proposition = propose_choix(found, GIRONDE)

    assert len(proposition.retenus) == 25
    assert len(proposition.manques) == 2
    assert "0\u00a0dossier dans l’arrondissement au lieu de 20" in proposition.manques[0]
    assert "0\u00a0commandement de quitter les lieux au lieu de 4" in proposition.manques[1]


def test_a_quota_passed_by_an_addition_is_said() -> None:
    found = [make_candidat(i, stade="cfp", score=i) for i in range(3)]
    ids = {c.dossier_id for c in found}

    proposition = propose_choix(found, Cible(2), ajouts=ids)

    assert [q.est_respecte for q in proposition.quotas if q.code in {"volume", "cfp"}] == [
        False,
        False,
    ]
    assert any("au-delà du volume" in m for m in proposition.manques)
    assert any("concours de la force publique" in m for m in proposition.manques)


@pytest.mark.parametrize(
    ("volume", "wanted"), [(25, (4, 5)), (20, (3, 4)), (4, (1, 1)), (100, (15, 20))]
)
def test_the_share_of_cql_is_a_range_of_whole_dossiers(
    volume: int, wanted: tuple[int, int]
) -> None:
    assert Cible(volume, part_cql_min=15, part_cql_max=20).cql == wanted


@pytest.mark.parametrize(
    ("jours", "code"),
    [
        (6, None), (7, "audience_proche"), (20, "audience_proche"), (21, "audience_utile"),
        (60, "audience_utile"), (61, "audience_loin"),
    ],
)  # fmt: skip
def test_a_hearing_counts_by_the_time_it_leaves(jours: int, code: str | None) -> None:
    criteres = score_candidat(
        SituationCandidat(
            stade="assignation", audience_le=ON + timedelta(days=jours), has_telephone=True
        ),
        on=ON,
    )

    assert [c.code for c in criteres] == ([code] if code else [])


@pytest.mark.parametrize(
    ("montant", "code"),
    [
        ("1999.99", None), ("2000", "dette_moyenne"), ("4999.99", "dette_moyenne"),
        ("5000", "dette_forte"),
    ],
)  # fmt: skip
def test_the_debt_counts_by_its_level(montant: str, code: str | None) -> None:
    criteres = score_candidat(
        SituationCandidat(stade="cql", dette=Decimal(montant), has_telephone=True), on=ON
    )

    assert [c.code for c in criteres] == ([code] if code else [])


@pytest.mark.parametrize(
    ("jours", "code"),
    [(-1, None), (0, "delai_court"), (14, "delai_court"), (15, "delai_long")],
)
def test_the_delay_of_the_commandement_counts_while_it_runs(jours: int, code: str | None) -> None:
    criteres = score_candidat(
        SituationCandidat(
            stade="commandement", delai_le=ON + timedelta(days=jours), has_telephone=True
        ),
        on=ON,
    )

    assert [c.code for c in criteres] == ([code] if code else [])


def test_a_household_silent_to_social_services_counts_more_than_an_unknown_one() -> None:
    def points(suivi: str) -> int:
        return sum(
            c.points for c in score_candidat(SituationCandidat(stade="cql", suivi=suivi), on=ON)
        )

    assert points("sans_reponse") > points("inconnu") > points("")


def test_each_criterion_is_a_french_sentence_with_its_points() -> None:
    criteres = score_candidat(
        SituationCandidat(
            stade="assignation",
            audience_le=date(2026, 12, 20),
            dette=Decimal("6543.2"),
            enfants=2,
            suivi="sans_reponse",
            prescrit_par="MDS de Lormont",
            nature_bailleur="physique",
        ),
        on=ON,
    )

    assert [c.points for c in criteres] == sorted((c.points for c in criteres), reverse=True)
    assert all(c.libelle.endswith(".") and c.points == priorites.POINTS[c.code] for c in criteres)
    libelles = " ".join(c.libelle for c in criteres)
    assert "Dette de 6\u202f543,20\u00a0€" in libelles
    assert "2 enfants" in libelles
    assert "MDS de Lormont" in libelles


# --- The end of a mandate ------------------------------------------------------------------------

DEBUT = date(2026, 3, 2)
ECHANGE = date(2026, 4, 10)
RELANCE = date(2026, 4, 25)
# Three months after the attempt that followed the exchange: EM6 of the law engine.
SILENCE = date(2026, 7, 25)


def refuse(motif: str, clos_le: date, **changes: object) -> str | None:
    arguments = {
        "on": date(2026, 12, 31),
        "debut_le": DEBUT,
        "suivi": Suivi(ECHANGE, RELANCE, 3),
        "notifie_le": clos_le,
    } | changes
    return why_not_close(motif=motif, clos_le=clos_le, **arguments)


def test_silence_ends_a_mandate_from_the_day_three_months_are_over() -> None:
    assert refuse("sans_nouvelles", SILENCE) is None
    assert "25 juillet 2026" in (refuse("sans_nouvelles", SILENCE - timedelta(days=1)) or "")


def test_silence_counts_from_the_first_attempt_when_nobody_was_ever_spoken_to() -> None:
    suivi = Suivi(None, RELANCE, 1)

    assert refuse("sans_nouvelles", SILENCE, suivi=suivi) is None
    assert refuse("sans_nouvelles", SILENCE - timedelta(days=1), suivi=suivi)


def test_silence_ends_nothing_without_one_more_attempt() -> None:
    assert "tentative" in (refuse("sans_nouvelles", SILENCE, suivi=Suivi(ECHANGE, None, 1)) or "")
    late = Suivi(ECHANGE, SILENCE + timedelta(days=1), 2)
    assert "tentative" in (refuse("sans_nouvelles", SILENCE, suivi=late) or "")


def test_silence_ends_nothing_without_notification() -> None:
    assert "notifi" in (refuse("sans_nouvelles", SILENCE, notifie_le=None) or "")


def test_six_months_end_a_mandate_from_their_last_day() -> None:
    assert refuse("fin_duree", date(2026, 9, 2)) is None
    assert "2 septembre 2026" in (refuse("fin_duree", date(2026, 9, 1)) or "")


def test_never_met_means_tried_and_never_met() -> None:
    clos_le = date(2026, 5, 4)

    assert refuse("non_rencontre", clos_le, suivi=Suivi(None, RELANCE, 2)) is None
    assert "échange" in (refuse("non_rencontre", clos_le) or "")
    assert "tentative" in (refuse("non_rencontre", clos_le, suivi=Suivi(None, None, 0)) or "")


@pytest.mark.parametrize(
    "motif", ["objectifs", "demande_menage", "relais_operateur", "droit_commun", "depart"]
)
def test_the_other_reasons_end_a_mandate_any_day_of_its_life(motif: str) -> None:
    assert refuse(motif, DEBUT, notifie_le=None) is None
    assert refuse(motif, DEBUT - timedelta(days=1), notifie_le=None)
    assert refuse(motif, date(2027, 1, 1), notifie_le=None)


def test_a_notification_to_come_is_refused() -> None:
    assert refuse("objectifs", DEBUT, notifie_le=date(2027, 1, 1))


def due(motif: str, clos_le: date, complexite: str = "") -> list[str]:
    return list_rapports_dus(
        motif=motif, clos_le=clos_le, transmis_le=DEBUT, debut_le=DEBUT, complexite=complexite
    )


def test_a_report_is_due_at_the_closure_once_its_day_has_come() -> None:
    assert due("depart", date(2026, 3, 16)) == []
    assert due("depart", date(2026, 3, 17)) == ["premier_retour"]
    assert due("depart", date(2026, 3, 30), "complexe") == ["premier_retour"]
    assert due("depart", date(2026, 3, 30), "simple") == ["premier_retour", "evaluation"]
    assert due("depart", date(2026, 4, 27)) == ["premier_retour", "evaluation"]
    assert due("depart", date(2026, 9, 2)) == ["premier_retour", "evaluation", "bilan"]


@pytest.mark.parametrize("motif", ["objectifs", "fin_duree", "relais_operateur", "droit_commun"])
def test_a_follow_up_that_took_place_owes_its_last_report_whenever_it_ends(motif: str) -> None:
    assert due(motif, date(2026, 3, 10)) == ["bilan"]


@pytest.mark.parametrize(
    ("dernier_le", "refused"), [(None, True), (date(2026, 5, 3), True), (date(2026, 5, 4), False)]
)
def test_a_file_under_watch_ends_after_one_more_contact(
    dernier_le: date | None, refused: bool
) -> None:
    suivi = Suivi(ECHANGE, None, 3, dernier_le)
    arguments = {"motif": "objectifs", "veille_le": date(2026, 5, 4)}

    assert bool(why_not_close_veille(suivi=suivi, **arguments)) is refused
    assert why_not_close_veille(suivi=suivi, **arguments | {"motif": "depart"}) is None
    assert why_not_close_veille(suivi=suivi, **arguments | {"veille_le": None}) is None


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({}, False),
        ({"veille_le": DEBUT - timedelta(days=1)}, True),
        ({"veille_le": date(2026, 12, 2)}, True),
        ({"demarches_a_faire": 1}, True),
    ],
)
def test_the_watch_begins_once_the_demarches_are_over(
    changes: dict[str, object], refused: bool
) -> None:
    arguments = {
        "veille_le": date(2026, 5, 4), "debut_le": DEBUT, "on": date(2026, 12, 1),
        "demarches_a_faire": 0,
    }  # fmt: skip

    assert bool(why_not_watch(**arguments | changes)) is refused


# --- What is due ---------------------------------------------------------------------------------

MANDAT = uuid5(SPACE, "mandat")
AGENT = uuid5(SPACE, "agent")
OPERATEUR = uuid5(SPACE, "operateur")
DATES = {
    "EM1": date(2026, 3, 10),
    "EM2": date(2026, 3, 23),
    "EM2b": date(2026, 4, 20),
    "EM4": date(2026, 4, 25),
    "EM5": date(2026, 9, 2),
    "EM6": SILENCE,
}


def make_etat(**fields: object) -> EtatMandat:
    return EtatMandat(
        **{
            "id": MANDAT,
            "dossier_id": uuid5(SPACE, "dossier"),
            "operateur_id": OPERATEUR,
            "transmis_le": date(2026, 2, 23),
            "repondu_le": DEBUT,
            "referent_id": AGENT,
            "referent_role": "travailleur_social",
            "dates": DATES,
        }
        | fields
    )


def besoins(**fields: object) -> dict[str, object]:
    return {b.genre: b for b in compute_besoins([make_etat(**fields)])}


def test_a_mandate_without_answer_asks_one_thing_of_the_chef_dequipe() -> None:
    due = besoins(repondu_le=None, referent_id=None)

    assert list(due) == ["repondre_mandat"]
    besoin = due["repondre_mandat"]
    assert (besoin.role, besoin.organisation_id, besoin.agent_id) == (
        "chef_equipe",
        OPERATEUR,
        None,
    )
    assert besoin.due_le == DATES["EM1"]


def test_without_referent_everything_goes_to_the_chef_dequipe() -> None:
    due = besoins(referent_id=None, referent_role="")

    assert "affecter_mandat" in due
    assert {b.role for b in due.values()} == {"chef_equipe", "secretariat"}
    assert {b.organisation_id for b in due.values() if b.role == "chef_equipe"} == {OPERATEUR}


def test_with_a_referent_the_work_is_theirs() -> None:
    due = besoins()

    assert "affecter_mandat" not in due
    theirs = [b for b in due.values() if b.role != "secretariat"]
    assert {(b.role, b.agent_id, b.organisation_id) for b in theirs} == {
        ("travailleur_social", AGENT, None)
    }


def test_each_timer_gives_its_dates() -> None:
    due = {g: (b.visible_le, b.due_le, b.regle) for g, b in besoins().items()}

    assert due == {
        "premier_retour": (DEBUT, DATES["EM1"], "EM1"),
        "evaluation": (DATES["EM2"], DATES["EM2b"], "EM2b"),
        "bilan": (date(2026, 8, 18), DATES["EM5"], "EM5"),
        "reprendre_contact": (date(2026, 4, 20), DATES["EM4"], "EM4"),
        "fin_accompagnement": (date(2026, 8, 18), DATES["EM5"], "EM5"),
        "avis_prolongation": (DATES["EM5"], date(2026, 10, 2), "EM5"),
    }


@pytest.mark.parametrize("genre", ["premier_retour", "evaluation", "bilan"])
def test_a_report_given_is_no_longer_due(genre: str) -> None:
    assert genre in besoins()
    assert genre not in besoins(rapports=frozenset({genre}))


def test_silence_is_a_question_only_after_one_more_attempt() -> None:
    assert "sans_nouvelles" not in besoins(suivi=Suivi(ECHANGE, None, 1))

    due = besoins(suivi=Suivi(ECHANGE, RELANCE, 2))

    assert due["sans_nouvelles"].visible_le == SILENCE
    assert due["reprendre_contact"].caduque_le == SILENCE


def test_contacts_and_steps_that_were_fixed_are_due_on_their_day() -> None:
    contact, demarche = uuid5(SPACE, "contact"), uuid5(SPACE, "demarche")

    due = besoins(
        contacts_prevus=(ContactPrevu(contact, date(2026, 5, 4)),),
        demarches=(DemarcheDue(demarche, date(2026, 6, 1)),),
    )

    assert (due["prochain_contact"].source_id, due["prochain_contact"].due_le) == (
        contact,
        date(2026, 5, 4),
    )
    assert (due["demarche"].source_id, due["demarche"].due_le) == (demarche, date(2026, 6, 1))


def test_a_prolongation_moves_the_end_and_another_opinion_ends_it() -> None:
    poursuite = (date(2026, 9, 10), "poursuite", date(2026, 12, 1))
    transfert = (date(2026, 10, 8), "transfert", None)

    assert besoins(avis=(poursuite,))["fin_accompagnement"].due_le == date(2026, 12, 1)
    due = besoins(avis=(poursuite, transfert))
    assert due["fin_accompagnement"].due_le == date(2026, 10, 8)
    assert "avis_prolongation" not in due


@pytest.mark.parametrize(
    ("avis", "fin_le"),
    [
        ((), date(2026, 9, 2)),
        (((date(2026, 8, 1), "poursuite", date(2026, 11, 1)),), date(2026, 11, 1)),
        (((date(2026, 8, 1), "droit_commun", None),), date(2026, 8, 1)),
    ],
)
def test_the_follow_up_ends_when_the_last_opinion_says(
    avis: tuple[tuple[date, str, date | None], ...], fin_le: date
) -> None:
    assert end_of_mandat(em5_le=date(2026, 9, 2), avis=avis) == fin_le


@given(st.lists(st.sampled_from(["premier_retour", "evaluation", "bilan"])), st.booleans())
def test_no_task_is_visible_after_it_is_due(rapports: list[str], affecte: bool) -> None:
    etat = make_etat(
        rapports=frozenset(rapports),
        referent_id=AGENT if affecte else None,
        suivi=Suivi(ECHANGE, RELANCE, 2),
    )

    found = compute_besoins([etat])

    assert found
    assert all(b.visible_le <= b.due_le for b in found)
    assert len({(b.genre, b.source_id) for b in found}) == len(found)
