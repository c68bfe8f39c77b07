"""An explanation never states what the facts deny: the condition of each step is true of them.

Every sentence that the engine can write has its condition here; a sentence without one fails.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seuil.engines import droit
from seuil.engines.droit import _francais

JOUR = r"(\d+(?:er)? [a-zûé]+ \d{4})"
REFORME = date(2023, 7, 29)
ULTRAMARINS = {"971", "972", "973", "974", "975", "976", "977", "978"}
DEPARTEMENTS = [None, "21", "33", "35", "67", "75", *sorted(ULTRAMARINS)]
VERSIONS = {v.parametre(r.id): v for r in droit.regles().values() for v in r.versions}
LIGNES = sorted(v.ligne for r in droit.regles().values() for v in r.versions if v.ligne)
CLAUSES = [None, "1 mois", "6 semaines", "2 mois", "3 mois"]

Faits = Mapping[str, Any]
Condition = Callable[[Faits, re.Match[str], droit.Resultat], bool]


def day(text: str) -> date:
    number, month, year = text.split()
    return date(int(year), _francais.MOIS.index(month) + 1, int(number.removesuffix("er")))


def always(_faits: Faits, _match: re.Match[str], _resultat: droit.Resultat) -> bool:
    return True


def is_fact(name: str) -> Condition:
    return lambda faits, match, _: faits.get(name) == day(match[1])


def is_overseas(faits: Faits, _match: re.Match[str], _resultat: droit.Resultat) -> bool:
    return faits.get("departement") in ULTRAMARINS


def get_version(resultat: droit.Resultat) -> droit.Version:
    return VERSIONS[resultat.parametre]


def counts_from_a_known_day(faits: Faits, match: re.Match[str], _resultat: droit.Resultat) -> bool:
    starts = {
        faits["depuis"],
        faits.get("prefet_saisi_le"),
        faits.get("aj_depart_le"),
        faits.get("notifie_le"),
    }
    if faits.get("domicile"):
        # The months of distance are counted before the days.
        starts |= {
            droit.add_duree(day, f"{n} mois", roll=False).date
            for day in set(starts)
            if day
            for n in (1, 2)
        }
    if faits.get("cql_recu_le"):
        starts.add(droit.compute("G4", depuis=faits["cql_recu_le"]).date)
    return day(match[1]) in starts


def is_carried(faits: Faits, match: re.Match[str], _resultat: droit.Resultat) -> bool:
    place = {"departement": faits.get("departement")}
    return not droit.is_ouvre(day(match[1]), **place) and droit.is_ouvre(day(match[2]), **place)


def is_closed(faits: Faits, match: re.Match[str], _resultat: droit.Resultat) -> bool:
    le = day(match[1])
    return le.isoweekday() == 7 or not droit.is_ouvre(le, departement=faits.get("departement"))


def writes_clause(faits: Faits, match: re.Match[str], _resultat: droit.Resultat) -> bool:
    return faits.get("clause") == match[1]


def writes_less_than_the_law(faits: Faits, match: re.Match[str], resultat: droit.Resultat) -> bool:
    version = get_version(resultat)
    assert version.n is not None
    assert version.unit is not None
    law = droit.add_duree(faits["depuis"], droit.write_duree(version.n, version.unit), roll=False)
    written = droit.add_duree(faits["depuis"], match[1], roll=False)
    return faits.get("clause") == match[1] and written.date < law.date


def is_premature(faits: Faits, match: re.Match[str], _resultat: droit.Resultat) -> bool:
    recue, recu, repute = map(day, match.groups())
    return recue == faits["depuis"] < repute and recu == faits["cql_recu_le"]


def is_born_in_the_delay(faits: Faits, match: re.Match[str], _resultat: droit.Resultat) -> bool:
    place = {"departement": faits.get("departement")}
    refus = droit.compute(
        "G3", depuis=faits["depuis"], cql_recu_le=faits.get("cql_recu_le"), **place
    ).date
    assert refus is not None
    refus = min(refus, faits.get("refus_le") or refus)
    return faits["delais_jusqu_au"] == day(match[1]) >= refus


def is_far_from_the_court(faits: Faits, match: re.Match[str], resultat: droit.Resultat) -> bool:
    domicile = faits.get("domicile")
    if "étranger" in match[0]:
        return domicile == "etranger"
    siege = droit.regles()[resultat.regle].siege or faits.get("departement")
    either = {domicile, siege} & ULTRAMARINS
    return domicile not in {None, "etranger", siege} and bool(either)


def is_in_its_truce(_faits: Faits, match: re.Match[str], _resultat: droit.Resultat) -> bool:
    le, where, du, au = match.groups()
    return (day(du) <= day(le) <= day(au)) is (where == "dans")


def ends_a_truce(_faits: Faits, match: re.Match[str], _resultat: droit.Resultat) -> bool:
    return droit.in_treve(day(match[1])) and not droit.in_treve(day(match[1]) + timedelta(1))


def is_of_the_place(faits: Faits, match: re.Match[str], resultat: droit.Resultat) -> bool:
    version = get_version(resultat)
    if match[0] == version.motif:
        return faits.get("bailleur") == "prive"
    found = [v for v in version.variantes if v.motif == match[0]]
    return any(
        faits.get("departement") in v.departements or faits.get("bailleur") == v.bailleur != ""
        for v in found
    )


def is_written_in_the_version(
    _faits: Faits, match: re.Match[str], resultat: droit.Resultat
) -> bool:
    version = get_version(resultat)
    said = {version.texte, *resultat.seuils, *(p.motif for p in version.prolongations)}
    return match[0].removeprefix("Ou dès : ").removeprefix("Dès : ") in said


CONDITIONS: tuple[tuple[str, Condition], ...] = (
    (rf"Départ : .*, {JOUR}", is_fact("depuis")),
    (rf"\d+ .* à compter du {JOUR} → {JOUR}( \(jours fériés écartés : .*\))?",
     counts_from_a_known_day),
    (rf"\d+ .* avant le {JOUR}, ce jour exclu → {JOUR}( \(jours fériés écartés : .*\))?",
     is_fact("depuis")),
    (rf"(?:Délai franc|Un jour ouvré de plus|Le délai s’achève à 0 h).* → {JOUR}",
     lambda _f, _m, r: get_version(r).franc),
    (rf"Notification conseillée.* avant → {JOUR}", always),
    (rf"Le {JOUR} est (?:un samedi|un dimanche|férié \(.*\)) → report au {JOUR} \(article 642.*\)",
     is_carried),
    (rf"Bail conclu depuis le {JOUR}",
     lambda f, m, _: f.get("bail") is not None and day(m[1]) <= f["bail"] <= f["depuis"]),
    (rf"Bail conclu avant le {JOUR}",
     lambda f, m, _: f.get("bail") is not None and f["bail"] < day(m[1])),
    (r"Date du bail inconnue, .*", lambda f, _m, _r: f.get("bail") is None),
    (r"Date du bail postérieure au commandement, .*",
     lambda f, _m, _r: f.get("bail") is not None and f["bail"] > f["depuis"]),
    (rf"Bail renouvelé expressément depuis le {JOUR} : .*",
     lambda f, m, _: f.get("renouvele_le") is not None
     and day(m[1]) <= f["renouvele_le"] <= f["depuis"]),
    (r"Le bail écrit ([^,]+)", writes_clause),
    (r"Le bail écrit ([^,]+), moins que la loi : .*", writes_less_than_the_law),
    (r"Le délai de la loi : .*", lambda f, _m, _r: f["depuis"] < REFORME),
    (r"Ligne (\w+) demandée : .*", lambda f, m, _: f["regle"] == m[1]),
    (r"Le juge a supprimé le délai : .*", lambda f, _m, _r: f.get("deux_mois") == "supprimes"),
    (r"Le juge a porté le délai à (.*) \(articles L412-1 et L412-2\)",
     lambda f, m, _: f.get("deux_mois") == m[1]),
    (r"Refusée parce que prématurée, .*",
     lambda f, _m, _r: f["refus_le"] < droit.compute("G4", depuis=f["cql_recu_le"]).date),
    (rf"Le préfet a refusé expressément le {JOUR}, avant ce jour", is_fact("refus_le")),
    (r"Augmenté de \d+ mois : .* demeure (à l’étranger|pas là|outre-mer).*", is_far_from_the_court),
    (rf"Aide juridictionnelle demandée le {JOUR}, .*", is_fact("aj_demandee_le")),
    (rf"Le préfet n’est saisi que le {JOUR} : .*",
     lambda f, m, _: f.get("prefet_saisi_le") == day(m[1]) > f["depuis"]),
    (
        (rf"Réquisition prématurée, reçue le {JOUR} : le préfet, qui a reçu le commandement le "
        rf"{JOUR}, est réputé saisi le {JOUR}"),
        is_premature,
    ),
    (rf"Le refus naît pendant les délais accordés par le juge, qui finissent le {JOUR} → .*",
     is_born_in_the_delay),
    (rf"Cette date tombe pendant la trêve, qui finit le {JOUR} → .*", ends_a_truce),
    (r"Trêve : paramètre .*", always),
    (rf"Trêve hivernale jusqu’au {JOUR} → .*", ends_a_truce),
    (rf"Le {JOUR} est (dans|avant) la trêve du {JOUR} au {JOUR}", is_in_its_truce),
    (rf"Les deux mois après le commandement de quitter les lieux finissent le {JOUR} → .*", always),
    (rf"Les délais accordés par le juge finissent le {JOUR} → .*", is_fact("delais_jusqu_au")),
    (rf"Concours de la force publique au {JOUR} → .*", is_fact("cfp_le")),
    (r"Sous réserve du concours .*", lambda f, _m, _r: f.get("cfp_le") is None),
    (rf"Le {JOUR} est (?:un dimanche|férié \(.*\)) → possible à partir du .*", is_closed),
    (r"(?:À vérifier : )?Outre-mer, le préfet fixe .*", is_overseas),
    ((r"(?:Trêve jusqu’au|Cette date tombe pendant la trêve,|Accordé pendant la trêve,) .*"
     r"à vérifier \(.*"), is_overseas),
    (r"(?:La Réunion|Martinique|Guadeloupe|Guyane|Mayotte) : .*", is_overseas),
    (rf"La décision n’est notifiée que le {JOUR} : .*", is_fact("notifie_le")),
    (r"À lire dans le texte : .*\?", lambda _f, _m, r: bool(get_version(r).questions)),
    (r"De .* à .*, au choix du juge", always),
)  # fmt: skip
# Sentences that a parameter writes.
WRITTEN: tuple[Condition, ...] = (is_of_the_place, is_written_in_the_version)


def why_not_true(step: str, faits: Faits, resultat: droit.Resultat) -> str | None:
    """Say what a step states that the facts deny, or that nothing says when it is true."""
    for pattern, condition in CONDITIONS:
        match = re.fullmatch(pattern, step)
        if match is not None:
            return None if condition(faits, match, resultat) else f"faux : {step}"
    match = re.fullmatch(r"(?s).*", step)
    assert match is not None
    if any(condition(faits, match, resultat) for condition in WRITTEN):
        return None
    return f"sans condition : {step}"


def compute(faits: Faits) -> droit.Resultat | None:
    given = {name: value for name, value in faits.items() if value is not None}
    regle = given.pop("regle")
    try:
        if regle == droit.EXECUTION:
            names = {"prefet_saisi_le", "deux_mois", "delais_jusqu_au", "cfp_le", "departement"}
            kept = {name: given[name] for name in names & given.keys()}
            return droit.compute_execution(cql_le=given["depuis"], **kept)
        given.pop("cfp_le", None)
        return droit.compute(regle, **given)
    except (droit.DateHorsPeriode, droit.FaitsContradictoires):
        return None


def after(jour: date, days: int | None) -> date | None:
    return None if days is None else jour + timedelta(days)


ECARTS = st.none() | st.integers(0, 400)


@st.composite
def situations(draw: st.DrawFn) -> dict[str, Any]:
    depuis = draw(st.dates(date(2012, 6, 1), date(2032, 12, 31)) | st.just(REFORME))
    return {
        "regle": draw(st.sampled_from(sorted({*droit.regles(), *LIGNES}))),
        "depuis": depuis,
        "bail": after(depuis, draw(st.none() | st.integers(-2500, 60))),
        "clause": draw(st.sampled_from(CLAUSES)),
        "delai_annonce": draw(st.sampled_from(CLAUSES)),
        "reconduit_le": after(depuis, draw(st.none() | st.integers(-1500, 30))),
        "renouvele_le": after(depuis, draw(st.none() | st.integers(-1500, 30))),
        "prefet_saisi_le": after(depuis, draw(ECARTS)),
        "cql_recu_le": after(depuis, draw(st.none() | st.integers(-200, 90))),
        "delais_jusqu_au": after(depuis, draw(ECARTS)),
        "cfp_le": after(depuis, draw(ECARTS)),
        "deux_mois": draw(st.sampled_from([None, None, "supprimes", "1 mois", "5 mois"])),
        "refus_le": after(depuis, draw(st.none() | st.integers(0, 90))),
        "domicile": draw(st.sampled_from([None, "33", "974", "972", "etranger"])),
        "aj_demandee_le": after(depuis, draw(st.none() | st.integers(0, 90))),
        "aj_depart_le": after(depuis, draw(st.none() | st.integers(90, 200))),
        "notifie_le": after(depuis, draw(st.none() | st.integers(-60, 60))),
        "bailleur": draw(st.sampled_from([None, "prive", "social"])),
        "departement": draw(st.sampled_from(DEPARTEMENTS)),
    }


@settings(deadline=None, max_examples=1_500)
@given(faits=situations())
def test_each_step_is_true_of_the_facts(faits: dict[str, Any]) -> None:
    resultat = compute(faits)

    if resultat is not None:
        wrong = [why_not_true(step, faits, resultat) for step in resultat.etapes]
        assert not list(filter(None, wrong))


@settings(deadline=None, max_examples=400)
@given(
    faits=situations(),
    regle=st.sampled_from(
        ["A1", "A1a", "A1b", "E4", "E5", "E12", "F1", "EX", "G3", "G7", "G10", "K2", "L4"]
    ),
)
def test_each_step_of_the_rules_that_take_many_facts_is_true(
    faits: dict[str, Any], regle: str
) -> None:
    resultat = compute(faits | {"regle": regle})

    if resultat is not None:
        wrong = [why_not_true(step, faits | {"regle": regle}, resultat) for step in resultat.etapes]
        assert not list(filter(None, wrong))
        assert_notes_are_true(faits, resultat)


def assert_notes_are_true(faits: Faits, resultat: droit.Resultat) -> None:
    """The notes that depend on a fact are there only with it."""
    bail, reconduit = faits["bail"], faits["reconduit_le"]
    if "reconduit tacitement depuis" in resultat.note:
        assert reconduit is not None
        assert REFORME <= reconduit <= faits["depuis"]
    if "La date du bail manque" in resultat.note:
        assert bail is None
    if "postérieur à la loi" in resultat.note:
        assert bail is not None
        assert bail >= REFORME
    if "à laquelle le préfet a été saisi" in resultat.a_obtenir:
        assert faits["prefet_saisi_le"] is None


@pytest.mark.parametrize("regle", sorted(droit.regles()))
def test_each_step_of_each_version_is_true_of_its_first_and_last_days(regle: str) -> None:
    for version in droit.regles()[regle].versions:
        for depuis in (version.valid_from or date(2005, 3, 1), version.valid_to):
            if depuis is None:
                continue
            faits = {"regle": regle, "depuis": depuis}
            resultat = compute(faits)
            if resultat is not None:
                wrong = [why_not_true(step, faits, resultat) for step in resultat.etapes]
                assert not list(filter(None, wrong))


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("Bail conclu depuis le 29 juillet 2023", "faux"),
        ("Le bail écrit 2 mois", "faux"),
        ("Une phrase que personne ne vérifie", "sans condition"),
    ],
)
def test_a_step_that_the_facts_deny_is_seen(step: str, message: str) -> None:
    faits = {"regle": "A1", "depuis": date(2024, 3, 26), "bail": date(2016, 6, 21)}
    resultat = compute(faits)
    assert resultat is not None

    assert message in (why_not_true(step, faits, resultat) or "")
