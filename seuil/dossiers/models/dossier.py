"""The file of one household at one address."""

from datetime import date

from django.db import models

from seuil.acteurs.matrice import list_portees, load_matrice
from seuil.acteurs.models import Agent, Departement
from seuil.dossiers.models.relations import reached_by, reaches_all
from seuil.kernel.models import Record


class Parc(models.TextChoices):
    PRIVE = "prive", "Parc privé"
    SOCIAL = "social", "Parc social"
    INCONNU = "inconnu", "Parc non précisé"


class DossierQuerySet(models.QuerySet["Dossier"]):
    def visible_to(
        self, agent: Agent, *, on: date, categorie: str = "dossier", operation: str = "lire"
    ) -> "DossierQuerySet":
        """Keep the files of which the matrix opens `categorie` to the agent on that day.

        None by default. `dossier` stands for any category: the file is known to the agent.
        PostgreSQL enforces the same rules by other means.
        """
        profil = load_matrice().profils.get(agent.profil)
        portees = list_portees(profil.code, categorie, operation) if profil else ()
        if profil is None or not portees:
            return self.none()
        rows = self.filter(departement=agent.departement_id)
        if not profil.limites:
            rows = rows.filter(limite_le=None)
        if reaches_all(agent, categorie, operation):
            return rows
        return rows.filter(reached_by(portees, self.model.objects, agent, on=on))


class Dossier(Record):
    """One household at one address, from its first act to its classement."""

    numero = models.CharField("numéro", max_length=20, unique=True)
    departement = models.ForeignKey(Departement, on_delete=models.PROTECT, related_name="dossiers")
    parc = models.CharField(max_length=10, choices=Parc.choices, default=Parc.INCONNU)
    ouvert_le = models.DateField("ouvert le")
    # Normalised name, first name and address: the exact match of the import (actes/rules).
    cle = models.CharField("clé de rapprochement", max_length=400)
    # Where the procedure stands and where the dwelling is: what the rules of access compare. A
    # projection, carried here from `echeances` by a trigger of the database.
    rang = models.SmallIntegerField("rang du stade", default=0, db_default=0)
    commune_code = models.CharField(max_length=5, default="", db_default="", blank=True)
    # RGPD, art. 18: the file is kept and no longer used.
    limite_le = models.DateField("traitement limité depuis le", null=True)

    objects = DossierQuerySet.as_manager()

    class Meta:
        verbose_name = "dossier"
        constraints = [
            models.UniqueConstraint(fields=["departement", "cle"], name="dossier_unique_cle"),
        ]
        indexes = [
            models.Index(fields=["departement", "ouvert_le"], name="dossier_ouverture"),
            models.Index(fields=["commune_code", "rang"], name="dossier_secteur"),
            models.Index(fields=["departement", "rang"], name="dossier_stade"),
        ]

    class Rls:
        portee = "dossier"

    class Privacy:
        identite = {"cle"}
        contact = {"commune_code"}
        procedure = {"numero", "departement", "parc", "ouvert_le", "rang"}
        technique = {"limite_le"}
        retention = "dossier"
        faits = ()
        tiers = ()

    def __str__(self) -> str:
        return self.numero


class Compteur(models.Model):
    """The last number given in a département and a year: numbers have no gap."""

    departement = models.ForeignKey(Departement, on_delete=models.PROTECT, related_name="compteurs")
    annee = models.SmallIntegerField("année")
    dernier = models.IntegerField()

    class Meta:
        verbose_name = "compteur de dossiers"
        constraints = [
            models.UniqueConstraint(fields=["departement", "annee"], name="compteur_unique")
        ]

    class Rls:
        portee = "departement"
        categorie = "identite"
        non_suivie = "dernier numéro donné, sans contenu"

    class Privacy:
        technique = {"departement", "annee", "dernier"}
        retention = "reglage"
