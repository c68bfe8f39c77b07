"""A number and the noun that agrees with it; pure."""

from datetime import time

NBSP = "\N{NO-BREAK SPACE}"
# Between thousands, and before ; ! ?
NNBSP = "\N{NARROW NO-BREAK SPACE}"


def write_nombre(value: int) -> str:
    """Write « 12 500 »."""
    return f"{value:,}".replace(",", NNBSP)


def write_pluriel(count: int, one: str, many: str = "") -> str:
    """Write « 0 dossier », « 1 dossier retenu », « 12 dossiers retenus ».

    Each word takes an « s » when nothing else is given.
    """
    told = one if abs(count) < 2 else many or " ".join(f"{word}s" for word in one.split())
    return f"{write_nombre(count)}{NBSP}{told}"


def write_heure(heure: time) -> str:
    """Write « 9 h 30 », « 14 h »."""
    minutes = f"{NBSP}{heure:%M}" if heure.minute else ""
    return f"{heure.hour}{NBSP}h{minutes}"


# How the name of an organisation begins, when « à » is said before it.
_AU = frozenset({
    "ccas", "centre", "cias", "conseil", "département", "greffe", "pôle", "secrétariat", "service",
    "siao", "tribunal",
})  # fmt: skip
_A_LA = frozenset({
    "banque", "caf", "caisse", "ccapex", "comed", "commission", "commune", "ddets", "ddt",
    "direction", "fédération", "fondation", "mairie", "maison", "mds", "mdsi", "métropole",
    "mission", "msa",
    "police", "préfecture", "société", "ville",
})  # fmt: skip
_A_L = frozenset({
    "adil", "agence", "antenne", "association", "équipe", "espace", "office", "opérateur", "udaf",
    "union", "unité",
})  # fmt: skip


def write_a(nom: str) -> str:
    """Write « au Département », « à la CAF », « à l’ADIL », as the name begins.

    A name whose gender nobody can tell is quoted: « au service « Le Palier » » is right for all.
    """
    head = nom.split(maxsplit=1)[0].lower() if nom.split() else ""
    if head in _AU:
        return f"au {nom}"
    if head in _A_LA:
        return f"à la {nom}"
    return f"à l’{nom}" if head in _A_L else f"au service «{NBSP}{nom}{NBSP}»"
