"""What of a file a person corrects together: its rows and their values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Model

from seuil.dossiers.models.bail import AideLogement, Bail, Bailleur, Dette, LigneDecompte
from seuil.dossiers.models.dossier import Dossier
from seuil.dossiers.models.logement import Logement
from seuil.dossiers.models.menage import Composition, Coordonnee, Personne
from seuil.dossiers.models.motif import MotifProcedure
from seuil.dossiers.models.ressources import Garant, MesureProtection, Ressources
from seuil.dossiers.rules import CATEGORIE_PAR_GROUPE, compute_empreinte
from seuil.kernel.tables import get_column


@dataclass(frozen=True, slots=True)
class Groupe:
    """Values that a person corrects together: their table, their columns."""

    code: str
    libelle: str
    modele: type[Model]
    champs: tuple[str, ...]
    # A person may add one: the others come with the file.
    ajout: str = ""

    @property
    def categorie(self) -> str:
        """The category of the matrix that opens it."""
        return CATEGORIE_PAR_GROUPE.get(self.code, "identite")


GROUPES: Mapping[str, Groupe] = {
    g.code: g
    for g in (
        Groupe(
            "personne", "Personne du ménage", Personne,
            ("qualite", "nom", "prenom", "ne_le", "parti_le"), "Ajouter une personne",
        ),
        Groupe(
            "composition", "Composition du foyer", Composition,
            ("adultes", "enfants", "constatee_le", "source"), "Noter la composition du foyer",
        ),
        Groupe(
            "logement", "Logement", Logement,
            ("adresse", "complement", "code_postal", "commune", "type_logement"),
        ),
        Groupe("parc", "Parc du logement", Dossier, ("parc",)),
        Groupe(
            "coordonnee", "Téléphone ou courriel", Coordonnee,
            ("valeur", "valide_au", "fin", "source"),
        ),
        Groupe(
            "bail", "Bail", Bail,
            ("signe_le", "reconduit_le", "clause_duree", "terme", "loyer", "charges"),
        ),
        Groupe(
            "bailleur", "Bailleur et agence", Bailleur,
            (
                "telephone", "courriel", "nom", "nature", "siret", "adresse", "mandataire",
                "mandataire_telephone", "mandataire_courriel",
            ),
        ),
        Groupe(
            "garant", "Garant", Garant,
            ("nature", "nom", "telephone", "courriel", "engage_le", "fin_le", "source"),
            "Ajouter un garant",
        ),
        Groupe("dette", "Dette", Dette, ("constatee_le", "montant", "source")),
        Groupe(
            "decompte", "Ligne de décompte", LigneDecompte,
            ("mois_le", "nature", "du", "paye", "aide", "conteste"),
        ),
        Groupe(
            "aide", "Aide au logement", AideLogement,
            ("constatee_le", "montant", "tiers_payant", "source"),
        ),
        Groupe(
            "ressources", "Ressources et emploi", Ressources,
            ("constatee_le", "montant", "charges", "emploi", "source"),
            "Noter des ressources",
        ),
        Groupe(
            "protection", "Mesure de protection", MesureProtection,
            ("nature", "mandataire", "telephone", "debut_le", "fin_le", "source"),
            "Ajouter une mesure de protection",
        ),
        Groupe(
            "motif", "Motif de la procédure", MotifProcedure,
            ("nature", "connu_le", "source"), "Ajouter un motif",
        ),
    )
}  # fmt: skip


def find_ligne(*, groupe: Groupe, dossier: Dossier, ligne: UUID) -> Model | None:
    """Return a row of a file that may be corrected, None when the file has none such."""
    rows: Any = groupe.modele
    kept = {"pk": dossier.pk} if groupe.modele is Dossier else {"dossier": dossier.pk}
    if groupe.modele is Bailleur:
        kept = {"baux__dossier": dossier.pk}
    found: Model | None = rows.objects.filter(**kept).filter(pk=ligne).first()
    return found


def read_valeurs(*, groupe: Groupe, row: Model) -> dict[str, Any]:
    """Return the values that a person corrects, by column; a relation, by its key."""
    return {c: getattr(row, get_column(groupe.modele, c).attname) for c in groupe.champs}


def get_empreinte(*, groupe: Groupe, row: Model) -> str:
    """Return the digest of what a form shows of a row."""
    return compute_empreinte(*read_valeurs(groupe=groupe, row=row).values())


def write_valeur(value: Any) -> str:
    """Return a value as a correction keeps it: as the database writes it; empty: not known."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, Decimal | float):
        return f"{value:.2f}"
    return value.isoformat() if isinstance(value, date) else str(value)
