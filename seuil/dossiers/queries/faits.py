"""What of a file a person corrects together: its rows, their values, what they said before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Model, Q

from seuil.acteurs.models import Agent, Commune
from seuil.dossiers import models
from seuil.dossiers.models import Bail, Bailleur, Correction, Dossier
from seuil.dossiers.queries import readable
from seuil.dossiers.rules import CATEGORIE_PAR_GROUPE, compute_empreinte
from seuil.engines.droit import write_date, write_montant
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
            "personne", "Personne du ménage", models.Personne,
            ("qualite", "nom", "prenom", "ne_le", "parti_le"), "Ajouter une personne",
        ),
        Groupe(
            "composition", "Composition du foyer", models.Composition,
            ("adultes", "enfants", "constatee_le", "source"), "Noter la composition du foyer",
        ),
        Groupe(
            "logement", "Logement", models.Logement,
            ("adresse", "complement", "code_postal", "commune", "type_logement"),
        ),
        Groupe("parc", "Parc du logement", Dossier, ("parc",)),
        Groupe(
            "coordonnee", "Téléphone ou courriel", models.Coordonnee,
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
            "garant", "Garant", models.Garant,
            ("nature", "nom", "telephone", "courriel", "engage_le", "fin_le", "source"),
            "Ajouter un garant",
        ),
        Groupe("dette", "Dette", models.Dette, ("constatee_le", "montant", "source")),
        Groupe(
            "decompte", "Ligne de décompte", models.LigneDecompte,
            ("mois_le", "nature", "du", "paye", "aide", "conteste"),
        ),
        Groupe(
            "aide", "Aide au logement", models.AideLogement,
            ("constatee_le", "montant", "tiers_payant", "source"),
        ),
        Groupe(
            "ressources", "Ressources et emploi", models.Ressources,
            ("constatee_le", "montant", "charges", "emploi", "source"),
            "Noter des ressources",
        ),
        Groupe(
            "protection", "Mesure de protection", models.MesureProtection,
            ("nature", "mandataire", "telephone", "debut_le", "fin_le", "source"),
            "Ajouter une mesure de protection",
        ),
        Groupe(
            "motif", "Motif de la procédure", models.MotifProcedure,
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


@dataclass(frozen=True, slots=True)
class CorrectionLue:
    """A correction in the words of the screen."""

    groupe: str
    corrigee_le: date
    sur: str
    champ: str
    avant: str
    apres: str
    motif: str
    precision: str
    par: str


def list_corrections(*, agent: Agent, on: date, dossier: Dossier) -> Sequence[CorrectionLue]:
    """Return what was corrected of a file, newest first; of its landlord too, wherever it was."""
    rows = Correction.objects.select_related("par__organisation")
    own = list(readable(rows=rows, agent=agent, on=on, dossier=dossier))
    bail = Bail.objects.filter(~Q(bailleur=None), dossier=dossier).first()
    if bail and bail.bailleur_id:
        elsewhere = rows.filter(ligne=bail.bailleur_id).exclude(dossier=dossier)
        own += list(readable(rows=elsewhere, agent=agent, on=on)[:_PARTAGEES])
    own.sort(key=lambda c: (c.corrigee_le, c.created_at, c.pk), reverse=True)
    communes = _read_communes(own)
    return [_read(c, communes) for c in own]


# Of a landlord of thousands of files: the last ones are enough.
_PARTAGEES = 50


def _read_communes(corrections: Sequence[Correction]) -> Mapping[str, str]:
    codes = {v for c in corrections if c.champ == "commune" for v in (c.avant, c.apres)}
    return dict(Commune.objects.filter(pk__in=codes).values_list("pk", "nom")) if codes else {}


def _read(c: Correction, communes: Mapping[str, str]) -> CorrectionLue:
    groupe = GROUPES[c.groupe]
    column = get_column(groupe.modele, c.champ)
    return CorrectionLue(
        c.groupe,
        c.corrigee_le,
        groupe.libelle,
        str(column.verbose_name),
        communes.get(c.avant) or _write(column, c.avant),
        communes.get(c.apres) or _write(column, c.apres),
        c.get_motif_display(),
        c.precision,
        str(c.par),
    )


def _write(column: Any, texte: str) -> str:
    """Return a kept value in plain French."""
    if not texte:
        return "non connu"
    if column.choices:
        return str(dict(column.choices).get(texte, texte))
    kind = column.get_internal_type()
    if kind == "DateField":
        return write_date(date.fromisoformat(texte))
    return write_montant(Decimal(texte)) if kind == "DecimalField" else texte
