"""What makes a household come first in the month's choice: criteria and points."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from seuil.engines import droit

# A commandement older than its longest delay (two months) and one month more has run its course.
COMMANDEMENT_JOURS = 92
# A commandement de quitter les lieux, or an assignation whose hearing is unknown, older than that
# is not an emergency that nobody saw.
AVAL_JOURS = 183
# A service's proposal is taken into account that long.
PRESCRIPTION_JOURS = 183
# A household refused or closed is not proposed again before.
RETOUR_JOURS = 183
# Nearer than that, nothing can be done before the hearing.
AUDIENCE_JOURS_MIN = 7
# Nearer than that, the diagnosis hardly reaches the judge; farther, there is time.
AUDIENCE_JOURS_PROCHE = 21
AUDIENCE_JOURS_LOIN = 60
DELAI_JOURS_COURT = 15
DETTE_FORTE = Decimal(5000)
DETTE_MOYENNE = Decimal(2000)

# The points of each criterion: read here by the explanation, and by the SQL that ranks.
POINTS: Mapping[str, int] = {
    "audience_utile": 30,
    "audience_proche": 20,
    "audience_loin": 10,
    "prescrit": 25,
    "sans_reponse": 20,
    "inconnu": 10,
    "dette_forte": 20,
    "dette_moyenne": 10,
    "enfants": 15,
    "delai_long": 15,
    "delai_court": 8,
    "sans_telephone": 10,
    "bailleur_particulier": 5,
}

AMONT = "amont"
CQL = "cql"
CFP = "cfp"
# Stage → share it counts in. A stage absent from here is not eligible.
FAMILLES: Mapping[str, str] = {
    "commandement": AMONT,
    "assignation": AMONT,
    "cql": CQL,
    "rfp": CFP,
    "cfp": CFP,
}
_ADRESSE_A_UNE_PERSONNE = frozenset({"physique", "sci_familiale"})


@dataclass(frozen=True, slots=True)
class Critere:
    """One reason to choose a dossier: its points and the sentence shown."""

    code: str
    libelle: str
    points: int

    def as_dict(self) -> dict[str, str | int]:
        return {"code": self.code, "libelle": self.libelle, "points": self.points}


@dataclass(frozen=True, slots=True)
class Candidat:
    """An eligible dossier, as ranked and shown."""

    dossier_id: UUID
    numero: str
    nom: str
    commune: str
    arrondissement: str
    stade: str
    stade_le: date
    audience_le: date | None = None
    dette: Decimal | None = None
    criteres: tuple[Critere, ...] = ()
    # Kept of a signed choice, whose criteria are those that were shown on the day.
    score_fige: int | None = None

    @property
    def score(self) -> int:
        if self.score_fige is not None:
            return self.score_fige
        return sum(critere.points for critere in self.criteres)

    @property
    def famille(self) -> str:
        return FAMILLES.get(self.stade, AMONT)

    @property
    def rang(self) -> tuple[int, date, Decimal, str]:
        """Order of the candidates: best score, nearest hearing, highest debt, oldest number."""
        return (
            -self.score,
            self.audience_le or date.max,
            -(self.dette or Decimal(0)),
            self.numero,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SituationCandidat:
    """What is known of a household that may be chosen; `delai_le` ends the A1 delay."""

    stade: str
    audience_le: date | None = None
    dette: Decimal | None = None
    enfants: int = 0
    suivi: str = ""
    prescrit_par: str = ""
    has_telephone: bool = False
    delai_le: date | None = None
    nature_bailleur: str = ""


def score_candidat(s: SituationCandidat, *, on: date) -> list[Critere]:
    """Return the criteria that a household meets, strongest first."""
    criteres = [
        *_audience(on, s.stade, s.audience_le),
        *_delai(on, s.stade, s.delai_le),
        *_dette(s.dette),
        *_suivi(s),
    ]
    if s.enfants > 0:
        mot = "enfant" if s.enfants == 1 else "enfants"
        criteres.append(_critere("enfants", f"{s.enfants} {mot} dans le logement."))
    if not s.has_telephone:
        criteres.append(
            _critere(
                "sans_telephone",
                "Aucun téléphone connu : seul un passage à domicile peut atteindre le ménage.",
            )
        )
    if s.nature_bailleur in _ADRESSE_A_UNE_PERSONNE:
        criteres.append(
            _critere(
                "bailleur_particulier",
                "Le bailleur est un particulier : une médiation directe est possible.",
            )
        )
    return sorted(criteres, key=lambda critere: (-critere.points, critere.code))


def _suivi(s: SituationCandidat) -> Iterator[Critere]:
    if s.prescrit_par:
        yield _critere("prescrit", f"Proposé par un service : {s.prescrit_par}.")
    if s.suivi == "sans_reponse":
        yield _critere("sans_reponse", "N’a pas répondu aux sollicitations des services sociaux.")
    elif s.suivi == "inconnu":
        yield _critere("inconnu", "Signalé inconnu des services sociaux.")


def _critere(code: str, libelle: str) -> Critere:
    return Critere(code, libelle, POINTS[code])


def _audience(on: date, stade: str, audience_le: date | None) -> Iterator[Critere]:
    if stade not in {"commandement", "assignation"} or audience_le is None:
        return
    jours = (audience_le - on).days
    jour = droit.write_date(audience_le)
    if jours < AUDIENCE_JOURS_MIN:
        return
    if jours < AUDIENCE_JOURS_PROCHE:
        yield _critere(
            "audience_proche", f"Audience le {jour} : elle se prépare encore, mais sans attendre."
        )
    elif jours <= AUDIENCE_JOURS_LOIN:
        yield _critere(
            "audience_utile",
            f"Audience le {jour} : le diagnostic peut encore être transmis au juge.",
        )
    else:
        yield _critere("audience_loin", f"Audience le {jour} : il reste plus de deux mois.")


def _delai(on: date, stade: str, delai_le: date | None) -> Iterator[Critere]:
    if stade != "commandement" or delai_le is None or delai_le < on:
        return
    jour = droit.write_date(delai_le)
    if (delai_le - on).days >= DELAI_JOURS_COURT:
        yield _critere(
            "delai_long", f"Le délai du commandement court jusqu’au {jour} : on peut agir avant."
        )
    else:
        yield _critere("delai_court", f"Le délai du commandement s’achève le {jour}.")


def _dette(dette: Decimal | None) -> Iterator[Critere]:
    if dette is None:
        return
    if dette >= DETTE_FORTE:
        yield _critere("dette_forte", f"Dette de {droit.write_montant(dette)}, 5 000 € ou plus.")
    elif dette >= DETTE_MOYENNE:
        yield _critere(
            "dette_moyenne", f"Dette de {droit.write_montant(dette)}, entre 2 000 et 5 000 €."
        )
