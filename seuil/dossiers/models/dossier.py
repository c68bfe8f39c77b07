"""The file of one household at one address, and the dated links through which it is reached."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from seuil.acteurs.matrice import Portee, list_portees, load_matrice
from seuil.acteurs.models import Agent, Departement, Organisation, Role
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
        PostgreSQL enforces the same rules by other means (acteurs/rls.py).
        """
        matrice = load_matrice()
        profil = matrice.profils.get(agent.profil)
        portees = list_portees(profil.code, categorie, operation) if profil else ()
        if profil is None or not portees:
            return self.none()
        rows = self.filter(departement=agent.departement_id)
        if not profil.limites:
            rows = rows.filter(limite_le=None)
        whole = (0, len(matrice.stades) - 1)
        if any(p.relation == "departement" and (p.de, p.a) == whole for p in portees):
            return rows
        reached, ids = Q(), []
        liens = [p.relation for p in portees if matrice.relations[p.relation].lien]
        if liens:
            held = Acces.objects.held_by(agent, liens=liens, on=on)
            ids.append(held.order_by().values("dossier"))
        for portee in portees:
            if portee.relation == "saisine" and (portee.de, portee.a) == whole:
                ids += _list_owed(agent, on=on)
            elif portee.relation not in liens:
                reached |= _reach(portee, agent, on=on)
        return rows.filter(reached | _among(ids))

    def owed_by(self, agent: Agent, *, on: date) -> "DossierQuerySet":
        """Keep the files for which the agent's organisation has something to do, or just did it."""
        return self.filter(_among(_list_owed(agent, on=on)))


def _among(ids: Sequence[models.QuerySet[Any, Any]]) -> Q:
    """Keep the files of several lists; the lists lead to them, where conditions would read all."""
    if not ids:
        return Q()
    return Q(pk__in=ids[0].union(*ids[1:], all=True) if len(ids) > 1 else ids[0])


def _list_owed(agent: Agent, *, on: date) -> list[models.QuerySet[Any, Any]]:
    """Return the files that the organisation owes something, then those it just answered."""
    since = on - timedelta(days=load_matrice().relations["saisine"].jours_apres)
    # The queue comes downstream: reached through the relations that it declares.
    due, done = (
        Dossier._meta.get_field(name).related_model.objects.filter(  # noqa: SLF001 - public Meta
            organisation=agent.organisation_id
        )
        for name in ("taches", "diligences")
    )
    due = due.filter(Q(caduque_le=None) | Q(caduque_le__gt=on), visible_le__lte=on)
    return [due.values("dossier"), done.filter(faite_le__gt=since).values("dossier")]


def _reach(portee: Portee, agent: Agent, *, on: date) -> Q:
    """Return what makes a file reached by a relation that is not a dated link."""
    stades = Q(rang__gte=portee.de, rang__lte=portee.a)
    if portee.relation == "departement":
        return stades
    if portee.relation == "secteur":
        if agent.organisation.serves_departement:
            return stades
        return stades & Q(commune_code__in=agent.organisation.secteur)
    assert portee.relation == "saisine", portee.relation
    return stades & _among(_list_owed(agent, on=on))


class Dossier(Record):
    """One household at one address, from its first act to its classement."""

    numero = models.CharField("numéro", max_length=20, unique=True)
    departement = models.ForeignKey(Departement, on_delete=models.PROTECT, related_name="dossiers")
    parc = models.CharField(max_length=10, choices=Parc.choices, default=Parc.INCONNU)
    ouvert_le = models.DateField("ouvert le")
    # Normalised name, first name and address: the exact match of the import (actes/rules/lignes.py).
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
        ]

    class Rls:
        portee = "dossier"

    class Privacy:
        identite = {"cle"}
        contact = {"commune_code"}
        procedure = {"numero", "departement", "parc", "ouvert_le", "rang"}
        technique = {"limite_le"}
        retention = "dossier"

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

    class Privacy:
        technique = {"departement", "annee", "dernier"}
        retention = "reglage"


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

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="acces")
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
            models.Index(fields=["departement", "role"], name="acces_role", condition=~Q(role="")),
        ]

    class Rls:
        portee = "acces"

    class Privacy:
        technique = {
            "dossier", "departement", "relation", "role", "organisation", "agent", "debut_le",
            "fin_le", "expire_at", "motif",
        }  # fmt: skip
        retention = "dossier"
