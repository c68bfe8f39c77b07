"""A file with something in every table that hangs on it, each free text holding a token."""

from datetime import date, time
from decimal import Decimal
from pathlib import Path

from django.conf import settings

from seuil.accompagnements.models import (
    ChoixLigne,
    Contrat,
    Demarche,
    Mandat,
    Prescription,
    Prolongation,
    Rapport,
)
from seuil.actes.models import Ligne, Lot, Proposition
from seuil.acteurs.models import Agent, Organisation
from seuil.conservation.models import DemandeDroit, Gel
from seuil.conservation.queries.tables import list_rows_du_dossier, list_tables_du_dossier
from seuil.contacts.models import Contact
from seuil.diagnostics.models import ConstatRegularite, Dsf
from seuil.dossiers.models import (
    Acces,
    AideLogement,
    Classement,
    Composition,
    Coordonnee,
    Correction,
    DateAnnoncee,
    Document,
    Dossier,
    Personne,
    SuiviSocial,
)
from seuil.echeances.models import SituationSuivi
from seuil.kernel.cartes import read_carte
from seuil.kernel.models import new_id
from seuil.travail.models import Diligence, Empreinte
from seuil.usecases.refresh_dossiers import refresh_dossiers
from seuil.visites.models import NoteSociale, Visite
from tests.factories.accompagnements import make_mandat
from tests.factories.base import make_acte, make_dossier
from tests.factories.lignes import complete_row

# No word of French holds it.
JETON = "ZQXVKW"
TIERS = "WKVYQZ"


def make_dossier_complet(
    *,
    operateur: Organisation,
    agent: Agent,
    le: date = date(2021, 3, 10),
    jeton: str = JETON,
    tiers: str = "Paul",
) -> Dossier:
    """Return a file of 2021, ended by a departure, with a row in every table.

    Its free texts hold `jeton`; another adult of the household is called `tiers`.
    """
    dossier = make_dossier(
        nom=f"{jeton}NOM", prenom=f"{jeton}prenom", ouvert_le=le, bailleur=f"{jeton} bailleur"
    )
    dossier.bail.bailleur.telephone = "0556000000"
    dossier.bail.bailleur.nature = "physique"
    dossier.bail.bailleur.mandataire = f"{jeton} agence"
    dossier.bail.bailleur.save()
    Personne.objects.create(
        dossier=dossier, qualite="co_titulaire", nom=f"{tiers}NOM", prenom=tiers, ne_le=le
    )
    Personne.objects.create(dossier=dossier, qualite="enfant", nom=f"{jeton}NOM", prenom="Zoé")
    Composition.objects.create(
        dossier=dossier, adultes=2, enfants=1, constatee_le=le, source=f"{jeton} source"
    )
    AideLogement.objects.create(
        dossier=dossier, constatee_le=le, montant=200, tiers_payant=True, source=f"{jeton} caf"
    )
    Coordonnee.objects.create(
        dossier=dossier, type="courriel", valeur=f"{jeton}@exemple.invalid", valide_du=le,
        source="Essai",
    )  # fmt: skip
    SuiviSocial.objects.create(
        dossier=dossier, situation="connu", service=f"{jeton} service", mesure=f"{jeton} mesure",
        constate_le=le, source="Essai",
    )  # fmt: skip
    Correction.objects.create(
        dossier=dossier, groupe="personne", ligne=new_id(), champ="nom", avant=f"{jeton} avant",
        apres=f"{jeton} après", motif="saisie", precision=f"{jeton} précision", corrigee_le=le,
        par=agent,
    )  # fmt: skip
    Classement.objects.create(
        dossier=dossier, motif="soldee", precision=f"{jeton} solde", classe_le=le, par=agent,
        rouvert_le=le, rouvert_par=agent, rouvert_motif=f"{jeton} rouvert",
    )  # fmt: skip
    Proposition.objects.create(
        departement_id="33", organisation=operateur, par=agent, recue_le=le, genre="appel",
        champs={"nom": f"{jeton} proposé"}, decision="acceptee", motif=f"{jeton} motif",
        decidee_le=le, decidee_par=agent, dossier=dossier,
    )  # fmt: skip
    document = Document.objects.create(
        dossier=dossier, nom=f"{jeton}.pdf", nature="courrier", type_mime="application/pdf",
        taille=10, empreinte="0" * 64, depose_le=le, depose_par=agent,
    )  # fmt: skip
    path = Path(settings.SEUIL_DOCUMENTS) / "33" / str(document.pk)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(f"%PDF-{jeton}".encode())
    Acces.objects.create(
        dossier=dossier, relation="destinataire", organisation=operateur, debut_le=le,
        motif=f"{jeton} motif",
    )  # fmt: skip
    lot = Lot.objects.create(
        departement_id="33", type="commandement", source="Essai", nom_fichier="liste.csv",
        empreinte="1" * 64, etat="applique", depose_le=le, depose_par="Simone", applique_le=le,
    )  # fmt: skip
    Ligne.objects.create(
        lot=lot, numero=2, etat="accepte", cellules=[f"{jeton}NOM", f"{jeton}prenom"],
        dossier=dossier,
    )  # fmt: skip
    Ligne.objects.create(
        lot=lot, numero=3, etat="doublon", cellules=[f"{jeton}NOM", f"{jeton}prenom"]
    )
    acte = make_acte(
        dossier=dossier, type="commandement", survenu_le=le, montant=Decimal("2400"), lot=lot,
        ligne=2, reference=f"{jeton}-12", source=f"{jeton} commissaire",
    )  # fmt: skip
    make_acte(
        dossier=dossier, type="assignation", survenu_le=date(2021, 6, 1), recu_le=date(2021, 6, 4),
        audience_le=date(2021, 9, 1), audience_heure=time(9), juridiction=f"{jeton} tribunal",
    )  # fmt: skip
    make_acte(
        dossier=dossier, type="evaluation_police", survenu_le=date(2021, 9, 10),
        reference=f"{jeton}-police",
    )  # fmt: skip
    make_acte(dossier=dossier, type="depart", survenu_le=date(2021, 10, 4))
    DateAnnoncee.objects.create(
        dossier=dossier, regle="A1", fait_id=acte.pk, annoncee_le=date(2021, 5, 10), dite_le=le,
        a_qui="menage", moyen="telephone", source=f"{jeton} dit", notee_par=agent,
    )  # fmt: skip
    Diligence.objects.create(
        dossier=dossier, devoir="E2-CAF-1", source_id=acte.pk, faite_le=le,
        preuve=f"{jeton} preuve", organisation=operateur, par=agent,
    )  # fmt: skip
    _add_accompagnement(dossier, operateur, agent, jeton, tiers)
    Dsf.objects.create(
        dossier=dossier, demande_le=le, organisme=f"{jeton} organisme", fin="avec_menage",
        termine_le=date(2021, 8, 1), par=agent,
    )  # fmt: skip
    ConstatRegularite.objects.create(
        dossier=dossier, acte=acte, question="R-CDP-1", reponse="irregulier",
        observation=f"{jeton} observation", constate_le=date(2021, 4, 1), par=agent,
    )  # fmt: skip
    DemandeDroit.objects.create(
        departement_id="33", dossier=dossier, droit="acces", demandeur=f"{jeton} demandeur",
        objet=f"{jeton} objet", recue_le=date(2021, 5, 1), enregistree_par="Denise",
    )  # fmt: skip
    Gel.objects.create(
        dossier=dossier, motif=f"{jeton} gel", pose_le=date(2021, 5, 1), pose_par="Simone",
        leve_le=date(2021, 6, 1), leve_par="Simone",
    )  # fmt: skip
    _add_others(dossier, operateur, agent, jeton)
    refresh_dossiers(dossier_ids=[dossier.pk], on=date(2021, 11, 1))
    SituationSuivi.objects.get(dossier=dossier)
    Empreinte.objects.create(dossier=dossier, cadre="", faits=1, projections=2, le=le)
    return dossier


def _add_others(dossier: Dossier, operateur: Organisation, agent: Agent, jeton: str) -> None:
    """Add a row to each table of the file that nothing above fills, projections apart."""
    rows = list_rows_du_dossier(dossier_id=dossier.pk)
    parents = {m: m._base_manager.get(pk=keys[0]) for m, keys in rows.items() if keys}
    parents |= {Organisation: operateur, Agent: agent}
    for model, _ in list_tables_du_dossier():
        if model in parents or read_carte(model).rls.non_suivie:
            continue
        values = complete_row(
            model, parents=parents, on=date(2021, 5, 3), texte=lambda f: f"{jeton} {f.name}"
        )
        parents[model] = model._base_manager.create(**values)


def _add_accompagnement(
    dossier: Dossier, operateur: Organisation, agent: Agent, jeton: str, tiers: str
) -> None:
    mandat: Mandat = make_mandat(
        operateur=operateur, dossier=dossier, transmis_le=date(2021, 3, 20),
        repondu_le=date(2021, 3, 22), clos_le=date(2021, 9, 30), motif_cloture="depart",
        denouement="depart_volontaire",
    )  # fmt: skip
    ChoixLigne.objects.create(
        choix=mandat.choix, dossier=dossier, retenu=True, criteres=[f"{jeton} critère"]
    )
    Prescription.objects.create(
        dossier=dossier, service=f"{jeton} service", motif=f"{jeton} motif",
        propose_le=date(2021, 3, 15), par=agent,
    )  # fmt: skip
    Rapport.objects.create(
        mandat=mandat, genre="premier_retour", rendu_le=date(2021, 4, 5),
        texte=f"{jeton} rapport, en présence de {tiers} et de {agent.prenom} {agent.nom}",
        par=agent,
    )  # fmt: skip
    contrat = Contrat.objects.create(
        mandat=mandat, signe_le=date(2021, 5, 2), objectif=f"{jeton} objectif", par=agent
    )
    Demarche.objects.create(
        contrat=contrat, genre="fsl", objectif=f"{jeton} démarche", acteur="menage",
        pour_le=date(2021, 6, 1), etat="faite", terminee_le=date(2021, 6, 3),
    )  # fmt: skip
    Prolongation.objects.create(
        mandat=mandat, avis="droit_commun", avis_le=date(2021, 9, 20), par=agent
    )
    for day in (date(2021, 4, 2), date(2021, 4, 2), date(2021, 5, 2)):
        contact = Contact.objects.create(
            dossier=dossier, avec="menage", canal="domicile", resultat="echange", survenu_le=day,
            lieu=f"{jeton} lieu", note=f"{jeton} note", par=agent, organisation=operateur,
        )  # fmt: skip
    visite = Visite.objects.create(
        dossier=dossier, contact=contact, duree_minutes=50, presents=f"{jeton}V la voisine"
    )
    NoteSociale.objects.create(
        dossier=dossier, visite=visite, organisation=operateur, texte=f"{jeton} confidence"
    )
