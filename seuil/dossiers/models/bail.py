"""The lease, the landlord, the debts and the housing aids."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from seuil.acteurs.models import Departement
from seuil.dossiers.models.dossier import Dossier
from seuil.dossiers.rules import BailleurDit, compute_empreinte
from seuil.kernel.cartes import Fait
from seuil.kernel.models import Record


class Bailleur(Record):
    """A landlord, a person or a company, with its agency when there is one."""

    class Nature(models.TextChoices):
        PHYSIQUE = "physique", "Personne physique"
        SCI_FAMILIALE = "sci_familiale", "SCI familiale"
        MORALE = "morale", "Personne morale"
        SOCIAL = "social", "Bailleur social"
        INCONNUE = "inconnue", "Nature non précisée"

    departement = models.ForeignKey(Departement, on_delete=models.PROTECT, related_name="bailleurs")
    nature = models.CharField(max_length=20, choices=Nature.choices, default=Nature.INCONNUE)
    nom = models.CharField(max_length=150)
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    courriel = models.CharField(max_length=150, blank=True)
    mandataire = models.CharField("agence ou mandataire", max_length=150, blank=True)
    mandataire_telephone = models.CharField(
        "téléphone de l’agence", max_length=20, blank=True, default="", db_default=""
    )
    mandataire_courriel = models.CharField(
        "courriel de l’agence", max_length=100, blank=True, default="", db_default=""
    )
    siret = models.CharField("SIRET", max_length=14, blank=True, default="", db_default="")
    adresse = models.CharField(max_length=200, blank=True, default="", db_default="")
    # What tells one landlord from another: its SIRET, or its name, address and contact.
    cle = models.CharField("clé de rapprochement", max_length=200)

    class Meta:
        verbose_name = "bailleur"
        constraints = [
            models.UniqueConstraint(fields=["departement", "cle"], name="bailleur_unique_cle")
        ]

    class Rls:
        portee = "bailleur"
        categorie = "bail_dette"

    class Privacy:
        identite = {"nom", "cle"}
        contact = {
            "telephone", "courriel", "adresse", "mandataire", "mandataire_telephone",
            "mandataire_courriel",
        }  # fmt: skip
        technique = {"departement", "nature", "siret"}
        retention = "bailleur"
        tiers = dict.fromkeys(
            ("telephone", "courriel", "adresse"), "coordonnées d’une autre personne"
        )
        tiers_si = {"nature": {"physique"}}

    def __str__(self) -> str:
        return self.nom

    @property
    def dit(self) -> BailleurDit:
        """What is known of it, to compare with what a source says."""
        return BailleurDit(
            nom=self.nom,
            nature=self.nature,
            siret=self.siret,
            adresse=self.adresse,
            telephone=self.telephone,
            courriel=self.courriel,
            mandataire=self.mandataire,
        )

    @property
    def ligne(self) -> str:
        """Its name, and what tells it from its namesakes."""
        apart = self.siret or self.telephone or self.courriel or self.adresse
        return f"{self.nom} ({apart or f'sans coordonnées, n° {str(self.pk)[-6:]}'})"[:200]


class Bail(Record):
    """The lease. `clause_duree` is the delay written in its clause résolutoire, when known."""

    class Clause(models.TextChoices):
        DEUX_MOIS = "2 mois", "2 mois"
        SIX_SEMAINES = "6 semaines", "6 semaines"
        INCONNUE = "", "non connue"

    class Terme(models.TextChoices):
        AVANCE = "avance", "d’avance (parc privé le plus souvent)"
        ECHU = "echu", "à terme échu (parc social le plus souvent)"

    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, related_name="bail")
    bailleur = models.ForeignKey(Bailleur, on_delete=models.PROTECT, related_name="baux", null=True)
    signe_le = models.DateField("signé le", null=True)
    clause_duree = models.CharField(
        "délai écrit dans la clause", max_length=12, choices=Clause.choices, blank=True
    )
    # Last renewal or tacit renewal: whether it brings the law of 2023 is disputed.
    reconduit_le = models.DateField("renouvelé ou reconduit le", null=True)
    terme = models.CharField(
        "loyer payable", max_length=6, choices=Terme.choices, blank=True, db_default=""
    )
    loyer = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    charges = models.DecimalField(max_digits=9, decimal_places=2, null=True)

    class Meta:
        verbose_name = "bail"
        verbose_name_plural = "baux"
        constraints = [
            models.CheckConstraint(
                name="bail_montants_positifs",
                condition=(Q(loyer=None) | Q(loyer__gte=0)) & (Q(charges=None) | Q(charges__gte=0)),
            )
        ]

    class Rls:
        categorie = "bail_dette"

    class Privacy:
        finance = {
            "dossier", "bailleur", "signe_le", "clause_duree", "reconduit_le", "terme", "loyer",
            "charges",
        }  # fmt: skip
        retention = "dossier"
        faits = ()

    @property
    def empreinte(self) -> str:
        """What a form shows of the lease, so that nobody writes over what another just wrote."""
        return compute_empreinte(
            self.signe_le,
            self.reconduit_le,
            self.clause_duree,
            self.terme,
            self.loyer,
            self.charges,
        )


class Dette(Record):
    """The rent debt as stated on a day by a source; never overwritten."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="dettes")
    constatee_le = models.DateField("constatée le")
    montant = models.DecimalField(max_digits=10, decimal_places=2)
    source = models.CharField(max_length=100)

    class Meta:
        verbose_name = "dette"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "constatee_le", "source"], name="dette_unique"
            ),
            models.CheckConstraint(name="dette_positive", condition=Q(montant__gte=0)),
        ]

    class Rls:
        categorie = "bail_dette"

    class Privacy:
        finance = {"dossier", "constatee_le", "montant", "source"}
        retention = "dossier"
        faits = (Fait("dette", le="constatee_le"),)


class LigneDecompte(Record):
    """One line of the account of a debt: what was due, paid, aided, and what is contested."""

    class Nature(models.TextChoices):
        LOYER = "loyer", "Loyer"
        CHARGES = "charges", "Charges"
        REGULARISATION = "regularisation", "Régularisation de charges"
        ENERGIE = "energie", "Énergie"
        EAU = "eau", "Eau"
        FRAIS = "frais", "Frais de procédure"
        AUTRE = "autre", "Autre"

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="decompte")
    dette = models.ForeignKey(Dette, on_delete=models.PROTECT, related_name="lignes")
    # The first day of the month that it is about.
    mois_le = models.DateField("mois")
    nature = models.CharField(max_length=15, choices=Nature.choices, default=Nature.LOYER)
    du = models.DecimalField("dû", max_digits=9, decimal_places=2)
    paye = models.DecimalField("payé", max_digits=9, decimal_places=2, default=0)
    aide = models.DecimalField("aide versée", max_digits=9, decimal_places=2, default=0)
    conteste = models.DecimalField(
        "contesté par le ménage", max_digits=9, decimal_places=2, default=0
    )

    class Meta:
        verbose_name = "ligne de décompte"
        verbose_name_plural = "lignes de décompte"
        constraints = [
            models.UniqueConstraint(fields=["dette", "mois_le", "nature"], name="decompte_unique"),
            models.CheckConstraint(
                name="decompte_positif",
                condition=Q(du__gte=0, paye__gte=0, aide__gte=0, conteste__gte=0),
            ),
        ]

    class Rls:
        categorie = "bail_dette"

    class Privacy:
        finance = {"dossier", "dette", "mois_le", "nature", "du", "paye", "aide", "conteste"}
        retention = "dossier"
        faits = ()

    @property
    def reste(self) -> Decimal:
        """What is left to pay of it."""
        return self.du - self.paye - self.aide


class AideLogement(Record):
    """The monthly housing aid as a source states it: its amount and to whom it is paid."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="aides_logement")
    constatee_le = models.DateField("constatée le")
    montant = models.DecimalField("montant mensuel", max_digits=9, decimal_places=2)
    tiers_payant = models.BooleanField("versée au bailleur")
    source = models.CharField(max_length=100)

    class Meta:
        verbose_name = "aide au logement"
        verbose_name_plural = "aides au logement"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "constatee_le", "source"], name="aide_logement_unique"
            ),
            models.CheckConstraint(name="aide_logement_positive", condition=Q(montant__gte=0)),
        ]

    class Rls:
        categorie = "ressources"

    class Privacy:
        finance = {"dossier", "constatee_le", "montant", "tiers_payant", "source"}
        retention = "dossier"
        faits = ()
