"""The fields that a column can mean, and the headers by which lists call them."""

from collections.abc import Mapping
from dataclasses import dataclass

from seuil.engines import tabular


@dataclass(frozen=True, slots=True)
class Champ:
    """A field that a column can mean, and the headers by which lists call it."""

    code: str
    libelle: str
    synonymes: tuple[str, ...]
    obligatoire: bool = False


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
