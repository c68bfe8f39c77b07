"""The équipe mobile's rows for tests: a target, a mandate at each of its stages."""

from datetime import date
from typing import Any

from seuil.accompagnements.models import Choix, Mandat, Objectif
from seuil.accompagnements.rules.mandats import DemarcheSaisie
from seuil.acteurs.models import Agent, Organisation, Role
from seuil.contacts.models import Contact
from seuil.dossiers.models import Acces, Dossier
from tests.factories.base import make_agent, make_dossier

ARRONDISSEMENT_BORDEAUX = "332"


def make_objectif(*, operateur: Organisation, annee: int = 2026, **fields: Any) -> Objectif:
    """Return the convention of the Gironde: 25 a month, 80 % Bordeaux, 15–20 % CQL."""
    return Objectif.objects.create(
        departement_id=operateur.departement_id,
        operateur=operateur,
        annee=annee,
        cible_annuelle=fields.pop("cible_annuelle", 300),
        volume_mensuel=fields.pop("volume_mensuel", 25),
        arrondissement_id=fields.pop("arrondissement_id", ARRONDISSEMENT_BORDEAUX),
        part_arrondissement=fields.pop("part_arrondissement", 80),
        part_cql_min=fields.pop("part_cql_min", 15),
        part_cql_max=fields.pop("part_cql_max", 20),
        **fields,
    )


def make_mandat(
    *,
    operateur: Organisation,
    dossier: Dossier | None = None,
    transmis_le: date = date(2026, 9, 1),
    repondu_le: date | None = None,
    referent_social: Agent | None = None,
    referent_juridique: Agent | None = None,
    **fields: Any,
) -> Mandat:
    """Return a mandate with its links: unanswered, accepted (`repondu_le`) or assigned."""
    dossier = dossier or make_dossier()
    signer = Agent.objects.filter(role=Role.SECRETARIAT).order_by("pk").first() or make_agent()
    choix, _ = Choix.objects.get_or_create(
        operateur=operateur,
        mois=transmis_le.replace(day=1),
        defaults={
            "departement_id": operateur.departement_id,
            "signe_le": transmis_le,
            "signe_par": signer,
        },
    )
    mandat = Mandat.objects.create(
        dossier=dossier,
        operateur=operateur,
        choix=choix,
        stade=fields.pop("stade", "commandement"),
        transmis_le=transmis_le,
        reponse=fields.pop("reponse", "accepte" if repondu_le else ""),
        repondu_le=repondu_le,
        referent_social=referent_social,
        referent_juridique=referent_juridique,
        affecte_le=repondu_le if referent_social or referent_juridique else None,
        **fields,
    )
    if mandat.clos_le is None and mandat.reponse != "refuse":
        Acces.objects.create(
            dossier=dossier, relation="mandat", organisation=operateur, debut_le=transmis_le
        )
        for agent in {referent_social, referent_juridique} - {None}:
            Acces.objects.create(
                dossier=dossier,
                relation="affectation",
                agent=agent,
                debut_le=repondu_le or transmis_le,
            )
    return mandat


def make_contact(*, dossier: Dossier, par: Agent, survenu_le: date, **fields: Any) -> Contact:
    """Return an exchange with the household at its door."""
    return Contact.objects.create(
        dossier=dossier,
        avec=fields.pop("avec", "menage"),
        canal=fields.pop("canal", "domicile"),
        resultat=fields.pop("resultat", "echange"),
        survenu_le=survenu_le,
        par=par,
        organisation=par.organisation,
        **fields,
    )


def make_saisie(*, genre: str = "fsl", pour_le: date = date(2026, 10, 15)) -> DemarcheSaisie:
    """Return a step of the contract, as typed."""
    return DemarcheSaisie(
        genre=genre, objectif="Déposer la demande complète.", acteur="menage", pour_le=pour_le
    )
