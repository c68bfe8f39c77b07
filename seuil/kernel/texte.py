"""What a typed text may hold, and under which letter a name is filed; pure."""

import unicodedata

# They turn the order of what follows, so that one reads another thing than what is kept.
_SENS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BLANCS = frozenset("\t\n\r")


def find_invisible(text: str) -> str:
    """Return the first character of a text that cannot be kept, empty when there is none.

    A control character, half of a pair, or one that turns the direction of reading.
    """
    return next((c for c in text if _is_hidden(c)), "")


def name_caractere(character: str) -> str:
    """Write « U+202E »."""
    return f"U+{ord(character):04X}"


def _is_hidden(character: str) -> bool:
    if character in _BLANCS:
        return False
    return character in _SENS or unicodedata.category(character) in {"Cc", "Cs"}


# Each letter of a French name, and the letter under which a dictionary files it.
ACCENTS = "àâäáãåçéèêëíìîïñóòôöõúùûüýÿ’'-"
LETTRES = "aaaaaaceeeeiiiinooooouuuuyy   "
LIGATURES = (("œ", "oe"), ("æ", "ae"))
_TABLE = str.maketrans(ACCENTS, LETTRES)


def fold_alphabet(nom: str) -> str:
    """Return what a name is filed under: É between E and F, « L’Isle » where one looks for it."""
    text = nom.lower()
    for one, two in LIGATURES:
        text = text.replace(one, two)
    return text.translate(_TABLE)
