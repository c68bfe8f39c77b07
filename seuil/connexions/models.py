"""Factors, open sessions, invitations, identities held elsewhere, tries, mails to agents."""

from django.db import models
from django.db.models import F, Q

from seuil.acteurs.models import Agent
from seuil.kernel.models import Record

_EMPREINTE = r"^[0-9a-f]{64}$"
_RETENTION = "habilitation"


class FacteurCode(Record):
    """The application whose codes of six digits an agent shows: one, once confirmed by a code.

    `dernier_pas` is the step of the last code accepted: a code serves once.
    """

    agent = models.OneToOneField(Agent, on_delete=models.PROTECT, related_name="facteur_code")
    secret = models.CharField("secret chiffré", max_length=300)
    dernier_pas = models.BigIntegerField("dernier code accepté")
    utilise_at = models.DateTimeField("dernière utilisation", null=True)

    class Meta:
        verbose_name = "application de codes"
        verbose_name_plural = "applications de codes"
        constraints = [
            models.CheckConstraint(name="facteur_code_pas", condition=Q(dernier_pas__gt=0)),
            # A secret that was not encrypted never starts so.
            models.CheckConstraint(
                name="facteur_code_chiffre",
                condition=Q(secret__startswith="gAAAA"),  # noqa: S106 - a mark, not a secret
            ),
        ]

    class Rls:
        portee = "titulaire"

    class Privacy:
        agent = {"agent", "utilise_at"}
        technique = {"secret", "dernier_pas"}
        retention = _RETENTION


class CleAcces(Record):
    """A passkey: kept by a phone, a computer or a security key, unlocked by its holder."""

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="cles_acces")
    nom = models.CharField(max_length=60)
    identifiant = models.CharField(max_length=400, unique=True)
    cle_publique = models.BinaryField("clé publique")
    compteur = models.BigIntegerField()
    utilise_at = models.DateTimeField("dernière utilisation", null=True)

    class Meta:
        verbose_name = "clé d’accès"
        verbose_name_plural = "clés d’accès"
        constraints = [
            models.UniqueConstraint(fields=["agent", "nom"], name="cle_acces_unique_nom"),
            models.CheckConstraint(name="cle_acces_compteur", condition=Q(compteur__gte=0)),
            models.CheckConstraint(
                name="cle_acces_identifiant",
                condition=Q(identifiant__regex=r"^[A-Za-z0-9_-]{16,}$"),
            ),
        ]

    class Rls:
        portee = "titulaire"

    class Privacy:
        agent = {"agent", "nom", "utilise_at"}
        technique = {"identifiant", "cle_publique", "compteur"}
        retention = _RETENTION


class CodeSecours(Record):
    """A code kept on paper, for the day when the phone is lost. It serves once."""

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="codes_secours")
    empreinte = models.CharField("empreinte du code", max_length=64, unique=True)
    utilise_at = models.DateTimeField("utilisé", null=True)

    class Meta:
        verbose_name = "code de secours"
        verbose_name_plural = "codes de secours"
        constraints = [
            models.CheckConstraint(
                name="code_secours_empreinte", condition=Q(empreinte__regex=_EMPREINTE)
            ),
        ]

    class Rls:
        portee = "titulaire"

    class Privacy:
        agent = {"agent", "utilise_at"}
        technique = {"empreinte"}
        retention = _RETENTION


class IdentiteExterne(Record):
    """The identity of an agent at a provider: its issuer and its subject, never the e-mail."""

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="identites")
    emetteur = models.CharField("émetteur", max_length=255)
    sujet = models.CharField(max_length=255)
    utilise_at = models.DateTimeField("dernière utilisation", null=True)

    class Meta:
        verbose_name = "identité externe"
        verbose_name_plural = "identités externes"
        constraints = [
            models.UniqueConstraint(fields=["emetteur", "sujet"], name="identite_externe_unique"),
            models.UniqueConstraint(
                fields=["agent", "emetteur"], name="identite_externe_par_agent"
            ),
            models.CheckConstraint(
                name="identite_externe_remplie", condition=~Q(emetteur="") & ~Q(sujet="")
            ),
        ]

    class Rls:
        portee = "titulaire"

    class Privacy:
        agent = {"agent", "emetteur", "sujet", "utilise_at"}
        retention = _RETENTION


class MoyenConnexion(models.TextChoices):
    CODE = "code", "Mot de passe et code de l’application"
    CLE = "cle", "Clé d’accès"
    SECOURS = "secours", "Mot de passe et code de secours"
    FOURNISSEUR = "fournisseur", "ProConnect"
    DEMONSTRATION = "demonstration", "Mot de passe seul (démonstration)"


class FinConnexion(models.TextChoices):
    DEPART = "depart", "Déconnexion"
    DUREE = "duree", "Durée maximale atteinte"
    INACTIVITE = "inactivite", "Inactivité"
    AGENT = "agent", "Fermée par l’agent"
    ADMINISTRATEUR = "administrateur", "Fermée par l’administrateur"
    MOT_DE_PASSE = "mot_de_passe", "Mot de passe changé"
    HABILITATION = "habilitation", "Compte fermé, suspendu ou habilitation finie"


class Connexion(Record):
    """A session of an agent: [ouverte_at, fin_at). The page « Mes connexions » lists them.

    Of the browser only its family and its kind of device are kept. `poste` stands for the browser
    among those that the account knows (throttling).
    """

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="connexions")
    moyen = models.CharField(max_length=20, choices=MoyenConnexion.choices)
    ouverte_at = models.DateTimeField("ouverte")
    vue_at = models.DateTimeField("dernière page")
    preuve_at = models.DateTimeField("dernière preuve")
    fin_at = models.DateTimeField("fin", null=True)
    fin_motif = models.CharField(
        "motif de la fin", max_length=20, choices=FinConnexion.choices, blank=True
    )
    navigateur = models.CharField(max_length=30)
    appareil = models.CharField(max_length=30)
    poste = models.CharField("empreinte du navigateur", max_length=64, blank=True)

    class Meta:
        verbose_name = "connexion"
        constraints = [
            models.CheckConstraint(
                name="connexion_fin",
                condition=(Q(fin_at=None) & Q(fin_motif=""))
                | (Q(fin_at__isnull=False, fin_at__gte=F("ouverte_at")) & ~Q(fin_motif="")),
            ),
            models.CheckConstraint(
                name="connexion_ordre",
                condition=Q(vue_at__gte=F("ouverte_at")) & Q(preuve_at__gte=F("ouverte_at")),
            ),
            models.CheckConstraint(
                name="connexion_poste", condition=Q(poste="") | Q(poste__regex=_EMPREINTE)
            ),
        ]
        indexes = [
            models.Index(fields=["agent"], condition=Q(fin_at=None), name="connexion_ouverte"),
            models.Index(fields=["agent", "poste"], name="connexion_poste_connu"),
        ]

    class Rls:
        portee = "titulaire"
        # Written at each reading, which is a line already.
        muettes = frozenset({"vue_at"})

    class Privacy:
        agent = {
            "agent", "moyen", "ouverte_at", "vue_at", "preuve_at", "fin_at", "fin_motif",
            "navigateur", "appareil",
        }  # fmt: skip
        technique = {"poste"}
        retention = "connexion"


class ObjetInvitation(models.TextChoices):
    ARRIVEE = "arrivee", "Arrivée : choisir un mot de passe et un second facteur"
    MOT_DE_PASSE = "mot_de_passe", "Mot de passe perdu : en choisir un autre"
    FACTEURS = "facteurs", "Téléphone perdu : tout choisir de nouveau"


class Invitation(Record):
    """A secret link that opens an account once, for seven days. Only its digest is kept."""

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="invitations")
    objet = models.CharField(max_length=20, choices=ObjetInvitation.choices)
    empreinte = models.CharField("empreinte SHA-256 du lien", max_length=64, unique=True)
    expire_at = models.DateTimeField("fin de validité")
    utilise_at = models.DateTimeField("utilisée", null=True)
    annule_at = models.DateTimeField("annulée", null=True)
    invite_par = models.ForeignKey(
        Agent, on_delete=models.PROTECT, null=True, related_name="invitations_faites"
    )

    class Meta:
        verbose_name = "invitation"
        constraints = [
            models.UniqueConstraint(
                fields=["agent"],
                condition=Q(utilise_at=None, annule_at=None),
                name="invitation_une_seule_ouverte",
            ),
            models.CheckConstraint(
                name="invitation_empreinte", condition=Q(empreinte__regex=_EMPREINTE)
            ),
            models.CheckConstraint(
                name="invitation_une_fin", condition=Q(utilise_at=None) | Q(annule_at=None)
            ),
        ]

    class Rls:
        portee = "machine"

    class Privacy:
        agent = {"agent", "objet", "expire_at", "utilise_at", "annule_at", "invite_par"}
        technique = {"empreinte"}
        retention = _RETENTION


class GenreEssai(models.TextChoices):
    MOT_DE_PASSE = "mot_de_passe", "Mot de passe"
    CODE = "code", "Second facteur"
    NUMERO = "numero", "Numéro de dossier"


class Essai(Record):
    """A try at a secret: who is tried, from where, when. Keys, never an address that can be read.

    Written before the secret is compared, so that two tries at once count for two.
    """

    genre = models.CharField(max_length=20, choices=GenreEssai.choices)
    compte = models.CharField("clé du compte", max_length=64)
    lieu = models.CharField("clé du navigateur ou de l’adresse", max_length=64)
    adresse = models.CharField("clé de l’adresse du réseau", max_length=64)
    connu = models.BooleanField("navigateur connu du compte")
    essaye_at = models.DateTimeField("essayé")
    reussi = models.BooleanField("réussi", default=False)

    class Meta:
        verbose_name = "essai de connexion"
        verbose_name_plural = "essais de connexion"
        constraints = [
            models.CheckConstraint(
                name="essai_cles",
                condition=Q(compte__regex=_EMPREINTE)
                & Q(lieu__regex=_EMPREINTE)
                & Q(adresse__regex=_EMPREINTE),
            ),
        ]
        indexes = [
            models.Index(fields=["compte", "essaye_at"], name="essai_compte"),
            models.Index(fields=["adresse", "essaye_at"], name="essai_adresse"),
        ]

    class Rls:
        portee = "machine"
        non_suivie = "essais comptés : chaque refus de connexion est une ligne"

    class Privacy:
        agent = {"essaye_at", "reussi"}
        technique = {"genre", "compte", "lieu", "adresse", "connu"}
        retention = "essai"


class Brouillon(Record):
    """What an agent was typing when its session ended: encrypted, its own alone, for a day.

    `adresse` stands for the page of the form; what it names cannot be read back.
    """

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="brouillons")
    adresse = models.CharField("clé de l’adresse", max_length=64)
    contenu = models.TextField("contenu chiffré")
    saisi_at = models.DateTimeField("saisi")

    class Meta:
        verbose_name = "brouillon"
        constraints = [
            models.UniqueConstraint(fields=["agent", "adresse"], name="brouillon_unique"),
            models.CheckConstraint(name="brouillon_cle", condition=Q(adresse__regex=_EMPREINTE)),
            models.CheckConstraint(
                name="brouillon_chiffre", condition=Q(contenu__startswith="gAAAA")
            ),
        ]

    class Rls:
        portee = "titulaire"
        non_suivie = "chiffré, à son auteur seul, effacé au bout d’un jour"

    class Privacy:
        agent = {"agent", "saisi_at", "contenu"}
        technique = {"adresse"}
        retention = "brouillon"


class GenreCourriel(models.TextChoices):
    LIEN = "lien", "Lien secret d’un compte"
    COMPTE = "compte", "Un compte a changé"
    ACCES = "acces", "Accès exceptionnel"
    ALERTE = "alerte", "Activité inhabituelle"


class IssueCourriel(models.TextChoices):
    AUCUNE = "", "Aucune"
    SERVEUR = "serveur", "le serveur de courrier ne répond pas"
    REFUS = "refus", "le serveur de courrier refuse ce message"
    INTERROMPU = "interrompu", "l’envoi a été interrompu deux fois"
    ILLISIBLE = "illisible", "la clé de l’instance a changé depuis"
    REMPLACE = "remplace", "un autre lien l’a remplacé"


class Courriel(Record):
    """A mail to send to an agent, written with the fact that it tells; the worker sends it.

    Its text may hold a secret link: encrypted, and erased as soon as it left or was given up. The
    address is the agent's own, read when it leaves.
    """

    destinataire = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="courriels")
    genre = models.CharField(max_length=20, choices=GenreCourriel.choices)
    contenu = models.TextField("objet et texte chiffrés", blank=True)
    ecrit_at = models.DateTimeField("écrit")
    prochain_at = models.DateTimeField("prochain essai", null=True)
    essais = models.PositiveSmallIntegerField("essais", default=0)
    # Given to the server without an answer yet: a worker killed meanwhile leaves it so.
    en_cours = models.BooleanField("essai en cours", default=False)
    interrompu = models.BooleanField("essai interrompu une fois", default=False)
    issue = models.CharField(max_length=20, choices=IssueCourriel.choices, blank=True)
    envoye_at = models.DateTimeField("envoyé", null=True)
    abandonne_at = models.DateTimeField("abandonné", null=True)

    class Meta:
        verbose_name = "courriel à un agent"
        verbose_name_plural = "courriels aux agents"
        constraints = [
            models.CheckConstraint(
                name="courriel_une_fin", condition=Q(envoye_at=None) | Q(abandonne_at=None)
            ),
            models.CheckConstraint(
                name="courriel_contenu",
                condition=Q(
                    envoye_at=None,
                    abandonne_at=None,
                    prochain_at__isnull=False,
                    contenu__startswith="gAAAA",
                )
                | (
                    Q(contenu="", prochain_at=None, en_cours=False)
                    & (Q(envoye_at__isnull=False) | Q(abandonne_at__isnull=False))
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["prochain_at"],
                condition=Q(envoye_at=None, abandonne_at=None),
                name="courriel_a_envoyer",
            ),
        ]

    class Rls:
        portee = "compte"
        secretes = frozenset({"contenu"})
        travaux_lisent = True
        non_suivie = "courriels en attente : chaque fait qu’ils disent a sa ligne"

    class Privacy:
        agent = {"destinataire", "ecrit_at", "envoye_at"}
        technique = {
            "genre", "contenu", "prochain_at", "essais", "en_cours", "interrompu", "issue",
            "abandonne_at",
        }  # fmt: skip
        retention = "courriel"
