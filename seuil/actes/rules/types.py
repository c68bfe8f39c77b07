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

# What the paper of each kind of act says beside its day, in the order of its form; nothing else is
# asked of it. The senses are those of SENS_PAR_TYPE.
CHAMPS_PAR_TYPE: Mapping[str, tuple[str, ...]] = {
    "signalement": ("recu_le", "montant", "reference"),
    "saisine_ccapex": ("recu_le", "reference"),
    "commandement": ("recu_le", "delai_annonce", "montant", "reference"),
    "assignation": (
        "audience_le", "audience_heure", "juridiction", "recu_le", "montant", "reference",
    ),
    "audience": ("audience_heure", "juridiction"),
    "jugement": ("sens", "delai_jusqu_au", "juridiction", "montant", "reference"),
    "signification": ("sens", "reference"),
    "appel": ("juridiction", "reference"),
    "defaut_plan": ("reference",),
    "cql": ("recu_le", "reference"),
    "delais_quitter": ("delai_jusqu_au", "juridiction", "reference"),
    "rfp": ("recu_le", "reference"),
    "evaluation_police": ("recu_le", "reference"),
    "cfp": ("sens", "delai_jusqu_au", "reference"),
    "expulsion": ("reference",),
    "depart": (),
    "reprise": ("reference",),
    "surendettement": ("sens", "delai_jusqu_au", "reference"),
    "plan_apurement": ("sens", "delai_jusqu_au", "montant"),
    "pcs": ("sens", "delai_jusqu_au", "reference"),
    "dalo": ("sens", "reference"),
}  # fmt: skip
