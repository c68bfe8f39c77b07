"""Attempts and exchanges with the household and the landlord, visits included."""

from collections.abc import Iterable, Iterator
from typing import Any

from seuil.contacts.models import Contact
from seuil.contacts.queries import list_contacts
from seuil.visites.queries import list_notes
from seuil.web.dossier.onglet import Evenement, Fil, Lecture, Onglet, join
from seuil.web.templatetags.seuil import heure


def _read(lecture: Lecture) -> dict[str, Any]:
    contacts = [(c, getattr(c, "visite", None)) for c in list_contacts(**lecture.key)]
    notes = list_notes(**lecture.key)
    return {
        "contacts": [(c, v, notes.get(v.pk, "") if v else "") for c, v in contacts],
        "peut_noter": lecture.writes("contact.enregistrer", "echanges"),
        "peut_visiter": lecture.writes("visite.enregistrer", "echanges"),
    }


def _write_contacts(contacts: Iterable[Contact]) -> Iterator[Evenement]:
    for c in contacts:
        visite = getattr(c, "visite", None)
        titre = f"{'Visite' if visite else c.get_canal_display()} — {c.get_avec_display().lower()}"
        detail = join([c.get_resultat_display(), heure(c.heure), c.lieu, c.note])
        yield Evenement(c.survenu_le, titre, detail, f"{c.par}, {c.organisation}")


ONGLET = Onglet(
    libelle="Contacts et visites",
    rang=60,
    template="dossier/onglets/contacts.html",
    read=_read,
    categories=("echanges",),
    fils=(
        Fil(
            "contact", "Contacts et visites", 20, "echanges", Contact, list_contacts,
            _write_contacts,
        ),
    ),
)  # fmt: skip
