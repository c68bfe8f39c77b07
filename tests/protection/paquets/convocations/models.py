"""A table whose parent is a mandate, not the file."""

from django.db import models

from seuil.accompagnements.models import Mandat
from seuil.kernel.cartes import Fait
from seuil.kernel.models import Record


class Convocation(Record):
    """The household asked to come, for the mandate."""

    class Issue(models.TextChoices):
        VENU = "venu", "Le ménage est venu"
        ABSENT = "absent", "Le ménage n’est pas venu"

    mandat = models.ForeignKey(Mandat, on_delete=models.PROTECT, related_name="+")
    tenue_le = models.DateField("tenue le")
    issue = models.CharField(max_length=10, choices=Issue.choices)
    texte = models.TextField()
    accompagnants = models.CharField(max_length=200)

    class Meta:
        verbose_name = "convocation"
        verbose_name_plural = "convocations"

    class Rls:
        categorie = "accompagnement"
        chemin = ("mandat",)

    class Privacy:
        social = {"mandat", "tenue_le", "issue", "texte", "accompagnants"}
        retention = "dossier"
        faits = (Fait("convocation", le="tenue_le", contact=True, si={"issue": ("venu",)}),)
        tiers = {"accompagnants": "nomme d’autres personnes présentes"}
