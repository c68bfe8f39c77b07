"""Controls of the judgment and of what executes it, to the eviction."""

from datetime import date

from seuil.engines.droit import _calendar
from seuil.engines.droit._francais import write_date
from seuil.engines.droit._model import TreveFixeeLocalement
from seuil.engines.droit._treve import OUTRE_MER, end_of_treve, in_treve
from seuil.engines.droit._verdict import (
    A_VERIFIER,
    IRREGULIER,
    NBSP,
    REGULIER,
    SANS_OBJET,
    Faits,
    Seuils,
    Verdict,
    add_report,
    compute_there,
    contradict,
    get_lieu,
    judge_deadline,
    missing,
    write_jours,
)

# Jugement, signification


def check_jugement_signifie(on: date, faits: Faits, _seuils: Seuils) -> Verdict:
    """Place the service of a judgment given by default against its six months."""
    return _check_six_mois(on, faits.get("signification_le"), faits, manque="signification_le")


def check_signification_a_temps(on: date, faits: Faits, _seuils: Seuils) -> Verdict:
    """The same, seen from the act of service."""
    return _check_six_mois(faits.get("jugement_le"), on, faits, manque="jugement_le")


def _check_six_mois(
    jugement_le: date | None, signifie_le: date | None, faits: Faits, *, manque: str
) -> Verdict:
    par_defaut = faits.get("par_defaut")
    if par_defaut is False:
        return Verdict(
            SANS_OBJET, "La décision est contradictoire : aucun délai.".replace(" :", f"{NBSP}:")
        )
    if jugement_le is None:
        return missing(manque)
    resultat = compute_there("E7", jugement_le, faits)
    assert resultat.date is not None
    if signifie_le is None:
        return missing(
            manque,
            *(() if par_defaut else ("par_defaut",)),
            explication=f"Rendue par défaut, la décision du {write_date(jugement_le)} est non "
            f"avenue si elle n’est pas signifiée le {write_date(resultat.date)} au plus tard.",
        )
    if signifie_le < jugement_le:
        return contradict(
            f"décision du {write_date(jugement_le)}", f"signifiée le {write_date(signifie_le)}"
        )
    verdict = judge_deadline(
        signifie_le,
        resultat,
        fait=f"La décision du {write_date(jugement_le)} a été signifiée",
        verbe="elle devait l’être",
        tardif="la signification est tardive",
    )
    if verdict.reponse != REGULIER and par_defaut is None:
        return missing("par_defaut", explication=verdict.explication)
    return verdict


# Commandement de quitter les lieux


def check_prefet_informe_cql(on: date, faits: Faits, _seuils: Seuils) -> Verdict:
    """Say when the préfet was informed; meanwhile the two months are suspended."""
    recu_le = faits.get("prefet_le")
    if recu_le is None:
        return missing(
            "prefet_le",
            explication="Tant que le préfet n’est pas informé, le délai de deux mois est suspendu.",
        )
    if recu_le < on:
        return contradict(
            f"commandement reçu par le préfet le {write_date(recu_le)}",
            f"signifié le {write_date(on)}",
        )
    if recu_le == on:
        return Verdict(
            REGULIER, f"Le préfet a été informé le jour même, {write_date(on)}.", certitude="sure"
        )
    return Verdict(
        REGULIER,
        f"Le préfet a été informé le {write_date(recu_le)}{NBSP}: le délai de deux mois a été "
        f"suspendu {write_jours((recu_le - on).days)}.",
        certitude="to_check",
    )


def check_decision_signifiee(on: date, faits: Faits, _seuils: Seuils) -> Verdict:
    """Check that the decision was served before the commandement, or with it."""
    signifie_le = faits.get("signification_le")
    if signifie_le is None:
        return missing("signification_le")
    dates = (
        f"La décision a été signifiée le {write_date(signifie_le)}{NBSP}; le commandement est du "
        f"{write_date(on)}."
    )
    return Verdict(REGULIER if signifie_le <= on else IRREGULIER, dates, certitude="sure")


# Force publique, expulsion


def _check_apres_deux_mois(day: date, cql_prefet_le: date, faits: Faits, fait: str) -> Verdict:
    """Place a day against the end of the two months that follow the préfet's receipt (G4)."""
    resultat = compute_there("G4", cql_prefet_le, faits)
    terme = resultat.date
    assert terme is not None
    texte = (
        f"{fait} le {write_date(day)}{NBSP}; les deux mois qui suivent la réception du "
        f"commandement de quitter les lieux ({write_date(cql_prefet_le)}) s’achèvent le "
        f"{write_date(terme)}"
    )
    if day >= terme:
        return Verdict(REGULIER, f"{texte}.", certitude="sure")
    avance = write_jours((terme - day).days)
    return Verdict(IRREGULIER, f"{texte}{NBSP}: {avance} trop tôt.", certitude="sure")


def check_rfp_apres_deux_mois(on: date, faits: Faits, _seuils: Seuils) -> Verdict:
    """Check that the requisition did not reach the préfet too early."""
    manque = [n for n in ("rfp_recue_le", "cql_prefet_le") if faits.get(n) is None]
    if manque:
        return missing(*manque)
    if faits["rfp_recue_le"] < on:
        return contradict(
            f"réquisition reçue le {write_date(faits['rfp_recue_le'])}",
            f"datée du {write_date(on)}",
        )
    return _check_apres_deux_mois(
        faits["rfp_recue_le"], faits["cql_prefet_le"], faits, "Le préfet a reçu la réquisition"
    )


def check_cfp_apres_deux_mois(on: date, faits: Faits, _seuils: Seuils) -> Verdict:
    """Check that the public force was not granted too early."""
    sens = faits.get("cfp_sens")
    if sens and sens != "accord":
        return Verdict(SANS_OBJET, "Le concours n’a pas été accordé.")
    manque = [n for n in ("cfp_sens", "cql_prefet_le") if not faits.get(n)]
    if manque:
        return missing(*manque)
    return _check_apres_deux_mois(on, faits["cql_prefet_le"], faits, "Le concours a été accordé")


def check_deux_mois_ecoules(on: date, faits: Faits, _seuils: Seuils) -> Verdict:
    """Check the two months before an eviction, with the days they may have been suspended."""
    cql_le, prefet_le = faits.get("cql_le"), faits.get("cql_prefet_le")
    if cql_le is None:
        return missing("cql_le")
    signifie = f"commandement de quitter les lieux du {write_date(cql_le)}"
    if cql_le > on:
        return contradict(signifie, f"expulsion du {write_date(on)}")
    if prefet_le and prefet_le < cql_le:
        return contradict(signifie, f"reçu par le préfet le {write_date(prefet_le)}")
    terme = compute_there("F1", cql_le, faits).date
    assert terme is not None
    texte = (
        f"Les deux mois qui suivent le {signifie} s’achèvent le {write_date(terme)}{NBSP}; "
        f"l’expulsion est du {write_date(on)}."
    )
    if on <= terme:
        return Verdict(
            IRREGULIER,
            f"{texte} Reste à écarter une décision du juge qui aurait réduit ou supprimé ce délai.",
            certitude="to_check",
        )
    if prefet_le is None:
        return missing(
            "cql_prefet_le",
            explication=f"{texte} Le délai est suspendu tant que le préfet n’est pas informé.",
        )
    return _judge_suspension(on, cql_le, prefet_le, faits, texte)


def _judge_suspension(on: date, cql_le: date, prefet_le: date, faits: Faits, texte: str) -> Verdict:
    """Carry the two months by the days during which the préfet had not been told (L412-5)."""
    terme = compute_there("F1", cql_le, faits).date
    depuis_prefet = compute_there("F1", prefet_le, faits).date
    assert terme is not None
    assert depuis_prefet is not None
    termes = {terme + (prefet_le - cql_le), depuis_prefet}
    if prefet_le > cql_le:
        texte += (
            f" Le préfet n’a été informé que le {write_date(prefet_le)}, ce qui porte le terme au "
            f"{write_date(max(termes))}."
        )
    if on > max(termes):
        plaidable = add_report(max(termes), on, faits)
        return Verdict(
            REGULIER, f"{texte}{plaidable}", certitude="contested" if plaidable else "sure"
        )
    if on <= min(termes):
        return Verdict(IRREGULIER, texte, certitude="to_check")
    return Verdict(
        A_VERIFIER,
        f"{texte} Compté en jours, il serait le {write_date(min(termes))}.",
        certitude="contested",
    )


def check_hors_treve(on: date, faits: Faits, _seuils: Seuils) -> Verdict:
    """Tell whether an eviction fell inside the winter truce."""
    if not faits.get("departement"):
        return missing("departement")
    try:
        pendant = in_treve(on, **get_lieu(faits))
    except TreveFixeeLocalement:
        return Verdict(A_VERIFIER, OUTRE_MER, certitude="to_check")
    fin = end_of_treve(on, **get_lieu(faits))
    if not pendant:
        return Verdict(
            REGULIER, f"Le {write_date(on)} est hors de la trêve hivernale.", certitude="sure"
        )
    return Verdict(
        IRREGULIER,
        f"Le {write_date(on)} est pendant la trêve, qui finit le {write_date(fin)}{NBSP}; restent "
        "à écarter le relogement suffisant, l’entrée par voie de fait et la décision du juge.",
        certitude="to_check",
    )


def check_jour_permis(on: date, faits: Faits, _seuils: Seuils) -> Verdict:
    """Tell whether an eviction fell on a Sunday or a public holiday of the place."""
    if not faits.get("departement"):
        return missing("departement")
    _calendar.check_year(on)
    calendrier = _calendar.calendrier_of(**get_lieu(faits))
    if on.weekday() != _calendar.DIMANCHE and not _calendar.is_ferie(on, calendrier):
        return Verdict(REGULIER, f"Le {write_date(on)} n’est ni un dimanche ni férié.",
                       certitude="sure")  # fmt: skip
    variant = _calendar.doubtful_variant(calendrier)
    if variant and on.weekday() != _calendar.DIMANCHE and not _calendar.is_ferie(on, variant):
        return missing(
            "commune",
            explication="Le Vendredi saint n’est férié que dans les communes d’Alsace-Moselle qui "
            "ont un temple protestant ou une église mixte.",
        )
    why = _calendar.why_not_ouvre(on, calendrier)
    return Verdict(IRREGULIER, f"Le {write_date(on)} est {why}.", certitude="sure")


def check_delais_expires(on: date, faits: Faits, _seuils: Seuils) -> Verdict:
    """Check that the time granted by the judge had run out."""
    jusqu_au = faits.get("delais_jusqu_au")
    if jusqu_au is None:
        return missing("delais_jusqu_au")
    texte = (
        f"Le juge a accordé un délai jusqu’au {write_date(jusqu_au)}{NBSP}; l’expulsion est du "
        f"{write_date(on)}."
    )
    return Verdict(REGULIER if on > jusqu_au else IRREGULIER, texte, certitude="sure")


def check_concours_accorde(on: date, faits: Faits, _seuils: Seuils) -> Verdict:
    """Check that the public force was granted before the eviction."""
    accord_le = faits.get("cfp_accord_le")
    if accord_le is None:
        return missing("cfp_accord_le")
    texte = f"Le concours a été accordé le {write_date(accord_le)}"
    if accord_le <= on:
        return Verdict(REGULIER, f"{texte}.", certitude="sure")
    return Verdict(
        IRREGULIER,
        f"{texte}, après l’expulsion du {write_date(on)}{NBSP}; sans objet si la force publique "
        "n’est pas intervenue.",
        certitude="to_check",
    )
