"""Acts received, and the lists they came in."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast, Now

from seuil.actes.rules.types import CATEGORIE_PAR_TYPE, SENS_PAR_TYPE
from seuil.acteurs.models import Agent, Departement, Organisation
from seuil.dossiers.models import Dossier, Ouverture
from seuil.kernel.cartes import Fait
from seuil.kernel.models import Record


class TypeActe(models.TextChoices):
    SIGNALEMENT = "signalement", "Signalement d’impayé"
    SAISINE_CCAPEX = "saisine_ccapex", "Saisine de la CCAPEX"
    COMMANDEMENT = "commandement", "Commandement de payer"
    ASSIGNATION = "assignation", "Assignation"
    AUDIENCE = "audience", "Audience"
    JUGEMENT = "jugement", "Jugement"
    SIGNIFICATION = "signification", "Signification de la décision"
    APPEL = "appel", "Appel"
    DEFAUT_PLAN = "defaut_plan", "Défaut de paiement des délais accordés"
    CQL = "cql", "Commandement de quitter les lieux"
    DELAIS_QUITTER = "delais_quitter", "Délais pour quitter les lieux"
    RFP = "rfp", "Réquisition de la force publique"
    EVALUATION_POLICE = "evaluation_police", "Évaluation de la police ou de la gendarmerie"
    CFP = "cfp", "Décision de concours de la force publique"
    EXPULSION = "expulsion", "Expulsion"
    DEPART = "depart", "Départ volontaire"
    REPRISE = "reprise", "Reprise des lieux"
    SURENDETTEMENT = "surendettement", "Surendettement"
    PLAN_APUREMENT = "plan_apurement", "Plan d’apurement"
    PCS = "pcs", "Protocole de cohésion sociale"
    DALO = "dalo", "Droit au logement opposable"


class Sens(models.TextChoices):
    RESILIATION = "resiliation", "Résiliation du bail et expulsion"
    DELAIS = "delais", "Délais de paiement suspendant la clause"
    REJET = "rejet", "Rejet de la demande"
    DESISTEMENT = "desistement", "Désistement"
    ACCORD = "accord", "Concours accordé"
    REFUS = "refus", "Concours refusé"
    REPORT = "report", "Décision reportée"
    FOND = "fond", "Jugement au fond"
    REFERE = "refere", "Ordonnance de référé"
    DEPOT = "depot", "Dossier déposé"
    RECEVABLE = "recevable", "Recevabilité"
    IRRECEVABLE = "irrecevable", "Irrecevabilité"
    SUSPENSION = "suspension", "Expulsion suspendue par le juge"
    MESURES = "mesures", "Mesures imposées ou plan"
    EFFACEMENT = "effacement", "Effacement de la dette"
    FIN = "fin", "Fin de la procédure"
    SIGNE = "signe", "Signé"
    ROMPU = "rompu", "Rompu"
    RECOURS = "recours", "Recours complet déposé"
    RECONNU = "reconnu", "Reconnu prioritaire"
    OFFRE = "offre", "Offre de relogement"


class Lot(Record):
    """A list deposited for import, whole: its file's digest, its mapping, its state."""

    class Etat(models.TextChoices):
        A_MAPPER = "a_mapper", "Colonnes à reconnaître"
        A_VALIDER = "a_valider", "À vérifier avant application"
        APPLIQUE = "applique", "Appliquée"
        ABANDONNE = "abandonne", "Abandonnée"

    departement = models.ForeignKey(Departement, on_delete=models.PROTECT, related_name="lots")
    type = models.CharField(max_length=20, choices=TypeActe.choices)
    source = models.CharField(max_length=100)
    nom_fichier = models.CharField("fichier", max_length=200)
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    etat = models.CharField("état", max_length=15, choices=Etat.choices)
    # headers, header_line, warnings, skipped lines, mapping column → field
    lecture = models.JSONField(default=dict)
    compte = models.JSONField("compte rendu", default=dict)
    depose_le = models.DateField("déposée le")
    depose_par = models.CharField("déposée par", max_length=200)
    # Whose agents apply it or give it up; none for a list that came by the command line.
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="lots", null=True
    )
    applique_le = models.DateField("appliquée le", null=True)

    class Meta:
        verbose_name = "liste importée"
        verbose_name_plural = "listes importées"
        constraints = [
            models.CheckConstraint(
                name="lot_applique_date",
                condition=Q(etat="applique", applique_le__isnull=False)
                | (~Q(etat="applique") & Q(applique_le=None)),
            )
        ]
        indexes = [models.Index(fields=["departement", "depose_le"], name="lot_depot")]

    class Rls:
        portee = "departement"
        categorie = "listes"

    class Privacy:
        technique = {
            "departement", "type", "source", "nom_fichier", "empreinte", "etat", "lecture",
            "compte", "depose_le", "depose_par", "organisation", "applique_le",
        }  # fmt: skip
        retention = "liste"


class Ligne(models.Model):
    """One staged data row of a list, as read, with what was decided of it and why."""

    class Etat(models.TextChoices):
        LUE = "lue", "Lue"
        ACCEPTE = "accepte", "Acceptée"
        REFUSE = "refuse", "Refusée"
        DOUBLON = "doublon", "Déjà connue"
        A_VERIFIER = "a_verifier", "À vérifier"

    id = models.BigAutoField(primary_key=True)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="lignes")
    numero = models.IntegerField("ligne du fichier")
    etat = models.CharField(max_length=12, choices=Etat.choices)
    cellules = models.JSONField()
    # [{"colonne": …, "motif": …, "remede": …}]
    motifs = models.JSONField(default=list)
    # A person decided to apply a row that was to be checked.
    confirmee = models.BooleanField(default=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="lignes", null=True)

    class Meta:
        verbose_name = "ligne importée"
        verbose_name_plural = "lignes importées"
        constraints = [models.UniqueConstraint(fields=["lot", "numero"], name="ligne_unique")]

    # What a row may tell of a household: once the list is applied, whoever reads all of it in the
    # file reads the row.
    CONTENU: ClassVar = ("identite", "bail_dette", "procedure")

    class Rls:
        portee = "ligne"
        categorie = "listes"
        non_suivie = "salle d’attente de l’import : l’application de la liste est journalisée"

    class Privacy:
        identite = {"cellules", "motifs"}
        technique = {"id", "lot", "numero", "etat", "confirmee", "dossier"}
        retention = "ligne"


class Correspondance(Record):
    """Which field a column of a source means: remembered for the next list of that source."""

    departement = models.ForeignKey(
        Departement, on_delete=models.PROTECT, related_name="correspondances"
    )
    source = models.CharField(max_length=100)
    type = models.CharField(max_length=20, choices=TypeActe.choices)
    entete = models.CharField("en-tête", max_length=200)
    champ = models.CharField(max_length=40)

    class Meta:
        verbose_name = "correspondance de colonne"
        verbose_name_plural = "correspondances de colonnes"
        constraints = [
            models.UniqueConstraint(
                fields=["departement", "source", "type", "entete"], name="correspondance_unique"
            )
        ]

    class Rls:
        portee = "departement"
        categorie = "listes"

    class Privacy:
        technique = {"departement", "source", "type", "entete", "champ"}
        retention = "reglage"


# What was withdrawn proves nothing of the file, nor how long it is kept.
_EN_VIGUEUR = {"retire_motif": {""}}


class ActeQuerySet(models.QuerySet["Acte"]):
    def en_vigueur(self) -> "ActeQuerySet":
        """Keep the acts that count: neither withdrawn nor replaced by their correction."""
        return self.filter(retire_le=None)


class Acte(Record):
    """An act of the procedure. `survenu_le` is its legal day: signification, hearing, decision.

    Corrected, it keeps its identifier, to which deadlines, duties and dates told hang; what it said
    before is kept beside, in a row that is no longer in force and that it `remplace`.
    """

    class MotifRetrait(models.TextChoices):
        SAISIE = "saisie", "Erreur de saisie"
        SOURCE = "source", "Erreur de la source"
        AUTRE_DOSSIER = "autre_dossier", "Concerne un autre ménage"
        DOUBLE = "double", "Enregistré deux fois"
        SANS_SUITE = "sans_suite", "Annulé ou resté sans suite"

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="actes")
    type = models.CharField(max_length=20, choices=TypeActe.choices)
    survenu_le = models.DateField("date de l’acte")
    # Day the préfecture (or the secretariat) received it: starts its own delays.
    recu_le = models.DateField("reçu par le préfet le", null=True)
    audience_le = models.DateField("audience le", null=True)
    audience_heure = models.TimeField("heure d’audience", null=True)
    juridiction = models.CharField(max_length=150, blank=True)
    montant = models.DecimalField("montant réclamé", max_digits=10, decimal_places=2, null=True)
    sens = models.CharField("sens de la décision", max_length=15, choices=Sens.choices, blank=True)
    # Delay that the commandement de payer prints: it may differ from the lease's.
    delai_annonce = models.CharField(
        "délai annoncé par l’acte",
        max_length=12,
        choices=[("2 mois", "2 mois"), ("6 semaines", "6 semaines")],
        blank=True,
        db_default="",
    )
    # Last day of the time granted by the judge or of the deferral decided by the préfet.
    delai_jusqu_au = models.DateField("délai jusqu’au", null=True)
    reference = models.CharField("référence", max_length=60, blank=True)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="actes", null=True)
    ligne = models.IntegerField("ligne du fichier", null=True)
    source = models.CharField(max_length=100)
    # Day when it was told: entered by hand, or deposited with its list. A correction keeps it.
    annonce_le = models.DateField("annoncé le", db_default=Cast(Now(), models.DateField()))
    # What it said before its last correction.
    remplace = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="remplace_par", null=True
    )
    # It counts no more from that day on; the instant is what calendars are told.
    retire_le = models.DateField("retiré le", null=True)
    retire_at = models.DateTimeField("retiré à", null=True)
    retire_par = models.CharField("retiré par", max_length=200, blank=True, db_default="")
    retire_motif = models.CharField(
        "motif du retrait", max_length=15, choices=MotifRetrait.choices, blank=True, db_default=""
    )
    retire_precision = models.CharField(
        "précision sur le retrait", max_length=200, blank=True, db_default=""
    )

    objects = ActeQuerySet.as_manager()

    class Meta:
        verbose_name = "acte"
        constraints = [
            # Two steps of a surendettement may fall on one day: the sense tells them apart.
            models.UniqueConstraint(
                fields=["dossier", "type", "survenu_le", "sens"],
                name="acte_unique",
                condition=Q(retire_le=None),
            ),
            models.CheckConstraint(
                name="acte_retire_en_entier",
                condition=Q(
                    retire_le=None,
                    retire_at=None,
                    retire_par="",
                    retire_motif="",
                    retire_precision="",
                )
                | (
                    Q(retire_le__isnull=False, retire_at__isnull=False)
                    & ~Q(retire_par="")
                    & ~Q(retire_motif="")
                ),
            ),
            models.CheckConstraint(
                name="acte_sens_du_type",
                condition=Q(
                    Q(sens=""),
                    *(Q(type=t, sens__in=sens) for t, sens in SENS_PAR_TYPE.items()),
                    _connector=Q.OR,
                ),
            ),
            models.CheckConstraint(
                name="acte_audience_apres",
                condition=Q(audience_le=None) | Q(audience_le__gte=models.F("survenu_le")),
            ),
            models.CheckConstraint(
                name="acte_montant_positif", condition=Q(montant=None) | Q(montant__gte=0)
            ),
        ]
        indexes = [
            models.Index(fields=["type", "survenu_le"], name="acte_type_date"),
            models.Index(
                fields=["retire_le"], condition=Q(retire_le__isnull=False), name="acte_retire"
            ),
        ]

    class Rls:
        categorie = "procedure"
        # What some acts say belongs to another category.
        par_valeur = ("type", CATEGORIE_PAR_TYPE)

    class Privacy:
        procedure = {
            "dossier", "type", "survenu_le", "recu_le", "audience_le", "audience_heure",
            "juridiction", "sens", "delai_annonce", "delai_jusqu_au", "reference", "annonce_le",
            "retire_le", "retire_motif", "retire_precision",
        }  # fmt: skip
        finance = {"montant"}
        technique = {"lot", "ligne", "source", "remplace", "retire_at", "retire_par"}
        retention = "dossier"
        faits = (
            Fait("acte", le="survenu_le", type="type", sens="sens", si=_EN_VIGUEUR),
            Fait("audience", le="audience_le", type="type", si=_EN_VIGUEUR),
        )
        tiers = ()

    def __str__(self) -> str:
        return f"{self.get_type_display()} du {self.survenu_le:%d/%m/%Y}"


class Proposition(Record):
    """What a partner tells of a household that has no file, as typed; nothing of it counts yet."""

    class Decision(models.TextChoices):
        ACCEPTEE = "acceptee", "Acceptée"
        REFUSEE = "refusee", "Refusée"

    departement = models.ForeignKey(
        Departement, on_delete=models.PROTECT, related_name="propositions"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="propositions"
    )
    par = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="propositions")
    recue_le = models.DateField("reçue le")
    genre = models.CharField("ce qui arrive", max_length=15, choices=Ouverture.Genre.choices)
    # Field of a list → what was typed.
    champs = models.JSONField(default=dict)
    decision = models.CharField(
        "décision", max_length=10, choices=Decision.choices, blank=True, default=""
    )
    motif = models.CharField(max_length=200, blank=True)
    decidee_le = models.DateField("décidée le", null=True)
    decidee_par = models.ForeignKey(
        Agent, on_delete=models.PROTECT, related_name="propositions_decidees", null=True
    )
    # The file opened, or joined.
    dossier = models.ForeignKey(
        Dossier, on_delete=models.PROTECT, related_name="propositions", null=True
    )

    class Meta:
        verbose_name = "proposition d’ouverture"
        verbose_name_plural = "propositions d’ouverture"
        constraints = [
            models.CheckConstraint(
                name="proposition_decidee",
                condition=Q(decision="", decidee_le=None, decidee_par=None, dossier=None)
                | Q(decision="acceptee", decidee_le__isnull=False, dossier__isnull=False)
                | Q(decision="refusee", decidee_le__isnull=False, dossier=None) & ~Q(motif=""),
            )
        ]
        indexes = [models.Index(fields=["departement", "-recue_le"], name="proposition_recue")]

    class Rls:
        portee = "deposee"
        categorie = "identite"

    class Privacy:
        identite = {"champs"}
        procedure = {"recue_le", "genre", "decision", "motif", "decidee_le", "dossier"}
        technique = {"departement", "organisation", "par", "decidee_par"}
        retention = "proposition"
        faits = ()
        tiers = ()

    @property
    def nom(self) -> str:
        """The household, as the partner calls it."""
        return f"{self.champs.get('nom', '')} {self.champs.get('prenom', '')}".strip()
