"""The month's choice: what is proposed, by quota, and what it lacks."""

import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from seuil.accompagnements.rules.priorites import CFP, CQL, Candidat
from seuil.kernel.accord import write_pluriel

CFP_MAX = 1


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
class ObjectifSaisi:
    """What the convention asks for a year: volumes, and shares in percent."""

    annee: int
    cible_annuelle: int
    volume_mensuel: int
    part_arrondissement: int = 0
    part_cql_min: int = 0
    part_cql_max: int = 100


def why_bad_objectif(*, saisie: ObjectifSaisi, arrondissement: bool) -> str | None:
    """Return why a target cannot be, in French, or None; `arrondissement`: one is named."""
    if saisie.cible_annuelle < 1 or saisie.volume_mensuel < 1:
        return "La cible de l’année et le volume du mois sont d’au moins un ménage."
    if saisie.volume_mensuel > saisie.cible_annuelle:
        return "Le volume du mois dépasse la cible de l’année."
    if saisie.part_cql_min > saisie.part_cql_max:
        return "La part minimale de commandements de quitter les lieux dépasse la maximale."
    if saisie.part_arrondissement and not arrondissement:
        return "Choisissez l’arrondissement auquel cette part est réservée."
    return None


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
            f"La convention prévoit {write_pluriel(cible.volume, 'situation nouvelle')} par mois.",
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
    nombre = write_pluriel(len(retenus), "dossier retenu")
    if len(retenus) > cible.volume:
        yield (
            f"{nombre} pour un volume de {cible.volume} :"
            " le secrétariat en a ajouté au-delà du volume."
        )
    elif len(retenus) < cible.volume:
        raison = (
            "les autres dossiers éligibles dépasseraient la part du commandement de quitter les"
            " lieux ou du concours de la force publique"
            if reserve
            else "aucun autre dossier n’est éligible"
        )
        yield f"{nombre} pour un volume de {cible.volume} : {raison}."
    wanted = cible.dans_arrondissement
    dans = sum(c.arrondissement == cible.arrondissement for c in retenus)
    if wanted is not None and dans < wanted:
        yield (
            f"{write_pluriel(dans, 'dossier')} dans l’arrondissement au lieu de {wanted} : il n’y a"
            " pas assez de dossiers éligibles à cet endroit,"
            " ou les ajouts du secrétariat sont ailleurs."
        )
    if wanted is not None and len(retenus) - dans > cible.volume - wanted and dans >= wanted:
        yield "Plus de dossiers hors de l’arrondissement que prévu, par les ajouts du secrétariat."
    cql = sum(c.famille == CQL for c in retenus)
    least, most = cible.cql
    if cql < least:
        yield (
            f"{write_pluriel(cql, 'commandement')} de quitter les lieux au lieu de {least}"
            " au moins : il n’y en a pas d’autre éligible."
        )
    elif cql > most:
        yield (
            f"{write_pluriel(cql, 'commandement')} de quitter les lieux, pour {most} au plus :"
            " le secrétariat en a ajouté."
        )
    if sum(c.famille == CFP for c in retenus) > CFP_MAX:
        yield "Plus d’un dossier au stade du concours de la force publique : ajout du secrétariat."
