"""The dated links through which a file is reached."""

from collections.abc import Collection
from datetime import date

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from seuil.acteurs.models import Agent, Organisation, Role
from seuil.kernel.models import Record


class AccesQuerySet(models.QuerySet["Acces"]):
    def open(self, *, on: date) -> "AccesQuerySet":
        """Keep the links that run on that day."""
        return self.filter(
            Q(fin_le=None) | Q(fin_le__gt=on),
            Q(expire_at=None) | Q(expire_at__gt=Now()),
            debut_le__lte=on,
        )

    def held_by(self, agent: Agent, *, liens: Collection[str], on: date) -> "AccesQuerySet":
        """Keep the links of those kinds that run on that day and name the agent."""
        mine = Q(agent=agent.pk) | Q(organisation=agent.organisation_id)
        if Acces.Relation.INSTRUCTION in liens:
            # The only link that names a role.
            mine |= Q(role=agent.role, departement=agent.departement_id)
        return self.open(on=on).filter(mine, relation__in=liens)


class Acces(Record):
    """A dated link that lets a role, an organisation or one agent reach a file: [debut, fin)."""

    class Relation(models.TextChoices):
        INSTRUCTION = "instruction", "Service instructeur"
        MANDAT = "mandat", "Dossier confié à l’opérateur"
        AFFECTATION = "affectation", "Dossier affecté à une personne"
        BAILLEUR = "bailleur", "Bailleur du logement"
        DESTINATAIRE = "destinataire", "Organisme désigné par le secrétariat"
        BRIS_DE_GLACE = "bris_de_glace", "Accès exceptionnel de 24 heures"

    dossier = models.ForeignKey("Dossier", on_delete=models.PROTECT, related_name="acces")
    # The dossier's, written by a trigger of the database: the rules of access compare it.
    departement = models.CharField(max_length=3, blank=True, default="", db_default="")
    relation = models.CharField(max_length=20, choices=Relation.choices)
    role = models.CharField(max_length=30, choices=Role.choices, blank=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="acces", null=True
    )
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="acces", null=True)
    debut_le = models.DateField("à partir du")
    fin_le = models.DateField("jusqu’au (exclu)", null=True)
    # An exceptional access ends at an hour, not at the end of a day.
    expire_at = models.DateTimeField("expire à", null=True)
    motif = models.CharField(max_length=300, blank=True, db_default="")
    # The data protection officer read an exceptional access again: it no longer counts.
    relu_le = models.DateField("relu le", null=True)
    relu_par = models.ForeignKey(
        Agent, on_delete=models.PROTECT, related_name="acces_relus", null=True
    )

    objects = AccesQuerySet.as_manager()

    class Meta:
        verbose_name = "accès à un dossier"
        constraints = [
            models.CheckConstraint(
                name="acces_un_destinataire",
                condition=Q(relation="instruction", organisation=None, agent=None) & ~Q(role="")
                | Q(
                    relation__in=["mandat", "bailleur", "destinataire"],
                    role="",
                    agent=None,
                    organisation__isnull=False,
                )
                | Q(
                    relation__in=["affectation", "bris_de_glace"],
                    role="",
                    organisation=None,
                    agent__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="acces_exceptionnel_motive",
                condition=Q(relation="bris_de_glace", expire_at__isnull=False, fin_le__isnull=False)
                & ~Q(motif="")
                | ~Q(relation="bris_de_glace") & Q(expire_at=None),
            ),
            models.CheckConstraint(
                name="acces_relu",
                condition=Q(relu_le=None, relu_par=None)
                | Q(relation="bris_de_glace", relu_le__isnull=False, relu_par__isnull=False),
            ),
            models.CheckConstraint(
                name="acces_destinataire_motive",
                condition=~Q(relation="destinataire") | ~Q(motif=""),
            ),
            models.CheckConstraint(
                name="acces_periode", condition=Q(fin_le=None) | Q(fin_le__gte=models.F("debut_le"))
            ),
            models.UniqueConstraint(
                fields=["dossier", "relation", "role", "organisation", "agent"],
                condition=Q(fin_le=None),
                nulls_distinct=False,
                name="acces_un_seul_ouvert",
            ),
        ]
        indexes = [
            models.Index(fields=["agent", "dossier"], name="acces_agent"),
            models.Index(fields=["organisation", "dossier"], name="acces_organisation"),
            # Thousands, read at each page of the role: with all that says whether a link runs.
            models.Index(
                fields=["departement", "role", "relation"],
                include=["dossier", "debut_le", "fin_le", "expire_at"],
                name="acces_role",
                condition=~Q(role=""),
            ),
        ]

    class Rls:
        portee = "acces"

    class Privacy:
        technique = {
            "dossier", "departement", "relation", "role", "organisation", "agent", "debut_le",
            "fin_le", "expire_at", "motif", "relu_le", "relu_par",
        }  # fmt: skip
        retention = "dossier"
        faits = ()
        tiers = ()
