"""What is kept beside the facts: documents, dates told."""

from django.db import models
from django.db.models import Q

from seuil.acteurs.models import Agent
from seuil.dossiers.models.dossier import Dossier
from seuil.kernel.cartes import Fait
from seuil.kernel.models import Record


class Document(Record):
    """A file attached to the dossier; its bytes are kept outside the database under its id."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="documents")
    nom = models.CharField(max_length=150)
    nature = models.CharField(max_length=60)
    type_mime = models.CharField(max_length=60)
    taille = models.IntegerField()
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    depose_le = models.DateField("déposé le")
    depose_par = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="documents")

    class Meta:
        verbose_name = "document"
        constraints = [
            models.UniqueConstraint(fields=["dossier", "empreinte"], name="document_unique")
        ]

    class Rls:
        categorie = "documents"

    class Privacy:
        social = {"dossier", "nom", "nature"}
        technique = {"type_mime", "taille", "empreinte", "depose_le", "depose_par"}
        retention = "dossier"
        faits = ()
        tiers = ()


class DateAnnoncee(Record):
    """A date of the procedure as it was told to someone: a fact, kept as told.

    The deadline computed since may differ, when the law or a fact changed; this row does not move.
    """

    class Destinataire(models.TextChoices):
        MENAGE = "menage", "au ménage"
        BAILLEUR = "bailleur", "au bailleur"
        PARTENAIRE = "partenaire", "à un partenaire"

    class Moyen(models.TextChoices):
        COURRIER = "courrier", "Courrier"
        COURRIEL = "courriel", "Courriel"
        TELEPHONE = "telephone", "Téléphone"
        ENTRETIEN = "entretien", "Entretien ou visite"

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="dates_annoncees")
    regle = models.CharField("règle", max_length=10)
    # The fact that starts the deadline: a dossier may have two deadlines of one rule.
    fait_id = models.UUIDField("fait de départ")
    annoncee_le = models.DateField("date annoncée")
    dite_le = models.DateField("dite le")
    a_qui = models.CharField("à qui", max_length=10, choices=Destinataire.choices)
    moyen = models.CharField(max_length=10, choices=Moyen.choices)
    source = models.CharField(max_length=100)
    notee_par = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="dates_annoncees")

    class Meta:
        verbose_name = "date annoncée"
        verbose_name_plural = "dates annoncées"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "regle", "fait_id", "annoncee_le", "dite_le", "a_qui", "moyen"],
                name="date_annoncee_unique",
            ),
            models.CheckConstraint(
                name="date_annoncee_sourcee", condition=~Q(regle="") & ~Q(source="")
            ),
            models.CheckConstraint(
                name="date_annoncee_choix",
                condition=Q(a_qui__in=["menage", "bailleur", "partenaire"])
                & Q(moyen__in=["courrier", "courriel", "telephone", "entretien"]),
            ),
        ]

    class Rls:
        categorie = "annonces"

    class Privacy:
        procedure = {
            "dossier", "regle", "fait_id", "annoncee_le", "dite_le", "a_qui", "moyen", "source",
        }  # fmt: skip
        technique = {"notee_par"}
        retention = "dossier"
        faits = (
            Fait(
                "annonce",
                le="dite_le",
                contact=True,
                si={"a_qui": {"menage"}, "moyen": {"telephone", "entretien"}},
            ),
        )
