"""The household's file and its dated facts."""

from collections.abc import Collection
from datetime import date, timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from seuil.acteurs.matrice import Portee, list_portees, load_matrice
from seuil.acteurs.models import Agent, Commune, Departement, Organisation, Role
from seuil.dossiers.rules import compute_empreinte
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
        reached = Q()
        liens = [p.relation for p in portees if matrice.relations[p.relation].lien]
        if liens:
            links = Acces.objects.filter(dossier=OuterRef("pk"))
            reached |= Q(Exists(links.held_by(agent, liens=liens, on=on)))
        for portee in portees:
            if portee.relation not in liens:
                reached |= _reach(portee, agent, on=on)
        return rows.filter(reached)

    def owed_by(self, agent: Agent, *, on: date) -> "DossierQuerySet":
        """Keep the files for which the agent's organisation has something to do, or just did it."""
        # The queue comes downstream: reached through the relations that it declares.
        due = self.model.objects.filter(
            Q(taches__caduque_le=None) | Q(taches__caduque_le__gt=on),
            taches__organisation=agent.organisation_id,
            taches__visible_le__lte=on,
        )
        since = on - timedelta(days=load_matrice().relations["saisine"].jours_apres)
        done = self.model.objects.filter(
            diligences__organisation=agent.organisation_id, diligences__faite_le__gt=since
        )
        return self.filter(Q(pk__in=due.values("pk")) | Q(pk__in=done.values("pk")))


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
    return stades & Q(pk__in=Dossier.objects.owed_by(agent, on=on).values("pk"))


class Dossier(Record):
    """One household at one address, from its first act to its classement."""

    numero = models.CharField("numéro", max_length=20, unique=True)
    departement = models.ForeignKey(Departement, on_delete=models.PROTECT, related_name="dossiers")
    parc = models.CharField(max_length=10, choices=Parc.choices, default=Parc.INCONNU)
    ouvert_le = models.DateField("ouvert le")
    # Normalised name, first name and address: the exact match of the import (actes/rules.py).
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


class Logement(Record):
    """The dwelling."""

    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, related_name="logement")
    adresse = models.CharField(max_length=200)
    complement = models.CharField("complément", max_length=150, blank=True)
    code_postal = models.CharField(max_length=5)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="logements")
    type_logement = models.CharField("type de logement", max_length=40, blank=True)

    class Meta:
        verbose_name = "logement"

    class Rls:
        categorie = "identite"

    class Privacy:
        contact = {"dossier", "adresse", "complement", "code_postal", "commune", "type_logement"}
        retention = "dossier"

    def __str__(self) -> str:
        return f"{self.adresse}, {self.code_postal} {self.commune}"


class Bailleur(Record):
    """A landlord, a person or a company, with its agency when there is one."""

    class Nature(models.TextChoices):
        PHYSIQUE = "physique", "Personne physique"
        SCI_FAMILIALE = "sci_familiale", "SCI familiale"
        MORALE = "morale", "Personne morale"
        SOCIAL = "social", "Bailleur social"
        INCONNUE = "inconnue", "Nature non précisée"

    departement = models.ForeignKey(Departement, on_delete=models.PROTECT, related_name="bailleurs")
    nature = models.CharField(max_length=20, choices=Nature.choices, default=Nature.INCONNUE)
    nom = models.CharField(max_length=150)
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    courriel = models.CharField(max_length=150, blank=True)
    mandataire = models.CharField("agence ou mandataire", max_length=150, blank=True)
    cle = models.CharField("clé de rapprochement", max_length=200)

    class Meta:
        verbose_name = "bailleur"
        constraints = [
            models.UniqueConstraint(fields=["departement", "cle"], name="bailleur_unique_cle")
        ]

    class Rls:
        portee = "bailleur"
        categorie = "bail_dette"

    class Privacy:
        identite = {"nom", "cle"}
        contact = {"telephone", "courriel", "mandataire"}
        technique = {"departement", "nature"}
        retention = "bailleur"

    def __str__(self) -> str:
        return self.nom


class Bail(Record):
    """The lease. `clause_duree` is the delay written in its clause résolutoire, when known."""

    class Clause(models.TextChoices):
        DEUX_MOIS = "2 mois", "2 mois"
        SIX_SEMAINES = "6 semaines", "6 semaines"
        INCONNUE = "", "non connue"

    class Terme(models.TextChoices):
        AVANCE = "avance", "d’avance (parc privé le plus souvent)"
        ECHU = "echu", "à terme échu (parc social le plus souvent)"

    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, related_name="bail")
    bailleur = models.ForeignKey(Bailleur, on_delete=models.PROTECT, related_name="baux", null=True)
    signe_le = models.DateField("signé le", null=True)
    clause_duree = models.CharField(
        "délai écrit dans la clause", max_length=12, choices=Clause.choices, blank=True
    )
    # Last renewal or tacit renewal: whether it brings the law of 2023 is disputed.
    reconduit_le = models.DateField("renouvelé ou reconduit le", null=True)
    terme = models.CharField(
        "loyer payable", max_length=6, choices=Terme.choices, blank=True, db_default=""
    )
    loyer = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    charges = models.DecimalField(max_digits=9, decimal_places=2, null=True)

    class Meta:
        verbose_name = "bail"
        verbose_name_plural = "baux"
        constraints = [
            models.CheckConstraint(
                name="bail_montants_positifs",
                condition=(Q(loyer=None) | Q(loyer__gte=0)) & (Q(charges=None) | Q(charges__gte=0)),
            )
        ]

    class Rls:
        categorie = "bail_dette"

    class Privacy:
        finance = {
            "dossier", "bailleur", "signe_le", "clause_duree", "reconduit_le", "terme", "loyer",
            "charges",
        }  # fmt: skip
        retention = "dossier"

    @property
    def empreinte(self) -> str:
        """What a form shows of the lease, so that nobody writes over what another just wrote."""
        return compute_empreinte(
            self.signe_le,
            self.reconduit_le,
            self.clause_duree,
            self.terme,
            self.loyer,
            self.charges,
        )


class Dette(Record):
    """The rent debt as stated on a day by a source; never overwritten."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="dettes")
    constatee_le = models.DateField("constatée le")
    montant = models.DecimalField(max_digits=10, decimal_places=2)
    source = models.CharField(max_length=100)

    class Meta:
        verbose_name = "dette"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "constatee_le", "source"], name="dette_unique"
            ),
            models.CheckConstraint(name="dette_positive", condition=Q(montant__gte=0)),
        ]

    class Rls:
        categorie = "bail_dette"

    class Privacy:
        finance = {"dossier", "constatee_le", "montant", "source"}
        retention = "dossier"


class AideLogement(Record):
    """The monthly housing aid as a source states it: its amount and to whom it is paid."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="aides_logement")
    constatee_le = models.DateField("constatée le")
    montant = models.DecimalField("montant mensuel", max_digits=9, decimal_places=2)
    tiers_payant = models.BooleanField("versée au bailleur")
    source = models.CharField(max_length=100)

    class Meta:
        verbose_name = "aide au logement"
        verbose_name_plural = "aides au logement"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "constatee_le", "source"], name="aide_logement_unique"
            ),
            models.CheckConstraint(name="aide_logement_positive", condition=Q(montant__gte=0)),
        ]

    class Rls:
        categorie = "ressources"

    class Privacy:
        finance = {"dossier", "constatee_le", "montant", "tiers_payant", "source"}
        retention = "dossier"


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
        retention = "dossier"


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
