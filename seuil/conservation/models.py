"""Holds, requests of the people, and what remains of what was erased."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from seuil.acteurs.models import Departement, Organisation
from seuil.dossiers.models import Dossier, Parc
from seuil.kernel.cartes import Fait
from seuil.kernel.models import Record


class Gel(Record):
    """A hold that a person put on a file, with its motive: nothing of it is erased meanwhile."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="gels")
    motif = models.CharField(max_length=300)
    pose_le = models.DateField("posé le")
    pose_par = models.CharField("posé par", max_length=200)
    leve_le = models.DateField("levé le", null=True)
    leve_par = models.CharField("levé par", max_length=200, blank=True)

    class Meta:
        verbose_name = "gel de la conservation"
        verbose_name_plural = "gels de la conservation"
        constraints = [
            models.CheckConstraint(name="gel_motive", condition=~Q(motif="") & ~Q(pose_par="")),
            models.CheckConstraint(
                name="gel_leve",
                condition=Q(leve_le=None, leve_par="")
                | (Q(leve_le__isnull=False, leve_le__gte=F("pose_le")) & ~Q(leve_par="")),
            ),
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(leve_le=None), name="gel_un_seul_en_cours"
            ),
        ]

    class Rls:
        categorie = "procedure"

    class Privacy:
        procedure = {"dossier", "motif", "pose_le", "leve_le"}
        agent = {"pose_par", "leve_par"}
        retention = "dossier"
        faits = ()
        tiers = ()


class DemandeDroit(Record):
    """A request of a person about their data: what was asked, decided, answered, and why."""

    class Droit(models.TextChoices):
        ACCES = "acces", "Accès (art. 15)"
        RECTIFICATION = "rectification", "Rectification (art. 16)"
        EFFACEMENT = "effacement", "Effacement (art. 17)"
        LIMITATION = "limitation", "Limitation (art. 18)"
        OPPOSITION = "opposition", "Opposition (art. 21)"

    class Decision(models.TextChoices):
        ATTENDUE = "", "À décider"
        ACCORDEE = "accordee", "Acceptée"
        PARTIELLE = "partielle", "Acceptée en partie"
        REFUSEE = "refusee", "Refusée"

    departement = models.ForeignKey(
        Departement, on_delete=models.PROTECT, related_name="demandes_droit"
    )
    # Empty once the file is erased: the register keeps what was answered, not to whom.
    dossier = models.ForeignKey(
        Dossier, on_delete=models.PROTECT, related_name="demandes_droit", null=True
    )
    droit = models.CharField(max_length=15, choices=Droit.choices)
    demandeur = models.CharField("qui demande", max_length=150, blank=True)
    objet = models.CharField("ce qui est demandé", max_length=500, blank=True)
    recue_le = models.DateField("reçue le")
    prolongee = models.BooleanField("délai prolongé de deux mois", default=False)
    decision = models.CharField("décision", max_length=10, choices=Decision.choices, blank=True)
    motif = models.CharField("motif de la décision", max_length=500, blank=True)
    repondue_le = models.DateField("répondue le", null=True)
    enregistree_par = models.CharField("enregistrée par", max_length=200)

    class Meta:
        verbose_name = "demande d’une personne"
        verbose_name_plural = "demandes des personnes"
        constraints = [
            models.CheckConstraint(
                name="demande_decidee",
                condition=Q(decision="", repondue_le=None, motif="")
                | (~Q(decision="") & Q(repondue_le__isnull=False, repondue_le__gte=F("recue_le"))),
            ),
            models.CheckConstraint(
                name="demande_detachee",
                condition=Q(dossier__isnull=False) & ~Q(demandeur="")
                | Q(dossier=None, demandeur="", objet="", motif=""),
            ),
            # Refused, it says why; erased, the motive went with the file.
            models.CheckConstraint(
                name="demande_refus_motive",
                condition=Q(dossier=None)
                | ~Q(decision__in=["refusee", "partielle"])
                | ~Q(motif=""),
            ),
        ]
        indexes = [models.Index(fields=["departement", "recue_le"], name="demande_droit_recue")]

    class Rls:
        portee = "departement"
        categorie = "droits"

    class Privacy:
        identite = {"demandeur"}
        procedure = {
            "dossier", "droit", "objet", "recue_le", "prolongee", "decision", "motif",
            "repondue_le",
        }  # fmt: skip
        agent = {"enregistree_par"}
        technique = {"departement"}
        retention = "demande"
        faits = (Fait("demande", le="recue_le", type="droit", contact=True),)


class ResteAnonyme(models.Model):
    """What is left of an erased file, and names nobody.

    A random identifier, months instead of days, bands instead of amounts, no free text, no
    instant of writing: nothing says which file it was.
    """

    class Maille(models.TextChoices):
        COMMUNE = "commune", "Commune"
        EPCI = "epci", "Intercommunalité"
        DEPARTEMENT = "departement", "Département"

    class Tranche(models.TextChoices):
        INCONNUE = "", "Non connue"
        NULLE = "nulle", "Nulle"
        MOINS_DE_1500 = "moins_de_1500", "Moins de 1 500 €"
        DE_1500_A_3000 = "1500_a_3000", "1 500 à 3 000 €"
        DE_3000_A_6000 = "3000_a_6000", "3 000 à 6 000 €"
        DE_6000_A_10000 = "6000_a_10000", "6 000 à 10 000 €"
        PLUS_DE_10000 = "plus_de_10000", "10 000 € et plus"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    departement = models.CharField("département", max_length=3)
    maille = models.CharField(max_length=12, choices=Maille.choices)
    territoire = models.CharField(max_length=120, blank=True)
    ouverture = models.CharField("mois d’ouverture", max_length=7)
    fin = models.CharField("mois du dernier fait", max_length=7)
    parc = models.CharField(max_length=10, choices=Parc.choices)
    stade = models.CharField("stade atteint", max_length=15, blank=True)
    denouement = models.CharField("dénouement", max_length=20, blank=True)
    dette = models.CharField("tranche de dette", max_length=15, choices=Tranche.choices, blank=True)
    accompagne = models.BooleanField("confié à l’équipe mobile")

    class Meta:
        verbose_name = "reste anonyme"
        verbose_name_plural = "restes anonymes"
        constraints = [
            models.CheckConstraint(
                name="reste_mois",
                condition=Q(ouverture__regex=r"^[0-9]{4}-(0[1-9]|1[0-2])$")
                & Q(fin__regex=r"^[0-9]{4}-(0[1-9]|1[0-2])$"),
            ),
            models.CheckConstraint(
                name="reste_sans_texte_libre",
                condition=Q(stade__regex=r"^[a-z_]*$")
                & Q(denouement__regex=r"^[a-z_]*$")
                & Q(dette__regex=r"^[a-z0-9_]*$")
                & Q(maille__in=["commune", "epci", "departement"]),
            ),
        ]
        indexes = [models.Index(fields=["departement", "ouverture"], name="reste_ouverture")]

    class Rls:
        portee = "departement"
        categorie = "droits"

    class Privacy:
        technique = {
            "id", "departement", "maille", "territoire", "ouverture", "fin", "parc", "stade",
            "denouement", "dette", "accompagne",
        }  # fmt: skip
        retention = "anonyme"


class Edition(models.Model):
    """What a month's activity said when it was published: kept as it was told, never rewritten.

    A fact that comes late makes the next edition; who published is in the journal.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    departement = models.CharField("département", max_length=3)
    operateur = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="editions", null=True
    )
    mois = models.DateField()
    numero = models.SmallIntegerField("numéro")
    publiee_le = models.DateField("publiée le")
    # The figures, as written that day (see indicateurs.rules.editions): compared byte for byte.
    contenu = models.TextField()

    class Meta:
        verbose_name = "édition des chiffres"
        verbose_name_plural = "éditions des chiffres"
        constraints = [
            models.UniqueConstraint(
                fields=["departement", "operateur", "mois", "numero"],
                nulls_distinct=False,
                name="edition_unique",
            ),
            models.CheckConstraint(
                name="edition_mois_fini",
                condition=Q(numero__gt=0, mois__day=1, publiee_le__gt=models.F("mois")),
            ),
        ]

    class Rls:
        portee = "departement"
        categorie = "droits"

    class Privacy:
        technique = {
            "id", "departement", "operateur", "mois", "numero", "publiee_le", "contenu",
        }  # fmt: skip
        retention = "anonyme"


class CompteAnonyme(models.Model):
    """What the erased files counted in the figures of activity: the figures stay what they were.

    One row by operator (empty: the département), indicator, month, and day (empty: the month's
    total, in which a household counts once). `detail` tells apart the closures of a month.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    departement = models.CharField("département", max_length=3)
    operateur = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="comptes_anonymes", null=True
    )
    indicateur = models.CharField(max_length=40)
    mois = models.DateField()
    le = models.DateField("jour", null=True)
    detail = models.CharField("détail", max_length=45, blank=True)
    nombre = models.IntegerField()

    class Meta:
        verbose_name = "compte anonyme"
        verbose_name_plural = "comptes anonymes"
        constraints = [
            models.UniqueConstraint(
                fields=["departement", "operateur", "indicateur", "mois", "le", "detail"],
                nulls_distinct=False,
                name="compte_anonyme_unique",
            ),
            models.CheckConstraint(
                name="compte_anonyme_positif", condition=Q(nombre__gt=0, mois__day=1)
            ),
        ]

    class Rls:
        portee = "departement"
        categorie = "droits"

    class Privacy:
        technique = {
            "id", "departement", "operateur", "indicateur", "mois", "le", "detail", "nombre",
        }  # fmt: skip
        retention = "anonyme"
