"""The top of a dossier, whatever the tab: who, where it stands, next date, who is in charge."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from seuil.acteurs.models import Agent, Organisation
from seuil.dossiers.models import Acces, Composition, Personne
from seuil.dossiers.queries import (
    get_composition,
    list_acces,
    list_classements,
    list_titulaires,
)
from seuil.echeances.models import Situation, Stade
from seuil.echeances.queries.situations import get_dernier_suivi, get_derniere_dette, get_situation
from seuil.web.dates import CATEGORIES_DES_DATES, list_dates
from seuil.web.dossier.onglet import Lecture

# As many as the header shows.
_DATES = 3


def read_entete(lecture: Lecture) -> dict[str, Any]:
    """Return what the top of a dossier shows."""
    situation = get_situation(**lecture.key)
    personnes = list_titulaires(**lecture.key)
    composition = get_composition(**lecture.key)
    dates = list_dates(**lecture.key)
    closed = (c for c in list_classements(**lecture.key) if c.rouvert_le is None)
    classement = next(closed, None)
    holders = {Personne.Qualite.TITULAIRE, Personne.Qualite.CO_TITULAIRE}
    return {
        "titulaires": [p for p in personnes if p.qualite in holders] or personnes,
        "situation": situation,
        "etapes": list(_list_etapes(situation)),
        "prochaines": dates[:_DATES],
        "dates_reservees": not all(map(lecture.ouverture.allows, CATEGORIES_DES_DATES)),
        "en_charge": _list_en_charge(list_acces(**lecture.key)),
        "alertes": _list_alertes(
            situation, composition, get_dernier_suivi(**lecture.key), lecture.on
        ),
        "dette": get_derniere_dette(**lecture.key),
        "classement": classement,
        "peut_classer": lecture.writes("dossier.creer", "procedure"),
        "peut_noter": lecture.writes("contact.enregistrer", "echanges"),
        # Closed, it takes no act before it is opened again.
        "peut_acte": classement is None and lecture.writes("acte.enregistrer", "procedure"),
        "peut_prescrire": lecture.writes("prescription.enregistrer", "accompagnement"),
    }


# On the line of the stages, those whose name is long.
_SIGLES: Mapping[str, str] = {
    Stade.COMMANDEMENT: "CDP", Stade.CQL: "CQL", Stade.RFP: "RFP", Stade.CFP: "CFP",
}  # fmt: skip


def _list_etapes(situation: Situation | None) -> Iterator[tuple[str, str, str]]:
    """Yield the stages: abbreviation, name, and whether done, current or to come."""
    codes = [code for code, _ in Stade.choices]
    rank = codes.index(situation.stade) if situation else -1
    for i, (code, label) in enumerate(Stade.choices):
        if code == Stade.SIGNALEMENT and i != rank:
            # Most procedures begin without it.
            continue
        sigle = _SIGLES.get(code, str(label))
        yield sigle, str(label), "courante" if i == rank else "faite" if i < rank else ""


def _list_alertes(
    situation: Situation | None, composition: Composition | None, suivi: str, on: date
) -> list[str]:
    alertes = []
    if situation and situation.audience_le and 0 <= (situation.audience_le - on).days <= 15:
        alertes.append("audience proche")
    if composition and composition.enfants:
        plural = "s" if composition.enfants > 1 else ""
        alertes.append(f"{composition.enfants} enfant{plural} au foyer")
    if suivi == "inconnu":
        alertes.append("inconnu des services sociaux")
    return alertes


_EN_CHARGE = frozenset({Acces.Relation.MANDAT, Acces.Relation.AFFECTATION})


def _list_en_charge(acces: Iterable[Acces]) -> list[Agent | Organisation]:
    """Return who is in charge, each once: the team to whom it is entrusted, and who follows it.

    A landlord, a commissaire, whoever received a document reaches the file, and follows nobody.
    """
    followed = (a for a in acces if a.relation in _EN_CHARGE)
    return list(dict.fromkeys(who for a in followed if (who := a.agent or a.organisation)))
