"""Why the procedure was started."""

from django.db import models

from seuil.dossiers.models.dossier import Dossier
from seuil.kernel.models import Record


class MotifProcedure(Record):
    """A motive of the procedure; several may add up."""

    class Nature(models.TextChoices):
        IMPAYE = "impaye", "Impayé de loyer ou de charges"
        ASSURANCE = "assurance", "Défaut d’assurance"
        TROUBLES = "troubles", "Troubles de jouissance"
        OCCUPATION = "occupation", "Occupation sans droit ni titre"
        CONGE = "conge", "Congé pour vendre, reprendre ou motif légitime"
        SOUS_LOCATION = "sous_location", "Sous-location ou cession interdite"
        AUTRE = "autre", "Autre motif"

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="motifs")
    nature = models.CharField("motif", max_length=15, choices=Nature.choices)
    connu_le = models.DateField("connu le")
    source = models.CharField(max_length=100)

    class Meta:
        verbose_name = "motif de la procédure"
        verbose_name_plural = "motifs de la procédure"
        constraints = [
            models.UniqueConstraint(fields=["dossier", "nature"], name="motif_unique"),
        ]

    class Rls:
        categorie = "procedure"

    class Privacy:
        procedure = {"dossier", "nature", "connu_le", "source"}
        retention = "dossier"
        faits = ()
