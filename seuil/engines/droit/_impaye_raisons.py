"""Why arrears are an « impayé »: steps, doubts, other readings, what follows, what would change."""

import dataclasses
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from seuil.engines.droit import _calendar
from seuil.engines.droit._dette import (
    DECOMPTES,
    HYPOTHESE,
    Courbe,
    find_plus_ancien,
    read_decomptes,
)
from seuil.engines.droit._francais import write_date, write_duree
from seuil.engines.droit._franchissement import (
    DUREE,
    MONTANT,
    Franchissement,
    find_franchissement,
)
from seuil.engines.droit._impaye_loader import load_baremes, load_exigibilites
from seuil.engines.droit._impaye_model import Palier, SituationLocative, Suite
from seuil.engines.droit._model import Autre
from seuil.engines.droit._montants import (
    NBSP,
    Seuil,
    compute_depense,
    compute_seuil,
    list_manques,
    write_montant,
)


def list_doubts(
    situation: SituationLocative,
    courbe: Courbe,
    seuil: Seuil,
    *,
    version: Palier,
    found: Franchissement | None = None,
) -> list[str]:
    """Say, in sentences, why the answer is to be checked; nothing when it is sure."""
    doubts = [*_doubts_of_seuil(situation, version, seuil)]
    if courbe.remarques and (found is None or found.par == MONTANT):
        doubts.append("Les constatations de la dette ne concordent pas.")
    if found is not None:
        doubts += _doubts_of_date(courbe, found)
    if situation.loyer is None and version.multiple is None:
        doubts.append(
            f"Le loyer n’est pas connu{NBSP}: l’impayé a pu être constitué plus tôt, selon la"
            " règle précédente."
        )
    return doubts


def _doubts_of_seuil(situation: SituationLocative, version: Palier, seuil: Seuil) -> Iterator[str]:
    if situation.aide is None:
        yield (
            f"L’aide au logement n’est pas connue{NBSP}: sans aide, il n’y a pas d’impayé au sens"
            f" de la CAF ou de la MSA{NBSP}; versée au bailleur, elle abaisse le seuil exprimé en"
            " loyers."
        )
    elif version.multiple is not None and situation.tiers_payant is None:
        yield (
            f"On ne sait pas à qui l’aide est versée{NBSP}: le seuil est calculé sur le loyer brut."
        )
    if version.charges and version.plafond is None and situation.charges is None:
        yield (
            f"Les charges ne sont pas connues{NBSP}: elles sont comptées pour zéro, le seuil réel"
            " peut être plus élevé."
        )
    if version.multiple is not None and seuil.montant is not None and not seuil.montant:
        yield f"L’aide couvre toute la dépense{NBSP}: toute dette atteint le seuil."


def _doubts_of_date(courbe: Courbe, found: Franchissement) -> Iterator[str]:
    if found.transition:
        yield found.version.transition or (
            f"La dette est plus ancienne que la règle qui en fait un impayé{NBSP}: à vérifier."
        )
    if courbe.exacte:
        return
    known = found.point or (courbe.points[-1] if courbe.points else None)
    if known is None:
        yield f"Aucun décompte ne dit que la dette existe encore{NBSP}: à vérifier."
    elif known.le < found.le:
        yield (
            f"La dette n’est connue qu’au {write_date(known.le)}{NBSP}: à vérifier au"
            f" {write_date(found.le)}."
        )


def list_etapes(
    situation: SituationLocative,
    courbe: Courbe,
    found: Franchissement,
    seuil: Seuil,
    *,
    au: date,
) -> tuple[str, ...]:
    version = found.version
    return (
        *list_etapes_seuil(situation, version, seuil),
        *list_etapes_dette(situation, courbe),
        _write_franchissement(courbe, found, seuil, au=au),
    )


def list_etapes_seuil(situation: SituationLocative, version: Palier, seuil: Seuil) -> Iterator[str]:
    until = f" au {write_date(version.valid_to)}" if version.valid_to else ""
    yield (
        f"Règle en vigueur du {write_date(version.valid_from)}{until}."
        if until
        else (f"Règle en vigueur depuis le {write_date(version.valid_from)}.")
    )
    if seuil.base == "net":
        yield f"L’aide est versée au bailleur{NBSP}: le seuil se calcule net de l’aide."
    elif seuil.base == "brut":
        who = "L’aide est versée au ménage" if situation.tiers_payant is False else "Par défaut"
        yield f"{who}{NBSP}: le seuil se calcule brut, sans déduire l’aide."
    depense = compute_depense(situation, rls=True)
    if version.plafond is not None and depense is not None:
        yield f"Dépense de logement par mois{NBSP}: {depense[1]}."
    if version.plafond is not None and version.mois is not None:
        yield (
            f"Seuil{NBSP}: {seuil.calcul}, ou {write_duree(version.mois, 'mois')} après le premier"
            " défaut de paiement."
        )
    elif seuil.calcul:
        yield f"Seuil{NBSP}: {seuil.calcul}."


def list_etapes_dette(situation: SituationLocative, courbe: Courbe) -> Iterator[str]:
    if courbe.soldee_le is not None and courbe.depuis is not None:
        soldee = write_date(courbe.soldee_le)
        yield f"La dette était soldée le {soldee}{NBSP}: le compte repart de là."
    if courbe.depuis is None:
        return
    how = ""
    if situation.terme:
        how = f" (loyer payable {load_exigibilites()[situation.terme].texte})"
    if courbe.depuis_exact:
        yield f"Premier terme impayé{NBSP}: {write_date(courbe.depuis)}{how}."
    else:
        yield f"Première dette constatée{NBSP}: {write_date(courbe.depuis)}."


def _write_franchissement(courbe: Courbe, found: Franchissement, seuil: Seuil, *, au: date) -> str:
    verb = "impayé constitué" if found.le <= au else "l’impayé sera constitué, si rien n’est payé,"
    if found.par == DUREE:
        assert courbe.depuis is not None  # what the duration runs from
        assert found.version.mois is not None  # what it lasts
        term = _calendar.add_months(courbe.depuis, found.version.mois)
        held = (
            f", retenu à l’entrée en vigueur de la règle, le {write_date(found.le)}"
            if found.le > term
            else ""
        )
        return (
            f"{write_duree(found.version.mois, 'mois')} à compter du {write_date(courbe.depuis)},"
            f" dette non soldée{NBSP}: {write_date(term)}{held} → {verb} le {write_date(found.le)}."
        )
    assert found.point is not None  # reached by its amount
    assert seuil.montant is not None
    compare = "plus de" if found.version.plafond is not None else "au moins"
    day = "le" if courbe.exacte or courbe.origine == HYPOTHESE else "au plus tard le"
    return (
        f"{write_source(courbe)} du {write_date(found.point.le)}{NBSP}: dette de"
        f" {write_montant(found.point.dette)}, {compare} {write_montant(seuil.montant)} → {verb}"
        f" {day} {write_date(found.le)}."
    )


def write_source(courbe: Courbe) -> str:
    return {DECOMPTES: "Décompte", HYPOTHESE: "Si rien n’a été payé, terme"}.get(
        courbe.origine, "Terme"
    )


def write_atteint(found: Franchissement, courbe: Courbe) -> str:
    if found.par == DUREE or found.point is None:
        return "l’ancienneté de la dette"
    kind = "le décompte" if courbe.origine == DECOMPTES else "le terme"
    return f"{kind} du {write_date(found.point.le)}"


def list_autres(
    situation: SituationLocative, courbe: Courbe, found: Franchissement, *, au: date
) -> tuple[Autre, ...]:
    version = found.version
    variants: list[tuple[date | None, str]] = []
    if situation.aide and situation.tiers_payant is None:
        net = dataclasses.replace(situation, tiers_payant=True)
        variants.append((_day(net, courbe), "Si l’aide est versée au bailleur (seuil net)."))
    if situation.rls and situation.loyer is not None and not version.rls:
        less = max(situation.loyer - situation.rls, Decimal(0))
        rls = dataclasses.replace(situation, loyer=less)
        motif = "Si la réduction de loyer de solidarité est déduite du loyer."
        variants.append((_day(rls, courbe), motif))
    variants += _autres_durees(situation, courbe, found, au=au)
    if situation.termes and situation.releves:
        stated = find_franchissement(situation, read_decomptes(situation, au=au))
        variants.append((stated.le if stated else None, "D’après les seuls décomptes."))
    return _distinct(variants, found.le)


def _autres_durees(
    situation: SituationLocative, courbe: Courbe, found: Franchissement, *, au: date
) -> Iterator[tuple[date, str]]:
    version = found.version
    if version.mois is None:
        return
    duree = write_duree(version.mois, "mois")
    if found.transition:
        motif = (
            f"Si les {duree} ne courent que depuis l’entrée en vigueur de la règle, le"
            f" {write_date(version.valid_from)}."
        )
        yield _calendar.add_months(version.valid_from, version.mois), motif
    oldest = find_plus_ancien(situation, au=au) if found.par == DUREE else None
    if oldest is not None and oldest != courbe.depuis:
        motif = (
            f"Si les paiements éteignent d’abord les termes les plus anciens{NBSP}: le plus ancien"
            f" terme impayé est celui du {write_date(oldest)} (code civil, article 1342-10)."
        )
        yield max(_calendar.add_months(oldest, version.mois), version.valid_from), motif


def _day(situation: SituationLocative, courbe: Courbe) -> date | None:
    found = find_franchissement(situation, courbe)
    return None if found is None else found.le


def _distinct(variants: Sequence[tuple[date | None, str]], le: date) -> tuple[Autre, ...]:
    kept: dict[date, str] = {}
    for day, motif in variants:
        if day is not None and day != le:
            kept.setdefault(day, motif)
    return tuple(Autre(day, kept[day]) for day in sorted(kept))


def list_suites(situation: SituationLocative, found: Franchissement) -> tuple[Suite, ...]:
    suites = []
    saisine = load_baremes()["H2"]
    version = saisine.find_version(found.le)
    if situation.tiers_payant is not False and version is not None and version.mois is not None:
        suites.append(
            Suite(
                regle=saisine.id,
                libelle=saisine.libelle,
                date=_calendar.add_months(found.le, version.mois),
                note=f"{saisine.description} {version.note}",
                references=version.references,
            )
        )
    petite = load_baremes()["H9"]
    small = petite.find_version(found.le)
    if small is not None and found.point is not None and _is_petite(found.point.dette, small):
        suites.append(
            Suite(
                regle=petite.id,
                libelle=petite.libelle,
                date=None,
                note=f"{petite.description} {small.note}",
                references=small.references,
            )
        )
    return tuple(suites)


def _is_petite(dette: Decimal, version: Palier) -> bool:
    if version.plafond is None:
        return False
    return dette <= version.plafond if version.plafond_compris else dette < version.plafond


def list_a_obtenir(
    situation: SituationLocative, version: Palier, courbe: Courbe, found: Franchissement
) -> tuple[str, ...]:
    # An older debt could have reached the threshold of the version before.
    charges = version.charges and (version.plafond is None or found.transition)
    manque = list(list_manques(situation, charges=charges))
    if not courbe.exacte and not courbe.depuis_exact:
        manque.append("la date du premier terme impayé")
    known = found.point or (courbe.points[-1] if courbe.points else None)
    if not courbe.exacte and (known is None or known.le < found.le):
        manque.append(f"un décompte daté du {write_date(found.le)} ou peu après")
    return tuple(manque)


def list_changements(
    situation: SituationLocative, found: Franchissement, *, exact: bool, au: date
) -> tuple[str, ...]:
    facts = []
    if found.le > au:
        facts.append(f"Le paiement de toute la dette avant le {write_date(found.le)} l’écarterait.")
    else:
        facts.append("Le paiement de toute la dette y met fin.")
    if not exact:
        facts.append(
            "Un décompte plus ancien, ou la date du premier terme impayé, peut avancer la date."
        )
    if situation.aide and situation.tiers_payant is not None and found.version.multiple:
        flipped = dataclasses.replace(situation, tiers_payant=not situation.tiers_payant)
        who = "au ménage" if situation.tiers_payant else "au bailleur"
        seuil = compute_seuil(flipped, found.version)
        if seuil.montant is not None:
            facts.append(f"Si l’aide était versée {who}, le seuil serait {seuil.calcul}.")
    return tuple(facts)
