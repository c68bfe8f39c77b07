"""How a file was opened by hand, how it was closed and opened again."""

from django.db import models
from django.db.models import F, Q

from seuil.acteurs.models import Agent
from seuil.dossiers.models.dossier import Dossier
from seuil.kernel.models import Record


class Ouverture(Record):
    """A file opened by a person: what came, who told it, and why no file near was joined."""

    class Genre(models.TextChoices):
        APPEL = "appel", "Le ménage appelle ou se présente"
        SIGNALEMENT = "signalement", "Signalement d’impayé"
        SAISINE = "saisine_ccapex", "Saisine de la CCAPEX"
        COMMANDEMENT = "commandement", "Commandement de payer, sur papier"

    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, related_name="ouverture")
    genre = models.CharField("ce qui arrive", max_length=15, choices=Genre.choices)
    ouverte_le = models.DateField("ouvert à la main le")
    par = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="ouvertures")
    # Files near were shown: why this household is another one.
    autre_que = models.CharField("pourquoi un autre dossier", max_length=200, blank=True)

    class Meta:
        verbose_name = "ouverture à la main"
        verbose_name_plural = "ouvertures à la main"

    class Rls:
        categorie = "identite"

    class Privacy:
        procedure = {"dossier", "genre", "ouverte_le", "autre_que"}
        technique = {"par"}
        retention = "dossier"
        faits = ()
        tiers = ()


class Classement(Record):
    """A file closed for a reason: no list, task nor date has it; search does. It may open again."""

    class Motif(models.TextChoices):
        SOLDEE = "soldee", "Dette soldée ou plan tenu"
        RELOGE = "reloge", "Ménage relogé"
        PARTI = "parti", "Ménage parti ou expulsé"
        SANS_SUITE = "sans_suite", "Procédure abandonnée"
        DOUBLE = "double", "Autre dossier du même ménage"
        HORS = "hors", "Hors du champ de la prévention"
        AUTRE = "autre", "Autre motif"

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="classements")
    motif = models.CharField(max_length=15, choices=Motif.choices)
    precision = models.CharField("précision", max_length=200, blank=True)
    classe_le = models.DateField("classé le")
    par = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="classements")
    rouvert_le = models.DateField("rouvert le", null=True)
    rouvert_par = models.ForeignKey(
        Agent, on_delete=models.PROTECT, related_name="reouvertures", null=True
    )
    rouvert_motif = models.CharField("pourquoi rouvert", max_length=200, blank=True)

    class Meta:
        verbose_name = "classement"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(rouvert_le=None), name="classement_en_cours"
            ),
            models.CheckConstraint(
                name="classement_rouvert",
                condition=Q(rouvert_le=None, rouvert_par=None, rouvert_motif="")
                # A list that is applied by itself opens it again too.
                | Q(rouvert_le__gte=F("classe_le")) & ~Q(rouvert_motif=""),
            ),
        ]

    class Rls:
        categorie = "procedure"

    class Privacy:
        procedure = {
            "dossier", "motif", "precision", "classe_le", "rouvert_le", "rouvert_motif",
        }  # fmt: skip
        technique = {"par", "rouvert_par"}
        retention = "dossier"
        faits = ()
        tiers = ()
