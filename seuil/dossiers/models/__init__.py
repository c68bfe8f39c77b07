"""The household's file and its dated facts."""

from seuil.dossiers.models.acces import Acces, AccesQuerySet
from seuil.dossiers.models.bail import AideLogement, Bail, Bailleur, Dette, LigneDecompte
from seuil.dossiers.models.correction import Correction
from seuil.dossiers.models.documents import DateAnnoncee, Document
from seuil.dossiers.models.dossier import Compteur, Dossier, DossierQuerySet, Parc
from seuil.dossiers.models.logement import Logement
from seuil.dossiers.models.menage import Composition, Coordonnee, Personne, SuiviSocial
from seuil.dossiers.models.motif import MotifProcedure
from seuil.dossiers.models.ressources import Garant, MesureProtection, Ressources
from seuil.dossiers.models.vie import Classement, Ouverture

__all__ = [
    "Acces",
    "AccesQuerySet",
    "AideLogement",
    "Bail",
    "Bailleur",
    "Classement",
    "Composition",
    "Compteur",
    "Coordonnee",
    "Correction",
    "DateAnnoncee",
    "Dette",
    "Document",
    "Dossier",
    "DossierQuerySet",
    "Garant",
    "LigneDecompte",
    "Logement",
    "MesureProtection",
    "MotifProcedure",
    "Ouverture",
    "Parc",
    "Personne",
    "Ressources",
    "SuiviSocial",
]
