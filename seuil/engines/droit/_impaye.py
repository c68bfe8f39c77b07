"""The day when arrears become an « impayé » for the CAF or the MSA, and why.

The threshold of a day is that of the law of that day: a debt is an « impayé » from the first day on
which it reaches the threshold in force, and until it is paid in full. The debt is read from the
monthly terms when they are given (exact day), else from dated statements (upper bound only).
"""

import dataclasses
from collections.abc import Sequence
from datetime import date

from seuil.engines.droit import _calendar
from seuil.engines.droit._dette import HYPOTHESE, Courbe, read_courbe, suppose_rien_paye
from seuil.engines.droit._francais import write_date
from seuil.engines.droit._franchissement import (
    Franchissement,
    find_earliest,
    find_franchissement,
    find_last_under,
)
from seuil.engines.droit._impaye_loader import load_baremes
from seuil.engines.droit._impaye_model import (
    Bareme,
    ImpayeConstitue,
    Palier,
    SituationLocative,
)
from seuil.engines.droit._impaye_raisons import (
    list_a_obtenir,
    list_autres,
    list_changements,
    list_doubts,
    list_etapes,
    list_etapes_dette,
    list_etapes_seuil,
    list_suites,
    write_atteint,
    write_source,
)
from seuil.engines.droit._model import DateHorsPeriode
from seuil.engines.droit._montants import (
    NBSP,
    Seuil,
    compute_seuil,
    list_manques,
    write_montant,
)


def compute_impaye(situation: SituationLocative, *, au: date) -> ImpayeConstitue:
    """Say whether and when the arrears are an « impayé », as known on the day `au`.

    Raises DateHorsPeriode before the first version of the rule.
    """
    _calendar.check_year(au)
    bareme = load_baremes()["H1"]
    version = bareme.find_version(au)
    if version is None:
        raise DateHorsPeriode(
            "Avant le "
            f"{write_date(bareme.versions[0].valid_from)}, la définition de l’impayé n’est pas"
            " connue du moteur."
        )
    if situation.aide is not None and not situation.aide:
        return _sans_objet(bareme, version)
    courbe = read_courbe(situation, au=au)
    if courbe.depuis is None:
        return _without_debt(bareme, version, situation, courbe)
    if courbe.origine == HYPOTHESE:
        # Only the first unpaid term is known: what it entails if nothing was paid comes first.
        points = tuple(suppose_rien_paye(situation, depuis=courbe.depuis, au=au))
        supposed = dataclasses.replace(courbe, points=points)
        found = find_franchissement(situation, supposed)
        # A law that also counts months gives an upper bound, which is worth more.
        if found is not None and found.version.mois is None:
            return _supposed(bareme, found, situation, supposed, au=au)
    found = find_franchissement(situation, courbe)
    if found is None or found.le > _calendar.add_months(au, bareme.annonce_mois or 0):
        return _under(bareme, version, situation, courbe)
    return _reached(bareme, found, situation, courbe, au=au)


def _reached(
    bareme: Bareme, found: Franchissement, situation: SituationLocative, courbe: Courbe, *, au: date
) -> ImpayeConstitue:
    version = found.version
    seuil = compute_seuil(situation, version)
    doubts = list_doubts(situation, courbe, seuil, version=version, found=found)
    earliest = find_earliest(situation, courbe, found)
    exact = courbe.exacte or (earliest is not None and earliest >= found.le)
    lowest = None if exact else find_last_under(found, courbe)
    pas_avant = max((d for d in (earliest, lowest) if d is not None), default=None)
    statut = "constitue" if found.le <= au else "a_venir"
    if situation.loyer is None and courbe.depuis and courbe.depuis < version.valid_from:
        # An earlier version of the rule could have been reached: its threshold is not known.
        statut, exact = "a_determiner", False
    return ImpayeConstitue(
        statut=statut,
        date=found.le,
        precision="exact" if exact else "au_plus_tard",
        pas_avant_le=None if exact or pas_avant is None or pas_avant >= found.le else pas_avant,
        regle=bareme.id,
        libelle=bareme.libelle,
        parametre=bareme.parametre(version),
        seuil=seuil.montant,
        calcul=seuil.calcul,
        base=seuil.base,
        atteint_par=write_atteint(found, courbe),
        etapes=list_etapes(situation, courbe, found, seuil, au=au),
        autres=list_autres(situation, courbe, found, au=au),
        suites=list_suites(situation, found) if found.le <= au else (),
        certitude="to_check" if doubts else version.certainty,
        references=version.references,
        a_obtenir=list_a_obtenir(situation, version, courbe, found),
        changerait=list_changements(situation, found, exact=exact, au=au),
        note=" ".join([*doubts, *courbe.remarques, version.note]),
    )


def _supposed(
    bareme: Bareme,
    found: Franchissement,
    situation: SituationLocative,
    courbe: Courbe,
    *,
    au: date,
) -> ImpayeConstitue:
    """Answer with the earliest day, if nothing was paid since the first unpaid term."""
    assert courbe.depuis is not None  # the caller has seen it
    result = _reached(bareme, found, situation, courbe, au=au)
    return dataclasses.replace(
        result,
        statut="a_determiner",
        precision="au_plus_tot",
        pas_avant_le=None,
        certitude="to_check",
        suites=(),
        a_obtenir=("un décompte daté de la dette", *result.a_obtenir),
        note=f"Si rien n’a été payé depuis le {write_date(courbe.depuis)}. {result.note}",
    )


def _answer(
    bareme: Bareme,
    version: Palier,
    *,
    statut: str,
    seuil: Seuil | None = None,
    etapes: Sequence[str] = (),
    certitude: str = "sure",
    a_obtenir: Sequence[str] = (),
    changerait: Sequence[str] = (),
    note: str = "",
) -> ImpayeConstitue:
    return ImpayeConstitue(
        statut=statut,
        date=None,
        precision="",
        pas_avant_le=None,
        regle=bareme.id,
        libelle=bareme.libelle,
        parametre=bareme.parametre(version),
        seuil=seuil.montant if seuil else None,
        calcul=seuil.calcul if seuil else "",
        base=seuil.base if seuil else "",
        atteint_par="",
        etapes=tuple(etapes),
        autres=(),
        suites=(),
        certitude=certitude,
        references=version.references,
        a_obtenir=tuple(a_obtenir),
        changerait=tuple(changerait),
        note=note,
    )


def _sans_objet(bareme: Bareme, version: Palier) -> ImpayeConstitue:
    return _answer(
        bareme,
        version,
        statut="sans_objet",
        etapes=("Le ménage ne perçoit pas d’aide au logement.",),
        changerait=("L’ouverture d’un droit à une aide au logement.",),
        note=(
            "L’impayé constitué ne concerne que les ménages qui perçoivent une aide au"
            f" logement{NBSP}; le seuil de signalement du commandement de payer, lui, ne dépend"
            " pas de l’aide."
        ),
    )


def _without_debt(
    bareme: Bareme, version: Palier, situation: SituationLocative, courbe: Courbe
) -> ImpayeConstitue:
    seuil = compute_seuil(situation, version)
    manque = list_manques(situation, charges=version.charges and version.plafond is None)
    if courbe.soldee_le is not None:
        return _answer(
            bareme,
            version,
            statut="non_constitue",
            seuil=seuil,
            etapes=(
                *list_etapes_seuil(situation, version, seuil),
                f"La dette était soldée le {write_date(courbe.soldee_le)}.",
            ),
            changerait=("Un nouveau terme impayé.",),
            note=" ".join(courbe.remarques),
        )
    return _answer(
        bareme,
        version,
        statut="a_determiner",
        seuil=seuil,
        etapes=tuple(list_etapes_seuil(situation, version, seuil)),
        certitude="to_check",
        a_obtenir=("un décompte daté de la dette, ou la date du premier terme impayé", *manque),
        note=version.note,
    )


def _under(
    bareme: Bareme, version: Palier, situation: SituationLocative, courbe: Courbe
) -> ImpayeConstitue:
    """Answer when the debt reaches no threshold, or when there is no threshold to compare with."""
    seuil = compute_seuil(situation, version)
    doubts = list_doubts(situation, courbe, seuil, version=version)
    manque = list_manques(situation, charges=version.charges and version.plafond is None)
    etapes = [
        *list_etapes_seuil(situation, version, seuil), *list_etapes_dette(situation, courbe)
    ]  # fmt: skip
    if courbe.points:
        last = courbe.points[-1]
        etapes.append(
            f"{write_source(courbe)} du {write_date(last.le)}{NBSP}: dette de"
            f" {write_montant(last.dette)}"
            + (f", moins de {write_montant(seuil.montant)}." if seuil.montant is not None else ".")
        )
    unknown = seuil.montant is None
    return _answer(
        bareme,
        version,
        statut="a_determiner" if unknown else "non_constitue",
        seuil=seuil,
        etapes=etapes,
        certitude="to_check" if doubts or unknown else version.certainty,
        a_obtenir=manque,
        changerait=(
            ()
            if seuil.montant is None
            else (f"Une dette d’au moins {write_montant(seuil.montant)}, constatée ou échue.",)
        ),
        note=" ".join([*doubts, *courbe.remarques, version.note]),
    )
