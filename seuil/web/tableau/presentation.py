"""The words of the table: its weeks, its lines, what a line says once it is answered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone

from seuil.dossiers.models import SuiviSocial
from seuil.dossiers.rules import SuiviRepondu
from seuil.kernel import clock
from seuil.kernel.accord import NBSP
from seuil.web.addresses import address
from seuil.web.tableau.queries import Demande, Semaine
from seuil.web.templatetags.seuil import JOURS, mois

# The three answers, in the words of the table.
REPONSES: Mapping[str, tuple[str, bool]] = {
    "connu": ("connu", False),
    "suivi": ("connu", True),
    "inconnu": ("inconnu", False),
}
# Names that spare typing: any other may be typed.
MESURES = ("ASLL", "AVDL", "MASP", "MAESF", "RSA", "AESF", "FSL", "curatelle", "tutelle")
_STADES = {"commandement": "CDP", "signalement": "Impayé signalé", "cql": "CQL", "rfp": "RFP"}


@dataclass(frozen=True, slots=True)
class Saisie:
    """What was sent and not recorded, shown again as it was typed, with the reason."""

    reponse: str
    mesure: str
    depuis: str
    pourquoi: str


def name_reponse(suivi: SuiviSocial | SuiviRepondu | None) -> str:
    """Return the word of an answer: connu, suivi, inconnu; empty without any."""
    if suivi is None or not suivi.situation:
        return ""
    return "suivi" if suivi.accompagne else suivi.situation.replace("_", NBSP)


def write_ligne(
    demande: Demande, *, lit: bool, departement: str, saisie: Saisie | None = None
) -> dict[str, object]:
    """Return the words of one line, by the name that its template gives them."""
    said = demande.reponse if demande.reponse and demande.reponse.situation else None
    # Asked again, for a newer act: what was said is told, and waits to be said again.
    current = None if demande.a_repondre else said
    chosen = saisie.reponse if saisie else name_reponse(current)
    shown = said or None
    return {
        "numero": demande.numero,
        "url": address("dossier", demande.numero) if lit else "",
        "menage": demande.menage,
        "commune": demande.commune,
        "stade": _STADES.get(demande.type_acte, demande.type_acte),
        "acte_le": f"{demande.acte_le:%d/%m}" if demande.acte_le else "",
        **{code: "true" if chosen == code else "false" for code in REPONSES},
        "mesure": saisie.mesure if saisie else (shown.mesure if shown else ""),
        "depuis": saisie.depuis if saisie else mois(shown.depuis_le if shown else None),
        "rendre": f"{demande.rendre_le:%d/%m}" if demande.rendre_le else "",
        "vu": str(demande.reponse.pk) if demande.reponse else "",
        "refus": saisie.pourquoi if saisie else "",
        "enregistre": write_instant(current, departement) if current else "",
        "par": str(current.par) if current and current.par else "",
        "avant": _write_avant(demande, said),
    }


def _write_avant(demande: Demande, said: SuiviSocial | None) -> str:
    """Tell what was said before: of a former act, or before a correction."""
    if said is None:
        return ""
    former = said if demande.a_repondre else said.remplace
    if former is None or not former.situation:
        return ""
    par = f" par {former.par}" if former.par else ""
    return f"le {former.constate_le:%d/%m} : {name_reponse(former)}{par}"


def write_instant(suivi: SuiviSocial, departement: str) -> str:
    """Write when an answer was recorded: « 10:42 » today, « 24/11 » before."""
    at = timezone.localtime(suivi.created_at, clock.zone(departement))
    if suivi.constate_le == clock.today(departement):
        return f"{at:%H:%M}"
    return f"{suivi.constate_le:%d/%m}"


def choose_semaine(semaines: Sequence[Semaine], asked: str, on: date) -> Semaine | None:
    """Return the week asked for; else the first to answer that is not late, else the last late."""
    by_day = {s.lundi.isoformat(): s for s in semaines}
    if asked in by_day:
        return by_day[asked]
    waiting = [s for s in semaines if s.a_repondre]
    coming = [s for s in waiting if s.derniere_le and s.derniere_le >= on]
    return next(iter(coming or waiting[::-1] or semaines[::-1]), None)


def write_a_rendre(semaine: Semaine, on: date) -> str:
    """Write by when the answers of a week are due: « à rendre jeudi 3/12 »."""
    if semaine.premiere_le is None or semaine.derniere_le is None:
        return "tout est répondu"
    first, last = _write_jour(semaine.premiere_le), _write_jour(semaine.derniere_le)
    told = f"à rendre {first}" if first == last else f"à rendre du {first} au {last}"
    return f"{told}, en retard" if semaine.premiere_le < on else told


def _write_jour(le: date) -> str:
    return f"{JOURS[le.weekday()]}{NBSP}{le.day}/{le.month:02}"


def list_onglets(
    semaines: Iterable[Semaine], shown: Semaine | None, on: date
) -> list[dict[str, object]]:
    """Return the weeks as links: those that wait, and the last ones."""
    kept = [s for s in semaines if s.a_repondre or (on - s.lundi).days < 42]
    return [
        {
            "lundi": s.lundi,
            "titre": f"{s.lundi.day}/{s.lundi.month:02}",
            "compte": f"{s.repondus}/{s.total}",
            "retard": s.premiere_le is not None and s.premiere_le < on,
            "ici": shown is not None and s.lundi == shown.lundi,
        }
        for s in kept
    ]


def read_vu(text: str) -> UUID | None:
    """Return the answer that was before the eyes; None without any."""
    try:
        return UUID(text)
    except ValueError:
        return None
