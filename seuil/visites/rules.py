"""What is said of a visit beside the contact that it is, and when it may be recorded."""

from dataclasses import dataclass

# Where people are met: the household's door, or a place that is neither's.
CANAUX_DE_VISITE = frozenset({"domicile", "lieu_neutre"})
DUREE_MAX_MINUTES = 480


@dataclass(frozen=True, slots=True)
class VisiteSaisie:
    """How long the visit lasted, who was there, what is to be remembered of it."""

    duree_minutes: int | None = None
    presents: str = ""
    compte_rendu: str = ""


def why_not_record(
    *, canal: str, duree_minutes: int | None, is_binome_self: bool, is_binome_foreign: bool
) -> str | None:
    """Return the French reason why a visit may not be recorded, or None when it may."""
    if canal not in CANAUX_DE_VISITE:
        return "Une visite a lieu au domicile ou en lieu neutre : sinon, notez un contact."
    if duree_minutes is not None and not 0 < duree_minutes <= DUREE_MAX_MINUTES:
        return "La durée de la visite se donne en minutes, entre 1 et 480."
    if is_binome_self:
        return "Le binôme est l’autre personne présente : choisissez quelqu’un d’autre que vous."
    if is_binome_foreign:
        return "Le binôme fait partie de votre équipe : choisissez une personne de votre organisme."
    return None


def why_not_again(*, garde: VisiteSaisie, envoye: VisiteSaisie) -> str | None:
    """Return why a form sent again may not be taken for the first, or None when it says the same.

    What a social worker wrote is not repeated in a message.
    """
    if garde == envoye:
        return None
    return (
        "Ce formulaire a déjà servi, avec un autre contenu : la visite reste telle qu’elle a été"
        " notée. Pour en noter une autre, rouvrez le formulaire."
    )
