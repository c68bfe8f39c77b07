"""A value of a file that somebody corrected: what it said before, kept."""

from django.db import models
from django.db.models import Q

from seuil.acteurs.models import Agent
from seuil.dossiers.models.dossier import Dossier
from seuil.dossiers.rules import CATEGORIE_PAR_GROUPE
from seuil.kernel.models import Record


class Correction(Record):
    """One value of a file, corrected or completed: what it was, what it is, who, when and why.

    `ligne` is the row that bears the value; a landlord's is shared by several files. The values are
    written as the database writes them.
    """

    class Motif(models.TextChoices):
        COMPLEMENT = "complement", "Appris depuis"
        SAISIE = "saisie", "Erreur de saisie"
        SOURCE = "source", "Erreur de la source"
        CHANGEMENT = "changement", "La situation a changé"
        DEMANDE = "demande", "Demandé par la personne"

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="corrections")
    groupe = models.CharField("sur", max_length=15)
    ligne = models.UUIDField("ligne corrigée")
    champ = models.CharField(max_length=30)
    avant = models.CharField(max_length=200, blank=True)
    apres = models.CharField("après", max_length=200, blank=True)
    motif = models.CharField(max_length=15, choices=Motif.choices)
    precision = models.CharField("précision", max_length=200, blank=True)
    corrigee_le = models.DateField("corrigée le")
    par = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="corrections")

    class Meta:
        verbose_name = "correction"
        constraints = [
            models.CheckConstraint(name="correction_change", condition=~Q(avant=models.F("apres")))
        ]
        indexes = [models.Index(fields=["ligne"], name="correction_ligne")]

    class Rls:
        categorie = "identite"
        par_valeur = ("groupe", CATEGORIE_PAR_GROUPE)

    class Privacy:
        identite = {"avant", "apres", "precision"}
        procedure = {"dossier", "groupe", "champ", "motif", "corrigee_le"}
        technique = {"ligne", "par"}
        retention = "dossier"
        faits = ()
        tiers = ()
