"""What starts a delay: dated facts, and the rules that each sets running."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from seuil.engines import droit

# Fact → rules of engines/droit that it starts. The identifiers are those of the law table.
REGLES_PAR_FAIT: Mapping[str, tuple[str, ...]] = {
    "saisine_ccapex": ("C1",),
    "commandement": ("A1",),
    "premiere_audience": ("C2", "C3"),
    "audience": ("C6",),
    "dsf_demande": ("C5",),
    "signification_fond": ("E4",),
    "signification_refere": ("E5",),
    "cql": ("F1", "F4"),
    "cql_execution": (droit.EXECUTION,),
    "cql_recu": ("G4",),
    "rfp": ("G3", "G7"),
    "cfp_accord": ("G5",),
    "expulsion": ("G12",),
    "surendettement_depot": ("I10",),
    "surendettement_recevable": ("I2",),
    "surendettement_suspension": ("I4",),
    "surendettement_effacement": ("I9",),
    "pcs_signe": ("J2",),
    "dalo_recours": ("K1",),
    "dalo_reconnu": ("K2",),
    "mandat_transmis": ("EM1", "EM2", "EM2b"),
    "mandat_debut": ("EM3", "EM5"),
    "echange": ("EM4",),
    "relance": ("EM6",),
}

# Rules that start when another one ends.
SUITES: Mapping[str, str] = {"K2": "K3"}

# Delays that the page of a dossier shows and that no list nor task waits for: computed when read.
REGLES_LUES: Mapping[str, tuple[str, ...]] = {
    "commandement": ("A4",),
    "jugement": ("E7", "E8"),
    "signification_a_obtenir": ("E4",),
    "saisine_a_obtenir": ("C1",),
    "cql": ("G14",),
    "cfp_refus": ("G10",),
    "expulsion": ("G12c", "G12d"),
}

# Deadlines that tell of more than the procedure: who may read them, in the matrix of accesses.
CATEGORIE_PAR_REGLE: Mapping[str, str] = {
    **dict.fromkeys(("G3", "G5", "G7", "G10", "G12", "G12c", "G12d"), "concours"),
    **dict.fromkeys(("K1", "K2", "K3"), "dalo"),
    **dict.fromkeys(("EM1", "EM2", "EM2b", "EM3", "EM4", "EM5", "EM6"), "accompagnement"),
}

# What to obtain when the day of a starting fact is not known, in the words of the screen.
FAIT_A_OBTENIR: Mapping[str, str] = {
    "premiere_audience": "la date de l’audience",
    "audience": "la date de l’audience",
    "dsf_demande": "la date à laquelle le préfet a saisi l’organisme chargé du diagnostic",
    "cql_recu": "la date à laquelle le préfet a reçu le commandement de quitter les lieux",
    "signification_a_obtenir": "la date de signification de la décision",
    "saisine_a_obtenir": "la date à laquelle le bailleur a saisi la CCAPEX",
}


class Fait(NamedTuple):
    """A dated fact that starts delays; `le` is None when its day is still to be obtained.

    `arguments` are the other facts that decide of its dates: name and value, dates in ISO form.
    """

    dossier_id: UUID
    genre: str
    le: date | None
    source_type: str
    source_id: UUID
    arguments: tuple[tuple[str, str], ...] = ()
