"""What the lists of each invented sender look like: columns, headers, format, habits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Format = Literal["csv-cp1252", "csv-utf8", "xlsx", "ods"]


@dataclass(frozen=True, slots=True)
class Gabarit:
    """A sender's list: `colonnes` gives the header of each field, in the sender's order."""

    source: str
    format: Format
    colonnes: Mapping[str, str]
    euros: bool = False


# The day of the act, in the words of each sender.
_ACTE_EXPLOC = {
    "commandement": "Date du commandement",
    "assignation": "Date d'assignation",
    "cql": "Date du CQL",
    "rfp": "Date de la réquisition",
    "cfp": "Date de décision",
}
_ACTE_ETUDE = {
    "commandement": "Signifié le",
    "assignation": "Assigné le",
    "cql": "Date CQL",
    "expulsion": "Date du PV",
}
_AUDIENCE = {
    "audience_le": "Date d'audience",
    "audience_heure": "Heure d'audience",
    "juridiction": "Tribunal",
}


def _exploc(type_acte: str, format_: Format) -> Gabarit:
    return Gabarit(
        source="Export EXPLOC",
        format=format_,
        colonnes={
            "reference": "N° EXPLOC",
            "acte_le": _ACTE_EXPLOC[type_acte],
            "recu_le": "Date de réception préfecture",
            **(_AUDIENCE if type_acte == "assignation" else {}),
            "nom": "NOM_LOCATAIRE",
            "prenom": "PRENOM_LOCATAIRE",
            "adresse": "Adresse du logement",
            "complement": "Complément d'adresse",
            "code_postal": "Code postal",
            "commune": "Commune",
            "telephone": "Téléphone locataire",
            "courriel": "Courriel locataire",
            "montant": "Montant de la dette",
            "loyer": "Loyer mensuel",
            "charges": "Charges mensuelles",
            "bail_le": "Date du bail",
            "clause": "Délai de la clause résolutoire",
            "bailleur": "Nom bailleur",
            "bailleur_nature": "Nature bailleur",
            "bailleur_telephone": "Téléphone bailleur",
            "parc": "Parc",
            "adultes": "Nombre d'adultes",
            "enfants": "Nombre d'enfants",
            "suivi": "Connu des services sociaux",
        },
    )


def _etude(source: str, type_acte: str, format_: Format) -> Gabarit:
    return Gabarit(
        source=source,
        format=format_,
        euros=True,
        colonnes={
            "reference": "Référence étude",
            "bailleur": "Créancier",
            "bailleur_nature": "Statut bailleur",
            "bailleur_telephone": "Tél bailleur",
            "nom": "Nom débiteur",
            "prenom": "Prénom débiteur",
            "adresse": "Adresse des lieux",
            "complement": "Bâtiment",
            "code_postal": "CP",
            "commune": "Ville",
            "telephone": "Tél",
            "acte_le": _ACTE_ETUDE[type_acte],
            "recu_le": "Notifié au préfet le",
            **({"audience_le": "Audience le", "audience_heure": "Heure", "juridiction":
                "Juridiction"} if type_acte == "assignation" else {}),
            "montant": "Principal",
            "loyer": "Loyer HC",
            "charges": "Provision pour charges",
            "bail_le": "Bail du",
            "clause": "Clause résolutoire",
            "observations": "Observations de l'étude",
        },
    )  # fmt: skip


def _greffe(type_acte: str, format_: Format) -> Gabarit:
    jugement = {
        "acte_le": "Date du jugement",
        "juridiction": "Juridiction",
        "sens": "Décision",
        "delai_jusqu_au": "Délais jusqu'au",
        "montant": "Dette",
    }
    audience = {
        "acte_le": "Date de renvoi",
        "audience_heure": "Heure",
        "juridiction": "Juridiction",
    }
    return Gabarit(
        source="Greffe",
        format=format_,
        colonnes={
            "reference": "N° RG",
            "bailleur": "Demandeur",
            "nom": "Défendeur",
            "prenom": "Prénom",
            "adresse": "Adresse",
            "code_postal": "CP",
            "commune": "Ville",
            **(jugement if type_acte == "jugement" else audience),
        },
    )


def _prefecture(type_acte: str, format_: Format) -> Gabarit:
    acte = (
        {"acte_le": "Date de la réquisition", "recu_le": "Réception préfecture"}
        if type_acte == "rfp"
        else {
            "acte_le": "Date de décision",
            "sens": "Décision",
            "delai_jusqu_au": "Report jusqu'au",
        }
    )
    return Gabarit(
        source="Bureau des expulsions",
        format=format_,
        colonnes={
            "reference": "Numéro de dossier",
            "nom": "Nom",
            "prenom": "Prénom",
            "adresse": "Adresse",
            "complement": "Complément",
            "code_postal": "Code postal",
            "commune": "Commune",
            **acte,
            "montant": "Dette",
            "bailleur": "Bailleur",
            "bailleur_nature": "Type de bailleur",
            "parc": "Parc",
            "adultes": "Adultes",
            "enfants": "Enfants",
        },
    )


_VASSEUR = "Étude Vasselin et Lormeau (fictive)"
_PERTUIS = "Étude du Pertuis (fictive)"

# Kind of act → the senders that take turns, month after month.
GABARITS: Mapping[str, Sequence[Gabarit]] = {
    "commandement": (
        _exploc("commandement", "csv-cp1252"),
        _exploc("commandement", "csv-cp1252"),
        _etude(_VASSEUR, "commandement", "xlsx"),
    ),
    "assignation": (
        _exploc("assignation", "csv-utf8"),
        _etude(_PERTUIS, "assignation", "ods"),
        _exploc("assignation", "csv-utf8"),
        _etude(_VASSEUR, "assignation", "xlsx"),
    ),
    "audience": (_greffe("audience", "xlsx"),),
    "jugement": (_greffe("jugement", "csv-utf8"), _greffe("jugement", "xlsx")),
    "cql": (_exploc("cql", "xlsx"), _etude(_PERTUIS, "cql", "csv-cp1252")),
    "rfp": (_prefecture("rfp", "xlsx"),),
    "cfp": (_prefecture("cfp", "ods"),),
    "expulsion": (_etude(_PERTUIS, "expulsion", "csv-cp1252"),),
}
