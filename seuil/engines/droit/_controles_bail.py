"""Controls of the commandement de payer and of the assignation."""

from dataclasses import dataclass
from datetime import date

from seuil.engines.droit._calendar import ONE_DAY
from seuil.engines.droit._durees import add_duree
from seuil.engines.droit._francais import write_date
from seuil.engines.droit._model import Resultat
from seuil.engines.droit._parametres import load_regles
from seuil.engines.droit._rules import compute
from seuil.engines.droit._verdict import (
    A_VERIFIER,
    IRREGULIER,
    NBSP,
    REGULIER,
    SANS_OBJET,
    Faits,
    Seuils,
    Verdict,
    add_autre,
    add_report,
    compute_there,
    contradict,
    get_lieu,
    judge_deadline,
    missing,
    write_jours,
)

# Bailleurs bound to seize the CCAPEX, and those whose commandement is signalled for them.
MORALES = frozenset({"morale", "social"})
PHYSIQUES = frozenset({"physique", "sci_familiale"})


@dataclass(frozen=True, slots=True)
class _Regime:
    """The delay that a commandement gives: the date retained, the other one, what decides."""

    resultat: Resultat
    autre: date | None
    a_obtenir: tuple[str, ...]
    reconduit: str


def _get_regime(cdp_le: date, faits: Faits) -> _Regime:
    bail, clause = faits.get("bail_le"), faits.get("clause")
    resultat = compute(
        "A1",
        depuis=cdp_le,
        bail=bail,
        clause=clause,
        departement=faits.get("departement"),
        commune=faits.get("commune"),
    )
    assert resultat.date is not None
    lendemain = resultat.date + ONE_DAY
    autres = [a.date for a in resultat.autres if a.date != lendemain]
    reforme = load_regles()["A1"].versions[-1].valid_from
    reconduit: date | None = faits.get("bail_reconduit_le")
    if reconduit and not (reforme and autres and reforme <= reconduit <= cdp_le):
        reconduit = None
    a_obtenir: tuple[str, ...] = ()
    if autres and not clause:
        a_obtenir = ("clause",) if bail and bail <= cdp_le else ("bail_le", "clause")
    return _Regime(
        resultat=resultat,
        autre=autres[0] if autres else None,
        a_obtenir=a_obtenir,
        reconduit=(
            f" Le bail a été renouvelé ou reconduit le {write_date(reconduit)}, après la réforme"
            f"{NBSP}: l’effet de la reconduction n’est pas tranché."
            if reconduit
            else ""
        ),
    )


def _write_regimes(regime: _Regime) -> str:
    assert regime.resultat.date is not None
    texte = f"Le locataire peut payer jusqu’au {write_date(regime.resultat.date)}"
    if regime.autre is None:
        return f"{texte}."
    return (
        f"{texte} selon la règle retenue, ou jusqu’au {write_date(regime.autre)} selon l’autre "
        f"lecture défendue.{regime.reconduit}"
    )


def check_delai_annonce(on: date, faits: Faits, _seuils: Seuils) -> Verdict:
    """Compare the delay printed in the commandement with the one the tenant has."""
    annonce = faits.get("delai_annonce")
    if not annonce:
        return missing("delai_annonce")
    regime = _get_regime(on, faits)
    assert regime.resultat.date is not None
    terme = add_duree(on, annonce, roll=False, **get_lieu(faits)).date
    debut = f"Le commandement annonce {annonce}, jusqu’au {write_date(terme)}."
    latest = max(regime.resultat.date, regime.autre or regime.resultat.date)
    if terme >= latest:
        plus = (
            " Il laisse plus de temps que le minimum, ce qui profite au locataire."
            if terme > regime.resultat.date
            else ""
        )
        return Verdict(REGULIER, f"{debut} {_write_regimes(regime)}{plus}", certitude="sure")
    court = f"{debut} {_write_regimes(regime)}"
    if regime.autre is None:
        return Verdict(IRREGULIER, court, certitude="sure")
    if regime.a_obtenir or regime.reconduit:
        return Verdict(A_VERIFIER, court, a_obtenir=regime.a_obtenir, certitude="contested")
    reponse = IRREGULIER if terme < regime.resultat.date else REGULIER
    return Verdict(reponse, court, certitude="contested")


def check_signalement_cdp(_on: date, faits: Faits, seuils: Seuils) -> Verdict:
    """Tell whether the commandement had to be signalled, and was."""
    nature = faits.get("bailleur_nature") or "inconnue"
    if nature in MORALES:
        return Verdict(
            SANS_OBJET,
            "Le signalement vise le bailleur personne physique ou SCI familiale ; la personne "
            "morale saisit elle-même la CCAPEX.".replace(" ;", f"{NBSP};"),
        )
    signale_le = faits.get("cdp_signale_le")
    if signale_le:
        return Verdict(
            REGULIER, f"La CCAPEX en a été informée le {write_date(signale_le)}.", certitude="sure"
        )
    if nature not in PHYSIQUES:
        return missing("bailleur_nature", "cdp_signale_le")
    return _judge_seuil(faits, seuils)


def _judge_seuil(faits: Faits, seuils: Seuils) -> Verdict:
    """Say whether the debt passed one of the two thresholds; unknown amounts leave it open."""
    dette, loyer, mois = (faits.get(nom) for nom in ("dette", "loyer", "impaye_mois"))
    par_montant = None if dette is None or loyer is None else dette >= seuils["loyers"] * loyer
    par_duree = None if mois is None else mois >= seuils["mois"]
    if par_montant is False and par_duree is False:
        return Verdict(SANS_OBJET, "La dette ne dépasse aucun des deux seuils.", certitude="sure")
    if not (par_montant or par_duree):
        manque = [n for n in ("dette", "loyer", "impaye_mois") if faits.get(n) is None]
        return missing("cdp_signale_le", *manque)
    depasse = (
        f"La dette atteint {seuils['loyers']} fois le loyer hors charges"
        if par_montant
        else f"L’impayé dure depuis {mois} mois"
    )
    explication = f"{depasse}{NBSP}: le commandement devait être signalé."
    if faits.get("cdp_signale") is False:
        return Verdict(IRREGULIER, explication, certitude="sure")
    return missing("cdp_signale_le", explication=explication)


def check_caution(on: date, faits: Faits, _seuils: Seuils) -> Verdict:
    """Place the service on the guarantor against its fifteen days."""
    if faits.get("caution") is False:
        return Verdict(SANS_OBJET, "Le bail n’a pas de caution.")
    signifie_le = faits.get("caution_signifie_le")
    if signifie_le is None:
        return missing(*(n for n in ("caution", "caution_signifie_le") if faits.get(n) is None))
    if signifie_le < on:
        return contradict(
            f"commandement signifié à la caution le {write_date(signifie_le)}",
            f"au locataire le {write_date(on)}",
        )
    resultat = compute_there("A4", on, faits)
    return judge_deadline(
        signifie_le,
        add_autre(resultat, faits),
        fait="Le commandement a été signifié à la caution",
        verbe="il devait l’être",
        tardif="la signification est tardive",
    )


# Assignation


def check_saisine_ccapex(on: date, faits: Faits, _seuils: Seuils) -> Verdict:
    """Check the two months between the landlord's seizure of the CCAPEX and the assignation."""
    nature = faits.get("bailleur_nature") or "inconnue"
    if nature in PHYSIQUES:
        return Verdict(
            SANS_OBJET,
            "Le bailleur est une personne physique ou une SCI familiale"
            f"{NBSP}: la saisine préalable ne lui est pas imposée.",
        )
    saisine_le = faits.get("saisine_ccapex_le")
    possible_le = None
    if saisine_le is not None:
        possible_le = compute_there("C1", saisine_le, faits).date
        assert possible_le is not None
        if possible_le <= on:
            return Verdict(
                REGULIER,
                f"La CCAPEX a été saisie le {write_date(saisine_le)}{NBSP}; l’assignation du "
                f"{write_date(on)} pouvait être délivrée à partir du {write_date(possible_le)}.",
                certitude="sure",
            )
    signalement_le = faits.get("signalement_le")
    if signalement_le and _saisine_counts(signalement_le, on, faits):
        return Verdict(
            A_VERIFIER,
            f"Un impayé a été signalé le {write_date(signalement_le)}{NBSP}: s’il l’a été à la "
            "CAF ou à la MSA et qu’il persiste, il vaut saisine de la CCAPEX.",
            a_obtenir=("signalement_le",),
            certitude="to_check",
        )
    if nature not in MORALES:
        manque = () if saisine_le else ("saisine_ccapex_le",)
        return missing("bailleur_nature", *manque)
    if saisine_le is None or possible_le is None:
        return missing("saisine_ccapex_le")
    return Verdict(
        IRREGULIER,
        f"La CCAPEX a été saisie le {write_date(saisine_le)}{NBSP}; l’assignation du "
        f"{write_date(on)} pouvait être délivrée à partir du {write_date(possible_le)}{NBSP}: "
        f"elle est prématurée de {write_jours((possible_le - on).days)}.",
        certitude="sure",
    )


def _saisine_counts(signalement_le: date, on: date, faits: Faits) -> bool:
    possible_le = compute_there("C1", signalement_le, faits).date
    return possible_le is not None and possible_le <= on


def check_notification_prefet(on: date, faits: Faits, _seuils: Seuils) -> Verdict:
    """Place the préfet's receipt of the assignation against the hearing."""
    recu_le, audience_le = faits.get("prefet_le"), faits.get("audience_le")
    if recu_le is None or audience_le is None:
        manque = [n for n in ("prefet_le", "audience_le") if faits.get(n) is None]
        if audience_le is None:
            return missing(*manque)
        limite = compute_there("C2", audience_le, faits).date
        assert limite is not None
        return missing(
            *manque,
            explication=f"Pour l’audience du {write_date(audience_le)}, le préfet devait la "
            f"recevoir le {write_date(limite)} au plus tard.",
        )
    if recu_le < on:
        return contradict(
            f"assignation reçue par le préfet le {write_date(recu_le)}",
            f"délivrée le {write_date(on)}",
        )
    return judge_deadline(
        recu_le,
        compute_there("C2", audience_le, faits),
        fait=f"Pour l’audience du {write_date(audience_le)}, le préfet a reçu l’assignation",
        verbe="elle devait lui parvenir",
        tardif="elle est tardive",
    )


def check_clause_acquise(on: date, faits: Faits, _seuils: Seuils) -> Verdict:
    """Check that the delay of the commandement had ended when the assignation was served."""
    cdp_le = faits.get("cdp_le")
    if cdp_le is None:
        return missing("cdp_le")
    if cdp_le > on:
        return contradict(
            f"commandement du {write_date(cdp_le)}", f"assignation du {write_date(on)}"
        )
    regime = _get_regime(cdp_le, faits)
    assert regime.resultat.date is not None
    texte = f"Commandement du {write_date(cdp_le)}. {_write_regimes(regime)}"
    termes = [regime.resultat.date, regime.autre or regime.resultat.date]
    certitude = "contested" if min(termes) < on <= max(termes) else "sure"
    if certitude == "contested" and (regime.a_obtenir or regime.reconduit):
        return Verdict(A_VERIFIER, texte, a_obtenir=regime.a_obtenir, certitude=certitude)
    if on > regime.resultat.date:
        plaidable = add_report(regime.resultat.date, on, faits)
        return Verdict(
            REGULIER, f"{texte}{plaidable}", certitude="contested" if plaidable else certitude
        )
    avance = write_jours((regime.resultat.date - on).days + 1)
    return Verdict(
        IRREGULIER,
        f"{texte} L’assignation du {write_date(on)} est prématurée de {avance}.",
        certitude=certitude,
    )


def check_depot_greffe(on: date, faits: Faits, _seuils: Seuils) -> Verdict:
    """Place the filing at the registry against the hearing."""
    manque = [n for n in ("greffe_le", "audience_le") if faits.get(n) is None]
    if manque:
        return missing(*manque)
    if faits["greffe_le"] < on:
        return contradict(
            f"assignation remise au greffe le {write_date(faits['greffe_le'])}",
            f"délivrée le {write_date(on)}",
        )
    return judge_deadline(
        faits["greffe_le"],
        compute_there("C3", faits["audience_le"], faits),
        fait=f"Pour l’audience du {write_date(faits['audience_le'])}, l’assignation a été remise "
        "au greffe",
        verbe="elle devait l’être",
        tardif="la remise est tardive",
    )


def check_transmission_dsf(_on: date, faits: Faits, _seuils: Seuils) -> Verdict:
    """Place the sending of the diagnosis to the judge against the hearing."""
    if faits.get("dsf_carence"):
        return Verdict(SANS_OBJET, "Le diagnostic s’est terminé par un constat de carence.")
    manque = [n for n in ("dsf_juge_le", "audience_le") if faits.get(n) is None]
    if manque:
        return missing(*manque)
    return judge_deadline(
        faits["dsf_juge_le"],
        compute_there("C6", faits["audience_le"], faits),
        fait=f"Pour l’audience du {write_date(faits['audience_le'])}, le diagnostic a été transmis "
        "au juge",
        verbe="il devait l’être",
        tardif="la transmission est tardive",
    )
