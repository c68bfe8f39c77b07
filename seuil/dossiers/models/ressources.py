"""What the household lives on, who answers for it, who protects it."""

from django.db import models
from django.db.models import F, Q

from seuil.dossiers.models.dossier import Dossier
from seuil.kernel.models import Record


class Ressources(Record):
    """What the household earns and pays each month, as a source states it on a day."""

    class Emploi(models.TextChoices):
        SALARIE = "salarie", "Salarié"
        INDEPENDANT = "independant", "Indépendant"
        RECHERCHE = "recherche", "Demandeur d’emploi"
        RETRAITE = "retraite", "Retraité"
        INVALIDITE = "invalidite", "Invalidité ou handicap"
        ETUDIANT = "etudiant", "Étudiant ou en formation"
        SANS = "sans", "Sans emploi"

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="ressources")
    constatee_le = models.DateField("constatées le")
    montant = models.DecimalField("ressources par mois", max_digits=9, decimal_places=2, null=True)
    charges = models.DecimalField("charges par mois", max_digits=9, decimal_places=2, null=True)
    emploi = models.CharField(
        "emploi du titulaire", max_length=15, choices=Emploi.choices, blank=True
    )
    source = models.CharField(max_length=100)

    class Meta:
        verbose_name = "ressources du ménage"
        verbose_name_plural = "ressources du ménage"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "constatee_le", "source"], name="ressources_unique"
            ),
            models.CheckConstraint(
                name="ressources_positives",
                condition=(Q(montant=None) | Q(montant__gte=0))
                & (Q(charges=None) | Q(charges__gte=0)),
            ),
        ]

    class Rls:
        categorie = "ressources"

    class Privacy:
        finance = {"dossier", "constatee_le", "montant", "charges", "source"}
        social = {"emploi"}
        retention = "dossier"
        faits = ()


class Garant(Record):
    """Whoever answers for the rent, when the household does not pay it."""

    class Nature(models.TextChoices):
        PERSONNE = "personne", "Personne qui se porte caution"
        VISALE = "visale", "Visale"
        FSL = "fsl", "Fonds de solidarité pour le logement"
        ASSURANCE = "assurance", "Assurance loyers impayés du bailleur"
        AUTRE = "autre", "Autre garantie"

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="garants")
    nature = models.CharField(max_length=15, choices=Nature.choices)
    nom = models.CharField(max_length=100, blank=True)
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    courriel = models.CharField(max_length=100, blank=True)
    engage_le = models.DateField("engagé le", null=True)
    fin_le = models.DateField("jusqu’au (exclu)", null=True)
    source = models.CharField(max_length=100)

    class Meta:
        verbose_name = "garant"
        constraints = [
            models.UniqueConstraint(fields=["dossier", "nature", "nom"], name="garant_unique"),
            models.CheckConstraint(
                name="garant_periode",
                condition=Q(engage_le=None) | Q(fin_le=None) | Q(fin_le__gte=F("engage_le")),
            ),
        ]

    class Rls:
        categorie = "bail_dette"

    class Privacy:
        identite = {"nom"}
        contact = {"telephone", "courriel"}
        finance = {"dossier", "nature", "engage_le", "fin_le", "source"}
        retention = "dossier"
        faits = ()
        tiers = dict.fromkeys(("nom", "telephone", "courriel"), "garant du ménage")
        tiers_si = {"nature": {"personne"}}


class MesureProtection(Record):
    """A measure that protects an adult of the household, and who carries it out."""

    class Nature(models.TextChoices):
        TUTELLE = "tutelle", "Tutelle"
        CURATELLE = "curatelle", "Curatelle"
        SAUVEGARDE = "sauvegarde", "Sauvegarde de justice"
        HABILITATION = "habilitation", "Habilitation familiale"
        MAJ = "maj", "Mesure d’accompagnement judiciaire (MAJ)"
        MASP = "masp", "Mesure d’accompagnement social personnalisé (MASP)"

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="protections")
    nature = models.CharField(max_length=15, choices=Nature.choices)
    mandataire = models.CharField("qui l’exerce", max_length=100, blank=True)
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    debut_le = models.DateField("depuis le")
    fin_le = models.DateField("jusqu’au (exclu)", null=True)
    source = models.CharField(max_length=100)

    class Meta:
        verbose_name = "mesure de protection"
        verbose_name_plural = "mesures de protection"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "nature", "debut_le"], name="protection_unique"
            ),
            models.CheckConstraint(
                name="protection_periode", condition=Q(fin_le=None) | Q(fin_le__gte=F("debut_le"))
            ),
        ]

    class Rls:
        categorie = "protection"

    class Privacy:
        social = {"dossier", "nature", "debut_le", "fin_le", "source"}
        contact = {"mandataire", "telephone"}
        retention = "dossier"
        faits = ()
        tiers = dict.fromkeys(("mandataire", "telephone"), "coordonnées d’une autre personne")
