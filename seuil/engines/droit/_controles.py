"""The controls that a question of regularity may name."""

from collections.abc import Mapping

from seuil.engines.droit import _controles_bail, _controles_execution
from seuil.engines.droit._verdict import Controle

CONTROLES: Mapping[str, Controle] = {
    "delai_annonce": _controles_bail.check_delai_annonce,
    "signalement_cdp": _controles_bail.check_signalement_cdp,
    "caution": _controles_bail.check_caution,
    "saisine_ccapex": _controles_bail.check_saisine_ccapex,
    "notification_prefet": _controles_bail.check_notification_prefet,
    "clause_acquise": _controles_bail.check_clause_acquise,
    "depot_greffe": _controles_bail.check_depot_greffe,
    "transmission_dsf": _controles_bail.check_transmission_dsf,
    "jugement_signifie": _controles_execution.check_jugement_signifie,
    "signification_a_temps": _controles_execution.check_signification_a_temps,
    "prefet_informe_cql": _controles_execution.check_prefet_informe_cql,
    "decision_signifiee": _controles_execution.check_decision_signifiee,
    "rfp_apres_deux_mois": _controles_execution.check_rfp_apres_deux_mois,
    "cfp_apres_deux_mois": _controles_execution.check_cfp_apres_deux_mois,
    "deux_mois_ecoules": _controles_execution.check_deux_mois_ecoules,
    "hors_treve": _controles_execution.check_hors_treve,
    "jour_permis": _controles_execution.check_jour_permis,
    "delais_expires": _controles_execution.check_delais_expires,
    "concours_accorde": _controles_execution.check_concours_accorde,
}
