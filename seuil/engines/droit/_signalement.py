"""Did a commandement de payer have to be signalled to the CCAPEX on its day?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from seuil.engines.droit import _calendar
from seuil.engines.droit._dette import Courbe, read_courbe
from seuil.engines.droit._francais import write_date, write_duree
from seuil.engines.droit._impaye_loader import load_baremes
from seuil.engines.droit._impaye_model import (
    CENT,
    Bareme,
    Palier,
    SeuilSignalement,
    SituationInvalide,
    SituationLocative,
)
from seuil.engines.droit._model import DateHorsPeriode
from seuil.engines.droit._montants import NBSP, write_montant

BAILLEURS = frozenset({"physique", "sci_familiale"})
AUTRES_BAILLEURS = frozenset({"morale", "social"})
ATTEINT, NON_ATTEINT, INDECIS = "atteint", "non_atteint", "a_determiner"


def compute_seuil_signalement(
    situation: SituationLocative,
    *,
    cdp_le: date,
    montant: Decimal | None = None,
    bailleur: str = "",
    arrete_mois: int | None = None,
    arrete_multiple: int | None = None,
) -> SeuilSignalement:
    """Say whether the debt was over the threshold on the day of a commandement de payer.

    `montant` is the sum that the commandement claims; without it the debt last stated counts.
    `bailleur` is « physique », « sci_familiale », « morale », « social » or unknown. Before
    29 July 2023 the préfet's order set the threshold (`arrete_mois`, `arrete_multiple`).

    Raises DateHorsPeriode, SituationInvalide.
    """
    _calendar.check_year(cdp_le)
    bareme = load_baremes()["B"]
    version = bareme.find_version(cdp_le)
    if version is None:
        raise DateHorsPeriode(
            f"Avant le {write_date(bareme.versions[0].valid_from)}, le signalement du commandement"
            " n’avait pas de seuil."
        )
    if bailleur in AUTRES_BAILLEURS:
        return _answer(
            bareme, version, cdp_le, "sans_objet",
            note=(
                f"Le bailleur est une personne morale{NBSP}: il saisit lui-même la CCAPEX avant"
                " d’assigner (règle C1)."
            ),
        )  # fmt: skip
    if version.mois_max is not None:
        _check_arrete(version, arrete_mois, arrete_multiple)
    mois = (arrete_mois or version.mois, arrete_mois or version.mois_max or version.mois)
    multiple = (
        arrete_multiple or version.multiple,
        arrete_multiple or version.multiple_max or version.multiple,
    )
    courbe = read_courbe(situation, au=cdp_le)
    by_amount = _by_amount(situation, courbe, multiple, montant)
    by_duration = _by_duration(courbe, mois, cdp_le)
    return _combine(bareme, version, cdp_le, by_amount, by_duration, bailleur=bailleur)


def _check_arrete(version: Palier, mois: int | None, multiple: int | None) -> None:
    for value, low, high in (
        (mois, version.mois, version.mois_max),
        (multiple, version.multiple, version.multiple_max),
    ):
        if value is not None and not (low or 0) <= value <= (high or value):
            raise SituationInvalide(
                f"L’arrêté préfectoral fixait ce seuil entre {low} et {high}{NBSP}: {value} est"
                " hors de ces bornes."
            )


_Bornes = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class _Critere:
    """What one of the two criteria says."""

    statut: str
    etapes: Sequence[str]
    manque: Sequence[str] = ()
    seuil: Decimal | None = None
    calcul: str = ""
    # The debt is supposed not to have been paid between two statements.
    presume: bool = False


def _by_amount(
    situation: SituationLocative, courbe: Courbe, multiple: _Bornes, montant: Decimal | None
) -> _Critere:
    last = courbe.points[-1] if courbe.points else None
    dette = montant if montant is not None else last.dette if last else None
    if dette is None and courbe.soldee_le is not None:
        dette = Decimal(0)
    low, high = multiple
    if situation.loyer is None or low is None or high is None:
        return _Critere(INDECIS, (), ("le montant du loyer hors charges",))
    calcul = (
        f"{low} × {write_montant(situation.loyer)} de loyer hors charges ="
        f" {write_montant(low * situation.loyer)}"
    )
    etapes = [f"Seuil en montant{NBSP}: {calcul}."]
    if high != low:
        etapes.append(
            f"Selon l’arrêté préfectoral, jusqu’à {high} × {write_montant(situation.loyer)} ="
            f" {write_montant(high * situation.loyer)}."
        )
    if dette is None:
        return _Critere(INDECIS, etapes, ("la dette au jour du commandement",), None, calcul)
    what = "Somme réclamée par le commandement" if montant is not None else "Dernière dette connue"
    when = f" (au {write_date(last.le)})" if montant is None and last else ""
    etapes.append(f"{what}{NBSP}: {write_montant(dette)}{when}.")
    statut = ATTEINT if dette >= high * situation.loyer and dette > 0 else INDECIS
    if dette < low * situation.loyer or dette <= 0:
        statut = NON_ATTEINT
    manque = ("le seuil de l’arrêté préfectoral",) if statut == INDECIS else ()
    return _Critere(statut, etapes, manque, (low * situation.loyer).quantize(CENT), calcul)


def _by_duration(courbe: Courbe, mois: _Bornes, cdp_le: date) -> _Critere:
    low, high = mois
    assert low is not None  # every version of B counts in months
    assert high is not None
    etapes = [
        f"Seuil en ancienneté{NBSP}: {write_duree(low, 'mois')} d’impayé sans interruption."
        if low == high
        else f"Seuil en ancienneté{NBSP}: de {low} à {write_duree(high, 'mois')} d’impayé sans"
        " interruption, selon l’arrêté préfectoral."
    ]
    if courbe.depuis is None:
        return _without_debt(courbe, etapes)
    what = "Premier terme impayé" if courbe.depuis_exact else "Première dette constatée"
    low_le, high_le = (_calendar.add_months(courbe.depuis, n) for n in (low, high))
    etapes.append(
        f"{what}{NBSP}: {write_date(courbe.depuis)} → {write_duree(low, 'mois')} le"
        f" {write_date(low_le)}."
    )
    if high_le <= cdp_le:
        return _Critere(ATTEINT, etapes, presume=not courbe.depuis_exact)
    soldee = courbe.soldee_le
    if soldee is not None and _calendar.add_months(soldee, low) > cdp_le:
        etapes.append(
            f"La dette était soldée le {write_date(soldee)}{NBSP}: le compte repart de là."
        )
        return _Critere(NON_ATTEINT, etapes)
    if not courbe.depuis_exact:
        return _Critere(INDECIS, etapes, ("la date du premier terme impayé",))
    if low_le > cdp_le:
        return _Critere(NON_ATTEINT, etapes)
    return _Critere(INDECIS, etapes, ("le seuil de l’arrêté préfectoral",))


def _without_debt(courbe: Courbe, etapes: list[str]) -> _Critere:
    if courbe.soldee_le is None:
        return _Critere(INDECIS, etapes, ("la date du premier terme impayé",))
    etapes.append(f"La dette était soldée le {write_date(courbe.soldee_le)}.")
    return _Critere(NON_ATTEINT, etapes)


def _combine(
    bareme: Bareme,
    version: Palier,
    cdp_le: date,
    by_amount: _Critere,
    by_duration: _Critere,
    *,
    bailleur: str,
) -> SeuilSignalement:
    statuts = {by_amount.statut, by_duration.statut}
    statut = ATTEINT if ATTEINT in statuts else INDECIS if INDECIS in statuts else NON_ATTEINT
    manque = [] if statut == ATTEINT else [*by_amount.manque, *by_duration.manque]
    conclusion = {
        ATTEINT: f"le seuil est atteint{NBSP}: le commandement est à signaler.",
        NON_ATTEINT: "aucun des deux seuils n’est atteint.",
        INDECIS: "on ne peut pas conclure.",
    }[statut]
    conclusion = f"Le {write_date(cdp_le)}, {conclusion}"
    doubt = ""
    if by_amount.statut != ATTEINT and by_duration.presume:
        doubt = "À vérifier si la dette n’a pas été soldée entre deux décomptes. "
    if bailleur not in BAILLEURS:
        manque.append("la nature du bailleur (personne physique, SCI familiale ou personne morale)")
        doubt += "Vaut pour un bailleur personne physique ou SCI familiale. "
    return _answer(
        bareme,
        version,
        cdp_le,
        statut,
        seuil=by_amount.seuil,
        calcul=by_amount.calcul,
        etapes=(*by_amount.etapes, *by_duration.etapes, conclusion),
        certitude="to_check" if doubt or statut == INDECIS else version.certainty,
        a_obtenir=tuple(dict.fromkeys(manque)),
        note=doubt + version.note,
    )


def _answer(
    bareme: Bareme,
    version: Palier,
    cdp_le: date,
    statut: str,
    *,
    seuil: Decimal | None = None,
    calcul: str = "",
    etapes: tuple[str, ...] = (),
    certitude: str = "sure",
    a_obtenir: tuple[str, ...] = (),
    note: str = "",
) -> SeuilSignalement:
    return SeuilSignalement(
        statut=statut,
        le=cdp_le,
        regle=bareme.id,
        libelle=bareme.libelle,
        parametre=bareme.parametre(version),
        seuil=seuil,
        calcul=calcul,
        etapes=etapes,
        certitude=certitude,
        references=version.references,
        a_obtenir=a_obtenir,
        note=note,
    )
