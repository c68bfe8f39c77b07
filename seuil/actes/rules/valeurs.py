"""The words by which lists say a nature, a parc, a sense."""

from collections.abc import Mapping

NATURES: Mapping[str, str] = {
    "PERSONNE PHYSIQUE": "physique", "PHYSIQUE": "physique", "PARTICULIER": "physique",
    "PP": "physique", "PERSONNES PHYSIQUES": "physique", "PRIVE": "physique",
    "BAILLEUR PRIVE": "physique", "SCI FAMILIALE": "sci_familiale", "SCI": "sci_familiale",
    "SCI DE FAMILLE": "sci_familiale", "PERSONNE MORALE": "morale", "MORALE": "morale",
    "PM": "morale", "SOCIETE": "morale", "BAILLEUR SOCIAL": "social", "SOCIAL": "social",
    "HLM": "social", "OPH": "social", "ESH": "social", "PUBLIC": "social",
}  # fmt: skip
PARCS: Mapping[str, str] = {
    "PRIVE": "prive", "PARC PRIVE": "prive", "LIBRE": "prive", "PRIVEE": "prive",
    "SOCIAL": "social", "PARC SOCIAL": "social", "PUBLIC": "social", "PARC PUBLIC": "social",
    "HLM": "social",
}  # fmt: skip
SUIVIS: Mapping[str, str] = {
    "OUI": "connu", "CONNU": "connu", "ACCOMPAGNE": "connu", "SUIVI": "connu", "O": "connu",
    "CONNU OU ACCOMPAGNE": "connu", "NON": "inconnu", "INCONNU": "inconnu", "N": "inconnu",
    "INCONNU DES SERVICES SOCIAUX": "inconnu", "SANS REPONSE": "sans_reponse",
    "NE REPOND PAS": "sans_reponse", "PAS DE REPONSE": "sans_reponse",
    "SANS REPONSE AUX SOLLICITATIONS": "sans_reponse",
}  # fmt: skip
CLAUSES: Mapping[str, str] = {
    "2 MOIS": "2 mois", "DEUX MOIS": "2 mois", "2": "2 mois", "2M": "2 mois",
    "6 SEMAINES": "6 semaines", "SIX SEMAINES": "6 semaines", "6": "6 semaines",
    "6S": "6 semaines", "6 SEM": "6 semaines",
}  # fmt: skip
SENS: Mapping[str, Mapping[str, str]] = {
    "jugement": {
        "RESILIATION": "resiliation", "EXPULSION": "resiliation",
        "RESILIATION DU BAIL": "resiliation", "CLAUSE ACQUISE": "resiliation",
        "RESILIATION DU BAIL ET EXPULSION": "resiliation", "RESILIATION ET EXPULSION":
        "resiliation", "EXPULSION FERME": "resiliation", "DELAIS": "delais",
        "DELAIS DE PAIEMENT": "delais", "DELAI": "delais", "DELAIS SUSPENSIFS": "delais",
        "EXPULSION CONDITIONNELLE": "delais",
        "DELAIS DE PAIEMENT SUSPENDANT LA CLAUSE": "delais", "REJET": "rejet", "DEBOUTE": "rejet",
        "REJET DE LA DEMANDE": "rejet", "IRRECEVABILITE": "rejet", "DESISTEMENT": "desistement",
        "RADIATION": "desistement",
    },
    "cfp": {
        "ACCORD": "accord", "ACCORDE": "accord", "OCTROI": "accord", "OCTROYE": "accord",
        "CONCOURS ACCORDE": "accord", "OUI": "accord", "REFUS": "refus", "REFUSE": "refus",
        "CONCOURS REFUSE": "refus", "NON": "refus", "REJET": "refus", "REPORT": "report",
        "REPORTE": "report", "SURSIS": "report", "DECISION REPORTEE": "report",
    },
}  # fmt: skip
SENS_ATTENDUS: Mapping[str, str] = {
    "jugement": "résiliation, délais, rejet ou désistement",
    "cfp": "accord, refus ou report",
    "surendettement": (
        "dépôt, recevabilité, irrecevabilité, suspension, mesures, effacement ou fin"
    ),
    "plan_apurement": "signé ou rompu",
    "pcs": "signé ou rompu",
    "dalo": "recours, reconnu, rejet ou offre",
}
