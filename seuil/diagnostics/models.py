"""The diagnostic social et financier, and what the team finds of the regularity of acts."""

from django.db import models
from django.db.models import Q

from seuil.actes.models import Acte
from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dossier
from seuil.kernel.cartes import Fait
from seuil.kernel.models import Record

_AVEC_MENAGE = {"fin": ("avec_menage",)}


class Dsf(Record):
    """A DSF: asked on a day, ended on a day in one of three ways, sent to judge and CCAPEX."""

    class Fin(models.TextChoices):
        AVEC_MENAGE = "avec_menage", "Réalisé avec le ménage"
        SANS_RENCONTRE = "sans_rencontre", "Réalisé sans rencontre"
        CARENCE = "carence", "Carence (courrier)"
        EN_COURS = "", "En cours"

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="dsf")
    demande_le = models.DateField("demandé le", null=True)
    organisme = models.CharField("organisme chargé", max_length=150, blank=True)
    fin = models.CharField("fin", max_length=15, choices=Fin.choices, blank=True)
    termine_le = models.DateField("terminé le", null=True)
    transmis_juge_le = models.DateField("transmis au juge le", null=True)
    transmis_ccapex_le = models.DateField("transmis à la CCAPEX le", null=True)
    par = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="dsf")

    class Meta:
        verbose_name = "diagnostic social et financier"
        verbose_name_plural = "diagnostics sociaux et financiers"
        constraints = [
            models.CheckConstraint(
                name="dsf_fin_datee",
                condition=(Q(fin="") & Q(termine_le=None))
                | (~Q(fin="") & Q(termine_le__isnull=False)),
            ),
            models.CheckConstraint(
                name="dsf_transmis_apres_fin",
                condition=Q(transmis_juge_le=None)
                | Q(transmis_juge_le__gte=models.F("termine_le")),
            ),
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(fin=""), name="dsf_un_seul_en_cours"
            ),
        ]
        indexes = [models.Index(fields=["termine_le"], name="dsf_termine")]

    class Rls:
        categorie = "dsf"

    class Privacy:
        social = {
            "dossier", "demande_le", "organisme", "fin", "termine_le", "transmis_juge_le",
            "transmis_ccapex_le",
        }  # fmt: skip
        technique = {"par"}
        retention = "dossier"
        faits = (
            Fait("dsf", le="termine_le", type="fin", contact=True, si=_AVEC_MENAGE),
            Fait("dsf_sans_rencontre", le="termine_le", type="fin", sauf=_AVEC_MENAGE),
        )
        tiers = ()


class ConstatRegularite(Record):
    """What a person found of one point of an act, on a day. Rows are added, never changed.

    `question` is an identifier of the checklists of engines/droit. The last row of a question is
    the finding that holds; the others are its history.
    """

    class Reponse(models.TextChoices):
        REGULIER = "regulier", "Régulier"
        IRREGULIER = "irregulier", "Irrégulier"
        SANS_OBJET = "sans_objet", "Sans objet"
        A_VERIFIER = "a_verifier", "À vérifier"

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="constats")
    acte = models.ForeignKey(Acte, on_delete=models.PROTECT, related_name="constats")
    question = models.CharField(max_length=10)
    reponse = models.CharField("réponse", max_length=12, choices=Reponse.choices)
    observation = models.CharField(max_length=1000, blank=True)
    constate_le = models.DateField("constaté le")
    par = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="constats")

    class Meta:
        verbose_name = "constat de régularité"
        verbose_name_plural = "constats de régularité"
        constraints = [
            models.CheckConstraint(
                name="constat_reponse",
                condition=Q(
                    reponse__in=["regulier", "irregulier", "sans_objet", "a_verifier"],
                ),
            ),
            models.CheckConstraint(name="constat_question", condition=~Q(question="")),
        ]
        indexes = [models.Index(fields=["acte", "question"], name="constat_acte_question")]

    class Rls:
        categorie = "regularite"

    class Privacy:
        procedure = {"dossier", "acte", "question", "reponse", "observation", "constate_le"}
        technique = {"par"}
        retention = "dossier"
        faits = ()
        tiers = ()
