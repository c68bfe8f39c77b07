"""What was published never moves; longer periods are counted, never added up."""

import random
from datetime import date, time, timedelta
from typing import Any

import pytest

from seuil.accompagnements.models import Contrat, Demarche, Mandat
from seuil.actes.models import Acte
from seuil.acteurs.models import Agent, Organisation
from seuil.audit.models import Event
from seuil.conservation.models import Edition
from seuil.conservation.operations import EditionRefusee
from seuil.contacts.models import Contact
from seuil.diagnostics.models import Dsf
from seuil.dossiers.models import Bail, Dette, Dossier
from seuil.indicateurs.queries.activite import ActiviteInterdite, count_dossier, get_activite
from seuil.indicateurs.queries.editions import (
    get_edition,
    get_periodes,
    list_editions,
    list_periodes,
)
from seuil.indicateurs.rules.editions import compare, read_totaux
from seuil.usecases._habilitation import HabilitationRefusee
from seuil.usecases.seal_activite import seal_activite
from seuil.visites.models import Visite
from tests.factories.accompagnements import make_contact, make_mandat, make_objectif
from tests.factories.base import LIBOURNE, make_acte, make_agent, make_dossier, make_organisation

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 21)
OCTOBRE = date(2026, 10, 1)
DEBUT, FIN = date(2026, 1, 1), date(2026, 7, 1)
DAY = timedelta(days=1)


@pytest.fixture
def mandat(operateur: Organisation, travailleur_social: Agent) -> Mandat:
    mandat = make_mandat(
        operateur=operateur, transmis_le=date(2026, 9, 1), repondu_le=date(2026, 9, 3),
        referent_social=travailleur_social,
    )  # fmt: skip
    make_contact(dossier=mandat.dossier, par=travailleur_social, survenu_le=date(2026, 10, 6))
    return mandat


def test_a_month_is_published_by_the_secretariat_once_it_is_over(
    mandat: Mandat, secretaire: Agent, chef_equipe: Agent
) -> None:
    with pytest.raises(HabilitationRefusee):
        seal_activite(mois=OCTOBRE, by=chef_equipe, on=ON)
    with pytest.raises(EditionRefusee, match="pas fini"):
        seal_activite(mois=OCTOBRE, by=secretaire, on=date(2026, 10, 31))

    edition = seal_activite(mois=OCTOBRE, by=secretaire, on=date(2026, 11, 1))

    assert (edition.numero, edition.publiee_le) == (1, date(2026, 11, 1))
    assert read_totaux(edition.contenu)["menages_rencontres"] == 1
    assert Event.objects.get(kind="activite.publiee").details["mois"] == "2026-10"
    with pytest.raises(EditionRefusee, match="Rien n’a changé"):
        seal_activite(mois=OCTOBRE, by=secretaire, on=ON)


def test_late_facts_make_the_next_edition_and_the_difference_is_told(
    mandat: Mandat, secretaire: Agent, travailleur_social: Agent
) -> None:
    first = seal_activite(mois=OCTOBRE, by=secretaire, on=ON)
    frozen = bytes(first.contenu, "utf-8")
    generator = random.Random(7)

    for n in range(12):
        _do_something(generator, mandat, travailleur_social, n)
        assert bytes(Edition.objects.get(pk=first.pk).contenu, "utf-8") == frozen

    now = get_activite(agent=secretaire, on=ON, mois=OCTOBRE)
    moved = {e.indicateur.code: e.difference for e in compare(read_totaux(first.contenu), now)}
    assert moved["tentatives"] > 0
    second = seal_activite(mois=OCTOBRE, by=secretaire, on=ON)
    assert second.numero == 2
    editions = list_editions(agent=secretaire, on=ON, mois=OCTOBRE)
    assert [e.numero for e in editions] == [2, 1]
    assert bytes(editions[1].contenu, "utf-8") == frozen


def _do_something(generator: random.Random, mandat: Mandat, by: Agent, n: int) -> None:
    le = OCTOBRE + generator.randrange(31) * DAY
    draw = n % 4
    if draw == 0:
        make_contact(dossier=mandat.dossier, par=by, survenu_le=le)
    elif draw == 1:
        Dsf.objects.create(dossier=mandat.dossier, fin="avec_menage", termine_le=le, par=by)
    elif draw == 2:
        Contact.objects.filter(dossier=mandat.dossier).update(survenu_le=le)
        Dette.objects.create(dossier=mandat.dossier, constatee_le=le, montant=n, source="Bailleur")
    else:
        make_mandat(operateur=mandat.operateur, transmis_le=le)


def test_an_operator_reads_its_own_editions_and_no_other(
    mandat: Mandat, secretaire: Agent, chef_equipe: Agent, travailleur_social: Agent
) -> None:
    whole = seal_activite(mois=OCTOBRE, by=secretaire, on=ON)
    own = seal_activite(mois=OCTOBRE, operateur=mandat.operateur, by=secretaire, on=ON)

    assert list_editions(agent=chef_equipe, on=ON, mois=OCTOBRE) == [own]
    assert get_edition(agent=chef_equipe, on=ON, edition_id=own.pk) == own
    with pytest.raises(Edition.DoesNotExist):
        get_edition(agent=chef_equipe, on=ON, edition_id=whole.pk)
    elsewhere = make_agent(organisation=make_organisation(type="ddets", departement_id="40"))
    assert list_editions(agent=elsewhere, on=ON, mois=OCTOBRE) == []
    with pytest.raises(ActiviteInterdite):
        get_edition(agent=travailleur_social, on=ON, edition_id=whole.pk)


def test_the_periods_that_hold_a_month() -> None:
    assert [(p.libelle, p.debut, p.fin) for p in list_periodes(mois=date(2026, 11, 5))] == [
        ("4e trimestre 2026", date(2026, 10, 1), date(2027, 1, 1)),
        ("2e semestre 2026", date(2026, 7, 1), date(2027, 1, 1)),
        ("Année 2026", date(2026, 1, 1), date(2027, 1, 1)),
    ]


def test_a_household_met_in_two_months_counts_once_in_the_year(
    mandat: Mandat, secretaire: Agent, travailleur_social: Agent
) -> None:
    make_contact(dossier=mandat.dossier, par=travailleur_social, survenu_le=date(2026, 9, 10))

    found = get_periodes(agent=secretaire, on=ON, mois=OCTOBRE)

    met = next(
        x for x in found.lignes if x.indicateur and x.indicateur.code == "menages_rencontres"
    )
    assert met.nombres == (1, 1, 1)
    calls = next(x for x in found.lignes if x.indicateur and x.indicateur.code == "tentatives")
    assert calls.nombres == (1, 2, 2)


def test_a_landlord_is_left_to_its_last_file(mandat: Mandat, travailleur_social: Agent) -> None:
    other = make_mandat(operateur=mandat.operateur, transmis_le=date(2026, 9, 1))
    for dossier in (mandat.dossier, other.dossier):
        make_contact(
            dossier=dossier, par=travailleur_social, survenu_le=date(2026, 10, 6), avec="bailleur"
        )

    def left() -> list[Any]:
        found = count_dossier(dossier_id=mandat.dossier_id, departement="33", on=ON)
        return [c.nombre for c in found if c.indicateur == "bailleurs_contactes" and not c.le]

    assert left() == []
    Contact.objects.filter(dossier=other.dossier).update(survenu_le=date(2026, 9, 6))
    assert left() == [1, 1]


# --- An independent count ------------------------------------------------------------------------


@pytest.mark.parametrize("graine", [1, 2])
def test_the_figures_of_a_half_year_are_those_of_a_plain_count_over_the_facts(
    graine: int, operateur: Organisation, secretaire: Agent, travailleur_social: Agent
) -> None:
    _make_semestre(random.Random(graine), operateur, travailleur_social)
    expected = _count_by_hand(operateur)

    found = get_periodes(agent=secretaire, on=ON, mois=date(2026, 5, 1))

    semestre = {x.indicateur.code: x.nombres[1] for x in found.lignes if x.indicateur}
    assert semestre == expected
    assert sum(n > 0 for n in expected.values()) >= 14


def _make_semestre(rng: random.Random, operateur: Organisation, worker: Agent) -> None:
    make_objectif(operateur=operateur)

    def day() -> date:
        return DEBUT - 20 * DAY + rng.randrange(220) * DAY

    for _ in range(14):
        dossier = make_dossier(
            bailleur=f"SCI {rng.randrange(5)}", commune=rng.choice(["33063", LIBOURNE]),
            ouvert_le=date(2025, 11, 1),
        )  # fmt: skip
        transmis = day()
        repondu = transmis + rng.randrange(9) * DAY
        clos = repondu + rng.randrange(10, 200) * DAY if rng.random() < 0.7 else None
        ends = {"clos_le": clos, "motif_cloture": "objectifs",
                "denouement": rng.choice(["relogement", "dette_apuree", "maintien"])}  # fmt: skip
        mandat = make_mandat(
            operateur=operateur, dossier=dossier, transmis_le=transmis, repondu_le=repondu,
            referent_social=worker, stade=rng.choice(["commandement", "assignation", "cql", "rfp"]),
            **(ends if clos else {}),
        )  # fmt: skip
        for _ in range(rng.randrange(7)):
            contact = make_contact(
                dossier=dossier, par=worker, survenu_le=day(),
                avec=rng.choice(["menage", "menage", "bailleur"]),
                canal=rng.choice(["domicile", "lieu_neutre", "telephone"]),
                resultat=rng.choice(["echange", "rendez_vous", "absent", "refus"]),
                heure=rng.choice([None, time(8, 30), time(11), time(18, 15)]),
            )  # fmt: skip
            if rng.random() < 0.3:
                Visite.objects.create(dossier=dossier, contact=contact)
        contrat = Contrat.objects.create(
            mandat=mandat, signe_le=repondu, objectif="Rester.", par=worker
        )
        for _ in range(rng.randrange(4)):
            Demarche.objects.create(
                contrat=contrat, objectif="x", pour_le=repondu, etat="faite", terminee_le=day(),
                genre=rng.choice(["plan_apurement", "fsl", "accompagnement", "siao", "dls"]),
                acteur=rng.choice(["menage", "equipe"]),
            )  # fmt: skip
        if rng.random() < 0.5:
            kind = rng.choice(["plan_apurement", "surendettement"])
            make_acte(dossier=dossier, type=kind, survenu_le=day())
        if rng.random() < 0.6:
            fin = rng.choice(["avec_menage", "carence"])
            Dsf.objects.create(dossier=dossier, fin=fin, termine_le=day(), par=worker)
        if rng.random() < 0.4:
            Dette.objects.create(dossier=dossier, constatee_le=day(), montant=0, source="Bailleur")


def _in(le: date | None) -> bool:
    return le is not None and DEBUT <= le < FIN


def _count_by_hand(operateur: Organisation) -> dict[str, int]:
    mandats = list(Mandat.objects.select_related("dossier__logement__commune"))
    recus = [m for m in mandats if _in(m.transmis_le)]
    clos = [m for m in mandats if _in(m.clos_le)]
    contacts = [c for c in Contact.objects.select_related("dossier") if _in(c.survenu_le)]
    visites = set(Visite.objects.values_list("contact_id", flat=True))
    faites = [d for d in Demarche.objects.select_related("contrat__mandat") if d.etat == "faite"]
    steps = [d for d in faites if _in(d.terminee_le)]
    baux = dict(Bail.objects.values_list("dossier_id", "bailleur_id"))
    joints = [
        c for c in contacts
        if c.avec == "bailleur" and c.resultat in {"echange", "rendez_vous", "refus"}
    ]  # fmt: skip
    met = {
        c.dossier_id for c in contacts
        if c.avec == "menage" and c.canal in {"domicile", "lieu_neutre"}
        and (c.resultat == "echange" or (c.resultat == "rendez_vous" and c.pk in visites))
    }  # fmt: skip
    late = [
        c for c in contacts
        if c.survenu_le.isoweekday() >= 6
        or (c.heure is not None and (c.heure < time(9) or c.heure >= time(18)))
    ]  # fmt: skip
    return {
        "mandats_recus": len(recus),
        "mandats_amont": sum(m.stade in {"commandement", "assignation"} for m in recus),
        "mandats_aval": sum(m.stade in {"cql", "rfp"} for m in recus),
        "mandats_arrondissement": sum(_is_bordeaux(m) for m in recus),
        "tentatives": len(contacts),
        "tentatives_decalees": len(late),
        "menages_rencontres": len(met),
        "diagnostics": sum(
            _in(d.termine_le) and d.fin == "avec_menage" for d in Dsf.objects.all()
        ),
        "bailleurs_contactes": len({baux[c.dossier_id] for c in joints}),
        "dossiers_bailleur_contacte": len({c.dossier_id for c in joints}),
        "menages_accompagnes": sum(
            m.repondu_le < FIN and max(m.repondu_le, DEBUT) < min(m.clos_le or FIN, FIN)
            for m in mandats if m.repondu_le
        ),
        "dispositifs_apurement": sum(d.genre in {"plan_apurement", "fsl"} for d in steps)
        + len(_list_acts_alone(mandats, faites)),
        "impayes_resorbes": sum(_in(_cleared_on(m)) for m in mandats),
        "relogements": sum(m.denouement == "relogement" for m in clos),
        "orientations_accompagnement": sum(d.genre == "accompagnement" for d in steps),
        "orientations_hebergement": sum(d.genre == "siao" for d in steps),
        "clotures": len(clos),
    }  # fmt: skip


def _is_bordeaux(mandat: Mandat) -> bool:
    """The convention is of 2026: it says nothing of a file entrusted in another year."""
    commune = mandat.dossier.logement.commune
    return mandat.transmis_le.year == 2026 and commune.arrondissement_id == "332"


def _list_acts_alone(mandats: list[Mandat], faites: list[Demarche]) -> list[Acte]:
    found = []
    for acte in Acte.objects.filter(type__in=["plan_apurement", "surendettement", "pcs"]):
        during = [
            m for m in mandats
            if m.dossier_id == acte.dossier_id and m.repondu_le
            and m.repondu_le <= acte.survenu_le <= (m.clos_le or date.max)
        ]  # fmt: skip
        told = any(d.contrat.mandat in during and d.genre == acte.type for d in faites)
        if _in(acte.survenu_le) and during and not told:
            found.append(acte)
    return found


def _cleared_on(mandat: Mandat) -> date | None:
    days = [mandat.clos_le] if mandat.denouement == "dette_apuree" else []
    dossier: Dossier = mandat.dossier
    days += [
        d.constatee_le for d in dossier.dettes.all()
        if d.montant == 0 and mandat.repondu_le
        and mandat.repondu_le <= d.constatee_le <= (mandat.clos_le or date.max)
    ]  # fmt: skip
    return min((d for d in days if d), default=None)
