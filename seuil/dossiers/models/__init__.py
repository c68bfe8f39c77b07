"""The household's file and its dated facts."""

from seuil.dossiers.models.acces import Acces, AccesQuerySet
from seuil.dossiers.models.bail import AideLogement, Bail, Bailleur, Dette
from seuil.dossiers.models.documents import DateAnnoncee, Document
from seuil.dossiers.models.dossier import Compteur, Dossier, DossierQuerySet, Parc
from seuil.dossiers.models.logement import Logement
from seuil.dossiers.models.menage import Composition, Coordonnee, Personne, SuiviSocial

__all__ = [
    "Acces",
    "AccesQuerySet",
    "AideLogement",
    "Bail",
    "Bailleur",
    "Composition",
    "Compteur",
    "Coordonnee",
    "DateAnnoncee",
    "Dette",
    "Document",
    "Dossier",
    "DossierQuerySet",
    "Logement",
    "Parc",
    "Personne",
    "SuiviSocial",
]
