"""The kinds of acts: their names, the senses each may bear, who may read them."""

from collections.abc import Mapping

LABELS_TYPE: Mapping[str, str] = {
    "commandement": "commandement de payer",
    "assignation": "assignation",
    "audience": "audience",
    "jugement": "jugement",
    "cql": "commandement de quitter les lieux",
    "rfp": "réquisition de la force publique",
    "cfp": "décision de concours de la force publique",
    "expulsion": "expulsion",
}

# Kinds of facts that the matrix of accesses keeps apart from the rest of the procedure.
CATEGORIE_PAR_TYPE: Mapping[str, str] = {
    "rfp": "concours",
    "cfp": "concours",
    "expulsion": "concours",
    "evaluation_police": "evaluation_police",
    "dalo": "dalo",
}

# Kinds of facts that bear a sense, and the senses each may bear.
SENS_PAR_TYPE: Mapping[str, tuple[str, ...]] = {
    "jugement": ("resiliation", "delais", "rejet", "desistement"),
    "signification": ("fond", "refere"),
    "cfp": ("accord", "refus", "report"),
    "surendettement": (
        "depot", "recevable", "irrecevable", "suspension", "mesures", "effacement", "fin",
    ),
    "plan_apurement": ("signe", "rompu"),
    "pcs": ("signe", "rompu"),
    "dalo": ("recours", "reconnu", "rejet", "offre"),
}  # fmt: skip
# Without its sense the fact says nothing. The first judgments of the lists came without theirs.
SENS_OBLIGATOIRE = frozenset(SENS_PAR_TYPE) - {"jugement", "signification"}
