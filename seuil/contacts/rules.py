"""What is said of an attempt or an exchange, and when it may be recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ContactSaisi:
    """An attempt and its result, as noted; the same `contact_id` sent twice is the same one."""

    avec: str
    canal: str
    resultat: str
    survenu_le: date
    heure: time | None = None
    lieu: str = ""
    prochain_le: date | None = None
    note: str = ""
    contact_id: UUID | None = None


def why_not_record(
    *,
    survenu_le: date,
    prochain_le: date | None,
    on: date,
    mandat_le: date | None = None,
) -> str | None:
    """Return the French reason why a contact may not be recorded, or None when it may.

    `mandat_le` is the day the dossier was entrusted to the author's organisation, if it was.
    """
    if survenu_le > on:
        return (
            "La date du contact est à venir : notez-le quand il a eu lieu, ou indiquez-la comme"
            " prochain contact."
        )
    if mandat_le is not None and survenu_le < mandat_le:
        return "Ce contact précède le jour où le dossier vous a été confié : vérifiez la date."
    if prochain_le is not None and prochain_le < survenu_le:
        return "Le prochain contact ne peut pas précéder celui que vous notez."
    return None


def why_not_again(*, garde: Mapping[str, str], envoye: Mapping[str, str]) -> str | None:
    """Return why a form sent again may not be taken for the first, or None when it says the same.

    Both are what is shown of each field, by its label.
    """
    if garde == envoye:
        return None
    told = " ; ".join(
        f"{libelle} : « {garde[libelle] or 'rien'} » est enregistré,"
        f" « {envoye[libelle] or 'rien'} » est envoyé"
        for libelle in garde
        if garde[libelle] != envoye[libelle]
    )
    return (
        f"Ce formulaire a déjà servi, avec un autre contenu. {told}. Rien n’a été changé : pour"
        " noter un autre contact, rouvrez le formulaire."
    )
