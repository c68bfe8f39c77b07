"""The household: people, composition, means of contact, social follow-up."""

from django.db import models
from django.db.models import Q

from seuil.acteurs.models import Organisation
from seuil.dossiers.models.dossier import Dossier
from seuil.kernel.models import Record


class Personne(Record):
    """A person of the household."""

    class Qualite(models.TextChoices):
        TITULAIRE = "titulaire", "Titulaire du bail"
        CO_TITULAIRE = "co_titulaire", "Cotitulaire du bail"
        OCCUPANT = "occupant", "Occupant"
        ENFANT = "enfant", "Enfant"

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="personnes")
    qualite = models.CharField("qualité", max_length=20, choices=Qualite.choices)
    rang = models.SmallIntegerField(default=1)
    nom = models.CharField(max_length=100)
    prenom = models.CharField("prénom", max_length=100, blank=True)
    ne_le = models.DateField("né le", null=True)

    class Meta:
        verbose_name = "personne du ménage"
        verbose_name_plural = "personnes du ménage"
        constraints = [
            models.UniqueConstraint(fields=["dossier", "qualite", "rang"], name="personne_rang"),
            models.CheckConstraint(name="personne_nom", condition=~Q(nom="")),
        ]

    class Rls:
        categorie = "identite"

    class Privacy:
        identite = {"dossier", "qualite", "rang", "nom", "prenom", "ne_le"}
        retention = "dossier"
        faits = ()

    def __str__(self) -> str:
        return f"{self.nom} {self.prenom}".strip()


class Composition(Record):
    """How many adults and children live in the dwelling, as known on a day."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="compositions")
    adultes = models.SmallIntegerField(null=True)
    enfants = models.SmallIntegerField(null=True)
    constatee_le = models.DateField("constatée le")
    source = models.CharField(max_length=100)

    class Meta:
        verbose_name = "composition du ménage"
        verbose_name_plural = "compositions du ménage"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "constatee_le", "source"], name="composition_unique"
            )
        ]

    class Rls:
        categorie = "identite"

    class Privacy:
        social = {"dossier", "adultes", "enfants", "constatee_le", "source"}
        retention = "dossier"
        faits = ()


class Coordonnee(Record):
    """A phone number or an e-mail address of the household, with its validity."""

    class Type(models.TextChoices):
        TELEPHONE = "telephone", "Téléphone"
        COURRIEL = "courriel", "Courriel"

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="coordonnees")
    type = models.CharField(max_length=10, choices=Type.choices)
    valeur = models.CharField(max_length=150)
    valide_du = models.DateField("valide du")
    valide_au = models.DateField("valide jusqu’au (exclu)", null=True)
    source = models.CharField(max_length=100)

    class Meta:
        verbose_name = "coordonnée"
        constraints = [
            models.UniqueConstraint(fields=["dossier", "type", "valeur"], name="coordonnee_unique")
        ]

    class Rls:
        categorie = "contact"

    class Privacy:
        contact = {"dossier", "type", "valeur", "valide_du", "valide_au", "source"}
        retention = "dossier"
        faits = ()
        tiers = ()


class SuiviSocial(Record):
    """What a social service says of the household: unknown, known, or silent to its requests."""

    class Situation(models.TextChoices):
        INCONNU = "inconnu", "Inconnu des services sociaux"
        CONNU = "connu", "Connu ou accompagné"
        SANS_REPONSE = "sans_reponse", "Sans réponse aux sollicitations"

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="suivis_sociaux")
    situation = models.CharField(max_length=15, choices=Situation.choices)
    service = models.CharField(max_length=120, blank=True)
    mesure = models.CharField(max_length=120, blank=True)
    constate_le = models.DateField("constaté le")
    source = models.CharField(max_length=100)
    # The service whose answer it is, when the directory names it: that closes what was asked of it.
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="suivis_sociaux", null=True
    )

    class Meta:
        verbose_name = "suivi social"
        verbose_name_plural = "suivis sociaux"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "constate_le", "source"], name="suivi_social_unique"
            )
        ]

    class Rls:
        categorie = "suivi"

    class Privacy:
        social = {"dossier", "situation", "service", "mesure", "constate_le", "source"}
        technique = {"organisation"}
        retention = "dossier"
        faits = ()
        tiers = ()
