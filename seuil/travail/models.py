"""What is due, for whom, why, by when: a projection."""

from django.db import models

from seuil.acteurs.models import Agent, Organisation, Role
from seuil.dossiers.models import Dossier
from seuil.kernel.models import new_id


class Tache(models.Model):
    """A thing to do for one dossier. It disappears when the thing is done."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="taches")
    departement = models.CharField(max_length=3)
    # A key of travail.rules.GENRES: label, reason, address of the page where it is done.
    genre = models.CharField(max_length=40)
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

    class Meta:
        verbose_name = "tâche"
        constraints = [
            models.UniqueConstraint(fields=["dossier", "genre", "source_id"], name="tache_unique")
        ]
        indexes = [
            # Most tasks of a département have no object any more: this one skips them.
            models.Index(fields=["departement", "role", "caduque_le"], name="tache_role"),
            models.Index(fields=["agent", "due_le"], name="tache_agent"),
            models.Index(fields=["organisation", "role", "due_le"], name="tache_organisation"),
        ]

    class Privacy:
        procedure = {
            "dossier", "departement", "genre", "source_id", "role", "organisation", "agent",
            "visible_le", "due_le", "caduque_le", "legale", "regle",
        }  # fmt: skip
        technique = {"id"}
        retention = "projection : recalculée, vit avec le dossier"
