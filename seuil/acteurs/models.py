"""Territories, organisations and agents."""

import hashlib
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.crypto import salted_hmac

from seuil.acteurs.matrice import load_matrice
from seuil.acteurs.rules import (
    DEMONSTRATION_FERMEE,
    fold_courriel,
    is_demonstration,
    why_not_habilite,
)
from seuil.kernel.models import Record, new_id


class Departement(models.Model):
    """A département, by its official code."""

    code = models.CharField(primary_key=True, max_length=3)
    nom = models.CharField(max_length=60)

    class Meta:
        verbose_name = "département"

    class Rls:
        portee = "reference"
        non_suivie = "référentiel public"

    class Privacy:
        technique = {"code", "nom"}
        retention = "referentiel"

    def __str__(self) -> str:
        return self.nom


class Arrondissement(models.Model):
    """An arrondissement (sous-préfecture), by its official code."""

    code = models.CharField(primary_key=True, max_length=4)
    nom = models.CharField(max_length=80)
    departement = models.ForeignKey(
        Departement, on_delete=models.PROTECT, related_name="arrondissements"
    )

    class Meta:
        verbose_name = "arrondissement"

    class Rls:
        portee = "reference"
        non_suivie = "référentiel public"

    class Privacy:
        technique = {"code", "nom", "departement"}
        retention = "referentiel"

    def __str__(self) -> str:
        return self.nom


class Commune(models.Model):
    """A commune, by its official code, with its postal codes and centre (WGS84)."""

    code = models.CharField(primary_key=True, max_length=5)
    nom = models.CharField(max_length=100)
    departement = models.ForeignKey(Departement, on_delete=models.PROTECT, related_name="communes")
    arrondissement = models.ForeignKey(
        Arrondissement, on_delete=models.PROTECT, related_name="communes", null=True
    )
    epci = models.CharField("EPCI", max_length=120)
    codes_postaux = ArrayField(models.CharField(max_length=5))
    population = models.IntegerField()
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)

    class Meta:
        verbose_name = "commune"

    class Rls:
        portee = "reference"
        non_suivie = "référentiel public"

    class Privacy:
        technique = {
            "code", "nom", "departement", "arrondissement", "epci", "codes_postaux",
            "population", "latitude", "longitude",
        }  # fmt: skip
        retention = "referentiel"

    def __str__(self) -> str:
        return self.nom


class TypeOrganisation(models.TextChoices):
    DDETS = "ddets", "DDETS"
    PREFECTURE = "prefecture", "Préfecture"
    SOUS_PREFECTURE = "sous_prefecture", "Sous-préfecture"
    CONSEIL_DEPARTEMENTAL = "conseil_departemental", "Conseil départemental"
    METROPOLE = "metropole", "Métropole"
    CCAS = "ccas", "CCAS"
    CAF = "caf", "CAF"
    MSA = "msa", "MSA"
    ADIL = "adil", "ADIL"
    OPERATEUR = "operateur", "Opérateur de l’équipe mobile"
    BAILLEUR_SOCIAL = "bailleur_social", "Bailleur social"
    BAILLEUR_PRIVE = "bailleur_prive", "Bailleur privé ou agence"
    COMMISSAIRE = "commissaire", "Étude de commissaires de justice"
    BANQUE_DE_FRANCE = "banque_de_france", "Banque de France"
    SIAO = "siao", "SIAO"
    COMED = "comed", "COMED (DALO)"
    ACTION_LOGEMENT = "action_logement", "Action Logement"
    POLICE = "police", "Police ou gendarmerie"
    TRIBUNAL = "tribunal", "Tribunal judiciaire"
    AVOCATS = "avocats", "CDAD ou ordre des avocats"
    ASSOCIATION = "association", "Association ou fédération (UNPI, FNAIM, CNL, UDAF, CRPA)"
    COMMUNE = "commune", "Commune (mairie)"
    OPERATEUR_AHI = "operateur_ahi", "Opérateur de l’accueil, de l’hébergement et de l’insertion"
    CHEF_DE_FILE = "chef_de_file", "Chef de file du relogement"
    EMILE = "emile", "EMILE ou autre opérateur de terrain"
    PCB = "pcb", "Point Conseil Budget"
    EMPP = "empp", "Équipe mobile psychiatrie précarité (EMPP)"
    SAMU_SOCIAL = "samu_social", "SAMU social"
    CORIST = "corist", "CoRIST"
    SANTE = "sante", "Partenaire de santé"
    FRANCE_TRAVAIL = "france_travail", "France Travail"
    COMMISSAIRE_PAUVRETE = "commissaire_pauvrete", "Commissaire à la lutte contre la pauvreté"
    PDALHPD = "pdalhpd", "Comité responsable du PDALHPD"
    GREFFE = "greffe", "Greffe du tribunal"
    DIHAL = "dihal", "DIHAL"
    AUTRE = "autre", "Autre organisme"


class Organisation(Record):
    """An organisation of the département: partner, service or operator."""

    departement = models.ForeignKey(
        Departement, on_delete=models.PROTECT, related_name="organisations"
    )
    type = models.CharField(max_length=30, choices=TypeOrganisation.choices)
    nom = models.CharField(max_length=150)
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    courriel = models.EmailField(blank=True)
    adresse = models.CharField(max_length=250, blank=True)
    horaires = models.CharField(max_length=300, blank=True, default="", db_default="")
    communes = models.ManyToManyField(Commune, related_name="organisations", blank=True)
    siret = models.CharField("SIRET", max_length=14, null=True, blank=True)  # noqa: DJ001 - unknown
    # What follows @ in the addresses of its agents: nobody else is invited in its name.
    domaines = ArrayField(
        models.CharField(max_length=100),
        verbose_name="domaines d’adresses",
        default=list,
        db_default=models.Value("{}"),
    )
    # From that day on nobody turns to it: it stays for what it did.
    ferme_le = models.DateField("fermé le", null=True)

    class Meta:
        verbose_name = "organisme"
        constraints = [
            models.CheckConstraint(
                name="organisation_siret", condition=models.Q(siret__regex=r"^[0-9]{14}$")
            ),
            models.UniqueConstraint(fields=["departement", "nom"], name="organisation_unique_nom"),
            models.UniqueConstraint(
                fields=["departement", "siret"],
                condition=models.Q(siret__isnull=False, ferme_le=None),
                name="organisation_unique_siret",
            ),
        ]

    @property
    def relations(self) -> frozenset[str]:
        """Kinds of links that the matrix knows for the partners of such an organisation."""
        profil = load_matrice().find_profil(Role.PARTENAIRE, self.type)
        return frozenset(r.relation for r in profil.regles) if profil else frozenset()

    @property
    def serves_departement(self) -> bool:
        """Tell whether it serves the whole département: no commune, and a type that says so."""
        return not self.secteur and self.type in load_matrice().relations["secteur"].sans_commune

    @cached_property
    def secteur(self) -> frozenset[str]:
        """The communes that the directory says it serves; read once by request."""
        return frozenset(self.communes.values_list("code", flat=True).order_by("code"))

    def serves(self, commune: str) -> bool:
        """Tell whether a commune of its département is in its sector."""
        return self.serves_departement or commune in self.secteur

    class Rls:
        portee = "compte"

    class Privacy:
        technique = {
            "departement", "type", "nom", "telephone", "courriel", "adresse", "horaires",
            "communes", "siret", "domaines", "ferme_le",
        }  # fmt: skip
        retention = "annuaire"

    def __str__(self) -> str:
        return self.nom


class Interlocuteur(Record):
    """Who answers for what in an organisation, and for which communes: [debut, fin).

    A correction ends the row and writes another: what was told before stays.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="interlocuteurs"
    )
    nom = models.CharField("nom ou service", max_length=100)
    fonction = models.CharField(max_length=100, blank=True)
    sujet = models.CharField("répond de", max_length=150)
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    courriel = models.EmailField(blank=True)
    # None: wherever the organisation works.
    communes = models.ManyToManyField(Commune, related_name="interlocuteurs", blank=True)
    debut_le = models.DateField("depuis le")
    fin_le = models.DateField("jusqu’au", null=True)

    class Meta:
        verbose_name = "interlocuteur"
        constraints = [
            models.CheckConstraint(
                name="interlocuteur_periode",
                condition=models.Q(fin_le=None) | models.Q(fin_le__gte=models.F("debut_le")),
            ),
            models.UniqueConstraint(
                fields=["organisation", "nom", "sujet"],
                condition=models.Q(fin_le=None),
                name="interlocuteur_unique",
            ),
        ]

    class Rls:
        portee = "compte"

    class Privacy:
        agent = {
            "organisation", "nom", "fonction", "sujet", "telephone", "courriel", "communes",
            "debut_le", "fin_le",
        }  # fmt: skip
        retention = "annuaire"

    def __str__(self) -> str:
        return f"{self.nom} ({self.sujet})"


class NatureDecoupage(models.TextChoices):
    AGENCE_SOLIDARITE = "agence_solidarite", "Agences solidarités"
    CCAPEX_TERRITORIALE = "ccapex_territoriale", "CCAPEX territoriales"
    SECTEUR_OPERATEUR = "secteur_operateur", "Secteurs de l’opérateur"
    AUTRE = "autre", "Autre découpage"


class Decoupage(Record):
    """A local way of cutting a département into secteurs, beside the official ones."""

    departement = models.ForeignKey(
        Departement, on_delete=models.PROTECT, related_name="decoupages"
    )
    nature = models.CharField(max_length=30, choices=NatureDecoupage.choices)
    nom = models.CharField(max_length=100)

    class Meta:
        verbose_name = "découpage"
        constraints = [
            models.UniqueConstraint(fields=["departement", "nom"], name="decoupage_unique_nom"),
        ]

    class Rls:
        portee = "compte"

    class Privacy:
        technique = {"departement", "nature", "nom"}
        retention = "annuaire"

    def __str__(self) -> str:
        return self.nom


class Secteur(Record):
    """A part of a découpage, with the organisation that works there when one is known."""

    decoupage = models.ForeignKey(Decoupage, on_delete=models.PROTECT, related_name="secteurs")
    nom = models.CharField(max_length=100)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="secteurs"
    )
    communes = models.ManyToManyField(Commune, through="Rattachement", related_name="secteurs")

    class Meta:
        verbose_name = "secteur"
        constraints = [
            models.UniqueConstraint(fields=["decoupage", "nom"], name="secteur_unique_nom"),
            # What the migration's foreign key of Rattachement refers to.
            models.UniqueConstraint(fields=["id", "decoupage"], name="secteur_decoupage"),
        ]

    class Rls:
        portee = "compte"

    class Privacy:
        technique = {"decoupage", "nom", "organisation", "communes"}
        retention = "annuaire"

    def __str__(self) -> str:
        return self.nom


class Rattachement(Record):
    """A commune in a secteur: in one at most of each découpage.

    The découpage is written here for that constraint; the migration adds a foreign key on the pair
    (secteur, découpage), so that it is always the secteur's own.
    """

    decoupage = models.ForeignKey(Decoupage, on_delete=models.PROTECT, related_name="rattachements")
    secteur = models.ForeignKey(Secteur, on_delete=models.PROTECT, related_name="rattachements")
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="rattachements")

    class Meta:
        verbose_name = "rattachement d’une commune"
        verbose_name_plural = "rattachements de communes"
        constraints = [
            models.UniqueConstraint(
                fields=["decoupage", "commune"], name="rattachement_un_seul_secteur"
            ),
        ]

    class Rls:
        portee = "compte"

    class Privacy:
        technique = {"decoupage", "secteur", "commune"}
        retention = "annuaire"


class FormationCcapex(Record):
    """A formation of the CCAPEX of a département, as its own texts set it: [debut, fin)."""

    departement = models.ForeignKey(
        Departement, on_delete=models.PROTECT, related_name="formations"
    )
    nom = models.CharField(max_length=100)
    presidence = models.CharField("présidence", max_length=250, blank=True)
    secretariat = models.CharField("secrétariat", max_length=250, blank=True)
    perimetre = models.CharField("périmètre", max_length=150, blank=True)
    frequence = models.CharField("fréquence", max_length=250, blank=True)
    capacite = models.CharField("capacité", max_length=250, blank=True)
    menage_present = models.BooleanField("ménage présent", null=True)
    missions = models.CharField(max_length=1000, blank=True)
    membres = ArrayField(
        models.CharField(max_length=250), default=list, db_default=models.Value("{}")
    )
    debut_le = models.DateField("depuis le")
    fin_le = models.DateField("jusqu’au", null=True)

    class Meta:
        verbose_name = "formation de la CCAPEX"
        verbose_name_plural = "formations de la CCAPEX"
        constraints = [
            models.CheckConstraint(
                name="formation_periode",
                condition=models.Q(fin_le=None) | models.Q(fin_le__gte=models.F("debut_le")),
            ),
            models.UniqueConstraint(
                fields=["departement", "nom"],
                condition=models.Q(fin_le=None),
                name="formation_unique",
            ),
        ]

    class Rls:
        portee = "compte"

    class Privacy:
        technique = {
            "departement", "nom", "presidence", "secretariat", "perimetre", "frequence",
            "capacite", "menage_present", "missions", "membres", "debut_le", "fin_le",
        }  # fmt: skip
        retention = "annuaire"

    def __str__(self) -> str:
        return self.nom


class Role(models.TextChoices):
    SECRETARIAT = "secretariat", "Secrétariat de la CCAPEX"
    GESTIONNAIRE = "gestionnaire", "Gestionnaire de procédure"
    CHEF_EQUIPE = "chef_equipe", "Chef d’équipe"
    TRAVAILLEUR_SOCIAL = "travailleur_social", "Travailleur social"
    JURISTE = "juriste", "Juriste"
    PARTENAIRE = "partenaire", "Agent d’un organisme partenaire"
    CHARGE_MISSION = "charge_mission", "Chargé de mission"
    DIHAL = "dihal", "DIHAL"
    DPO = "dpo", "Délégué à la protection des données"
    ADMINISTRATEUR = "administrateur", "Administrateur"


class MotifSuspension(models.TextChoices):
    SOMMEIL = "sommeil", "Aucune connexion depuis longtemps"
    DECISION = "decision", "Décision d’un administrateur"


class AgentManager(BaseUserManager["Agent"]):
    def get_by_natural_key(self, username: str | None) -> "Agent":
        return self.get(courriel=fold_courriel(username or ""))


# What the application reads in place of a password that is not its business (droits.mot_de_passe).
_MASQUE = "empreinte$"


class MotDePasse(models.CharField):  # type: ignore[type-arg]
    """A password, asked of the database's function: the application may not read the column.

    It answers the holder and the machine; to anyone else, a digest, by which a session knows that
    the password did not change and of which nothing can be guessed.
    """

    def select_format(self, compiler: Any, sql: str, params: Any) -> Any:  # noqa: ARG002 - Django's
        table = sql.rpartition(".")[0]
        return f'droits.mot_de_passe({table}."id")', params

    def deconstruct(self) -> Any:
        """Return what the database stores: a column of text."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class Agent(AbstractBaseUser):
    """A person with an individual, dated habilitation in one organisation."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    password = MotDePasse("password", max_length=128)
    courriel = models.EmailField("adresse électronique", unique=True)
    nom = models.CharField(max_length=80)
    prenom = models.CharField("prénom", max_length=80)
    role = models.CharField("rôle", max_length=30, choices=Role.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="agents")
    departement = models.ForeignKey(Departement, on_delete=models.PROTECT, related_name="agents")
    habilite_le = models.DateField("habilité le")
    # The last day: the next one, signing in is refused until the administrator renews.
    habilite_jusqu_au = models.DateField("habilité jusqu’au")
    renouvele_le = models.DateField("habilitation renouvelée le", null=True)
    renouvele_par = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="renouvellements"
    )
    suspendu_le = models.DateField("suspendu le", null=True)
    suspendu_motif = models.CharField(
        "motif de la suspension", max_length=20, choices=MotifSuspension.choices, blank=True
    )
    # None: the machine, for an account that slept; or nobody knows any more.
    suspendu_par = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="suspensions"
    )
    reveille_le = models.DateField("réveillé le", null=True)
    administre_organisation = models.BooleanField(
        "invite les agents de son organisme", default=False
    )
    is_active = models.BooleanField("compte actif", default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    USERNAME_FIELD = "courriel"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = AgentManager()

    class Meta:
        verbose_name = "agent"
        constraints = [
            models.CheckConstraint(
                # Nobody writes back what was shown instead of a password.
                name="agent_mot_de_passe",
                condition=~models.Q(password__startswith=_MASQUE),
            ),
            models.CheckConstraint(
                # One spelling: what is typed is folded, then looked for (rules.fold_courriel).
                name="agent_courriel_plie",
                condition=models.Q(courriel=Lower("courriel")),
            ),
            models.CheckConstraint(
                name="agent_habilitation",
                condition=models.Q(habilite_jusqu_au__gte=models.F("habilite_le")),
            ),
            models.CheckConstraint(
                name="agent_renouvellement",
                # Renewed by a command, no agent did it: the journal names the machine.
                condition=models.Q(renouvele_par=None) | models.Q(renouvele_le__isnull=False),
            ),
            models.CheckConstraint(
                name="agent_suspension",
                condition=models.Q(suspendu_le=None, suspendu_motif="")
                | (models.Q(suspendu_le__isnull=False) & ~models.Q(suspendu_motif="")),
            ),
            models.CheckConstraint(
                name="agent_suspendu_par",
                condition=models.Q(suspendu_par=None)
                | models.Q(suspendu_le__isnull=False, suspendu_motif="decision"),
            ),
        ]
        indexes = [models.Index(fields=["organisation", "role"], name="agent_organisation_role")]

    class Rls:
        portee = "compte"
        secretes = frozenset({"password"})

    class Privacy:
        agent = {
            "courriel", "nom", "prenom", "role", "organisation", "departement", "habilite_le",
            "habilite_jusqu_au", "renouvele_le", "renouvele_par", "suspendu_le", "suspendu_motif",
            "suspendu_par", "reveille_le", "administre_organisation", "is_active", "password",
            "last_login",
        }  # fmt: skip
        retention = "habilitation"

    def __str__(self) -> str:
        return f"{self.prenom} {self.nom}"

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Return what a session keeps of the password: the same, whether it is read or masked."""
        seen = self.password
        if seen.startswith("!"):
            # Opens nothing: whatever follows the mark.
            seen = "!"
        elif not seen.startswith(_MASQUE):
            seen = _MASQUE + hashlib.sha256(seen.encode()).hexdigest()
        salt = "seuil.acteurs.Agent.get_session_auth_hash"
        return salted_hmac(salt, seen, secret=secret, algorithm="sha256").hexdigest()

    @property
    def profil(self) -> str:
        """The profile of the matrix: the role, told apart by the organisation for partners."""
        organisme = self.organisation.type if self.role == Role.PARTENAIRE else ""
        found = load_matrice().find_profil(self.role, organisme)
        return found.code if found else ""

    @property
    def author_id(self) -> str:
        return str(self.id)

    @property
    def author_label(self) -> str:
        return f"{self} ({self.get_role_display()})"

    def why_not_habilite(self, *, on: date) -> str | None:
        """Return the French reason why the account is closed on that day, or None."""
        if is_demonstration(self.courriel) and not settings.SEUIL_DEMO:
            return DEMONSTRATION_FERMEE
        return why_not_habilite(
            actif=self.is_active,
            suspendu=self.suspendu_motif,
            debut=self.habilite_le,
            fin=self.habilite_jusqu_au,
            on=on,
        )

    def has_module_perms(self, app_label: str) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_perm(self, perm: str, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        return False


class AbonnementAgenda(Record):
    """A secret address at which a calendar reads the agenda of one agent: [cree, revoque).

    The address itself is shown once and kept nowhere; only its digest is.
    """

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="abonnements_agenda")
    empreinte = models.CharField("empreinte SHA-256 de l’adresse", max_length=64, unique=True)
    cree_le = models.DateField("créé le")
    revoque_le = models.DateField("arrêté le", null=True)
    dernier_acces_at = models.DateTimeField("dernière lecture", null=True)

    class Meta:
        verbose_name = "abonnement à l’agenda"
        verbose_name_plural = "abonnements à l’agenda"
        constraints = [
            models.UniqueConstraint(
                fields=["agent"],
                condition=models.Q(revoque_le=None),
                name="abonnement_agenda_un_seul_ouvert",
            ),
            models.CheckConstraint(
                name="abonnement_agenda_empreinte",
                condition=models.Q(empreinte__regex=r"^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="abonnement_agenda_periode",
                condition=models.Q(revoque_le=None) | models.Q(revoque_le__gte=models.F("cree_le")),
            ),
        ]

    class Rls:
        portee = "titulaire"
        # Written at each reading, which is a line already.
        muettes = frozenset({"dernier_acces_at"})

    class Privacy:
        agent = {"agent", "cree_le", "revoque_le", "dernier_acces_at"}
        technique = {"empreinte"}
        retention = "habilitation"
