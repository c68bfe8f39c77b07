"""What the columns of a list mean, and how a row becomes an act or is refused with a remedy."""

import difflib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import TypeVar

from seuil.dossiers.rules import MenageRecu, compute_cle, normalise
from seuil.engines import tabular
from seuil.engines.tabular import Cell, CellRefused

T = TypeVar("T")

LABELS_TYPE: Mapping[str, str] = {
    "commandement": "commandement de payer",
    "assignation": "assignation",
    "audience": "audience",
    "jugement": "jugement",
    "cql": "commandement de quitter les lieux",
    "rfp": "réquisition de la force publique",
    "cfp": "décision de concours de la force publique",
    "expulsion": "expulsion",
}

# Kinds of facts that the matrix of accesses keeps apart from the rest of the procedure.
CATEGORIE_PAR_TYPE: Mapping[str, str] = {
    "rfp": "concours",
    "cfp": "concours",
    "expulsion": "concours",
    "evaluation_police": "evaluation_police",
    "dalo": "dalo",
}

# Kinds of facts that bear a sense, and the senses each may bear.
SENS_PAR_TYPE: Mapping[str, tuple[str, ...]] = {
    "jugement": ("resiliation", "delais", "rejet", "desistement"),
    "signification": ("fond", "refere"),
    "cfp": ("accord", "refus", "report"),
    "surendettement": (
        "depot", "recevable", "irrecevable", "suspension", "mesures", "effacement", "fin",
    ),
    "plan_apurement": ("signe", "rompu"),
    "pcs": ("signe", "rompu"),
    "dalo": ("recours", "reconnu", "rejet", "offre"),
}  # fmt: skip
# Without its sense the fact says nothing. The first judgments of the lists came without theirs.
SENS_OBLIGATOIRE = frozenset(SENS_PAR_TYPE) - {"jugement", "signification"}

# An act older than that in a list of the month is probably a wrong date: a person looks.
_OLD_ACT_DAYS = 3 * 365
# A debt above that is probably a wrong column or a lost comma.
_LARGE_AMOUNT = Decimal(200_000)


@dataclass(frozen=True, slots=True)
class Champ:
    """A field that a column can mean, and the headers by which lists call it."""

    code: str
    libelle: str
    synonymes: tuple[str, ...]
    obligatoire: bool = False


@dataclass(frozen=True, slots=True)
class Motif:
    """Why a row is refused or to be looked at: which column, what, and what to do."""

    colonne: str
    motif: str
    remede: str

    def as_dict(self) -> dict[str, str]:
        return {"colonne": self.colonne, "motif": self.motif, "remede": self.remede}


@dataclass(slots=True)
class ActeRecu:
    """An act and its household, as one accepted row gives them."""

    menage: MenageRecu
    survenu_le: date
    recu_le: date | None = None
    audience_le: date | None = None
    audience_heure: time | None = None
    juridiction: str = ""
    montant: Decimal | None = None
    sens: str = ""
    delai_jusqu_au: date | None = None
    reference: str = ""


@dataclass(slots=True)
class LigneLue:
    """What was understood of a row: its state, its reasons, its act when there is one."""

    numero: int
    etat: str
    motifs: list[Motif] = field(default_factory=list)
    acte: ActeRecu | None = None


_CHAMPS = (
    Champ("nom", "Nom du locataire", (
        "nom", "nom locataire", "nom du locataire", "nom de famille", "nom occupant",
        "nom du ménage", "nom débiteur", "locataire nom", "locataire", "nom titulaire",
        "nom d'usage", "nom usuel", "défendeur", "nom du défendeur",
    ), obligatoire=True),
    Champ("prenom", "Prénom du locataire", (
        "prénom", "prénom locataire", "prénom du locataire", "prénoms", "locataire prénom",
        "prénom titulaire", "prénom occupant", "prénom débiteur",
    )),
    Champ("ne_le", "Date de naissance", (
        "date de naissance", "né le", "née le", "né(e) le", "naissance", "ddn",
    )),
    Champ("nom2", "Nom du cotitulaire", (
        "nom cotitulaire", "nom co-titulaire", "nom conjoint", "nom colocataire", "cotitulaire",
        "nom du conjoint", "nom 2",
    )),
    Champ("prenom2", "Prénom du cotitulaire", (
        "prénom cotitulaire", "prénom co-titulaire", "prénom conjoint", "prénom colocataire",
        "prénom du conjoint", "prénom 2",
    )),
    Champ("adresse", "Adresse du logement", (
        "adresse", "adresse du logement", "adresse logement", "adresse locataire", "adresse 1",
        "adresse du bien", "adresse des lieux", "voie", "numéro et voie", "rue", "lieux loués",
        "adresse du locataire", "adresse postale", "logement",
    ), obligatoire=True),
    Champ("complement", "Complément d’adresse", (
        "complément", "complément adresse", "complément d'adresse", "adresse 2", "bâtiment",
        "étage", "appartement", "résidence",
    )),
    Champ("code_postal", "Code postal", (
        "code postal", "cp", "code postal logement", "cp logement", "code postal du logement",
        "cp locataire", "code post",
    )),
    Champ("commune", "Commune", (
        "commune", "ville", "commune logement", "commune du logement", "localité",
        "ville logement", "ville du logement", "commune locataire",
    )),
    Champ("code_commune", "Code INSEE de la commune", (
        "code insee", "insee", "code commune", "code officiel commune", "commune insee",
    )),
    Champ("telephone", "Téléphone du ménage", (
        "téléphone", "tel", "tél", "téléphone locataire", "tel locataire", "portable", "mobile",
        "numéro de téléphone", "téléphone du ménage", "téléphone portable",
    )),
    Champ("courriel", "Courriel du ménage", (
        "courriel", "email", "e-mail", "mail", "adresse électronique", "courriel locataire",
        "mail locataire", "adresse mail",
    )),
    Champ("adultes", "Nombre d’adultes", (
        "adultes", "nombre d'adultes", "nb adultes", "nombre adultes",
    )),
    Champ("enfants", "Nombre d’enfants", (
        "enfants", "nombre d'enfants", "nb enfants", "nombre enfants", "enfants à charge",
        "personnes à charge",
    )),
    Champ("acte_le", "Date de l’acte", (
        "date de l'acte", "date acte", "date", "date de signification", "signifié le",
        "date signification", "signification", "date d'effet", "acte du",
    ), obligatoire=True),
    Champ("recu_le", "Reçu par le préfet le", (
        "date de réception", "reçu le", "date réception préfecture", "réception préfecture",
        "date de réception préfecture", "date de réception par la préfecture", "date réception",
        "notifié au préfet le", "date de notification au préfet", "notification préfet",
        "date de saisine du préfet", "date notification",
    )),
    Champ("audience_le", "Date de l’audience", (
        "date d'audience", "date audience", "audience", "audience le", "date de l'audience",
    )),
    Champ("audience_heure", "Heure de l’audience", (
        "heure", "heure d'audience", "heure audience", "heure de l'audience",
    )),
    Champ("juridiction", "Tribunal", (
        "tribunal", "juridiction", "tribunal judiciaire", "tribunal compétent",
    )),
    Champ("montant", "Montant de la dette", (
        "montant", "montant de la dette", "dette", "montant dette", "montant réclamé",
        "montant impayé", "impayé", "impayés", "montant de l'impayé", "montant des impayés",
        "somme réclamée", "principal", "dette locative", "montant du commandement", "arriéré",
        "montant cdp",
    )),
    Champ("loyer", "Loyer mensuel", (
        "loyer", "loyer mensuel", "montant du loyer", "loyer hors charges", "loyer hc",
        "montant loyer",
    )),
    Champ("charges", "Charges mensuelles", (
        "charges", "charges mensuelles", "provision pour charges", "montant des charges",
        "provision charges",
    )),
    Champ("bail_le", "Date du bail", (
        "date du bail", "date bail", "bail signé le", "bail du", "date de signature du bail",
        "date contrat", "date de conclusion du bail",
    )),
    Champ("clause", "Délai de la clause résolutoire", (
        "délai de la clause", "clause", "délai clause", "clause résolutoire",
        "délai de la clause résolutoire", "délai du commandement", "délai",
    )),
    Champ("bailleur", "Bailleur", (
        "bailleur", "nom bailleur", "nom du bailleur", "propriétaire", "nom propriétaire",
        "créancier", "demandeur", "nom du propriétaire",
    )),
    Champ("bailleur_nature", "Nature du bailleur", (
        "nature bailleur", "nature du bailleur", "type bailleur", "type de bailleur",
        "qualité bailleur", "statut bailleur",
    )),
    Champ("bailleur_telephone", "Téléphone du bailleur", (
        "téléphone bailleur", "tel bailleur", "téléphone du bailleur", "tél bailleur",
    )),
    Champ("bailleur_courriel", "Courriel du bailleur", (
        "courriel bailleur", "mail bailleur", "email bailleur", "e-mail bailleur",
    )),
    Champ("mandataire", "Agence ou mandataire", (
        "mandataire", "agence", "gestionnaire", "agence immobilière", "administrateur de biens",
    )),
    Champ("parc", "Parc", (
        "parc", "type de parc", "secteur", "parc locatif", "type parc", "parc public privé",
    )),
    Champ("suivi", "Connu des services sociaux", (
        "connu", "suivi social", "connu des services sociaux", "connu services sociaux",
        "situation sociale", "connu ms", "connu des services",
    )),
    Champ("service_social", "Service social", (
        "service social", "service", "travailleur social", "service instructeur",
    )),
    Champ("sens", "Sens de la décision", (
        "sens", "décision", "sens de la décision", "nature de la décision", "résultat",
        "décision rendue", "avis",
    )),
    Champ("delai_jusqu_au", "Délai accordé jusqu’au", (
        "délai jusqu'au", "délais jusqu'au", "délai accordé jusqu'au", "report jusqu'au",
        "date de fin de délai", "sursis jusqu'au",
    )),
    Champ("reference", "Référence", (
        "référence", "ref", "réf", "n° dossier", "numéro", "numéro exploc", "n° exploc",
        "référence exploc", "numéro de dossier", "rg", "n° rg", "numéro d'acte", "identifiant",
        "id", "n°", "référence étude", "numéro rg",
    )),
)  # fmt: skip

CHAMPS: Mapping[str, Champ] = {champ.code: champ for champ in _CHAMPS}

# Headers that name the day of the act differently for each kind of list.
_DATES_PAR_TYPE: Mapping[str, tuple[str, ...]] = {
    "commandement": (
        "date du commandement", "date commandement", "date cdp", "date du cdp", "cdp",
        "commandement du", "date de commandement", "date du commandement de payer",
        "date de signification du commandement", "date commandement de payer",
    ),
    "assignation": (
        "date d'assignation", "date assignation", "date de l'assignation", "assignation",
        "assignation du", "date de délivrance", "assigné le",
        "date de signification de l'assignation",
    ),
    "audience": (
        "date d'audience", "date audience", "audience", "audience le", "date de l'audience",
        "date de renvoi", "renvoi",
    ),
    "jugement": (
        "date du jugement", "date jugement", "jugement", "jugement du", "date de décision",
        "date de la décision", "date du délibéré", "date décision", "rendu le",
    ),
    "cql": (
        "date du cql", "date cql", "cql", "date du commandement de quitter les lieux",
        "date commandement de quitter les lieux", "commandement de quitter les lieux",
        "date du commandement",
    ),
    "rfp": (
        "date de la rfp", "date rfp", "rfp", "date de réquisition", "date réquisition",
        "date de la réquisition", "date de demande", "date de la demande", "date de réception",
        "reçu le", "date demande cfp", "réquisition du",
    ),
    "cfp": (
        "date de décision", "date de la décision", "date cfp", "date décision", "décision du",
        "date d'octroi", "date octroi", "date du cfp", "date de décision cfp",
    ),
    "expulsion": (
        "date d'expulsion", "date expulsion", "expulsion", "date du procès-verbal", "date pv",
        "date du pv", "date de l'expulsion", "expulsé le", "date de reprise",
    ),
}  # fmt: skip

_NATURES: Mapping[str, str] = {
    "PERSONNE PHYSIQUE": "physique", "PHYSIQUE": "physique", "PARTICULIER": "physique",
    "PP": "physique", "PERSONNES PHYSIQUES": "physique", "PRIVE": "physique",
    "BAILLEUR PRIVE": "physique", "SCI FAMILIALE": "sci_familiale", "SCI": "sci_familiale",
    "SCI DE FAMILLE": "sci_familiale", "PERSONNE MORALE": "morale", "MORALE": "morale",
    "PM": "morale", "SOCIETE": "morale", "BAILLEUR SOCIAL": "social", "SOCIAL": "social",
    "HLM": "social", "OPH": "social", "ESH": "social", "PUBLIC": "social",
}  # fmt: skip
_PARCS: Mapping[str, str] = {
    "PRIVE": "prive", "PARC PRIVE": "prive", "LIBRE": "prive", "PRIVEE": "prive",
    "SOCIAL": "social", "PARC SOCIAL": "social", "PUBLIC": "social", "PARC PUBLIC": "social",
    "HLM": "social",
}  # fmt: skip
_SUIVIS: Mapping[str, str] = {
    "OUI": "connu", "CONNU": "connu", "ACCOMPAGNE": "connu", "SUIVI": "connu", "O": "connu",
    "CONNU OU ACCOMPAGNE": "connu", "NON": "inconnu", "INCONNU": "inconnu", "N": "inconnu",
    "INCONNU DES SERVICES SOCIAUX": "inconnu", "SANS REPONSE": "sans_reponse",
    "NE REPOND PAS": "sans_reponse", "PAS DE REPONSE": "sans_reponse",
    "SANS REPONSE AUX SOLLICITATIONS": "sans_reponse",
}  # fmt: skip
_CLAUSES: Mapping[str, str] = {
    "2 MOIS": "2 mois", "DEUX MOIS": "2 mois", "2": "2 mois", "2M": "2 mois",
    "6 SEMAINES": "6 semaines", "SIX SEMAINES": "6 semaines", "6": "6 semaines",
    "6S": "6 semaines", "6 SEM": "6 semaines",
}  # fmt: skip
_SENS: Mapping[str, Mapping[str, str]] = {
    "jugement": {
        "RESILIATION": "resiliation", "EXPULSION": "resiliation",
        "RESILIATION DU BAIL": "resiliation", "CLAUSE ACQUISE": "resiliation",
        "RESILIATION DU BAIL ET EXPULSION": "resiliation", "RESILIATION ET EXPULSION":
        "resiliation", "EXPULSION FERME": "resiliation", "DELAIS": "delais",
        "DELAIS DE PAIEMENT": "delais", "DELAI": "delais", "DELAIS SUSPENSIFS": "delais",
        "EXPULSION CONDITIONNELLE": "delais",
        "DELAIS DE PAIEMENT SUSPENDANT LA CLAUSE": "delais", "REJET": "rejet", "DEBOUTE": "rejet",
        "REJET DE LA DEMANDE": "rejet", "IRRECEVABILITE": "rejet", "DESISTEMENT": "desistement",
        "RADIATION": "desistement",
    },
    "cfp": {
        "ACCORD": "accord", "ACCORDE": "accord", "OCTROI": "accord", "OCTROYE": "accord",
        "CONCOURS ACCORDE": "accord", "OUI": "accord", "REFUS": "refus", "REFUSE": "refus",
        "CONCOURS REFUSE": "refus", "NON": "refus", "REJET": "refus", "REPORT": "report",
        "REPORTE": "report", "SURSIS": "report", "DECISION REPORTEE": "report",
    },
}  # fmt: skip
SENS_ATTENDUS: Mapping[str, str] = {
    "jugement": "résiliation, délais, rejet ou désistement",
    "cfp": "accord, refus ou report",
    "surendettement": (
        "dépôt, recevabilité, irrecevabilité, suspension, mesures, effacement ou fin"
    ),
    "plan_apurement": "signé ou rompu",
    "pcs": "signé ou rompu",
    "dalo": "recours, reconnu, rejet ou offre",
}


def get_synonymes(type_acte: str) -> dict[str, tuple[str, ...]]:
    """Return the headers of each field for a kind of list; the dates of the act come first."""
    synonyms = {code: champ.synonymes for code, champ in CHAMPS.items()}
    dates = _DATES_PAR_TYPE[type_acte]
    taken = {tabular.normalise_header(header) for header in dates}
    synonyms = {
        code: tuple(h for h in headers if tabular.normalise_header(h) not in taken)
        for code, headers in synonyms.items()
    }
    synonyms["acte_le"] = dates + CHAMPS["acte_le"].synonymes
    if type_acte == "audience":
        # In a list of hearings the hearing is the act.
        synonyms.pop("audience_le")
    return synonyms


def get_known_headers(type_acte: str) -> set[str]:
    """Return every header by which the table of such a list can be found in its file."""
    return {header for headers in get_synonymes(type_acte).values() for header in headers}


def why_not_mapping(correspondance: Mapping[int, str]) -> str | None:
    """Return what a mapping lacks to read a row, in French, or None when it is enough."""
    fields = set(correspondance.values())
    missing = [c.libelle for c in CHAMPS.values() if c.obligatoire and c.code not in fields]
    if not fields & {"commune", "code_postal", "code_commune"}:
        missing.append("Commune (ou code postal)")
    if not missing:
        return None
    return (
        "Aucune colonne n’est reconnue pour : "
        + ", ".join(missing)
        + ". Indiquez laquelle la contient, ou ajoutez-la au fichier."
    )


@dataclass(frozen=True, slots=True)
class Communes:
    """The communes of the département, by name, postal code and official code."""

    par_nom: Mapping[str, str]
    par_code_postal: Mapping[str, Sequence[str]]
    noms: Mapping[str, str]
    codes_postaux: Mapping[str, Sequence[str]]


class LecteurDeLignes:
    """Reads the rows of one list: mapping, kind, département and day are fixed once."""

    def __init__(
        self,
        *,
        type_acte: str,
        correspondance: Mapping[int, str],
        entetes: Sequence[str],
        communes: Communes,
        departement: str,
        on: date,
    ) -> None:
        self.type_acte = type_acte
        self.colonne = {champ: index for index, champ in correspondance.items()}
        self.entetes = entetes
        self.communes = communes
        self.departement = departement
        self.on = on

    def read(self, *, numero: int, cells: Sequence[Cell]) -> LigneLue:
        """Return the act of a row, or the reasons of its refusal; every defect is reported."""
        row = _Row(self, cells)
        nom = row.texte("nom", 100)
        if not nom and not row.refused("nom"):
            row.refuse("nom", "Le nom est vide.", "Complétez le nom du locataire.")
        prenom = row.texte("prenom", 100)
        adresse = row.texte("adresse", 200)
        if not adresse and not row.refused("adresse"):
            row.refuse("adresse", "L’adresse est vide.", "Complétez l’adresse du logement.")
        commune, code_postal = row.commune()
        acte = self._read_acte(row)
        menage = self._read_menage(row, nom, prenom, adresse, commune, code_postal)
        if row.refus:
            return LigneLue(numero, "refuse", row.refus + row.doutes + row.avertissements)
        acte.menage = menage
        etat = "a_verifier" if row.doutes else "accepte"
        return LigneLue(numero, etat, row.doutes + row.avertissements, acte)

    def _read_acte(self, row: "_Row") -> ActeRecu:
        survenu_le = row.date("acte_le")
        if survenu_le is None and not row.refused("acte_le"):
            row.refuse("acte_le", "La date de l’acte est vide.", "Complétez la date de l’acte.")
        audience_le = row.date("audience_le")
        recu_le = row.date("recu_le")
        delai = row.date("delai_jusqu_au")
        montant = row.montant("montant")
        if survenu_le:
            self._check_dates(row, survenu_le, audience_le, recu_le)
        if montant is not None and montant > _LARGE_AMOUNT:
            row.doubt("montant", "Ce montant est très élevé.", "Vérifiez la colonne et la virgule.")
        return ActeRecu(
            menage=_NOBODY,
            survenu_le=survenu_le or self.on,
            recu_le=recu_le,
            audience_le=audience_le,
            audience_heure=row.heure("audience_heure"),
            juridiction=row.texte("juridiction", 150),
            montant=montant,
            sens=self._read_sens(row),
            delai_jusqu_au=delai,
            reference=row.texte("reference", 60),
        )

    def _check_dates(
        self, row: "_Row", survenu_le: date, audience_le: date | None, recu_le: date | None
    ) -> None:
        if self.type_acte != "audience" and survenu_le > self.on:
            row.refuse(
                "acte_le",
                f"La date de l’acte ({survenu_le:%d/%m/%Y}) est à venir.",
                "Corrigez la date : un acte déjà signifié ne peut pas être daté du futur.",
            )
        elif (self.on - survenu_le).days > _OLD_ACT_DAYS:
            row.doubt(
                "acte_le",
                f"L’acte a plus de trois ans ({survenu_le:%d/%m/%Y}).",
                "Vérifiez l’année ; confirmez la ligne si elle est exacte.",
            )
        if audience_le and audience_le < survenu_le:
            row.refuse(
                "audience_le",
                f"L’audience ({audience_le:%d/%m/%Y}) précède l’acte ({survenu_le:%d/%m/%Y}).",
                "Corrigez l’une des deux dates : elles sont peut-être inversées.",
            )
        if recu_le and recu_le < survenu_le and self.type_acte != "rfp":
            row.refuse(
                "recu_le",
                f"La réception ({recu_le:%d/%m/%Y}) précède l’acte ({survenu_le:%d/%m/%Y}).",
                "Corrigez l’une des deux dates : elles sont peut-être inversées.",
            )

    def _read_sens(self, row: "_Row") -> str:
        words = _SENS.get(self.type_acte)
        if words is None:
            return ""
        text = row.texte("sens", 80)
        if not text:
            if self.type_acte == "cfp" and not row.refused("sens"):
                row.refuse(
                    "sens",
                    "Le sens de la décision manque.",
                    f"Écrivez {SENS_ATTENDUS['cfp']}.",
                )
            return ""
        sens = words.get(normalise(text))
        if sens is None:
            row.refuse(
                "sens",
                f"Décision non reconnue : « {text} ».",
                f"Écrivez {SENS_ATTENDUS[self.type_acte]}.",
            )
        return sens or ""

    def _read_menage(
        self, row: "_Row", nom: str, prenom: str, adresse: str, commune: str, code_postal: str
    ) -> MenageRecu:
        nature = row.choice("bailleur_nature", _NATURES) or "inconnue"
        parc = row.choice("parc", _PARCS)
        if not parc:
            parc = {"social": "social", "inconnue": "inconnu"}.get(nature, "prive")
        bail_le = row.date("bail_le")
        if bail_le and bail_le > self.on:
            row.warn("bail_le", "La date du bail est à venir : elle n’est pas retenue.")
            bail_le = None
        return MenageRecu(
            nom=nom,
            prenom=prenom,
            adresse=adresse,
            code_postal=code_postal,
            commune=commune,
            cle=compute_cle(nom=nom, prenom=prenom, adresse=adresse, commune=commune),
            complement=row.texte("complement", 150),
            ne_le=row.date("ne_le", optional=True),
            nom2=row.texte("nom2", 100),
            prenom2=row.texte("prenom2", 100),
            telephone=row.telephone("telephone"),
            courriel=row.courriel("courriel"),
            adultes=row.entier("adultes"),
            enfants=row.entier("enfants"),
            parc=parc,
            bailleur=row.texte("bailleur", 150),
            bailleur_nature=nature,
            bailleur_telephone=row.telephone("bailleur_telephone"),
            bailleur_courriel=row.courriel("bailleur_courriel"),
            mandataire=row.texte("mandataire", 150),
            bail_le=bail_le,
            clause=row.choice("clause", _CLAUSES),
            loyer=row.montant("loyer"),
            charges=row.montant("charges"),
            suivi=row.choice("suivi", _SUIVIS),
            service_social=row.texte("service_social", 120),
        )


_NOBODY = MenageRecu(nom="", prenom="", adresse="", code_postal="", commune="", cle="")


class _Row:
    """The cells of one row, read by field; collects every defect with its column."""

    __slots__ = ("_cells", "_lecteur", "avertissements", "doutes", "refus")

    def __init__(self, lecteur: LecteurDeLignes, cells: Sequence[Cell]) -> None:
        self._lecteur = lecteur
        self._cells = cells
        self.refus: list[Motif] = []
        self.doutes: list[Motif] = []
        self.avertissements: list[Motif] = []

    def refuse(self, champ: str, motif: str, remede: str) -> None:
        self.refus.append(Motif(self._header(champ), motif, remede))

    def doubt(self, champ: str, motif: str, remede: str) -> None:
        self.doutes.append(Motif(self._header(champ), motif, remede))

    def warn(self, champ: str, motif: str) -> None:
        self.avertissements.append(Motif(self._header(champ), motif, ""))

    def refused(self, champ: str) -> bool:
        header = self._header(champ)
        return any(m.colonne == header for m in self.refus)

    def texte(self, champ: str, max_length: int) -> str:
        cell = self._cell(champ)
        if cell is None:
            return ""
        try:
            return tabular.parse_texte(cell, max_length=max_length)
        except CellRefused as refusal:
            self.refuse(champ, refusal.motif, refusal.remede)
            return ""

    def date(self, champ: str, *, optional: bool = False) -> date | None:
        earliest = _BIRTH if champ == "ne_le" else _EARLIEST
        return self._parse(
            champ, lambda cell: tabular.parse_date(cell, earliest=earliest), optional=optional
        )

    def heure(self, champ: str) -> time | None:
        return self._parse(champ, tabular.parse_heure, optional=True)

    def montant(self, champ: str) -> Decimal | None:
        return self._parse(champ, tabular.parse_montant)

    def telephone(self, champ: str) -> str:
        return self._parse(champ, tabular.parse_telephone, optional=True) or ""

    def courriel(self, champ: str) -> str:
        text = self.texte(champ, 150)
        if text and ("@" not in text or " " in text):
            self.warn(champ, f"Adresse électronique illisible, non retenue : « {text} ».")
            return ""
        return text.lower()

    def entier(self, champ: str) -> int | None:
        cell = self._cell(champ)
        if cell is None or cell == "":
            return None
        try:
            value = int(float(str(cell).replace(",", ".")))
        except ValueError:
            value = -1
        if not 0 <= value <= 30:
            self.warn(champ, f"Nombre illisible, non retenu : « {cell} ».")
            return None
        return value

    def choice(self, champ: str, words: Mapping[str, str]) -> str:
        text = self.texte(champ, 80)
        if not text:
            return ""
        value = words.get(normalise(text), "")
        if not value:
            self.warn(champ, f"Valeur non reconnue, non retenue : « {text} ».")
        return value

    def commune(self) -> tuple[str, str]:
        """Return the official code and the postal code of the dwelling's commune."""
        communes = self._lecteur.communes
        code_postal = self._parse("code_postal", tabular.parse_code_postal) or ""
        insee = self.texte("code_commune", 5)
        nom = self.texte("commune", 100)
        if insee in communes.noms:
            code: str | None = insee
        elif nom:
            code = communes.par_nom.get(normalise_commune(nom))
        else:
            candidates = communes.par_code_postal.get(code_postal, ())
            code = candidates[0] if len(candidates) == 1 else None
        if code is None:
            if not self.refused("code_postal"):
                self._refuse_commune(nom, code_postal)
            return "", code_postal
        known = communes.codes_postaux[code]
        if not code_postal:
            return code, known[0] if known else ""
        if code_postal not in known and code_postal[:2] != self._lecteur.departement[:2]:
            self.doubt(
                "code_postal",
                f"Le code postal {code_postal} n’est pas dans le département de {nom or code}.",
                "Vérifiez la commune et le code postal ; confirmez la ligne si elle est exacte.",
            )
        return code, code_postal

    def _refuse_commune(self, nom: str, code_postal: str) -> None:
        communes = self._lecteur.communes
        if not nom and not code_postal:
            self.refuse("commune", "La commune est vide.", "Complétez la commune du logement.")
            return
        if not nom:
            names = [communes.noms[c] for c in communes.par_code_postal.get(code_postal, ())]
            self.refuse(
                "code_postal",
                f"Le code postal {code_postal} ne suffit pas à trouver la commune.",
                "Ajoutez la commune"
                + (f" : {', '.join(names[:5])}." if names else " du logement."),
            )
            return
        close = difflib.get_close_matches(normalise_commune(nom), communes.par_nom, n=1, cutoff=0.8)
        names = [communes.noms[communes.par_nom[close[0]]]] if close else []
        names += [communes.noms[c] for c in communes.par_code_postal.get(code_postal, ())]
        self.refuse(
            "commune",
            f"Commune inconnue dans le département {self._lecteur.departement} : « {nom} ».",
            f"Peut-être {names[0]} ? Écrivez le nom officiel."
            if names
            else "Écrivez le nom officiel de la commune, ou vérifiez le département.",
        )

    def _parse(
        self, champ: str, parse: Callable[[Cell], T | None], *, optional: bool = False
    ) -> T | None:
        cell = self._cell(champ)
        if cell is None:
            return None
        try:
            return parse(cell)
        except CellRefused as refusal:
            if optional:
                self.warn(champ, f"{refusal.motif} Valeur non retenue.")
            else:
                self.refuse(champ, refusal.motif, refusal.remede)
            return None

    def _cell(self, champ: str) -> Cell:
        index = self._lecteur.colonne.get(champ)
        if index is None or index >= len(self._cells):
            return None
        return self._cells[index]

    def _header(self, champ: str) -> str:
        index = self._lecteur.colonne.get(champ)
        if index is None or index >= len(self._lecteur.entetes):
            return CHAMPS[champ].libelle
        return self._lecteur.entetes[index]


_EARLIEST = date(1950, 1, 1)
_BIRTH = date(1900, 1, 1)


def normalise_commune(text: str) -> str:
    """Return the name of a commune normalised: no CEDEX, no article sign, SAINT in full."""
    words = [w for w in normalise(text).split() if w != "CEDEX" and not w.isdigit()]
    return " ".join({"ST": "SAINT", "STE": "SAINTE"}.get(w, w) for w in words)


@dataclass(frozen=True, slots=True)
class ActeConnu:
    """What is already recorded of a dossier, to recognise a duplicate or an impossible order."""

    dossier_id: object
    actes: Collection[tuple[str, date]]


def judge_against_known(ligne: LigneLue, *, type_acte: str, connu: ActeConnu) -> None:
    """Mark a row as duplicate, or refuse a hearing earlier than the assignation it follows."""
    acte = ligne.acte
    if acte is None:
        return
    if (type_acte, acte.survenu_le) in connu.actes:
        ligne.etat = "doublon"
        ligne.motifs = [
            Motif(
                "",
                f"Déjà connu : {LABELS_TYPE[type_acte]} du {acte.survenu_le:%d/%m/%Y} pour ce"
                " ménage.",
                "Rien à faire : la ligne ne sera pas ajoutée une seconde fois.",
            )
        ]
        return
    if type_acte == "assignation" and ligne.etat == "accepte":
        _doubt_after_hearing(ligne, acte.survenu_le, connu)
    if type_acte == "audience":
        assignations = [le for genre, le in connu.actes if genre == "assignation"]
        if assignations and acte.survenu_le < min(assignations):
            ligne.etat = "refuse"
            ligne.motifs.append(
                Motif(
                    "Date de l’audience",
                    f"L’audience ({acte.survenu_le:%d/%m/%Y}) précède l’assignation"
                    f" ({min(assignations):%d/%m/%Y}).",
                    "Vérifiez la date de l’audience, ou importez d’abord l’assignation.",
                )
            )
            ligne.acte = None


def _doubt_after_hearing(ligne: LigneLue, assigne_le: date, connu: ActeConnu) -> None:
    """Have a person look at an assignation that follows the hearing it should have called."""
    hearings = [le for genre, le in connu.actes if genre == "audience"]
    earlier = [le for genre, le in connu.actes if genre == "assignation" and le < assigne_le]
    # A second procedure has its own assignation before its own hearing.
    orphans = [le for le in hearings if le < assigne_le and not any(a <= le for a in earlier)]
    if orphans:
        ligne.etat = "a_verifier"
        ligne.motifs.insert(
            0,
            Motif(
                "Date de l’acte",
                f"L’assignation ({assigne_le:%d/%m/%Y}) suit une audience déjà connue"
                f" ({max(orphans):%d/%m/%Y}).",
                "Vérifiez les deux dates\u00a0; confirmez la ligne si c’est une autre procédure.",
            ),
        )
