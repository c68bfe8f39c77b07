"""Who does what at each stage: the data, and what a dossier makes of it."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from seuil.acteurs.matrice import load_matrice
from seuil.acteurs.models import TypeOrganisation
from seuil.acteurs.rules import parse_departement
from seuil.dossiers.models import Acces
from seuil.echeances.models import Stade
from seuil.engines import droit
from seuil.strict_yaml import FichierIllisible, Table, read_table
from seuil.travail.rules import devoirs, etapes, taches, vues
from seuil.travail.rules.annuaire import Annuaire, Destinataire
from seuil.travail.rules.besoins import Besoin
from seuil.travail.rules.devoirs import (
    ACTEURS,
    CONDITIONS,
    ETAPES,
    PAR_LIEN,
    SANS_COMPTE,
    Devoir,
    compose_devoirs,
    load_devoirs,
    load_faits,
    parse_devoirs,
)
from seuil.travail.rules.etapes import DsfLu, EtapeLue
from seuil.travail.rules.taches import PORTEE, ROLES, compute_devoirs
from seuil.travail.rules.vues import Reponse, compute_etapes_vues

ON = date(2026, 11, 21)
DOSSIER, ACTE, OPERATEUR = uuid4(), uuid4(), uuid4()
CAF = Destinataire(uuid4(), "CAF", frozenset())
CD = Destinataire(uuid4(), "Département", frozenset())
CCAS = Destinataire(uuid4(), "CCAS de Bordeaux", frozenset({"33063"}))
ANNUAIRE = Annuaire(
    {("33", "caf"): [CAF], ("33", "conseil_departemental"): [CD], ("33", "ccas"): [CCAS]}
)
DEPARTEMENTS = ("21", "33", "35", "62", "99")
# The "Qui / actions" tables of the charter: stage → actors that it names, beside the household.
NOMMES = {
    ("signalement", "social"): {
        "caf", "ddets", "bailleur_social", "conseil_departemental", "ccas", "action_logement",
        "cdad", "adil",
    },
    ("signalement", "prive"): {
        "caf", "ddets", "bailleur_prive", "conseil_departemental", "ccas", "action_logement",
        "cdad", "adil",
    },
    ("commandement", "social"): {
        "ddets", "caf", "conseil_departemental", "ccas", "metropole", "adil",
    },
    ("commandement", "prive"): {
        "ddets", "caf", "conseil_departemental", "ccas", "metropole", "adil",
    },
    ("assignation", "social"): {
        "ddets", "conseil_departemental", "metropole", "ccas", "adil", "bailleur_social", "avocats",
    },
    ("assignation", "prive"): {
        "ddets", "conseil_departemental", "metropole", "ccas", "adil", "bailleur_prive", "avocats",
    },
    ("jugement", "social"): {"ddets", "bailleur_social", "commissaire"},
    ("jugement", "prive"): {"ddets", "bailleur_prive", "commissaire"},
    ("cql", "social"): {
        "ddets", "conseil_departemental", "metropole", "ccas", "bailleur_social", "comed",
        "action_logement", "adil", "associations",
    },
    ("cql", "prive"): {
        "ddets", "conseil_departemental", "metropole", "ccas", "bailleur_prive", "bailleur_social",
        "comed", "action_logement", "adil", "associations",
    },
    ("rfp", "social"): {"ddets", "conseil_departemental", "metropole", "ccas", "police"},
    ("rfp", "prive"): {"ddets", "conseil_departemental", "metropole", "ccas", "police"},
    ("cfp", "social"): {"ddets", "commissaire", "siao"},
    ("cfp", "prive"): {"ddets", "commissaire", "siao"},
}  # fmt: skip


def lue(etape: str = "commandement", **changes: object) -> EtapeLue:
    values = {
        "dossier_id": DOSSIER, "departement": "33", "commune": "33063", "parc": "prive",
        "etape": etape, "acte_id": ACTE, "le": date(2026, 11, 2), "recu_le": None, "sens": "",
        "audience_le": None, "enfants": 0, "bailleur": "", "suivi": "", "tiers_payant": False,
        "faits": {}, **changes,
    }  # fmt: skip
    return EtapeLue(**values)


def besoins(
    etape: EtapeLue,
    on: date = ON,
    echeances: dict[tuple[UUID, str], date] | None = None,
    rendus: set[tuple[UUID, str, UUID]] | frozenset[tuple[UUID, str, UUID]] = frozenset(),
) -> dict[str, Besoin]:
    found = compute_devoirs(
        [etape], annuaire=ANNUAIRE, echeances=echeances or {}, rendus=rendus, on=on
    )
    return {b.devoir: b for b in found}


# --- The data ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("etape", "parc"), NOMMES)
def test_each_stage_has_duties_for_the_actors_that_the_charter_names(etape: str, parc: str) -> None:
    acteurs = {d.acteur for d in load_devoirs("99").at(etape, parc)}

    assert acteurs >= NOMMES[etape, parc] | {"menage"}


@pytest.mark.parametrize("departement", DEPARTEMENTS)
def test_every_duty_says_what_why_and_from_which_text(departement: str) -> None:
    for devoir in load_devoirs(departement).par_id.values():
        assert devoir.libelle[0].isupper()
        assert not devoir.libelle.endswith(".")
        assert devoir.pourquoi.endswith("."), devoir.id
        assert devoir.source
        assert "'" not in devoir.libelle + devoir.pourquoi + devoir.preuve + devoir.source


def test_the_codes_of_the_data_are_those_of_the_procedure_and_of_the_directory() -> None:
    assert set(ETAPES) - {"signalement"} == set(Stade.values) - {"expulsion"}
    outside = {
        "cdad", "associations", "operateur_ahi", "commune", "chef_de_file", "ensemble", "menage",
    }  # fmt: skip
    assert set(ACTEURS) - outside <= set(TypeOrganisation.values)
    assert outside <= SANS_COMPTE
    assert not SANS_COMPTE & set(PAR_LIEN)
    assert set(PAR_LIEN.values()) <= set(Acces.Relation.values)
    assert set(etapes._HOLDS) == set(CONDITIONS)
    assert set(ACTEURS) > SANS_COMPTE


@pytest.mark.parametrize("departement", DEPARTEMENTS)
def test_no_duty_is_surer_than_the_rule_of_the_law_that_dates_it(departement: str) -> None:
    for devoir in load_devoirs(departement).par_id.values():
        if devoir.regle and devoir.certainty == "sure":
            assert droit.regles()[devoir.regle].versions[-1].certainty == "sure", devoir.id


@pytest.mark.parametrize("departement", DEPARTEMENTS)
def test_no_task_lives_longer_than_what_is_read_of_the_acts(departement: str) -> None:
    for devoir in load_devoirs(departement).par_id.values():
        if devoir.makes_task and devoir.depart != "audience":
            dates = taches.date_devoir(devoir, lue(devoir.etape), {})
            assert dates
            assert dates[2] <= date(2026, 11, 2) + PORTEE


def test_a_charter_removes_and_adds_duties() -> None:
    national, cote_d_or, gironde = (load_devoirs(c).par_id for c in ("99", "21", "33"))

    assert "E6-21-COMMISSAIRE-1" in cote_d_or
    assert "E6-21-COMMISSAIRE-1" not in national
    assert "E6-21-COMMISSAIRE-1" not in gironde
    assert "E3-33-OPERATEUR-2" in gironde


@pytest.mark.parametrize(
    ("etape", "elsewhere", "here"),
    [
        ("rfp", {"E5-PREFECTURE-2"}, {"E5-21-DDETS-3"}),
        (
            "cfp",
            {"E6-PREFECTURE-1", "E6-PREFECTURE-2", "E6-PREFECTURE-3"},
            {"E6-21-DDETS-2", "E6-21-DDETS-3", "E6-21-DDETS-4"},
        ),
    ],
)
def test_in_cote_d_or_the_secretariat_does_what_the_prefecture_does_elsewhere(
    etape: str, elsewhere: set[str], here: set[str]
) -> None:
    act = lue(etape, sens="accord" if etape == "cfp" else "", enfants=1)

    asked, cote_d_or = besoins(act), besoins(replace(act, departement="21"))

    assert {asked[code].role for code in elsewhere} == {"gestionnaire"}
    assert {cote_d_or[code].role for code in here} == {"secretariat"}
    assert not elsewhere & set(cote_d_or)


FICHE = """
  - id: E2-77-CAF-1
    etape: commandement
    parc: tous
    acteur: caf
    libelle: Appeler le ménage
    pourquoi: Il ne répond pas aux lettres.
    delai: 10 jours
    depart: acte
    preuve: Jour de l’appel
    caduque: 90 jours après
    source: charte
    certainty: to_check
"""


def local(devoirs: str) -> str:
    return (
        'code: "77"\nnom: Essai\nsource: charte\nformations: []\ndelais: []\nseuils: []\n'
        f"regles_de_choix: []\ndevoirs:\n{devoirs}"
    )


def charte(devoirs: str) -> devoirs.Devoirs:
    configuration = parse_departement(local(devoirs), code="77")
    return compose_devoirs(configuration.devoirs)


def test_what_is_removed_is_gone_and_what_is_added_is_there() -> None:
    devoirs = charte(f"  retirer: [E2-CAF-1]\n  ajouter:{FICHE.replace(chr(10), chr(10) + '  ')}")

    acteurs = [d.id for d in devoirs.at("commandement", "social") if d.acteur == "caf"]
    assert acteurs == ["E2-77-CAF-1"]


@pytest.mark.parametrize(
    ("devoirs", "message"),
    [
        ("  retirer: [E9-CAF-1]\n", r"77.yaml, ligne 9, «.retirer.».: «.E9-CAF-1.» n’est pas"),
        ("  retirer: 3\n", r"77.yaml, ligne 9, «.retirer.»"),
        ("  enlever: []\n", r"77.yaml, ligne 9, «.enlever.».: clé inconnue"),
        (
            f"  ajouter:{FICHE.replace('E2-77-CAF-1', 'E2-CAF-1')}",
            r"77.yaml, ligne 10, «.id.».: «.E2-CAF-1.» est déjà pris",
        ),
    ],
    ids=["inconnu", "pas une liste", "clé inconnue", "identifiant pris"],
)
def test_a_charter_that_is_not_understood_is_refused_with_its_line(
    devoirs: str, message: str
) -> None:
    with pytest.raises(FichierIllisible, match=message):
        charte(devoirs)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("acteur: caf", "acteur: voisin", "ligne 5, «.acteur.».: valeur inconnue «.voisin.»"),
        ("etape: commandement", "etape: x", "ligne 3, «.etape.»"),
        ("delai: 10 jours", "delai: bientôt", "ligne 8, «.delai.»"),
        ("delai: 10 jours", "delai: 2 mois avant l’audience", "ligne 8, «.delai.»"),
        ("depart: acte", "depart: audience", "ligne 9, «.depart.»"),
        ("    preuve: Jour de l’appel\n", "", "ligne 2, «.id.».: delai, depart et preuve"),
        ("source: charte", "source: charte\n    regle: Z9", "ligne 13, «.regle.»"),
        ("source: charte", "source: charte\n    fait: x", "ligne 13, «.fait.»"),
        ("    caduque: 90 jours après\n", "", "«.caduque.».: la clé manque"),
        ("90 jours après", "un jour", "ligne 11, «.caduque.»"),
        ("90 jours après", "audience", "ligne 11, «.caduque.».*l’assignation"),
        ("90 jours après", "étape suivante", "ligne 11, «.caduque.».*un engagement permanent"),
        (
            "source: charte",
            "source: charte\n    zorglub: x",
            "ligne 13, «.zorglub.».: clé inconnue",
        ),
        ("source: charte", "source: charte\n    permanent: true", "«.caduque.».*un engagement"),
        ("source: charte", "source: charte\n    valid_to: hier", "ligne 13, «.valid_to.»"),
        ("acteur: caf", "acteur: operateur", "ligne 5, «.acteur.».: l’opérateur"),
        ("id: E2-77-CAF-1", "id: caf", "ligne 2, «.id.»"),
        ("    pourquoi: Il ne répond pas aux lettres.\n", "", "«.pourquoi.».: la clé manque"),
    ],
)
def test_a_duty_that_is_not_understood_is_refused_with_its_line(
    old: str, new: str, message: str
) -> None:
    assert old in FICHE
    with pytest.raises(FichierIllisible, match=message):
        parse(FICHE.replace(old, new))


def test_a_duty_written_twice_is_refused() -> None:
    with pytest.raises(FichierIllisible, match=r"ligne 14, «.id.».: «.E2-77-CAF-1.» est déjà pris"):
        parse(FICHE + FICHE.removeprefix("\n"))


def parse(fiches: str) -> tuple[Devoir, ...]:
    table: Table = read_table(text=f"devoirs:{fiches}", fichier="essai.yaml")
    return parse_devoirs(table.tables("devoirs"))


# --- The tasks -----------------------------------------------------------------------------------


def test_a_commandement_asks_each_service_its_own_part() -> None:
    asked = besoins(lue())

    assert {code: b.role for code, b in asked.items()} == {
        "E2-DDETS-2": "secretariat",
        "E2-CAF-1": "partenaire",
        "E2-CD-1": "partenaire",
        "E2-CCAS-1": "partenaire",
    }
    assert asked["E2-CAF-1"].organisation_id == CAF.id
    assert asked["E2-DDETS-2"].organisation_id is None
    # Nothing sets this delay: it is never shown as a date of the law.
    assert not asked["E2-CAF-1"].legale


def test_the_delay_counts_from_the_reception_when_it_is_known() -> None:
    late = besoins(lue(recu_le=date(2026, 11, 10)))["E2-CAF-1"]

    assert besoins(lue())["E2-CAF-1"].due_le == date(2026, 11, 17)
    assert late.due_le == date(2026, 11, 25)
    assert late.visible_le == date(2026, 11, 10)


def test_the_questionnaire_to_the_owner_is_for_the_private_parc_only() -> None:
    assert "E2-DDETS-2" not in besoins(lue(parc="social"))
    assert "E2-DDETS-2" not in besoins(lue(parc="inconnu"))


def test_the_law_engine_prevails_over_the_delay_written() -> None:
    hearing = lue("assignation", audience_le=date(2027, 1, 14))
    written = besoins(hearing)["E3-CD-2"]
    by_law = besoins(hearing, echeances={(DOSSIER, "C6"): date(2027, 1, 6)})["E3-CD-2"]

    assert written.due_le == date(2027, 1, 7)
    # The engine has not said it: it is not shown as a date of the law.
    assert not written.legale
    assert by_law.due_le == date(2027, 1, 6)
    assert by_law.legale
    assert by_law.regle == "C6"


def test_what_prepares_the_hearing_has_no_object_from_the_hearing_on() -> None:
    hearing = lue("assignation", audience_le=date(2026, 11, 22))

    assert besoins(hearing)["E3-CD-2"].caduque_le == date(2026, 11, 22)
    assert besoins(hearing, on=date(2026, 11, 22)) == {}


def test_what_prepares_a_distant_hearing_keeps_its_object_until_then() -> None:
    distant = lue("assignation", le=date(2026, 5, 4), audience_le=date(2027, 1, 14))

    assert "E3-DDETS-3" in besoins(distant)


def test_without_the_day_of_the_hearing_what_counts_from_it_is_not_asked_yet() -> None:
    asked = besoins(lue("assignation"))

    assert "E3-CD-1" in asked
    assert "E3-CD-2" not in asked


def test_a_duty_is_forgotten_ninety_days_after_its_day() -> None:
    old = lue(le=date(2026, 8, 5))

    assert besoins(old, on=date(2026, 11, 17))["E2-CAF-1"].caduque_le == date(2026, 11, 18)
    assert besoins(old, on=date(2026, 11, 18)) == {}


def test_a_duty_done_is_asked_no_more_until_another_act() -> None:
    done = {(DOSSIER, "E2-CAF-1", ACTE)}

    assert "E2-CAF-1" not in besoins(lue(), rendus=done)
    assert "E2-CAF-1" in besoins(lue(acte_id=uuid4()), rendus=done)


def test_a_diagnosis_ended_does_the_duty_of_all_and_one_in_progress_that_of_its_body() -> None:
    hearing = lue("assignation", audience_le=date(2027, 1, 14))
    termine = DsfLu(date(2026, 10, 1), date(2026, 10, 20), "CAF")
    kept = replace(hearing, dsf=(termine,))
    ended = replace(hearing, dsf=(replace(termine, transmis_le=date(2026, 10, 22)),))
    old = replace(hearing, dsf=(DsfLu(date(2026, 1, 1), date(2026, 2, 1), "CAF"),))
    asked = replace(hearing, dsf=(DsfLu(date(2026, 11, 5), None, CCAS.nom),))
    unknown = replace(hearing, dsf=(DsfLu(date(2026, 11, 5), None, "MDS de Lormont"),))

    dsf = {"E3-CD-1", "E3-CD-2", "E3-CCAS-1", "E3-CCAS-2"}
    assert dsf & set(besoins(ended)) == set()
    # Ended, and still to be sent to the judge.
    assert dsf & set(besoins(kept)) == {"E3-CD-2", "E3-CCAS-2"}
    assert dsf & set(besoins(old)) == dsf
    assert dsf & set(besoins(asked)) == {"E3-CCAS-1", "E3-CCAS-2"}
    assert etats(asked)["E3-CD-2"].precision == "diagnostic confié au CCAS de Bordeaux"
    # A service that the directory does not name may be anyone's: nobody is excused.
    assert dsf & set(besoins(unknown)) == dsf


def test_an_ended_diagnosis_does_not_say_when_the_interview_was_proposed() -> None:
    hearing = lue("assignation", audience_le=date(2027, 1, 14))
    dsf = DsfLu(date(2026, 11, 5), date(2026, 11, 20), "CAF", date(2026, 11, 21))

    vus = etats(replace(hearing, dsf=(dsf,)))

    assert (vus["E3-CD-2"].etat, vus["E3-CD-2"].le) == ("fait", date(2026, 11, 21))
    assert (vus["E3-CD-1"].etat, vus["E3-CD-1"].le) == ("sans_objet", None)
    assert vus["E3-CD-1"].precision == "diagnostic terminé"


@pytest.mark.parametrize(
    ("faits", "fait_le"),
    [
        ({}, None),
        ({"plan_apurement": date(2026, 11, 10)}, date(2026, 11, 10)),
        ({"pcs": date(2026, 11, 12)}, date(2026, 11, 12)),
        ({"saisine_ccapex": date(2026, 11, 12)}, None),
    ],
    ids=["rien", "plan", "protocole", "autre acte"],
)
def test_a_plan_or_a_protocol_signed_does_the_duty_of_the_social_landlord(
    faits: dict[str, date], fait_le: date | None
) -> None:
    vu = etats(lue("cql", parc="social", faits=faits))["E4-BS-1"]

    assert (vu.etat, vu.le if fait_le else None) == ("fait" if fait_le else "a_faire", fait_le)


@pytest.mark.parametrize(("code", "parc"), [("E1-BS-3", "social"), ("E1-BP-1", "prive")])
def test_two_months_from_a_day_that_the_dossier_does_not_say_give_no_date(
    code: str, parc: str
) -> None:
    vu = etats(lue("signalement", parc=parc, tiers_payant=True))[code]

    assert (vu.etat, vu.le, vu.legale) == ("permanent", None, False)
    assert "impayé constitué" in vu.devoir.pourquoi


def test_the_household_takes_the_appointment_and_the_delay_of_the_adil_is_only_proposed() -> None:
    devoirs = load_devoirs("99").par_id

    assert devoirs["E3-ADIL-1"].si == "Si le ménage prend rendez-vous"
    assert devoirs["E3-ADIL-1"].certainty == "to_check"
    assert "rendez-vous à l’ADIL" in devoirs["E3-MENAGE-1"].libelle


def test_six_months_are_for_a_judgment_by_default_only() -> None:
    vus = etats(lue("jugement"))

    assert vus["E3J-COMMISSAIRE-1"].condition.startswith("Si le jugement est rendu par défaut")
    assert vus["E3J-COMMISSAIRE-1"].le == date(2027, 5, 3)
    assert (vus["E3J-COMMISSAIRE-2"].etat, vus["E3J-COMMISSAIRE-2"].condition) == ("permanent", "")


@pytest.mark.parametrize(
    ("etape", "code"),
    [("commandement", "E2-DDETS-1"), ("assignation", "E3-DDETS-1"), ("cql", "E4-DDETS-1")],
)
def test_recording_an_act_does_not_acknowledge_its_receipt(etape: str, code: str) -> None:
    fresh = lue(etape, le=ON, recu_le=ON, audience_le=date(2027, 3, 1))

    assert etats(fresh)[code].etat == "a_faire"
    # Done for the whole list, outside of Seuil: nobody says it, and nobody is asked file by file.
    assert etats(fresh, on=ON + timedelta(days=1))[code].etat == "non_note"
    assert code not in besoins(fresh)


def test_a_judgment_that_was_not_notified_in_six_months_leaves_nothing_to_notify() -> None:
    devoir = load_devoirs("99").par_id["E3J-COMMISSAIRE-1"]

    assert taches.date_devoir(devoir, lue("jugement"), {}) == (
        date(2027, 3, 22), date(2027, 5, 3), date(2027, 5, 4),
    )  # fmt: skip


@pytest.mark.parametrize("departement", DEPARTEMENTS)
def test_the_list_to_the_siao_and_the_ten_days_are_owed_everywhere(departement: str) -> None:
    owed = load_devoirs(departement).at("cfp", "prive")
    (liste,) = [d for d in owed if "liste hebdomadaire" in d.libelle]
    (preavis,) = [d for d in owed if "dix jours au moins" in d.libelle]

    assert (liste.acteur, preavis.acteur) == ("ddets", "commissaire")
    # Only the charter of the Côte-d’Or sets them.
    assert {liste.certainty, preavis.certainty} == {"sure" if departement == "21" else "to_check"}


def test_at_the_order_to_leave_each_parc_tells_the_household_what_it_allows() -> None:
    prive, social = (
        {d.id: d.libelle for d in load_devoirs("99").at("cql", p) if d.acteur == "menage"}
        for p in ("prive", "social")
    )

    assert "Chercher un autre logement" in prive.values()
    assert "Chercher un autre logement" not in social.values()
    assert any("Prendre contact avec le bailleur" in words for words in social.values())
    (examen,) = [d for d in load_devoirs("99").par_id.values() if d.id == "E4-DDETS-5"]
    assert (examen.parc, "technique" in examen.libelle) == ("social", True)


def test_a_landlord_that_a_link_names_is_late_as_anybody() -> None:
    bailleur = Destinataire(uuid4(), "Office de l’habitat", frozenset())
    annuaire = Annuaire({("33", "bailleur_social"): [bailleur]})
    old = lue("jugement", parc="social", le=date(2026, 10, 1))
    named = replace(old, designes={"bailleur_social": bailleur.id})

    def vu(etape: EtapeLue) -> vues.DevoirVu:
        (table,) = compute_etapes_vues([etape], annuaire=annuaire, echeances={}, reponses=(), on=ON)
        return next(d for d in table.devoirs if d.devoir.id == "E3J-BS-1")

    assert (vu(old).etat, vu(old).organisation, vu(old).a_qui) == ("non_note", "", False)
    assert (vu(named).etat, vu(named).organisation) == ("en_retard", "Office de l’habitat")
    found = compute_devoirs([named], annuaire=annuaire, echeances={}, rendus=(), on=ON)
    assert [(b.devoir, b.organisation_id) for b in found if b.devoir == "E3J-BS-1"] == [
        ("E3J-BS-1", bailleur.id)
    ]


def test_once_the_lease_is_ended_the_household_is_told_what_its_parc_allows() -> None:
    prive, social = (
        {c for c in etats(lue("jugement", parc=p)) if "MENAGE" in c} for p in ("prive", "social")
    )

    assert prive == {"E3J-MENAGE-1", "E3J-MENAGE-2"}
    assert social == {"E3J-MENAGE-1", "E3J-MENAGE-3"}


def test_what_the_queue_already_holds_is_not_asked_twice() -> None:
    assert "E3-DDETS-4" not in besoins(lue("assignation", audience_le=date(2027, 1, 14)))
    assert "E5-PREFECTURE-1" not in besoins(lue("rfp"))
    assert "E5-PREFECTURE-2" in besoins(lue("rfp"))


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({}, False),
        ({"enfants": 2}, True),
        ({"suivi": "connu"}, True),
        ({"suivi": "inconnu"}, False),
    ],
)
def test_the_departement_is_told_of_the_concours_when_it_is_concerned(
    changes: dict[str, object], asked: bool
) -> None:
    accord = lue("cfp", sens="accord", le=ON, **changes)

    assert ("E6-PREFECTURE-3" in besoins(accord)) is asked


@pytest.mark.parametrize(
    ("etape", "sens"),
    [("cfp", "refus"), ("cfp", "report"), ("jugement", "rejet"), ("jugement", "desistement")],
)
def test_a_decision_without_sequel_asks_nothing(etape: str, sens: str) -> None:
    assert besoins(lue(etape, sens=sens)) == {}
    assert besoins(lue(etape, sens="accord" if etape == "cfp" else "delais"))


def test_the_operator_is_asked_only_on_what_is_entrusted_to_it() -> None:
    hearing = lue("assignation", audience_le=date(2027, 1, 14))

    assert "E3-33-OPERATEUR-2" not in besoins(hearing)
    mine = besoins(replace(hearing, operateur_id=OPERATEUR))["E3-33-OPERATEUR-2"]
    assert (mine.role, mine.organisation_id) == ("chef_equipe", OPERATEUR)


def test_a_duty_of_a_law_that_ends_is_for_the_acts_of_its_time() -> None:
    devoir = load_devoirs("99").par_id["E1-BS-3"]
    last, first = (
        lue("signalement", le=le, tiers_payant=True)
        for le in (date(2026, 12, 31), date(2027, 1, 1))
    )

    assert etapes.applies(devoir, last)
    assert not etapes.applies(devoir, first)
    assert etapes.applies(load_devoirs("99").par_id["E1-BS-4"], first)


def test_those_without_account_have_no_task() -> None:
    for etape in ETAPES:
        for devoir in besoins(lue(etape, sens="accord" if etape == "cfp" else "")):
            assert load_devoirs("33").par_id[devoir].acteur not in SANS_COMPTE


# --- Which organisation --------------------------------------------------------------------------


def find(*known: Destinataire, commune: str = "33063") -> Destinataire | None:
    annuaire = Annuaire({("33", "ccas"): known})
    return annuaire.find(departement="33", type_organisation="ccas", commune=commune)


def test_the_organisation_that_serves_the_commune_answers() -> None:
    everywhere = Destinataire(uuid4(), "CIAS", frozenset())
    other = Destinataire(uuid4(), "CCAS de Libourne", frozenset({"33243"}))

    assert find(CCAS, other) == CCAS
    assert find(CCAS, everywhere) == CCAS
    assert find(everywhere) == everywhere
    assert find(other, everywhere) == everywhere


def test_when_one_cannot_tell_nobody_answers() -> None:
    one, two = (Destinataire(uuid4(), n, frozenset()) for n in "ab")

    assert find() is None
    assert find(one, two) is None
    assert find(CCAS, commune="33243") is None
    assert find(CCAS, replace(CCAS, id=uuid4())) is None


# --- The page ------------------------------------------------------------------------------------


def etats(
    *etapes: EtapeLue, reponses: tuple[Reponse, ...] = (), on: date = ON
) -> dict[str, vues.DevoirVu]:
    vues = compute_etapes_vues(etapes, annuaire=ANNUAIRE, echeances={}, reponses=reponses, on=on)
    return {d.devoir.id: d for vue in vues for d in vue.devoirs}


def test_the_page_says_where_each_duty_stands() -> None:
    reponse = Reponse("E2-DDETS-1", ACTE, date(2026, 11, 12), "courriel", False, "", "DDETS")

    vus = etats(lue(), reponses=(reponse,))

    assert {code: vus[code].etat for code in ("E2-DDETS-1", "E2-CAF-1", "E2-CD-1")} == {
        "E2-DDETS-1": "fait", "E2-CAF-1": "en_retard", "E2-CD-1": "en_retard",
    }  # fmt: skip
    assert vus["E2-DDETS-1"].precision == "DDETS, courriel"
    assert vus["E2-ADIL-1"].etat == "permanent"
    assert etats(lue())["E2-DDETS-1"].etat == "non_note"


def test_the_answer_of_a_service_closes_what_was_asked_of_it_and_of_no_other() -> None:
    answered = lue(reponses={"conseil_departemental": date(2026, 11, 12)})

    vus = etats(answered)

    assert (vus["E2-CD-1"].etat, vus["E2-CD-1"].le) == ("fait", date(2026, 11, 12))
    assert vus["E2-CCAS-1"].etat == "en_retard"
    assert {"E2-CD-1", "E2-CCAS-1"} & set(besoins(answered)) == {"E2-CCAS-1"}


def test_what_was_declared_of_a_duty_that_a_fact_closes_does_not_stand_beside_the_fact() -> None:
    said = Reponse("E2-CD-1", ACTE, date(2026, 11, 12), "courriel", False, "", "Département")
    moot = replace(said, sans_objet=True, preuve="", motif="parti")
    answered = lue(reponses={"conseil_departemental": date(2026, 11, 14)})

    assert etats(lue(), reponses=(said,))["E2-CD-1"].etat == "en_retard"
    assert etats(answered, reponses=(said,))["E2-CD-1"].le == date(2026, 11, 14)
    assert etats(lue(), reponses=(moot,))["E2-CD-1"].etat == "sans_objet"


def test_a_diagnosis_asked_on_a_day_unknown_is_asked_no_more() -> None:
    hearing = lue("assignation", parc="prive", audience_le=date(2027, 1, 14))
    asked = replace(hearing, etape="cql", dsf=(DsfLu(None, None, "MDS"),))

    assert etats(asked)["E4-DDETS-4"].etat == "sans_objet"
    assert "E4-DDETS-4" not in besoins(asked)


def test_a_carence_is_all_there_is_to_transmit() -> None:
    hearing = lue("assignation", audience_le=date(2027, 1, 14))
    carence = DsfLu(date(2026, 11, 5), date(2026, 11, 20), "CAF", carence=True)

    assert etats(replace(hearing, dsf=(carence,)))["E3-CD-2"].etat == "fait"


def test_each_fact_that_closes_a_duty_may_be_recorded_by_those_who_owe_it() -> None:
    profils = load_matrice().profils.values()
    for fait in load_faits().values():
        for acteur in fait.par:
            role = ROLES.get(acteur, "partenaire")
            held = [
                p
                for p in profils
                if p.role == role and (role != "partenaire" or acteur in (p.organismes or ()))
            ]
            assert held, (fait.code, acteur)
            assert all(fait.verbe in p.verbes for p in held), (fait.code, acteur)


def test_the_page_and_the_queue_ask_the_same() -> None:
    hearing = lue("assignation", audience_le=date(2027, 1, 14))

    shown = {
        code
        for code, vu in etats(hearing).items()
        if vu.etat in {"a_faire", "en_retard"}
        and vu.devoir.makes_task
        and not vu.a_qui
        # A landlord, a commissaire that no link names has no queue.
        and vu.devoir.acteur not in PAR_LIEN
    }

    assert shown == set(besoins(hearing))


def test_a_duty_that_nobody_in_the_directory_owes_asks_whose_it_is() -> None:
    assert etats(lue())["E2-METROPOLE-1"].a_qui
    assert not etats(lue())["E2-CAF-1"].a_qui


def test_an_organisation_that_does_not_serve_the_commune_is_not_named() -> None:
    elsewhere = etats(lue(commune="33243"))

    assert "E2-CCAS-1" not in elsewhere
    assert "E2-CD-1" in elsewhere


def test_an_earlier_stage_is_never_late() -> None:
    vus = etats(lue("cql", acte_id=uuid4()), lue())

    assert vus["E2-CAF-1"].etat == "non_note"
    assert vus["E4-DDETS-3"].etat == "en_retard"


def test_nothing_noted_by_those_without_account_is_not_late() -> None:
    assert etats(lue("jugement", le=date(2026, 10, 1)))["E3J-BP-1"].etat == "non_note"


def test_a_duty_without_object_says_why() -> None:
    reponse = Reponse("E2-CD-1", ACTE, date(2026, 11, 12), "", True, "ménage parti", "Département")

    vu = etats(lue(), reponses=(reponse,))["E2-CD-1"]

    assert (vu.etat, vu.precision) == ("sans_objet", "Département, ménage parti")
