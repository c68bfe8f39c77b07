"""The journey of a household entrusted to the équipe mobile, from the choice to the closure."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from seuil.accompagnements.models import Choix, Mandat
from seuil.accompagnements.operations.choix import ChoixDejaSigne, ChoixVide
from seuil.accompagnements.operations.mandats import (
    DejaRepondu,
    MotifObligatoire,
    RapportsManquants,
)
from seuil.accompagnements.queries.choix import get_proposition
from seuil.accompagnements.queries.mandats import get_mandat, list_mandats
from seuil.accompagnements.rules.mandats import ClotureSaisie, ReponseSaisie
from seuil.acteurs.models import Agent, Organisation
from seuil.contacts.rules import ContactSaisi
from seuil.diagnostics.rules import FinDsfSaisie
from seuil.dossiers.models import Dossier
from seuil.travail.models import Tache
from seuil.usecases import _habilitation
from seuil.usecases.answer_mandat import answer_mandat
from seuil.usecases.assign_mandat import assign_mandat
from seuil.usecases.close_mandat import close_mandat
from seuil.usecases.end_demarche import end_demarche
from seuil.usecases.prepare_choix import prepare_choix
from seuil.usecases.record_contact import record_contact
from seuil.usecases.record_dsf import record_dsf
from seuil.usecases.record_rapport import record_rapport
from seuil.usecases.record_visite import record_visite
from seuil.usecases.refresh_dossiers import refresh_dossiers
from seuil.usecases.sign_choix import sign_choix
from seuil.usecases.sign_contrat import sign_contrat
from seuil.visites.rules import VisiteSaisie
from tests.factories.accompagnements import make_objectif, make_saisie
from tests.factories.base import make_acte, make_dossier

pytestmark = pytest.mark.django_db
SIGNE = date(2026, 9, 1)


def genres(dossier: Dossier) -> set[str]:
    return set(Tache.objects.filter(dossier=dossier).values_list("genre", flat=True))


@pytest.fixture
def dossier(gironde: str) -> Dossier:
    dossier = make_dossier()
    make_acte(dossier=dossier, survenu_le=date(2026, 8, 10))
    refresh_dossiers(dossier_ids=[dossier.pk], on=SIGNE)
    return dossier


@pytest.fixture
def choix(operateur: Organisation, secretaire: Agent) -> Choix:
    make_objectif(operateur=operateur)
    return prepare_choix(operateur=operateur, mois=SIGNE, by=secretaire, on=SIGNE)


@pytest.fixture
def mandat(dossier: Dossier, choix: Choix, secretaire: Agent) -> Mandat:
    return sign_choix(choix=choix, by=secretaire, on=SIGNE)[0]


def test_the_whole_journey_runs_and_its_work_follows(
    mandat: Mandat,
    dossier: Dossier,
    chef_equipe: Agent,
    travailleur_social: Agent,
    juriste: Agent,
) -> None:
    assert genres(dossier) >= {"repondre_mandat"}

    on = SIGNE + timedelta(days=2)
    answer_mandat(mandat=mandat, saisie=ReponseSaisie(accepte=True), by=chef_equipe, on=on)
    assert genres(dossier) >= {"affecter_mandat", "premier_retour", "dsf_a_transmettre"}
    assert "repondre_mandat" not in genres(dossier)

    assign_mandat(
        mandat=mandat,
        referent_social=travailleur_social,
        referent_juridique=juriste,
        by=chef_equipe,
        on=on,
    )
    assert "affecter_mandat" not in genres(dossier)
    assert set(
        Tache.objects.filter(dossier=dossier, genre="premier_retour").values_list(
            "agent", "role", "due_le"
        )
    ) == {(travailleur_social.pk, "travailleur_social", date(2026, 9, 16))}

    on = date(2026, 9, 8)
    record_contact(
        dossier=dossier,
        saisie=ContactSaisi(
            avec="menage",
            canal="telephone",
            resultat="rendez_vous",
            survenu_le=on,
            prochain_le=date(2026, 9, 10),
        ),
        by=travailleur_social,
        on=on,
    )
    assert "prochain_contact" in genres(dossier)

    on = date(2026, 9, 10)
    visite = record_visite(
        dossier=dossier,
        binome=juriste,
        contact=ContactSaisi(
            avec="menage",
            canal="domicile",
            resultat="echange",
            survenu_le=on,
            heure=time(18, 30),
            lieu="Au domicile",
        ),
        visite=VisiteSaisie(duree_minutes=50),
        by=travailleur_social,
        on=on,
    )
    assert visite.contact.canal == "domicile"
    assert "prochain_contact" not in genres(dossier)
    assert Tache.objects.get(dossier=dossier, genre="reprendre_contact").due_le == date(2026, 9, 25)

    for genre in ("premier_retour", "evaluation"):
        record_rapport(
            mandat=mandat, genre=genre, rendu_le=on, texte="Fait.", by=travailleur_social, on=on
        )
    assert genres(dossier).isdisjoint({"premier_retour", "evaluation"})

    record_dsf(
        dossier=dossier,
        saisie=FinDsfSaisie(fin="avec_menage", termine_le=on),
        by=travailleur_social,
        on=on,
    )
    assert "dsf_a_transmettre" in genres(dossier)
    record_dsf(
        dossier=dossier,
        saisie=FinDsfSaisie(fin="avec_menage", termine_le=on, transmis_ccapex_le=date(2026, 9, 12)),
        by=travailleur_social,
        on=date(2026, 9, 12),
    )
    assert "dsf_a_transmettre" not in genres(dossier)
    assert dossier.dsf.count() == 1

    on = date(2026, 9, 15)
    contrat = sign_contrat(
        mandat=mandat,
        signe_le=on,
        objectif="Rester dans le logement.",
        demarches=[make_saisie()],
        by=travailleur_social,
        on=on,
    )
    assert "demarche" in genres(dossier)
    demarche = contrat.demarches.get()
    end_demarche(demarche=demarche, etat="faite", terminee_le=on, by=travailleur_social, on=on)
    assert "demarche" not in genres(dossier)

    closed_on = date(2026, 11, 2)
    ends = ClotureSaisie(motif="objectifs", denouement="dette_apuree", clos_le=closed_on)
    with pytest.raises(RapportsManquants, match="Bilan"):
        close_mandat(mandat=mandat, saisie=ends, by=travailleur_social, on=closed_on)
    close_mandat(
        mandat=mandat,
        saisie=replace(ends, rapports_manquants="Dit de vive voix à la DDETS."),
        by=travailleur_social,
        on=closed_on,
    )
    for agent in (chef_equipe, travailleur_social, juriste):
        assert not Dossier.objects.visible_to(agent, on=closed_on).exists()
        assert Dossier.objects.visible_to(agent, on=closed_on - timedelta(days=1)).exists()
        assert list_mandats(agent=agent, on=closed_on) == []
    assert not Tache.objects.filter(dossier=dossier).exclude(role="secretariat").exists()


def test_signing_shows_the_dossier_to_the_operator_the_same_day(
    mandat: Mandat, dossier: Dossier, chef_equipe: Agent, travailleur_social: Agent
) -> None:
    assert get_mandat(agent=chef_equipe, on=SIGNE, mandat_id=mandat.pk).dossier == dossier
    with pytest.raises(Mandat.DoesNotExist):
        get_mandat(agent=travailleur_social, on=SIGNE, mandat_id=mandat.pk)


def test_what_was_shown_at_the_signature_is_kept(
    mandat: Mandat, choix: Choix, operateur: Organisation, secretaire: Agent
) -> None:
    ligne = choix.lignes.get()
    assert ligne.score == sum(c["points"] for c in ligne.criteres) > 0

    later = get_proposition(
        agent=secretaire, on=SIGNE + timedelta(days=60), operateur=operateur, mois=SIGNE
    )
    assert later.signe_le == SIGNE
    assert [line.candidat.score for line in later.retenus] == [ligne.score]


def test_a_refusal_is_motivated_and_cuts_the_access(
    mandat: Mandat, dossier: Dossier, chef_equipe: Agent
) -> None:
    with pytest.raises(MotifObligatoire):
        answer_mandat(
            mandat=mandat, saisie=ReponseSaisie(accepte=False, motif=" "), by=chef_equipe, on=SIGNE
        )

    answer_mandat(
        mandat=mandat,
        saisie=ReponseSaisie(accepte=False, motif="Ménage déjà suivi."),
        by=chef_equipe,
        on=SIGNE,
    )

    assert not Dossier.objects.visible_to(chef_equipe, on=SIGNE).exists()
    assert not Tache.objects.filter(dossier=dossier, organisation=chef_equipe.organisation).exists()
    with pytest.raises(_habilitation.DossierInaccessible):
        answer_mandat(mandat=mandat, saisie=ReponseSaisie(accepte=True), by=chef_equipe, on=SIGNE)


def test_an_answer_is_given_once(mandat: Mandat, chef_equipe: Agent) -> None:
    answer_mandat(mandat=mandat, saisie=ReponseSaisie(accepte=True), by=chef_equipe, on=SIGNE)

    with pytest.raises(DejaRepondu):
        answer_mandat(mandat=mandat, saisie=ReponseSaisie(accepte=True), by=chef_equipe, on=SIGNE)


def test_a_replaced_referent_loses_the_dossier(
    mandat: Mandat, dossier: Dossier, chef_equipe: Agent, travailleur_social: Agent, juriste: Agent
) -> None:
    answer_mandat(mandat=mandat, saisie=ReponseSaisie(accepte=True), by=chef_equipe, on=SIGNE)
    assign_mandat(
        mandat=mandat,
        referent_social=travailleur_social,
        referent_juridique=None,
        by=chef_equipe,
        on=SIGNE,
    )
    later = SIGNE + timedelta(days=10)

    assign_mandat(
        mandat=mandat,
        referent_social=None,
        referent_juridique=juriste,
        by=chef_equipe,
        on=later,
    )

    assert not Dossier.objects.visible_to(travailleur_social, on=later).exists()
    assert Dossier.objects.visible_to(juriste, on=later).exists()
    assert Tache.objects.get(dossier=dossier, genre="premier_retour").agent_id == juriste.pk


def test_a_choice_is_signed_once(mandat: Mandat, choix: Choix, secretaire: Agent) -> None:
    with pytest.raises(ChoixDejaSigne):
        sign_choix(choix=choix, by=secretaire, on=SIGNE)


def test_an_empty_choice_is_not_signed(choix: Choix, secretaire: Agent) -> None:
    with pytest.raises(ChoixVide):
        sign_choix(choix=choix, by=secretaire, on=SIGNE)
