"""A file that a partner proposes to open: the secretariat accepts or refuses it, and says why."""

from django.db import models
from django.db.models import Q

from seuil.acteurs.models import Agent, Departement, Organisation
from seuil.dossiers.models import Dossier, Ouverture
from seuil.kernel.models import Record


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
