"""A stage of a dossier as the duties read it; which apply, and what shows them done."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from seuil.travail.rules.devoirs import FAITS_EQUIVALENTS, Devoir


@dataclass(frozen=True, slots=True)
class DsfLu:
    """A diagnosis, as the duties read it."""

    demande_le: date | None
    termine_le: date | None
    organisme: str
    # Day it was sent to the judge.
    transmis_le: date | None = None


@dataclass(frozen=True, slots=True)
class EtapeLue:
    """A stage of a dossier, as the duties read it."""

    dossier_id: UUID
    departement: str
    commune: str
    parc: str
    etape: str
    acte_id: UUID
    le: date
    recu_le: date | None
    sens: str
    audience_le: date | None
    enfants: int
    bailleur: str
    suivi: str
    tiers_payant: bool
    # Day of each fact of FAITS_DACTES since the act.
    faits: Mapping[str, date]
    dsf: Sequence[DsfLu] = ()
    operateur_id: UUID | None = None
    # Type → organisation that a link names for this dossier, when one of its agents has an account.
    designes: Mapping[str, UUID] = field(default_factory=dict)
    # Type of service → day of its last answer (known, followed or not) since the act.
    reponses: Mapping[str, date] = field(default_factory=dict)

    @property
    def depart_le(self) -> date:
        """The day the services could know of the act."""
        return self.recu_le or self.le

    @property
    def dsf_organisme(self) -> str:
        """The body that makes the diagnosis in progress, by its name in the directory."""
        return next((d.organisme for d in self.dsf if d.termine_le is None), "")

    @property
    def is_over(self) -> bool:
        """Tell whether the decision asks nothing more: a claim dismissed, a refused concours."""
        return self.sens in _SENS_SANS_SUITE.get(self.etape, ())


# A refused or deferred concours does not open stage 6; nor does a lost claim call for anything.
_SENS_SANS_SUITE: Mapping[str, Collection[str]] = {
    "jugement": ("rejet", "desistement"),
    "cfp": ("refus", "report"),
}


def is_due(devoir: Devoir, etape: EtapeLue) -> bool:
    """Tell whether the duty applies to this dossier and nothing shows that it is done."""
    return (
        applies(devoir, etape)
        and find_fait(devoir, etape) is None
        and not is_sans_objet(devoir, etape)
    )


def applies(devoir: Devoir, etape: EtapeLue) -> bool:
    """Tell whether the law of the day of the act and the dossier's facts call for the duty."""
    if devoir.valid_from and etape.le < devoir.valid_from:
        return False
    if devoir.valid_to and etape.le > devoir.valid_to:
        return False
    return not devoir.condition or _HOLDS[devoir.condition](etape)


_HOLDS: Mapping[str, Callable[[EtapeLue], bool]] = {
    "inconnu": lambda e: e.suivi in {"inconnu", "sans_reponse"},
    "enfants": lambda e: e.enfants > 0,
    "enfants_ou_connu": lambda e: e.enfants > 0 or e.suivi == "connu",
    "tiers_payant": lambda e: e.tiers_payant,
    "bailleur_physique": lambda e: e.bailleur in {"physique", "sci_familiale"},
    "bailleur_moral": lambda e: e.bailleur == "morale",
    "mandat": lambda e: e.operateur_id is not None,
}


def find_fait(devoir: Devoir, etape: EtapeLue) -> date | None:
    """Return the day of the fact that shows the duty done, None when there is none."""
    match devoir.fait:
        case "" | "dsf_clos":
            return None
        case "acte":
            return etape.depart_le
        case "recu":
            return etape.recu_le
        case "suivi_dit":
            return etape.reponses.get(devoir.acteur)
        case fait if fait in _JOURS_DU_DSF:
            return _find_jour_du_dsf(fait, etape)
        case _:
            codes = FAITS_EQUIVALENTS.get(devoir.fait, (devoir.fait,))
            return _last(etape.faits.get(code) for code in codes)


def is_sans_objet(devoir: Devoir, etape: EtapeLue) -> bool:
    """Tell whether an ended diagnosis leaves nothing to do, without showing when it was done."""
    return devoir.fait == "dsf_clos" and _find_jour_du_dsf("dsf_termine", etape) is not None


def _find_jour_du_dsf(fait: str, etape: EtapeLue) -> date | None:
    return _last(_JOURS_DU_DSF[fait](dsf) for dsf in etape.dsf if _counts(dsf, etape))


_JOURS_DU_DSF: Mapping[str, Callable[[DsfLu], date | None]] = {
    "dsf_demande": lambda dsf: dsf.demande_le or dsf.termine_le,
    "dsf_termine": lambda dsf: dsf.termine_le,
    "dsf_transmis": lambda dsf: dsf.transmis_le,
}


def _last(days: Iterable[date | None]) -> date | None:
    return max((le for le in days if le), default=None)


def _counts(dsf: DsfLu, etape: EtapeLue) -> bool:
    """Tell whether a diagnosis is of this stage: in progress, or ended since the act.

    One made shortly before the assignation serves for the hearing.
    """
    since = etape.le - (DSF_SERVES if etape.etape == "assignation" else timedelta(0))
    return dsf.termine_le is None or dsf.termine_le >= since


DSF_SERVES = timedelta(days=120)
