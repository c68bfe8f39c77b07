"""Directory and dossiers for tests. Every argument left out takes a valid, synthetic value."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from seuil.actes.models import Acte
from seuil.acteurs.models import Agent, Commune, Organisation
from seuil.dossiers.models import Acces, Bail, Bailleur, Dette, Dossier, Logement, Personne
from seuil.dossiers.rules import normalise_nom
from seuil.echeances.models import Situation, SituationDette
from seuil.recherche.operations import refresh_mentions

BORDEAUX = "33063"
LIBOURNE = "33243"
_numbers = count(1)


def make_organisation(*, type: str = "ccas", nom: str = "", **fields: Any) -> Organisation:
    """Return an organisation of the Gironde."""
    return Organisation.objects.create(
        departement_id=fields.pop("departement_id", "33"),
        type=type,
        nom=nom or f"Organisme {next(_numbers)}",
        **fields,
    )


def make_agent(
    *,
    role: str = "secretariat",
    organisation: Organisation | None = None,
    password: str = "",
    **fields: Any,
) -> Agent:
    """Return an agent; without `password`, it can only be signed in by `client_de`."""
    organisation = organisation or make_organisation()
    number = next(_numbers)
    agent = Agent(
        courriel=fields.pop("courriel", f"agent{number}@exemple.invalid"),
        nom=fields.pop("nom", f"Exemple{number}"),
        prenom=fields.pop("prenom", "Dominique"),
        role=role,
        organisation=organisation,
        departement_id=organisation.departement_id,
        habilite_le=fields.pop("habilite_le", date(2025, 1, 6)),
        habilite_jusqu_au=fields.pop("habilite_jusqu_au", date(2027, 1, 5)),
        **fields,
    )
    if password:
        agent.set_password(password)
    else:
        agent.set_unusable_password()
    agent.save()
    return agent


def make_dossier(
    *,
    nom: str = "",
    prenom: str = "Claude",
    commune: str = BORDEAUX,
    stade: str = "commandement",
    ouvert_le: date = date(2026, 10, 1),
    dette: Decimal | int | None = 2400,
    bailleur: str = "SCI des Exemples",
    **fields: Any,
) -> Dossier:
    """Return a file with its household, dwelling, lease, landlord, debt and situation.

    No act: `make_acte` adds them. The situation is written as the projection would, and what the
    file is found by.
    """
    number = next(_numbers)
    nom = nom or f"FICTIF{number}"
    departement = fields.pop("departement_id", "33")
    dossier = Dossier.objects.create(
        numero=fields.pop("numero", f"{departement}-2026-{number:06d}"),
        departement_id=departement,
        parc=fields.pop("parc", "prive"),
        ouvert_le=ouvert_le,
        cle=fields.pop("cle", f"{nom}|{prenom}|{number} rue de l exemple|{commune}".lower()),
        **fields,
    )
    Personne.objects.create(dossier=dossier, qualite="titulaire", nom=nom, prenom=prenom)
    place = Commune.objects.get(pk=commune)
    Logement.objects.create(
        dossier=dossier,
        adresse=f"{number} rue de l’Exemple",
        code_postal=place.codes_postaux[0],
        commune=place,
    )
    landlord, _ = Bailleur.objects.get_or_create(
        departement_id=departement, cle=bailleur.lower(), defaults={"nom": bailleur}
    )
    Bail.objects.create(dossier=dossier, bailleur=landlord, signe_le=date(2024, 2, 1), loyer=650)
    if dette is not None:
        Dette.objects.create(dossier=dossier, constatee_le=ouvert_le, montant=dette, source="Essai")
    Situation.objects.create(
        dossier=dossier,
        departement=departement,
        stade=stade,
        stade_le=ouvert_le,
        nom_affiche=f"{nom.upper()} {prenom}",
        nom_recherche=normalise_nom(f"{nom} {prenom}"),
        parc=dossier.parc,
        bailleur=landlord.nature,
        commune_code=commune,
        arrondissement_code=place.arrondissement_id or "",
    )
    if dette is not None:
        SituationDette.objects.create(
            dossier=dossier, departement=departement, montant=dette, constatee_le=ouvert_le
        )
    refresh_mentions(dossier_ids=[dossier.pk])
    return dossier


def make_acte(
    *,
    dossier: Dossier,
    type: str = "commandement",
    survenu_le: date,
    **fields: Any,
) -> Acte:
    """Return an act of the file, told on its day; a hearing, a month before."""
    told = survenu_le - timedelta(days=30 if type == "audience" else 0)
    return Acte.objects.create(
        dossier=dossier,
        type=type,
        survenu_le=survenu_le,
        annonce_le=fields.pop("annonce_le", told),
        source=fields.pop("source", "Essai"),
        **fields,
    )


def make_acte_retire(*, dossier: Dossier, survenu_le: date, **fields: Any) -> Acte:
    """Return an act of the file that was withdrawn."""
    return make_acte(
        dossier=dossier,
        survenu_le=survenu_le,
        retire_le=fields.pop("retire_le", survenu_le),
        retire_at=fields.pop("retire_at", datetime.combine(survenu_le, time(12), UTC)),
        retire_par=fields.pop("retire_par", "Camille Retrait (DDETS)"),
        retire_motif=fields.pop("retire_motif", "autre_dossier"),
        **fields,
    )


def make_acces(*, dossier: Dossier, relation: str, debut_le: date, **fields: Any) -> Acces:
    """Open a dated link to the file."""
    return Acces.objects.create(dossier=dossier, relation=relation, debut_le=debut_le, **fields)
