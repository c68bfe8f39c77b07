"""How a mandate is led: simple or complex, watched over, asked to go on, ended with its reports."""

from datetime import date, timedelta

import pytest

from seuil.accompagnements.models import Mandat, Prolongation
from seuil.accompagnements.operations.mandats import (
    ClotureRefusee,
    ComplexiteRefusee,
    RapportsManquants,
    VeilleRefusee,
)
from seuil.accompagnements.operations.rapports import ProlongationRefusee
from seuil.accompagnements.queries.mandats import get_etat, list_suivis_longs
from seuil.accompagnements.rules.mandats import ClotureSaisie, ReponseSaisie
from seuil.acteurs.models import Agent, Organisation
from seuil.audit.models import Event
from seuil.dossiers.models import Dossier
from seuil.travail.models import Tache
from seuil.usecases._habilitation import HabilitationRefusee
from seuil.usecases.add_demarche import add_demarche
from seuil.usecases.answer_mandat import answer_mandat
from seuil.usecases.close_mandat import close_mandat
from seuil.usecases.end_demarche import end_demarche
from seuil.usecases.open_veille import open_veille
from seuil.usecases.record_prolongation import record_prolongation
from seuil.usecases.record_rapport import record_rapport
from seuil.usecases.refresh_dossiers import refresh_dossiers
from seuil.usecases.request_prolongation import request_prolongation
from seuil.usecases.set_complexite import set_complexite
from seuil.usecases.sign_contrat import sign_contrat
from tests.factories.accompagnements import make_contact, make_mandat, make_saisie
from tests.factories.base import make_acte, make_dossier

pytestmark = pytest.mark.django_db
TRANSMIS = date(2026, 9, 1)
DEBUT = date(2026, 9, 3)
ON = date(2026, 10, 20)
DAY = timedelta(days=1)


@pytest.fixture
def dossier(gironde: str) -> Dossier:
    dossier = make_dossier()
    make_acte(dossier=dossier, survenu_le=date(2026, 8, 10))
    return dossier


@pytest.fixture
def mandat(operateur: Organisation, dossier: Dossier, travailleur_social: Agent) -> Mandat:
    return make_mandat(
        operateur=operateur,
        dossier=dossier,
        transmis_le=TRANSMIS,
        repondu_le=DEBUT,
        referent_social=travailleur_social,
    )


def evaluation_due(dossier: Dossier) -> date:
    return Tache.objects.get(dossier=dossier, genre="evaluation").due_le


def test_the_evaluation_follows_what_is_said_of_the_case(
    operateur: Organisation, dossier: Dossier, chef_equipe: Agent
) -> None:
    mandat = make_mandat(operateur=operateur, dossier=dossier, transmis_le=TRANSMIS)
    simple = ReponseSaisie(accepte=True, complexite="simple")

    answer_mandat(mandat=mandat, saisie=simple, by=chef_equipe, on=DEBUT)
    assert evaluation_due(dossier) == TRANSMIS + timedelta(weeks=4)

    set_complexite(mandat=mandat, complexite="complexe", by=chef_equipe, on=DEBUT)
    assert evaluation_due(dossier) == TRANSMIS + timedelta(weeks=8)
    event = Event.objects.get(kind="mandat.complexite")
    assert (event.details["avant"], event.details["apres"]) == ("simple", "complexe")


def test_the_delay_of_an_evaluation_handed_in_is_settled(
    mandat: Mandat, travailleur_social: Agent
) -> None:
    with pytest.raises(ComplexiteRefusee):
        set_complexite(mandat=mandat, complexite="", by=travailleur_social, on=ON)
    record_rapport(
        mandat=mandat, genre="evaluation", rendu_le=ON, texte="Vu.", by=travailleur_social, on=ON
    )

    with pytest.raises(ComplexiteRefusee, match="rendue"):
        set_complexite(mandat=mandat, complexite="simple", by=travailleur_social, on=ON)


def test_a_refusal_keeps_its_kind(
    operateur: Organisation, dossier: Dossier, chef_equipe: Agent
) -> None:
    mandat = make_mandat(operateur=operateur, dossier=dossier, transmis_le=TRANSMIS)
    refus = ReponseSaisie(accepte=False, nature="capacite", motif="Équipe au complet.")

    refused = answer_mandat(mandat=mandat, saisie=refus, by=chef_equipe, on=DEBUT)

    assert refused.get_nature_refus_display() == "Plus de place ce mois-ci"


def test_the_watch_waits_for_the_demarches_and_a_new_one_ends_it(
    mandat: Mandat, travailleur_social: Agent
) -> None:
    contrat = sign_contrat(
        mandat=mandat, signe_le=DEBUT, objectif="Rester.", demarches=[make_saisie()],
        by=travailleur_social, on=ON,
    )  # fmt: skip
    with pytest.raises(VeilleRefusee, match="démarches"):
        open_veille(mandat=mandat, veille_le=ON, by=travailleur_social, on=ON)
    end_demarche(
        demarche=contrat.demarches.get(), etat="faite", terminee_le=ON, by=travailleur_social, on=ON
    )

    watched = open_veille(mandat=mandat, veille_le=ON, by=travailleur_social, on=ON)
    assert get_etat(watched) == "en_veille"
    assert Tache.objects.filter(dossier=mandat.dossier, genre="reprendre_contact").exists()
    with pytest.raises(VeilleRefusee):
        open_veille(mandat=mandat, veille_le=ON, by=travailleur_social, on=ON)

    add_demarche(contrat=contrat, saisie=make_saisie(genre="dls"), by=travailleur_social, on=ON)
    mandat.refresh_from_db()
    assert get_etat(mandat) == "en_cours"
    assert Event.objects.get(kind="mandat.veille_reprise").details["veille_le"] == ON.isoformat()


def test_a_file_under_watch_is_closed_after_a_contact(
    mandat: Mandat, travailleur_social: Agent
) -> None:
    record_rapport(
        mandat=mandat, genre="bilan", rendu_le=ON, texte="Fait.", by=travailleur_social, on=ON
    )
    open_veille(mandat=mandat, veille_le=ON, by=travailleur_social, on=ON)
    saisie = ClotureSaisie("objectifs", "maintien", ON, None, "Rendus de vive voix.")
    with pytest.raises(ClotureRefusee, match="veille"):
        close_mandat(mandat=mandat, saisie=saisie, by=travailleur_social, on=ON)

    make_contact(dossier=mandat.dossier, par=travailleur_social, survenu_le=ON, canal="telephone")

    closed = close_mandat(mandat=mandat, saisie=saisie, by=travailleur_social, on=ON)
    assert closed.clos_le == ON


def test_a_closure_tells_why_reports_are_missing_and_only_then(
    mandat: Mandat, travailleur_social: Agent
) -> None:
    saisie = ClotureSaisie("depart", "depart_volontaire", ON)
    with pytest.raises(RapportsManquants, match="actions engagées"):
        close_mandat(mandat=mandat, saisie=saisie, by=travailleur_social, on=ON)
    record_rapport(
        mandat=mandat, genre="premier_retour", rendu_le=ON, texte="Vu.", by=travailleur_social,
        on=ON,
    )  # fmt: skip

    told = ClotureSaisie("depart", "depart_volontaire", ON, None, "Sans objet.")
    closed = close_mandat(mandat=mandat, saisie=told, by=travailleur_social, on=ON)

    # The evaluation is due at eight weeks, the case being said neither simple nor complex.
    assert closed.rapports_manquants == ""


def test_an_extension_is_asked_listed_for_the_session_and_answered(
    mandat: Mandat, dossier: Dossier, secretaire: Agent, travailleur_social: Agent
) -> None:
    refresh_dossiers(dossier_ids=[dossier.pk], on=ON)
    assert list_suivis_longs(agent=secretaire, on=ON) == []
    with pytest.raises(ProlongationRefusee):
        request_prolongation(mandat=mandat, motif=" ", by=travailleur_social, on=ON)
    with pytest.raises(HabilitationRefusee):
        request_prolongation(mandat=mandat, motif="Relogement.", by=secretaire, on=ON)

    request_prolongation(mandat=mandat, motif="Relogement.", by=travailleur_social, on=ON)

    with pytest.raises(ProlongationRefusee, match="attend déjà"):
        request_prolongation(mandat=mandat, motif="Encore.", by=travailleur_social, on=ON)
    (suivi,) = list_suivis_longs(agent=secretaire, on=ON)
    assert suivi.demande is not None
    assert suivi.demande.motif == "Relogement."
    tache = Tache.objects.get(dossier=dossier, genre="avis_prolongation")
    assert (tache.role, tache.visible_le) == ("secretariat", ON)

    record_prolongation(
        mandat=mandat, avis="poursuite", avis_le=ON, jusqu_au=date(2027, 6, 1), by=secretaire, on=ON
    )

    answered = Prolongation.objects.get()
    assert (answered.avis, answered.demande_par, answered.par) == (
        "poursuite", travailleur_social, secretaire,
    )  # fmt: skip
    assert list_suivis_longs(agent=secretaire, on=ON) == []


def test_follow_ups_past_six_months_are_listed_until_an_opinion_covers_them(
    mandat: Mandat, dossier: Dossier, secretaire: Agent
) -> None:
    late = date(2027, 3, 1)
    refresh_dossiers(dossier_ids=[dossier.pk], on=late)

    assert [s.mandat for s in list_suivis_longs(agent=secretaire, on=late)] == [mandat]

    record_prolongation(
        mandat=mandat, avis="poursuite", avis_le=late, jusqu_au=late + 90 * DAY, by=secretaire,
        on=late,
    )  # fmt: skip
    assert list_suivis_longs(agent=secretaire, on=late) == []
    assert len(list_suivis_longs(agent=secretaire, on=late + 70 * DAY)) == 1
