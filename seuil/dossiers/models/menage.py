"""The household: people, composition, means of contact, social follow-up."""

from django.db import models
from django.db.models import Q

from seuil.acteurs.models import Agent, Organisation
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
    parti_le = models.DateField("parti le", null=True)

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
        identite = {"dossier", "qualite", "rang", "nom", "prenom", "ne_le", "parti_le"}
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

    class Fin(models.TextChoices):
        FAUX = "faux", "Faux numéro ou fausse adresse"
        CHANGE = "change", "N’est plus celui du ménage"
        REFUS = "refus", "Le ménage demande de ne plus l’utiliser"

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="coordonnees")
    type = models.CharField(max_length=10, choices=Type.choices)
    valeur = models.CharField(max_length=150)
    valide_du = models.DateField("valide du")
    valide_au = models.DateField("valide jusqu’au (exclu)", null=True)
    fin = models.CharField(
        "pourquoi elle ne vaut plus",
        max_length=10,
        choices=Fin.choices,
        blank=True,
        default="",
        db_default="",
    )
    source = models.CharField(max_length=100)

    class Meta:
        verbose_name = "coordonnée"
        constraints = [
            models.UniqueConstraint(fields=["dossier", "type", "valeur"], name="coordonnee_unique"),
            models.CheckConstraint(
                name="coordonnee_periode",
                condition=Q(valide_au=None) | Q(valide_au__gte=models.F("valide_du")),
            ),
        ]

    class Rls:
        categorie = "contact"

    class Privacy:
        contact = {"dossier", "type", "valeur", "valide_du", "valide_au", "fin", "source"}
        retention = "dossier"
        faits = ()
        tiers = ()


class SuiviSocial(Record):
    """What a social service says of the household: unknown, known, or silent to its requests.

    Told by a third party, or answered by an agent of the service itself (`par`): its answers to one
    file follow each other, each replacing the one before, which stays. One that says nothing
    (`situation` empty) withdraws the one it replaces.
    """

    class Situation(models.TextChoices):
        INCONNU = "inconnu", "Inconnu des services sociaux"
        CONNU = "connu", "Connu ou accompagné"
        SANS_REPONSE = "sans_reponse", "Sans réponse aux sollicitations"

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="suivis_sociaux")
    situation = models.CharField(max_length=15, choices=Situation.choices, blank=True)
    # Known is not followed: of who is followed, a worker already goes to the household.
    accompagne = models.BooleanField("accompagné", default=False, db_default=False)
    service = models.CharField(max_length=120, blank=True)
    mesure = models.CharField(max_length=120, blank=True)
    # The first of the month when the month alone is known.
    depuis_le = models.DateField("depuis le", null=True)
    constate_le = models.DateField("constaté le")
    source = models.CharField(max_length=100)
    # The service whose answer it is, when the directory names it: that closes what was asked of it.
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="suivis_sociaux", null=True
    )
    par = models.ForeignKey(
        Agent, on_delete=models.PROTECT, related_name="suivis_sociaux", null=True
    )
    # The act for which it was asked.
    acte_id = models.UUIDField("acte de départ", null=True)
    remplace = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="remplace_par", null=True
    )

    class Meta:
        verbose_name = "suivi social"
        verbose_name_plural = "suivis sociaux"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "constate_le", "source"],
                name="suivi_social_unique",
                condition=Q(par=None),
            ),
            # Two agents who answer at once: the second is refused, and told of the first.
            models.UniqueConstraint(
                fields=["dossier", "organisation"],
                name="suivi_social_premier",
                condition=Q(remplace=None, par__isnull=False),
            ),
            models.CheckConstraint(
                name="suivi_social_repondu",
                condition=(Q(par=None, acte_id=None, remplace=None) & ~Q(situation=""))
                | Q(organisation__isnull=False, par__isnull=False),
            ),
            models.CheckConstraint(
                name="suivi_social_accompagne", condition=Q(accompagne=False) | Q(situation="connu")
            ),
            models.CheckConstraint(
                name="suivi_social_retire",
                condition=~Q(situation="")
                | Q(remplace__isnull=False, mesure="", service="", depuis_le=None),
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "constate_le"],
                condition=Q(par__isnull=False),
                name="suivi_social_repondant",
            ),
        ]

    class Rls:
        categorie = "suivi"

    class Privacy:
        social = {
            "dossier", "situation", "accompagne", "service", "mesure", "depuis_le", "constate_le",
            "source",
        }  # fmt: skip
        technique = {"organisation", "par", "acte_id", "remplace"}
        retention = "dossier"
        faits = ()
        tiers = ()
