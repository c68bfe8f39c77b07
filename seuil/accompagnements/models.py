"""The équipe mobile: yearly target, monthly choice, mandate, contract, follow-up, closure."""

from django.db import models
from django.db.models import F, Q

from seuil.acteurs.models import Agent, Arrondissement, Departement, Organisation
from seuil.dossiers.models import Dossier
from seuil.kernel.cartes import Fait
from seuil.kernel.models import Record


class Objectif(Record):
    """What the convention sets for an operator and a year: volumes and shares (percent)."""

    departement = models.ForeignKey(Departement, on_delete=models.PROTECT, related_name="objectifs")
    operateur = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="objectifs")
    annee = models.SmallIntegerField("année")
    cible_annuelle = models.SmallIntegerField("cible annuelle")
    volume_mensuel = models.SmallIntegerField("volume mensuel")
    arrondissement = models.ForeignKey(
        Arrondissement, on_delete=models.PROTECT, related_name="objectifs", null=True
    )
    part_arrondissement = models.SmallIntegerField("part de l’arrondissement (%)", default=0)
    part_cql_min = models.SmallIntegerField("part minimale de CQL (%)", default=0)
    part_cql_max = models.SmallIntegerField("part maximale de CQL (%)", default=100)
    # From that day on the convention asks nothing more; None: to the end of the year.
    fin_le = models.DateField("fin de la convention", null=True)

    class Meta:
        verbose_name = "objectif de l’équipe mobile"
        verbose_name_plural = "objectifs de l’équipe mobile"
        constraints = [
            models.UniqueConstraint(fields=["operateur", "annee"], name="objectif_unique"),
            models.CheckConstraint(
                name="objectif_volumes",
                condition=Q(cible_annuelle__gt=0, volume_mensuel__gt=0),
            ),
            models.CheckConstraint(
                name="objectif_parts",
                condition=Q(
                    part_arrondissement__range=(0, 100),
                    part_cql_min__range=(0, 100),
                    part_cql_max__range=(0, 100),
                    part_cql_min__lte=F("part_cql_max"),
                ),
            ),
        ]

    class Rls:
        portee = "departement"
        categorie = "accompagnement"

    class Privacy:
        technique = {
            "departement", "operateur", "annee", "cible_annuelle", "volume_mensuel",
            "arrondissement", "part_arrondissement", "part_cql_min", "part_cql_max", "fin_le",
        }  # fmt: skip
        retention = "convention"


class Prescription(Record):
    """A household that a service proposes to the équipe mobile through the DDETS."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="prescriptions")
    service = models.CharField("service prescripteur", max_length=150)
    motif = models.CharField(max_length=300)
    propose_le = models.DateField("proposé le")
    par = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="prescriptions")

    class Meta:
        verbose_name = "prescription"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "service", "propose_le"], name="prescription_unique"
            )
        ]

    class Rls:
        categorie = "accompagnement"

    class Privacy:
        social = {"dossier", "service", "motif", "propose_le"}
        technique = {"par"}
        retention = "dossier"
        faits = ()
        tiers = ()


class Choix(Record):
    """The choice of the month for an operator; signed, it opens the mandates."""

    departement = models.ForeignKey(Departement, on_delete=models.PROTECT, related_name="choix")
    operateur = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="choix")
    # First day of the month.
    mois = models.DateField()
    signe_le = models.DateField("signé le", null=True)
    signe_par = models.ForeignKey(
        Agent, on_delete=models.PROTECT, related_name="choix_signes", null=True
    )

    class Meta:
        verbose_name = "choix du mois"
        verbose_name_plural = "choix du mois"
        constraints = [
            models.UniqueConstraint(fields=["operateur", "mois"], name="choix_unique"),
            models.CheckConstraint(name="choix_premier_du_mois", condition=Q(mois__day=1)),
            models.CheckConstraint(
                name="choix_signature",
                condition=Q(signe_le=None, signe_par=None)
                | Q(signe_le__isnull=False, signe_par__isnull=False),
            ),
        ]

    class Rls:
        portee = "departement"
        categorie = "accompagnement"

    class Privacy:
        technique = {"departement", "operateur", "mois", "signe_le", "signe_par"}
        retention = "convention"


class ChoixLigne(Record):
    """What the secretariat decided on one dossier against, or with, the proposal."""

    choix = models.ForeignKey(Choix, on_delete=models.PROTECT, related_name="lignes")
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="lignes_de_choix")
    retenu = models.BooleanField()
    # Score and criteria as they were shown: what was told is a fact.
    score = models.IntegerField(default=0)
    criteres = models.JSONField("critères", default=list)

    class Meta:
        verbose_name = "ligne du choix du mois"
        verbose_name_plural = "lignes du choix du mois"
        constraints = [
            models.UniqueConstraint(fields=["choix", "dossier"], name="choix_ligne_unique")
        ]

    class Rls:
        categorie = "accompagnement"

    class Privacy:
        procedure = {"choix", "dossier", "retenu", "score", "criteres"}
        retention = "dossier"
        tiers = ()


class Mandat(Record):
    """A dossier entrusted to an operator, from transmission to closure."""

    class Reponse(models.TextChoices):
        ATTENDUE = "", "Réponse attendue"
        ACCEPTE = "accepte", "Accepté"
        REFUSE = "refuse", "Refusé"

    class MotifCloture(models.TextChoices):
        OBJECTIFS = "objectifs", "Démarches menées à leur terme"
        DEMANDE_MENAGE = "demande_menage", "À la demande du ménage"
        SANS_NOUVELLES = "sans_nouvelles", "Sans nouvelles du ménage depuis trois mois"
        FIN_DUREE = "fin_duree", "Fin des six mois"
        RELAIS_OPERATEUR = "relais_operateur", "Relais vers un autre opérateur"
        DROIT_COMMUN = "droit_commun", "Retour vers le droit commun"
        DEPART = "depart", "Départ du ménage"
        NON_RENCONTRE = "non_rencontre", "Ménage jamais rencontré"

    class Denouement(models.TextChoices):
        MAINTIEN = "maintien", "Maintien dans le logement"
        DETTE_APUREE = "dette_apuree", "Maintien, dette apurée"
        PLAN_EN_COURS = "plan_en_cours", "Maintien, plan d’apurement en cours"
        RELOGEMENT = "relogement", "Relogement"
        HEBERGEMENT = "hebergement", "Hébergement"
        DEPART_VOLONTAIRE = "depart_volontaire", "Départ sans force publique"
        EXPULSION = "expulsion", "Expulsion"
        INCONNU = "inconnu", "Non connu"

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="mandats")
    operateur = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="mandats")
    choix = models.ForeignKey(Choix, on_delete=models.PROTECT, related_name="mandats")
    # The stage when it was entrusted: a fact, for the share of CQL.
    stade = models.CharField(max_length=15)
    transmis_le = models.DateField("transmis le")
    reponse = models.CharField("réponse", max_length=10, choices=Reponse.choices, blank=True)
    repondu_le = models.DateField("répondu le", null=True)
    motif_refus = models.CharField("motif du refus", max_length=300, blank=True)
    referent_social = models.ForeignKey(
        Agent, on_delete=models.PROTECT, related_name="mandats_sociaux", null=True
    )
    referent_juridique = models.ForeignKey(
        Agent, on_delete=models.PROTECT, related_name="mandats_juridiques", null=True
    )
    affecte_le = models.DateField("affecté le", null=True)
    clos_le = models.DateField("clos le", null=True)
    motif_cloture = models.CharField(
        "motif de clôture", max_length=20, choices=MotifCloture.choices, blank=True
    )
    denouement = models.CharField(
        "dénouement", max_length=20, choices=Denouement.choices, blank=True
    )
    # The end is notified to the household (AMI Gironde 2023, § 6).
    notifie_le = models.DateField("fin notifiée au ménage le", null=True)

    class Meta:
        verbose_name = "mandat"
        constraints = [
            models.CheckConstraint(
                name="mandat_reponse_datee",
                condition=Q(reponse="", repondu_le=None)
                | Q(reponse="accepte", repondu_le__isnull=False, motif_refus="")
                | (Q(reponse="refuse", repondu_le__isnull=False) & ~Q(motif_refus="")),
            ),
            models.CheckConstraint(
                name="mandat_cloture_complete",
                condition=Q(clos_le=None, motif_cloture="", denouement="")
                | (
                    Q(clos_le__isnull=False, reponse="accepte")
                    & ~Q(motif_cloture="")
                    & ~Q(denouement="")
                ),
            ),
            models.CheckConstraint(
                name="mandat_affecte_si_accepte",
                condition=Q(affecte_le=None) | Q(reponse="accepte"),
            ),
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(clos_le=None) & ~Q(reponse="refuse"),
                name="mandat_un_seul_ouvert",
            ),
        ]
        indexes = [models.Index(fields=["operateur", "transmis_le"], name="mandat_transmission")]

    class Rls:
        categorie = "accompagnement"

    class Privacy:
        social = {
            "dossier", "motif_refus", "motif_cloture", "denouement", "notifie_le", "clos_le",
        }  # fmt: skip
        procedure = {"stade", "transmis_le", "reponse", "repondu_le", "affecte_le"}
        technique = {"operateur", "choix", "referent_social", "referent_juridique"}
        retention = "dossier"
        faits = (
            Fait("mandat", le="transmis_le"),
            Fait("cloture", le="clos_le", type="motif_cloture", sens="denouement", contact=True),
        )
        tiers = ()


class Rapport(Record):
    """What the operator reports to the DDETS on a mandate."""

    class Genre(models.TextChoices):
        PREMIER_RETOUR = "premier_retour", "Retour sur les actions engagées"
        EVALUATION = "evaluation", "Évaluation"
        BILAN = "bilan", "Bilan de fin d’accompagnement"

    mandat = models.ForeignKey(Mandat, on_delete=models.PROTECT, related_name="rapports")
    genre = models.CharField(max_length=20, choices=Genre.choices)
    rendu_le = models.DateField("rendu le")
    texte = models.TextField(max_length=4000)
    par = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="rapports")

    class Meta:
        verbose_name = "rapport de l’opérateur"
        verbose_name_plural = "rapports de l’opérateur"
        constraints = [
            models.UniqueConstraint(fields=["mandat", "genre", "rendu_le"], name="rapport_unique")
        ]

    class Rls:
        categorie = "accompagnement"
        chemin = ("mandat",)

    class Privacy:
        social = {"mandat", "genre", "rendu_le", "texte"}
        technique = {"par"}
        retention = "dossier"
        faits = (Fait("rapport", le="rendu_le", type="genre", contact=True),)
        tiers = ()


class Contrat(Record):
    """The contrat d'engagement signed with the household."""

    mandat = models.OneToOneField(Mandat, on_delete=models.PROTECT, related_name="contrat")
    signe_le = models.DateField("signé le")
    objectif = models.CharField(max_length=300)
    par = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="contrats")

    class Meta:
        verbose_name = "contrat d’engagement"
        verbose_name_plural = "contrats d’engagement"

    class Rls:
        categorie = "accompagnement"
        chemin = ("mandat",)

    class Privacy:
        social = {"mandat", "signe_le", "objectif"}
        technique = {"par"}
        retention = "dossier"
        faits = (Fait("contrat", le="signe_le", contact=True),)
        tiers = ()


class Demarche(Record):
    """One step of the contract: its objective, who does it, by when, and how it ended."""

    class Genre(models.TextChoices):
        MEDIATION = "mediation", "Médiation avec le bailleur"
        PLAN_APUREMENT = "plan_apurement", "Plan d’apurement"
        FSL = "fsl", "Fonds de solidarité pour le logement"
        SURENDETTEMENT = "surendettement", "Dossier de surendettement"
        ACTION_LOGEMENT = "action_logement", "Aide d’Action Logement"
        AIDE_LOGEMENT = "aide_logement", "Rétablissement de l’aide au logement"
        DLS = "dls", "Demande de logement social"
        DALO = "dalo", "Recours DALO"
        SIAO = "siao", "Demande d’hébergement (SIAO)"
        ACCOMPAGNEMENT = "accompagnement", "Orientation vers un accompagnement social"
        AUDIENCE = "audience", "Préparation de l’audience"
        AUTRE = "autre", "Autre démarche"

    class Acteur(models.TextChoices):
        MENAGE = "menage", "Le ménage"
        EQUIPE = "equipe", "L’équipe mobile"
        PARTENAIRE = "partenaire", "Un partenaire"

    class Etat(models.TextChoices):
        A_FAIRE = "a_faire", "À faire"
        FAITE = "faite", "Faite"
        ABANDONNEE = "abandonnee", "Abandonnée"

    contrat = models.ForeignKey(Contrat, on_delete=models.PROTECT, related_name="demarches")
    genre = models.CharField("démarche", max_length=20, choices=Genre.choices)
    objectif = models.CharField(max_length=300)
    acteur = models.CharField("qui", max_length=12, choices=Acteur.choices)
    pour_le = models.DateField("pour le")
    etat = models.CharField("état", max_length=12, choices=Etat.choices, default=Etat.A_FAIRE)
    terminee_le = models.DateField("terminée le", null=True)

    class Meta:
        verbose_name = "démarche"
        constraints = [
            models.CheckConstraint(
                name="demarche_terminee_datee",
                condition=Q(etat="a_faire", terminee_le=None)
                | (~Q(etat="a_faire") & Q(terminee_le__isnull=False)),
            )
        ]
        indexes = [models.Index(fields=["genre", "terminee_le"], name="demarche_terminee")]

    class Rls:
        categorie = "accompagnement"
        chemin = ("contrat", "mandat")

    class Privacy:
        social = {
            "contrat", "genre", "objectif", "acteur", "pour_le", "etat", "terminee_le",
        }  # fmt: skip
        retention = "dossier"
        faits = (Fait("demarche", le="terminee_le", type="genre", contact=True),)
        tiers = ()


class Prolongation(Record):
    """The CCAPEX's opinion on following a household beyond six months."""

    class Avis(models.TextChoices):
        POURSUITE = "poursuite", "Poursuite de l’accompagnement"
        TRANSFERT = "transfert", "Transfert à un autre opérateur"
        DROIT_COMMUN = "droit_commun", "Retour vers le droit commun"

    mandat = models.ForeignKey(Mandat, on_delete=models.PROTECT, related_name="prolongations")
    avis = models.CharField(max_length=15, choices=Avis.choices)
    avis_le = models.DateField("avis du")
    jusqu_au = models.DateField("jusqu’au", null=True)
    par = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="prolongations")

    class Meta:
        verbose_name = "avis de prolongation"
        verbose_name_plural = "avis de prolongation"
        constraints = [
            models.UniqueConstraint(fields=["mandat", "avis_le"], name="prolongation_unique"),
            models.CheckConstraint(
                name="prolongation_echeance",
                condition=(Q(avis="poursuite", jusqu_au__gt=F("avis_le")))
                | (~Q(avis="poursuite") & Q(jusqu_au=None)),
            ),
        ]

    class Rls:
        categorie = "accompagnement"
        chemin = ("mandat",)

    class Privacy:
        social = {"mandat", "avis", "avis_le", "jusqu_au"}
        technique = {"par"}
        retention = "dossier"
        faits = ()
