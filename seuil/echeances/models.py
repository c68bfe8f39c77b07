"""Two projections rebuilt whole from facts: the deadlines, and where the procedure stands."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from seuil.dossiers.models import Dossier, Parc
from seuil.echeances.rules.faits import CATEGORIE_PAR_REGLE
from seuil.kernel.models import new_id


class Echeance(models.Model):
    """A date entailed by a fact and a rule. `le` empty: a fact is missing, named in `a_obtenir`.

    The explanation is recomputed by the engine from `regle`, `debut_le` and `arguments`, so that
    what is shown is always what was computed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="echeances")
    departement = models.CharField(max_length=3)
    regle = models.CharField("règle", max_length=10)
    source_id = models.UUIDField("fait de départ")
    source_type = models.CharField(max_length=20)
    debut_le = models.DateField("à compter du", null=True)
    le = models.DateField("échéance", null=True)
    autres = ArrayField(models.DateField(), default=list)
    certitude = models.CharField(max_length=10)
    parametre = models.CharField("paramètre", max_length=40)
    arguments = models.JSONField(default=dict)
    a_obtenir = models.CharField("fait à obtenir", max_length=200, blank=True)
    # Its step is done, by a fact of that day: the date is to come no more.
    faite_le = models.DateField("étape faite le", null=True)
    # Its step has no object from that day, to come or not: a hearing, an act of a later stage.
    caduque_le = models.DateField("sans objet à partir du", null=True)
    # When the database wrote what this row now says: calendars are told.
    change_at = models.DateTimeField("changé à", db_default=Now(), editable=False)

    class Meta:
        verbose_name = "échéance"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "regle", "source_id"], name="echeance_unique"
            ),
            models.CheckConstraint(
                name="echeance_datee_ou_a_determiner",
                condition=Q(le__isnull=False, a_obtenir="") | (Q(le=None) & ~Q(a_obtenir="")),
            ),
        ]
        # The agenda reads the deadlines of a month among those of a whole département.
        indexes = [models.Index(fields=["departement", "le", "regle"], name="echeance_agenda")]

    class Rls:
        categorie = "procedure"
        par_valeur = ("regle", CATEGORIE_PAR_REGLE)
        # The agenda of a département reads a month of them.
        departement_direct = True
        non_suivie = "projection recalculée"

    class Privacy:
        procedure = {
            "dossier", "departement", "regle", "source_id", "source_type", "debut_le", "le",
            "autres", "certitude", "parametre", "arguments", "a_obtenir", "faite_le",
            "caduque_le",
        }  # fmt: skip
        technique = {"id", "change_at"}
        retention = "dossier"


class Stade(models.TextChoices):
    # Before any act of the procedure: an unpaid rent that was told, a household that called.
    SIGNALEMENT = "signalement", "Impayé signalé"
    COMMANDEMENT = "commandement", "Commandement de payer"
    ASSIGNATION = "assignation", "Assignation"
    JUGEMENT = "jugement", "Jugement"
    CQL = "cql", "Commandement de quitter les lieux"
    RFP = "rfp", "Réquisition de la force publique"
    CFP = "cfp", "Concours de la force publique"
    EXPULSION = "expulsion", "Expulsion"


class Situation(models.Model):
    """Where the procedure of a dossier stands, for lists and search: a projection."""

    dossier = models.OneToOneField(
        Dossier, on_delete=models.PROTECT, related_name="situation", primary_key=True
    )
    departement = models.CharField(max_length=3)
    stade = models.CharField(max_length=15, choices=Stade.choices)
    stade_le = models.DateField("atteint le")
    # The next hearing, or the last one.
    audience_le = models.DateField("audience", null=True)
    # Denormalised for the list's search and order; rebuilt with the rest.
    nom_affiche = models.CharField("nom du ménage", max_length=220)
    nom_recherche = models.CharField("nom pour la recherche", max_length=220)
    parc = models.CharField(max_length=10, choices=Parc.choices)
    # What ranks a dossier for the équipe mobile, read among tens of thousands.
    enfants = models.SmallIntegerField(default=0)
    bailleur = models.CharField("nature du bailleur", max_length=20, blank=True)
    delai_le = models.DateField("fin du délai du commandement", null=True)
    commune_code = models.CharField(max_length=5)
    arrondissement_code = models.CharField(max_length=4)
    # When the database wrote what this row now says: calendars are told.
    change_at = models.DateTimeField("changé à", db_default=Now(), editable=False)

    class Meta:
        verbose_name = "situation de la procédure"
        verbose_name_plural = "situations des procédures"
        indexes = [
            # With what the policies compare: they are counted without reading the rows.
            models.Index(
                fields=["departement", "stade", "-stade_le"],
                include=["dossier", "commune_code"],
                name="situation_stade",
            ),
            models.Index(fields=["departement", "-stade_le"], name="situation_recent"),
            models.Index(
                fields=["departement", "dossier"],
                include=["commune_code", "stade_le"],
                name="situation_compte",
            ),
            models.Index(fields=["departement", "audience_le"], name="situation_audience"),
        ]

    class Rls:
        categorie = "identite"
        departement_direct = True
        non_suivie = "projection recalculée"

    class Privacy:
        identite = {"nom_affiche", "nom_recherche"}
        contact = {"commune_code", "arrondissement_code"}
        social = {"enfants"}
        procedure = {
            "dossier", "departement", "stade", "stade_le", "audience_le", "parc", "bailleur",
            "delai_le",
        }  # fmt: skip
        technique = {"change_at"}
        retention = "dossier"


class SituationDette(models.Model):
    """The last debt stated on a dossier, apart from the rest: fewer people may read it."""

    dossier = models.OneToOneField(
        Dossier, on_delete=models.PROTECT, related_name="situation_dette", primary_key=True
    )
    departement = models.CharField(max_length=3)
    montant = models.DecimalField(max_digits=10, decimal_places=2)
    constatee_le = models.DateField("constatée le")

    class Meta:
        verbose_name = "dernière dette connue"
        verbose_name_plural = "dernières dettes connues"
        # The list by debt reads its first page, and no other row.
        indexes = [
            models.Index(
                fields=["departement", "-montant", "dossier"],
                name="situation_dette_montant",
            ),
        ]

    class Rls:
        categorie = "bail_dette"
        departement_direct = True
        non_suivie = "projection recalculée"

    class Privacy:
        finance = {"dossier", "departement", "montant", "constatee_le"}
        retention = "dossier"


class SituationSuivi(models.Model):
    """What social services said last of a dossier, apart from the rest: fewer may read it."""

    dossier = models.OneToOneField(
        Dossier, on_delete=models.PROTECT, related_name="situation_suivi", primary_key=True
    )
    departement = models.CharField(max_length=3)
    suivi = models.CharField("suivi social", max_length=15)

    class Meta:
        verbose_name = "dernier suivi social connu"
        verbose_name_plural = "derniers suivis sociaux connus"

    class Rls:
        categorie = "suivi"
        departement_direct = True
        non_suivie = "projection recalculée"

    class Privacy:
        social = {"dossier", "departement", "suivi"}
        retention = "dossier"
