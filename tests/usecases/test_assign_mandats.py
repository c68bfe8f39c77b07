"""Many households accepted and assigned at once, and taken back."""

from datetime import date

import pytest

from seuil.accompagnements.models import Mandat
from seuil.acteurs.models import Agent, Organisation
from seuil.audit.models import Event
from seuil.dossiers.models import Acces, Dossier
from seuil.kernel.models import new_id
from seuil.travail.models import Tache
from seuil.usecases._habilitation import DossierInaccessible, HabilitationRefusee
from seuil.usecases.assign_mandat import assign_mandat
from seuil.usecases.assign_mandats import DEJA_AFFECTE, assign_mandats, withdraw_affectations
from seuil.usecases.record_rapport import record_rapport
from seuil.usecases.refresh_dossiers import refresh_dossiers
from tests.factories.accompagnements import make_mandat
from tests.factories.base import make_agent, make_organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def chef(operateur: Organisation) -> Agent:
    return make_agent(role="chef_equipe", organisation=operateur)


@pytest.fixture
def social(operateur: Organisation) -> Agent:
    return make_agent(role="travailleur_social", organisation=operateur, nom="ALPHA")


def genres(dossier: Dossier) -> set[str]:
    return set(Tache.objects.filter(dossier=dossier).values_list("genre", flat=True))


def test_what_waits_is_accepted_and_assigned_once_and_taken_back(
    operateur: Organisation, chef: Agent, social: Agent, on: date
) -> None:
    juriste = make_agent(role="juriste", organisation=operateur, nom="BETA")
    neuf = make_mandat(operateur=operateur, transmis_le=on)
    repondu = make_mandat(operateur=operateur, transmis_le=on, repondu_le=on)
    refresh_dossiers(dossier_ids=[neuf.dossier_id, repondu.dossier_id], on=on)
    avant = {m.pk: genres(m.dossier) for m in (neuf, repondu)}
    referents = {neuf.pk: social, repondu.pk: juriste}

    lot = assign_mandats(referents=referents, by=chef, on=on)

    assert set(lot.affectes) == {neuf.pk, repondu.pk}
    assert (lot.acceptes, lot.refus) == ((neuf.pk,), {})
    neuf.refresh_from_db()
    repondu.refresh_from_db()
    assert (neuf.reponse, neuf.referent_social) == (Mandat.Reponse.ACCEPTE, social)
    assert (repondu.referent_social, repondu.referent_juridique) == (None, juriste)
    assert Dossier.objects.visible_to(social, on=on).filter(pk=neuf.dossier_id).exists()
    assert not {"repondre_mandat", "affecter_mandat"} & genres(neuf.dossier)

    again = assign_mandats(referents=referents, by=chef, on=on)
    assert (again.affectes, set(again.refus.values())) == ({}, {DEJA_AFFECTE})

    dossiers = withdraw_affectations(affectes=lot.affectes, acceptes=lot.acceptes, by=chef, on=on)
    assert set(dossiers) == {neuf.dossier_id, repondu.dossier_id}
    assert {m.pk: genres(m.dossier) for m in (neuf, repondu)} == avant
    assert not Acces.objects.filter(agent__in=[social, juriste]).open(on=on).exists()
    assert Event.objects.filter(kind="mandat.desaffecte").count() == 2


def test_what_was_followed_since_stays(
    operateur: Organisation, chef: Agent, social: Agent, on: date
) -> None:
    mandat = make_mandat(operateur=operateur, transmis_le=on)
    lot = assign_mandats(referents={mandat.pk: social}, by=chef, on=on)
    record_rapport(
        mandat=mandat, genre="premier_retour", texte="Vu.", rendu_le=on, by=social, on=on
    )

    assert not withdraw_affectations(affectes=lot.affectes, acceptes=lot.acceptes, by=chef, on=on)
    mandat.refresh_from_db()
    assert mandat.referent_social == social


def test_what_was_given_to_somebody_else_since_stays(
    operateur: Organisation, chef: Agent, social: Agent, on: date
) -> None:
    other = make_agent(role="travailleur_social", organisation=operateur, nom="BETA")
    mandat = make_mandat(operateur=operateur, transmis_le=on)
    lot = assign_mandats(referents={mandat.pk: social}, by=chef, on=on)
    assign_mandat(mandat=mandat, referent_social=other, referent_juridique=None, by=chef, on=on)

    assert not withdraw_affectations(affectes=lot.affectes, acceptes=lot.acceptes, by=chef, on=on)
    mandat.refresh_from_db()
    assert mandat.referent_social == other
    assert Acces.objects.filter(agent=other).open(on=on).exists()


def test_each_refusal_is_told_and_the_rest_is_done(
    operateur: Organisation, chef: Agent, social: Agent, on: date
) -> None:
    ailleurs = make_mandat(operateur=make_organisation(type="operateur", nom="Autre"))
    mine, other = (make_mandat(operateur=operateur, transmis_le=on) for _ in range(2))
    stranger = make_agent(role="travailleur_social", organisation=ailleurs.operateur)
    nulle = new_id()

    lot = assign_mandats(
        referents={mine.pk: social, other.pk: stranger, ailleurs.pk: social, nulle: social},
        by=chef,
        on=on,
    )

    assert lot.affectes == {mine.pk: social.pk}
    assert lot.refus[ailleurs.pk] == lot.refus[nulle] == DossierInaccessible.message
    assert "ne fait pas partie de l’équipe" in lot.refus[other.pk]
    other.refresh_from_db()
    # Refused whole: it was not accepted by the way.
    assert other.reponse == Mandat.Reponse.ATTENDUE


def test_another_role_is_refused(operateur: Organisation, social: Agent, on: date) -> None:
    mandat = make_mandat(operateur=operateur, transmis_le=on)
    with pytest.raises(HabilitationRefusee):
        assign_mandats(referents={mandat.pk: social}, by=social, on=on)
    with pytest.raises(HabilitationRefusee):
        withdraw_affectations(affectes={mandat.pk: social.pk}, acceptes=[], by=social, on=on)
