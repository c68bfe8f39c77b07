"""The mutants that no request can tell from the product, one by one, each with its reason (T04).

`epreuve_mutants` refuses a survivor that is not here, one of these that a request sees after all, and
one that is no longer planted. Lines of the matrix are still counted by the census of PostgreSQL's copy.
"""

# The day a table holds one of these categories, its mutants are seen, and the run says so.
_SANS_TABLE = "aucune table ne tient encore cette catégorie : il n’y a rien à lire ni à écrire"
_TRANSMISSION = "« recevoir » dit à qui l’on remet, n’ouvre rien : aucune politique ne le demande"
_TOUS = "tout profil qui se connecte a déjà ce verbe ; les codes ne se connectent pas"
_SANS_ORGANISME = (
    "une note sociale n’est lue que de l’organisme qui l’a écrite : un code n’en a pas"
)

_CATEGORIES_A_VENIR = (
    "ligne : adil lire avis par destinataire retirée",
    "ligne : chef_equipe lire avis par mandat retirée",
    "ligne : chef_equipe ecrire protection par mandat retirée",
    "ligne : chef_equipe lire protection par mandat retirée",
    "ligne : comed lire avis par destinataire retirée",
    "ligne : comed lire protection par destinataire retirée",
    "ligne : gestionnaire lire avis par instruction retirée",
    "ligne : gestionnaire lire protection par instruction retirée",
    "ligne : juriste lire avis par affectation retirée",
    "ligne : juriste ecrire protection par affectation retirée",
    "ligne : juriste lire protection par affectation retirée",
    "ligne : menage lire avis par menage retirée",
    "ligne : secretariat ecrire avis par departement retirée",
    "stade : secretariat ecrire avis par departement à la fin seulement",
    "ligne : secretariat lire avis par departement retirée",
    "stade : secretariat lire avis par departement à la fin seulement",
    "ligne : secretariat lire protection par departement retirée",
    "stade : secretariat lire protection par departement à la fin seulement",
    "ligne : service_social lire avis par secteur retirée",
    "stade : service_social lire avis par secteur à la fin seulement",
    "ligne : service_social ecrire protection par secteur retirée",
    "stade : service_social ecrire protection par secteur à la fin seulement",
    "ligne : service_social lire protection par secteur retirée",
    "stade : service_social lire protection par secteur à la fin seulement",
    "ligne : siao ecrire protection par departement retirée",
    "stade : siao ecrire protection par departement dès le début",
    "ligne : siao lire protection par departement retirée",
    "stade : siao lire protection par departement dès le début",
    "ligne : travailleur_social lire avis par affectation retirée",
    "ligne : travailleur_social ecrire protection par affectation retirée",
    "ligne : travailleur_social lire protection par affectation retirée",
)
_TRANSMISSIONS = (
    "ligne : bailleur_du_code recevoir avis par bailleur_du_code retirée",
    "ligne : bailleur_du_code recevoir concours par bailleur_du_code retirée",
    "ligne : bailleur_du_code recevoir dsf par bailleur_du_code retirée",
    "ligne : bailleur_prive recevoir avis par saisine retirée",
    "stade : bailleur_prive recevoir avis par saisine à la fin seulement",
    "ligne : bailleur_prive recevoir concours par saisine retirée",
    "stade : bailleur_prive recevoir concours par saisine à la fin seulement",
    "ligne : bailleur_prive recevoir dsf par saisine retirée",
    "stade : bailleur_prive recevoir dsf par saisine à la fin seulement",
    "ligne : bailleur_social recevoir avis par bailleur retirée",
    "ligne : bailleur_social recevoir dsf par bailleur retirée",
    "ligne : banque_de_france recevoir bail_dette par saisine retirée",
    "stade : banque_de_france recevoir bail_dette par saisine à la fin seulement",
    "ligne : banque_de_france recevoir identite par saisine retirée",
    "stade : banque_de_france recevoir identite par saisine à la fin seulement",
    "ligne : commissaire recevoir concours par saisine retirée",
    "stade : commissaire recevoir concours par saisine à la fin seulement",
    "ligne : commissaire recevoir identite par saisine retirée",
    "stade : commissaire recevoir identite par saisine à la fin seulement",
    "ligne : commissaire recevoir procedure par saisine retirée",
    "stade : commissaire recevoir procedure par saisine à la fin seulement",
)
_VERBES_DE_TOUS = (
    "verbe : annuaire.lire à tout le monde",
    "verbe : droit.lire à tout le monde",
    "verbe : matrice.lire à tout le monde",
)
_NOTES_D_UN_CODE = (
    "droit : bailleur_du_code lire note_sociale par bailleur_du_code ajoutée",
    "droit : bailleur_du_code ecrire note_sociale par bailleur_du_code ajoutée",
    "droit : menage lire note_sociale par menage ajoutée",
    "droit : menage ecrire note_sociale par menage ajoutée",
)

EQUIVALENTS: dict[str, str] = {
    **dict.fromkeys(_CATEGORIES_A_VENIR, _SANS_TABLE),
    **dict.fromkeys(_TRANSMISSIONS, _TRANSMISSION),
    **dict.fromkeys(_VERBES_DE_TOUS, _TOUS),
    **dict.fromkeys(_NOTES_D_UN_CODE, _SANS_ORGANISME),
}
