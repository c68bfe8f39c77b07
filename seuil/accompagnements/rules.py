"""The équipe mobile's decisions: whom to propose, when a mandate may end, what is due."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from seuil.engines import droit
from seuil.travail.rules import Besoin

# --- The month's choice --------------------------------------------------------------------------

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
CFP_MAX = 1
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


@dataclass(frozen=True, slots=True)
class Cible:
    """What the convention asks of a month: volume and shares, in percent."""

    volume: int
    arrondissement: str = ""
    arrondissement_nom: str = ""
    part_arrondissement: int = 0
    part_cql_min: int = 0
    part_cql_max: int = 100

    @property
    def dans_arrondissement(self) -> int | None:
        """Number of dossiers wanted in the arrondissement, or None when nothing is asked."""
        if not self.arrondissement or not self.part_arrondissement:
            return None
        return round(self.volume * self.part_arrondissement / 100)

    @property
    def cql(self) -> tuple[int, int]:
        """Least and most dossiers at the CQL stage; a small volume may not honour both."""
        least = math.ceil(self.volume * self.part_cql_min / 100)
        return least, max(least, self.volume * self.part_cql_max // 100)


@dataclass(frozen=True, slots=True)
class LigneProposee:
    """A dossier proposed or not, and why. `decision` is the secretariat's, when it made one."""

    candidat: Candidat
    retenu: bool
    motif: str
    # "" (computed), "ajoute" or "retire" by the secretariat
    decision: str = ""


@dataclass(frozen=True, slots=True)
class Quota:
    """A share wanted and obtained. `maximum` is None when only a minimum is asked."""

    code: str
    libelle: str
    minimum: int
    maximum: int | None
    obtenu: int
    explication: str

    @property
    def est_respecte(self) -> bool:
        return self.minimum <= self.obtenu and (self.maximum is None or self.obtenu <= self.maximum)


@dataclass(frozen=True, slots=True)
class Proposition:
    """The month's choice: retained dossiers, the next ones, the shares, what could not be met."""

    cible: Cible
    retenus: tuple[LigneProposee, ...]
    reserve: tuple[LigneProposee, ...]
    retires: tuple[LigneProposee, ...]
    quotas: tuple[Quota, ...]
    manques: tuple[str, ...]
    eligibles: int = 0
    choix_id: UUID | None = None
    signe_le: date | None = None


def score_candidat(
    *,
    on: date,
    stade: str,
    audience_le: date | None = None,
    dette: Decimal | None = None,
    enfants: int = 0,
    suivi: str = "",
    prescrit_par: str = "",
    has_telephone: bool = False,
    delai_le: date | None = None,
    nature_bailleur: str = "",
) -> list[Critere]:
    """Return the criteria a dossier meets, strongest first; `delai_le` ends the A1 delay."""
    criteres = [
        *_audience(on, stade, audience_le),
        *_delai(on, stade, delai_le),
        *_dette(dette),
    ]
    if prescrit_par:
        criteres.append(_critere("prescrit", f"Proposé par un service : {prescrit_par}."))
    if suivi == "sans_reponse":
        criteres.append(
            _critere("sans_reponse", "N’a pas répondu aux sollicitations des services sociaux.")
        )
    elif suivi == "inconnu":
        criteres.append(_critere("inconnu", "Signalé inconnu des services sociaux."))
    if enfants > 0:
        mot = "enfant" if enfants == 1 else "enfants"
        criteres.append(_critere("enfants", f"{enfants} {mot} dans le logement."))
    if not has_telephone:
        criteres.append(
            _critere(
                "sans_telephone",
                "Aucun téléphone connu : seul un passage à domicile peut atteindre le ménage.",
            )
        )
    if nature_bailleur in _ADRESSE_A_UNE_PERSONNE:
        criteres.append(
            _critere(
                "bailleur_particulier",
                "Le bailleur est un particulier : une médiation directe est possible.",
            )
        )
    return sorted(criteres, key=lambda critere: (-critere.points, critere.code))


def propose_choix(
    candidats: Iterable[Candidat],
    cible: Cible,
    *,
    ajouts: Collection[UUID] = (),
    retraits: Collection[UUID] = (),
    eligibles: int | None = None,
) -> Proposition:
    """Choose the month's dossiers: best ranked within the volume and the shares of the convention.

    What the secretariat added comes first and counts in the shares; what it removed is left out.
    The CQL and CFP ceilings are never passed by the computation; the share of the arrondissement
    gives way before the volume does. The order of the candidates changes nothing.
    """
    ranked = sorted({c.dossier_id: c for c in candidats}.values(), key=lambda c: c.rang)
    libres = [c for c in ranked if c.dossier_id not in ajouts and c.dossier_id not in retraits]
    tri = _Tri(cible)
    for candidat in ranked:
        if candidat.dossier_id in ajouts:
            tri.take(candidat)
    for with_zone in (True, False):
        for candidat in libres:
            if candidat.famille == CQL and tri.cql < cible.cql[0]:
                tri.take_if_fits(candidat, with_zone=with_zone)
    for with_zone in (True, False):
        for candidat in libres:
            tri.take_if_fits(candidat, with_zone=with_zone)
    retenus = sorted(tri.retenus.values(), key=lambda c: c.rang)
    reserve = [c for c in libres if c.dossier_id not in tri.retenus]
    retires = [c for c in ranked if c.dossier_id in retraits and c.dossier_id not in ajouts]
    return Proposition(
        cible=cible,
        retenus=tuple(_retained(c, ajoute=c.dossier_id in ajouts) for c in retenus),
        reserve=tuple(
            LigneProposee(c, retenu=False, motif=tri.explain_reserve(c)) for c in reserve
        ),
        retires=tuple(
            LigneProposee(c, retenu=False, motif="Retiré par le secrétariat.", decision="retire")
            for c in retires
        ),
        quotas=compute_quotas(retenus, cible),
        manques=tuple(_manques(retenus, reserve, cible)),
        eligibles=len(ranked) if eligibles is None else eligibles,
    )


def compute_quotas(retenus: Collection[Candidat], cible: Cible) -> tuple[Quota, ...]:
    """Return the shares obtained by the retained dossiers, beside those wanted."""
    cql_min, cql_max = cible.cql
    quotas = [
        Quota(
            "volume",
            "Dossiers du mois",
            cible.volume,
            cible.volume,
            len(retenus),
            f"La convention prévoit {cible.volume} situations nouvelles par mois.",
        ),
        Quota(
            "cql",
            "Commandements de quitter les lieux",
            cql_min,
            cql_max,
            sum(c.famille == CQL for c in retenus),
            f"Entre {cible.part_cql_min} et {cible.part_cql_max} % du volume du mois.",
        ),
        Quota(
            "cfp",
            "Concours de la force publique",
            0,
            CFP_MAX,
            sum(c.famille == CFP for c in retenus),
            "À titre très exceptionnel, sur proposition d’un service.",
        ),
    ]
    wanted = cible.dans_arrondissement
    if wanted is not None:
        quotas.insert(
            1,
            Quota(
                "arrondissement",
                f"Arrondissement de {cible.arrondissement_nom or cible.arrondissement}",
                wanted,
                None,
                sum(c.arrondissement == cible.arrondissement for c in retenus),
                f"Environ {cible.part_arrondissement} % des interventions.",
            ),
        )
    return tuple(quotas)


class _Tri:
    """The dossiers taken so far, and whether one more still fits."""

    def __init__(self, cible: Cible) -> None:
        self.cible = cible
        self.retenus: dict[UUID, Candidat] = {}
        self.cql = self.cfp = self.dans = self.hors = 0

    def take(self, candidat: Candidat) -> None:
        self.retenus[candidat.dossier_id] = candidat
        self.cql += candidat.famille == CQL
        self.cfp += candidat.famille == CFP
        dedans = candidat.arrondissement == self.cible.arrondissement
        self.dans += dedans
        self.hors += not dedans

    def take_if_fits(self, candidat: Candidat, *, with_zone: bool) -> None:
        if (
            candidat.dossier_id not in self.retenus
            and len(self.retenus) < self.cible.volume
            and self.fits_famille(candidat)
            and (not with_zone or self.fits_zone(candidat))
        ):
            self.take(candidat)

    def fits_famille(self, candidat: Candidat) -> bool:
        if candidat.famille == CQL:
            return self.cql < self.cible.cql[1]
        return candidat.famille != CFP or self.cfp < CFP_MAX

    def fits_zone(self, candidat: Candidat) -> bool:
        wanted = self.cible.dans_arrondissement
        if wanted is None:
            return True
        if candidat.arrondissement == self.cible.arrondissement:
            return self.dans < wanted
        return self.hors < self.cible.volume - wanted

    def explain_reserve(self, candidat: Candidat) -> str:
        if not self.fits_famille(candidat):
            if candidat.famille == CQL:
                return "La part des commandements de quitter les lieux est atteinte."
            return "Un seul dossier au stade du concours de la force publique par mois."
        if not self.fits_zone(candidat):
            return "La part de son territoire est atteinte."
        return "Le volume du mois est atteint avec des dossiers mieux classés."


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
        yield _critere("dette_forte", f"Dette de {_euros(dette)}, 5 000 € ou plus.")
    elif dette >= DETTE_MOYENNE:
        yield _critere("dette_moyenne", f"Dette de {_euros(dette)}, entre 2 000 et 5 000 €.")


def _euros(montant: Decimal) -> str:
    return f"{montant:,.2f}\u00a0€".replace(",", "\u202f").replace(".", ",")


def _retained(candidat: Candidat, *, ajoute: bool) -> LigneProposee:
    return LigneProposee(
        candidat,
        retenu=True,
        motif="Ajouté par le secrétariat."
        if ajoute
        else "Parmi les mieux classés de son stade et de son territoire.",
        decision="ajoute" if ajoute else "",
    )


def _manques(
    retenus: Collection[Candidat], reserve: Collection[Candidat], cible: Cible
) -> Iterator[str]:
    if len(retenus) > cible.volume:
        yield (
            f"{len(retenus)} dossiers retenus pour un volume de {cible.volume} : le secrétariat en"
            " a ajouté au-delà du volume."
        )
    elif len(retenus) < cible.volume:
        raison = (
            "les autres dossiers éligibles dépasseraient la part du commandement de quitter les"
            " lieux ou du concours de la force publique"
            if reserve
            else "aucun autre dossier n’est éligible"
        )
        yield f"{len(retenus)} dossiers retenus pour un volume de {cible.volume} : {raison}."
    wanted = cible.dans_arrondissement
    dans = sum(c.arrondissement == cible.arrondissement for c in retenus)
    if wanted is not None and dans < wanted:
        yield (
            f"{dans} dossiers dans l’arrondissement au lieu de {wanted} : il n’y a pas assez de"
            " dossiers éligibles à cet endroit, ou les ajouts du secrétariat sont ailleurs."
        )
    if wanted is not None and len(retenus) - dans > cible.volume - wanted and dans >= wanted:
        yield "Plus de dossiers hors de l’arrondissement que prévu, par les ajouts du secrétariat."
    cql = sum(c.famille == CQL for c in retenus)
    least, most = cible.cql
    if cql < least:
        yield (
            f"{cql} commandements de quitter les lieux au lieu de {least} au moins : il n’y en a"
            " pas d’autre éligible."
        )
    elif cql > most:
        yield (
            f"{cql} commandements de quitter les lieux, {most} au plus étaient prévus : le"
            " secrétariat en a ajouté."
        )
    if sum(c.famille == CFP for c in retenus) > CFP_MAX:
        yield "Plus d’un dossier au stade du concours de la force publique : ajout du secrétariat."


# --- The mandate ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DemarcheSaisie:
    """A step of the contract, as typed: what, to what end, who, by when."""

    genre: str
    objectif: str
    acteur: str
    pour_le: date


@dataclass(frozen=True, slots=True)
class Suivi:
    """What a mandate's contacts with the household say.

    `echange_le` is the last day somebody was really spoken to; `relance_le` the first attempt of a
    later day, None when there is none.
    """

    echange_le: date | None
    relance_le: date | None
    tentatives: int


def why_not_close(
    *,
    motif: str,
    clos_le: date,
    on: date,
    debut_le: date,
    suivi: Suivi,
    notifie_le: date | None,
) -> str | None:
    """Return the French reason why an accepted mandate may not end so, or None when it may."""
    if clos_le > on:
        return "La date de clôture est à venir : la clôture s’enregistre le jour où elle a lieu."
    if clos_le < debut_le:
        return "La clôture ne peut pas précéder l’acceptation du dossier."
    if notifie_le is not None and notifie_le > on:
        return "La date de notification au ménage est à venir."
    reason = None
    if motif == "sans_nouvelles":
        reason = _why_not_sans_nouvelles(clos_le, suivi, notifie_le)
    elif motif == "fin_duree":
        reason = _why_not_fin_duree(clos_le, debut_le)
    elif motif == "non_rencontre":
        reason = _why_not_non_rencontre(suivi)
    return reason


def _why_not_sans_nouvelles(clos_le: date, suivi: Suivi, notifie_le: date | None) -> str | None:
    # AMI Gironde 2023, § 6: one more attempt at least, three months without answer, notification.
    if suivi.relance_le is None or suivi.relance_le > clos_le:
        return (
            "Aucune tentative n’a suivi le dernier échange : contactez le ménage au moins une fois,"
            " par tout moyen, avant de mettre fin au suivi."
        )
    possible_le = _term("EM6", suivi.relance_le)
    if clos_le < possible_le:
        return (
            "Trois mois doivent s’écouler sans réponse depuis la relance du "
            f"{droit.write_date(suivi.relance_le)} : la fin du suivi est possible à partir du "
            f"{droit.write_date(possible_le)}."
        )
    if notifie_le is None:
        return (
            "La fin du suivi pour absence de réponse est notifiée au ménage : indiquez la date de"
            " la notification."
        )
    return None


def _why_not_fin_duree(clos_le: date, debut_le: date) -> str | None:
    terme = _term("EM5", debut_le)
    if clos_le < terme:
        return (
            f"Les six mois s’achèvent le {droit.write_date(terme)} : choisissez un autre motif, ou"
            " attendez cette date."
        )
    return None


def _why_not_non_rencontre(suivi: Suivi) -> str | None:
    if suivi.echange_le is not None:
        return (
            f"Un échange avec le ménage a eu lieu le {droit.write_date(suivi.echange_le)} :"
            " choisissez un autre motif."
        )
    if not suivi.tentatives:
        return "Aucune tentative n’est notée : essayez au moins une fois de joindre le ménage."
    return None


def _term(regle: str, depuis: date) -> date:
    terme = droit.compute(regle, depuis=depuis).date
    if terme is None:
        raise AssertionError(f"{regle} gives no date")
    return terme


def end_of_mandat(
    *, em5_le: date | None, avis: Collection[tuple[date, str, date | None]]
) -> date | None:
    """Return the day the follow-up ends: six months, or what the last CCAPEX opinion decided.

    `avis` holds (day, opinion, until); an opinion to hand over ends the follow-up that day.
    """
    if em5_le is None or not avis:
        return em5_le
    avis_le, sens, jusqu_au = max(avis, key=lambda a: a[0])
    return jusqu_au or max(avis_le, em5_le) if sens == "poursuite" else avis_le


# --- What is due ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DemarcheDue:
    id: UUID
    pour_le: date


@dataclass(frozen=True, slots=True)
class ContactPrevu:
    """A next contact fixed at the last one, not yet followed by any attempt."""

    contact_id: UUID
    prochain_le: date


@dataclass(frozen=True, slots=True)
class EtatMandat:
    """An open mandate and what was done of it: all that decides of the work due."""

    id: UUID
    dossier_id: UUID
    operateur_id: UUID
    transmis_le: date
    # The stage of the procedure when it was entrusted.
    stade: str = ""
    repondu_le: date | None = None
    referent_id: UUID | None = None
    # Role of the person in charge: travailleur_social or juriste.
    referent_role: str = ""
    rapports: frozenset[str] = frozenset()
    suivi: Suivi = Suivi(None, None, 0)
    # (day, opinion, until) of the CCAPEX
    avis: tuple[tuple[date, str, date | None], ...] = ()
    demarches: tuple[DemarcheDue, ...] = ()
    contacts_prevus: tuple[ContactPrevu, ...] = ()
    # Date of each rule started by this mandate: EM1, EM2, EM2b, EM4, EM5, EM6.
    dates: Mapping[str, date] = field(default_factory=dict)


def compute_besoins(mandats: Iterable[EtatMandat]) -> list[Besoin]:
    """Return the work due on open mandates; it depends on facts and dates, never on today."""
    besoins: list[Besoin] = []
    for mandat in mandats:
        if mandat.repondu_le is None:
            besoins += _a_repondre(mandat)
            continue
        if mandat.referent_id is None:
            besoins += _a_affecter(mandat, mandat.repondu_le)
        besoins += _rapports(mandat, mandat.repondu_le)
        besoins += _contacts(mandat)
        besoins += _fin(mandat)
        besoins += (
            _besoin(mandat, "demarche", d.pour_le - timedelta(days=15), d.pour_le, source_id=d.id)
            for d in mandat.demarches
        )
    return besoins


def make_besoin(
    mandat: EtatMandat,
    genre: str,
    visible_le: date,
    due_le: date,
    *,
    regle: str = "",
    source_id: UUID | None = None,
    legale: bool = False,
    caduque_le: date | None = None,
) -> Besoin:
    """Return a need for the person in charge of the mandate, or for the chef d’équipe."""
    affecte = mandat.referent_id is not None
    return Besoin(
        dossier_id=mandat.dossier_id,
        genre=genre,
        source_id=source_id or mandat.id,
        role=mandat.referent_role if affecte else "chef_equipe",
        visible_le=min(visible_le, due_le),
        due_le=due_le,
        legale=legale,
        regle=regle,
        organisation_id=None if affecte else mandat.operateur_id,
        agent_id=mandat.referent_id,
        caduque_le=caduque_le,
    )


_besoin = make_besoin


def _a_repondre(mandat: EtatMandat) -> Iterator[Besoin]:
    if due_le := mandat.dates.get("EM1"):
        yield _besoin(mandat, "repondre_mandat", mandat.transmis_le, due_le, regle="EM1")


def _a_affecter(mandat: EtatMandat, repondu_le: date) -> Iterator[Besoin]:
    if due_le := mandat.dates.get("EM1"):
        yield _besoin(mandat, "affecter_mandat", repondu_le, due_le, regle="EM1")


def _rapports(mandat: EtatMandat, repondu_le: date) -> Iterator[Besoin]:
    dates = mandat.dates
    if "premier_retour" not in mandat.rapports and (due_le := dates.get("EM1")):
        yield _besoin(mandat, "premier_retour", repondu_le, due_le, regle="EM1")
    if "evaluation" not in mandat.rapports and (due_le := dates.get("EM2b")):
        visible_le = dates.get("EM2", repondu_le)
        yield _besoin(mandat, "evaluation", visible_le, due_le, regle="EM2b")
    if "bilan" not in mandat.rapports and (due_le := dates.get("EM5")):
        yield _besoin(mandat, "bilan", due_le - timedelta(days=15), due_le, regle="EM5")


def _contacts(mandat: EtatMandat) -> Iterator[Besoin]:
    silence_le = mandat.dates.get("EM6") if mandat.suivi.relance_le else None
    if due_le := mandat.dates.get("EM4"):
        # After three months of silence and one more attempt, the question is the end, not a call.
        yield _besoin(
            mandat,
            "reprendre_contact",
            due_le - timedelta(days=5),
            due_le,
            regle="EM4",
            caduque_le=silence_le,
        )
    if silence_le:
        due_le = silence_le + timedelta(days=15)
        yield _besoin(mandat, "sans_nouvelles", silence_le, due_le, regle="EM6")
    for prevu in mandat.contacts_prevus:
        visible_le = prevu.prochain_le - timedelta(days=2)
        yield _besoin(
            mandat, "prochain_contact", visible_le, prevu.prochain_le, source_id=prevu.contact_id
        )


def _fin(mandat: EtatMandat) -> Iterator[Besoin]:
    fin_le = end_of_mandat(em5_le=mandat.dates.get("EM5"), avis=mandat.avis)
    if fin_le is None:
        return
    visible_le = fin_le - timedelta(days=15)
    yield _besoin(mandat, "fin_accompagnement", visible_le, fin_le, regle="EM5")
    dernier = max(mandat.avis, key=lambda a: a[0])[1] if mandat.avis else "poursuite"
    if dernier == "poursuite":
        # The CCAPEX meets about once a month: its next session decides.
        besoin = _besoin(
            mandat, "avis_prolongation", fin_le, fin_le + timedelta(days=30), regle="EM5"
        )
        yield replace(besoin, role="secretariat", organisation_id=None, agent_id=None)
