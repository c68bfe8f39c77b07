"""The journal: who did, saw, was refused or changed what; its chain of seals and its anchors."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.expressions import Func
from django.db.models.functions import Now

from seuil.kernel.models import Record


class Event(Record):
    """One line of the journal. Written once; the database refuses any change (see migration).

    `dossiers` and `objets` are lists: one request or one statement is one line, whatever the number
    of files it touched. `txid` orders the lines as the database wrote them.
    """

    class Nature(models.TextChoices):
        ACTE = "acte", "Action"
        LECTURE = "lecture", "Consultation"
        REFUS = "refus", "Refus"
        ECRITURE = "ecriture", "Écriture en base"

    nature = models.CharField(max_length=10, choices=Nature.choices, default=Nature.ACTE)
    kind = models.CharField("action", max_length=60)
    by_id = models.CharField("identifiant de l’auteur", max_length=100)
    by_label = models.CharField("auteur", max_length=200, blank=True, db_default="")
    organisation = models.CharField("organisme", max_length=150, blank=True, db_default="")
    role = models.CharField("rôle", max_length=30, blank=True, db_default="")
    departement = models.CharField("département", max_length=3)
    target_type = models.CharField("objet", max_length=60)
    target_id = models.CharField("identifiant de l’objet", max_length=80)
    dossiers = ArrayField(models.UUIDField(), verbose_name="dossiers", default=list)
    objets = ArrayField(models.TextField(), verbose_name="lignes touchées", default=list)
    categories = ArrayField(
        models.CharField(max_length=30), verbose_name="catégories", default=list
    )
    colonnes = ArrayField(models.CharField(max_length=63), verbose_name="colonnes", default=list)
    motif = models.CharField(max_length=200, blank=True, db_default="")
    canal = models.CharField(max_length=20, blank=True, db_default="")
    requete = models.CharField("requête", max_length=40, blank=True, db_default="")
    txid = models.BigIntegerField("transaction", db_default=Func(function="journal.txid"))
    effect_le = models.DateField("jour d’effet", null=True)
    details = models.JSONField("détails", default=dict)

    class Meta:
        verbose_name = "ligne du journal"
        verbose_name_plural = "journal"
        indexes = [
            models.Index(fields=["target_type", "target_id"], name="audit_event_target"),
            models.Index(fields=["departement", "txid", "id"], name="audit_event_chaine"),
            # Few among millions of lines: the officer's page and its count read them alone.
            models.Index(
                fields=["departement", "created_at"],
                condition=models.Q(kind__startswith="alerte."),
                name="audit_event_alerte",
            ),
            GinIndex(fields=["dossiers"], name="audit_event_dossiers"),
        ]

    class Rls:
        portee = "journal"
        non_suivie = "le journal lui-même"

    class Privacy:
        technique = {
            "nature", "kind", "target_type", "target_id", "effect_le", "departement", "details",
            "dossiers", "objets", "categories", "colonnes", "motif", "canal", "requete", "txid",
        }  # fmt: skip
        agent = {"by_id", "by_label", "organisation", "role"}
        retention = "journal"

    def __str__(self) -> str:
        return f"{self.kind} · {self.target_type} {self.target_id}"


class Sceau(models.Model):
    """The seal of one line: its rank in the chain of its département, SHA-256(previous ‖ line)."""

    departement = models.CharField("département", max_length=3)
    rang = models.BigIntegerField()
    ligne = models.UUIDField("ligne du journal", unique=True)
    txid = models.BigIntegerField("transaction")
    empreinte = models.BinaryField(max_length=32)
    scelle_at = models.DateTimeField("scellé à", db_default=Now())

    class Meta:
        verbose_name = "sceau"
        verbose_name_plural = "sceaux"
        constraints = [
            models.UniqueConstraint(fields=["departement", "rang"], name="sceau_un_par_rang"),
        ]

    class Rls:
        portee = "journal"
        non_suivie = "le journal lui-même"

    class Privacy:
        technique = {"departement", "rang", "ligne", "txid", "empreinte", "scelle_at"}
        retention = "journal"


class Ancre(Record):
    """What the chain was at one moment: its head (« ancre »), or what was removed (« retrait »)."""

    class Genre(models.TextChoices):
        ANCRE = "ancre", "Ancre"
        RETRAIT = "retrait", "Retrait au terme"

    genre = models.CharField(max_length=10, choices=Genre.choices)
    departement = models.CharField("département", max_length=3)
    rang_debut = models.BigIntegerField("premier rang")
    rang = models.BigIntegerField("dernier rang")
    nombre = models.BigIntegerField()
    premiere = models.BinaryField("première empreinte", max_length=32)
    tete = models.BinaryField("dernière empreinte", max_length=32)
    txid = models.BigIntegerField("transaction")

    class Meta:
        verbose_name = "ancre du journal"
        verbose_name_plural = "ancres du journal"
        indexes = [models.Index(fields=["departement", "genre", "rang"], name="ancre_rang")]

    class Rls:
        portee = "journal"
        non_suivie = "le journal lui-même"

    class Privacy:
        technique = {
            "genre", "departement", "rang_debut", "rang", "nombre", "premiere", "tete", "txid",
        }  # fmt: skip
        retention = "reglage"
