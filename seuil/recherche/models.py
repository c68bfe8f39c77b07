"""What a file is found by: a projection of its people, dwelling, phones and landlord."""

from django.db import models

from seuil.dossiers.models import Dossier
from seuil.kernel.models import new_id


class Mention(models.Model):
    """A word by which a file is found, and the thing of the file that says it.

    Compared for equality, or from its beginning on: row-level security lets an index serve these,
    and not a likeness. What is near a word is asked for word by word (`rules/mots.py`).
    """

    class Nature(models.TextChoices):
        PERSONNE = "personne", "nom"
        TELEPHONE = "telephone", "téléphone"
        ADRESSE = "adresse", "adresse"
        COMMUNE = "commune", "commune"
        BAILLEUR = "bailleur", "bailleur"
        TELEPHONE_BAILLEUR = "tel_bailleur", "téléphone du bailleur"
        MANDATAIRE = "mandataire", "agence ou mandataire"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="mentions")
    departement = models.CharField(max_length=3)
    nature = models.CharField(max_length=12, choices=Nature.choices)
    # The row that says it.
    source = models.UUIDField()
    mot = models.CharField(max_length=100, db_collation="C")
    # How a name sounds; empty for all that is not one.
    son = models.CharField(max_length=100, db_collation="C", blank=True)

    class Meta:
        verbose_name = "mention"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "mot", "nature", "source"], name="mention_unique"
            )
        ]
        indexes = [
            models.Index(fields=["departement", "mot"], name="mention_mot"),
            models.Index(fields=["departement", "son"], name="mention_son"),
        ]

    class Rls:
        categorie = "identite"
        par_valeur = (
            "nature",
            {
                "telephone": "contact",
                "bailleur": "bail_dette",
                "tel_bailleur": "bail_dette",
                "mandataire": "bail_dette",
            },
        )
        departement_direct = True
        non_suivie = "projection recalculée"

    class Privacy:
        identite = {"dossier", "departement", "nature", "source", "mot", "son"}
        technique = {"id"}
        retention = "dossier"
