"""A row against the acts that are known already."""

from dataclasses import dataclass, field
from datetime import date, time

from seuil.actes.rules.lignes import LigneLue, Motif
from seuil.actes.rules.types import LABELS_TYPE
from seuil.kernel.accord import write_heure


@dataclass(frozen=True, slots=True)
class ActeConnu:
    """What is already recorded of a dossier, to recognise a duplicate or an impossible order."""

    dossier_id: object
    actes: set[tuple[str, date]]
    # The hours known of their hearings; the acts withdrawn or corrected since, and when.
    heures: dict[tuple[str, date], time] = field(default_factory=dict)
    retires: dict[tuple[str, date], date] = field(default_factory=dict)
    # The day when the file was closed, when it is.
    classe_le: date | None = None


def judge_against_known(ligne: LigneLue, *, type_acte: str, connu: ActeConnu) -> None:
    """Mark a row as duplicate, or refuse a hearing earlier than the assignation it follows."""
    acte = ligne.acte
    if acte is None:
        return
    if (type_acte, acte.survenu_le) in connu.actes:
        ligne.etat = "doublon"
        ligne.motifs = [
            _tell_hour(ligne, type_acte, connu)
            or Motif(
                "",
                f"Déjà connu : {LABELS_TYPE[type_acte]} du {acte.survenu_le:%d/%m/%Y} pour ce"
                " ménage.",
                "Rien à faire : la ligne ne sera pas ajoutée une seconde fois.",
            )
        ]
        return
    _doubt_withdrawn(ligne, type_acte, acte.survenu_le, connu)
    _doubt_closed(ligne, connu)
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


def doubt_ressemblance(ligne: LigneLue) -> None:
    """Have a person look at a row whose household may be that of a file opened by hand."""
    if ligne.etat != "accepte":
        return
    ligne.etat = "a_verifier"
    ligne.motifs.insert(
        0,
        Motif(
            "Nom",
            "Un dossier ouvert à la main ressemble à ce ménage, sous un autre nom ou à une autre"
            " adresse.",
            "Cherchez-le\u00a0: si c’est lui, corrigez son nom ou son adresse au dossier, puis"
            " appliquez la liste\u00a0; confirmez la ligne si c’est un autre ménage.",
        ),
    )


def _tell_hour(ligne: LigneLue, type_acte: str, connu: ActeConnu) -> Motif | None:
    """Tell that a row of an act already known gives its hearing another hour."""
    acte = ligne.acte
    known = connu.heures.get((type_acte, acte.survenu_le)) if acte else None
    if acte is None or known is None or acte.audience_heure in {None, known}:
        return None
    return Motif(
        "Heure d’audience",
        f"Déjà connu, à une autre heure\u00a0: {write_heure(known)} au dossier,"
        f" {write_heure(acte.audience_heure)} dans la liste.",
        "La ligne ne sera pas ajoutée\u00a0: si la liste a raison, corrigez l’acte au dossier,"
        " onglet Chronologie.",
    )


def _doubt_withdrawn(ligne: LigneLue, type_acte: str, le: date, connu: ActeConnu) -> None:
    """Have a person look at an act that somebody took off the file: a list often comes again."""
    retire_le = connu.retires.get((type_acte, le))
    if retire_le is None or ligne.etat != "accepte":
        return
    ligne.etat = "a_verifier"
    ligne.motifs.insert(
        0,
        Motif(
            "Date de l’acte",
            f"{LABELS_TYPE[type_acte].capitalize()} du {le:%d/%m/%Y}\u00a0: retiré ou corrigé au"
            f" dossier le {retire_le:%d/%m/%Y}.",
            "Confirmez la ligne seulement si l’acte a bien eu lieu ce jour-là.",
        ),
    )


def _doubt_closed(ligne: LigneLue, connu: ActeConnu) -> None:
    """Have a person look at an act of a file that is closed: it opens it again."""
    if connu.classe_le is None or ligne.etat != "accepte":
        return
    ligne.etat = "a_verifier"
    ligne.motifs.insert(
        0,
        Motif(
            "Nom",
            f"Le dossier de ce ménage est classé depuis le {connu.classe_le:%d/%m/%Y}.",
            "Confirmez la ligne pour ajouter l’acte\u00a0: le dossier est alors rouvert.",
        ),
    )


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
