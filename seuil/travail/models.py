"""What is due, for whom, why, by when: a projection."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from seuil.acteurs.models import Agent, Organisation, Role
from seuil.dossiers.models import Dossier
from seuil.kernel.models import Record, new_id


class Tache(models.Model):
    """A thing to do for one dossier. It disappears when the thing is done."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="taches")
    departement = models.CharField(max_length=3)
    # A kind that a package declares in its genres.yaml: label, reason, page where it is done.
    genre = models.CharField(max_length=40)
    # Which duty (travail/devoirs.yaml or a département's), for the kind `devoir` only.
    devoir = models.CharField(max_length=30, blank=True, db_default="")
    source_id = models.UUIDField("fait de départ")
    role = models.CharField("pour", max_length=30, choices=Role.choices)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="taches", null=True
    )
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="taches", null=True)
    visible_le = models.DateField("à partir du")
    due_le = models.DateField("avant le")
    caduque_le = models.DateField("sans objet à partir du", null=True)
    legale = models.BooleanField("date légale")
    regle = models.CharField("règle", max_length=10, blank=True)
    # When the database wrote what this row now says: calendars are told.
    change_at = models.DateTimeField("changé à", db_default=Now(), editable=False)

    class Meta:
        verbose_name = "tâche"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "genre", "source_id", "devoir"], name="tache_unique"
            ),
            models.CheckConstraint(
                name="tache_devoir_nomme",
                condition=(Q(genre="devoir") & ~Q(devoir="")) | (~Q(genre="devoir") & Q(devoir="")),
            ),
        ]
        indexes = [
            # Most tasks of a département have no object any more: this one skips them.
            models.Index(fields=["departement", "role", "caduque_le"], name="tache_role"),
            models.Index(fields=["agent", "due_le"], name="tache_agent"),
            models.Index(fields=["organisation", "role", "due_le"], name="tache_organisation"),
        ]

    class Rls:
        portee = "tache"
        categorie = "devoirs"
        non_suivie = "projection recalculée"

    class Privacy:
        procedure = {
            "dossier", "departement", "genre", "devoir", "source_id", "role", "organisation",
            "agent", "visible_le", "due_le", "caduque_le", "legale", "regle",
        }  # fmt: skip
        technique = {"id", "change_at"}
        retention = "dossier"


class Empreinte(models.Model):
    """What a file was, facts and projections, when a whole recomputation changed nothing of it.

    While it is the same, under the same program, law and directory (`cadre`), there is nothing to
    recompute: see usecases/_empreintes.py. Thrown away, everything is recomputed.
    """

    dossier = models.OneToOneField(
        Dossier, on_delete=models.PROTECT, related_name="empreinte", primary_key=True
    )
    cadre = models.CharField(max_length=64)
    faits = models.BigIntegerField("empreinte des faits")
    projections = models.BigIntegerField("empreinte des projections")
    le = models.DateField("recalculé le")

    class Meta:
        verbose_name = "empreinte de recalcul"
        verbose_name_plural = "empreintes de recalcul"

    class Rls:
        categorie = "procedure"
        non_suivie = "vérifiée à chaque recalcul"

    class Privacy:
        procedure = {"dossier", "le"}
        technique = {"cadre", "faits", "projections"}
        retention = "dossier"


class Diligence(Record):
    """What an organisation says of a duty: done on a day with a proof, or without object and why.

    Of a task too, filed because it has no object any more: `devoir` is then its kind.

    A fact, not a projection: the duty is asked no more, and the dossier shows who did what.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="diligences")
    devoir = models.CharField(max_length=30)
    # The act that opened the stage: another act asks for the same duty again.
    source_id = models.UUIDField("acte de départ")
    faite_le = models.DateField("faite le")
    preuve = models.CharField(max_length=300, blank=True)
    sans_objet = models.BooleanField(default=False)
    motif = models.CharField("pourquoi sans objet", max_length=300, blank=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="diligences"
    )
    par = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="diligences")

    class Meta:
        verbose_name = "diligence"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "devoir", "source_id"], name="diligence_unique"
            ),
            models.CheckConstraint(
                name="diligence_prouvee_ou_motivee",
                condition=(Q(sans_objet=False, motif="") & ~Q(preuve=""))
                | (Q(sans_objet=True, preuve="") & ~Q(motif="")),
            ),
        ]
        indexes = [models.Index(fields=["organisation", "faite_le"], name="diligence_organisation")]

    class Rls:
        categorie = "devoirs"

    class Privacy:
        procedure = {
            "dossier", "devoir", "source_id", "faite_le", "preuve", "sans_objet", "motif",
        }  # fmt: skip
        technique = {"organisation", "par"}
        retention = "dossier"
        faits = ()
        tiers = ()
