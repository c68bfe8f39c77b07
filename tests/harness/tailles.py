"""The size of each attack battery: a sample in `make test`, the stated size in `make epreuves`."""

import os

# Number of the battery → what is tried: sample, stated size (`docs/epreuves/batterie.md`).
_TAILLES = {
    "T12": (3, 10_000),
    "T28": (240, 10_000),
    "T31": (60, 100_000),
    "T33": (2_000, 100_000),
    "T34": (40, 400),
    "T35": (18, 200),
}  # fmt: skip


def is_complete() -> bool:
    """Tell whether the batteries run at their stated size."""
    return bool(os.environ.get("SEUIL_BATTERIES"))


def get_taille(numero: str) -> int:
    """Return how many tries a battery makes; SEUIL_BATTERIES=1, or « T28=2000,T34=100 »."""
    told = os.environ.get("SEUIL_BATTERIES", "")
    asked = dict(part.split("=") for part in told.split(",") if "=" in part)
    return int(asked.get(numero, _TAILLES[numero][is_complete()]))


def get_graine() -> int:
    """Return the seed of what is drawn at random."""
    return int(os.environ.get("SEUIL_GRAINE", "7"))
