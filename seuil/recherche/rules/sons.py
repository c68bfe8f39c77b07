"""How a French name sounds: names written as heard have the same sound.

Neither an index nor a meaning: two names of one sound are a likeness, told as one. What
follows is what names need.
"""

import re
from functools import lru_cache

# In order: each rule reads what the former ones wrote. Lower case: a sound of several letters.
_RULES: tuple[tuple[str, str], ...] = (
    (r"ILL(?=[AEIOU])", "Y"),
    (r"AUL[TDX]S?$", "O"),
    (r"([A-Z])\1+", r"\1"),
    (r"PH", "F"),
    (r"CH(?=[RL])", "K"),
    (r"SCH|SH|CH", "c"),
    (r"H", ""),
    (r"W", "V"),
    # « Lefebvre », « Lefèvre ».
    (r"BV", "V"),
    (r"GU(?=[EIY])", "g"),
    (r"GN", "n"),
    (r"G(?=[EIY])", "J"),
    (r"g", "G"),
    (r"CK|QU|Q", "K"),
    (r"SC(?=[EIY])", "S"),
    (r"C(?=[EIY])", "S"),
    (r"C", "K"),
    (r"Z", "S"),
    (r"X(?=.)", "KS"),
    (r"OEU|OE", "E"),
    (r"EAU|AU", "O"),
    (r"OU", "u"),
    (r"OIN(?![AEIOUY])", "wi"),
    (r"O[IY](?![AEIOUY])", "w"),
    (r"Y", "I"),
    (r"(?:AI|EI|I|U)[NM](?![AEIOUuw])", "i"),
    (r"[AE][NM](?![AEIOUuw])", "a"),
    (r"O[NM](?![AEIOUuw])", "o"),
    (r"AI|EI", "E"),
    # Letters that end a name without being heard; « clerc » keeps its r.
    (r"(?<=R)[KDTSGP]+$", "."),
    (r"E[RST]$", "E"),
    (r"(?<=[AEIOULaiouw])[STDXP]+$", ""),
    (r"(?<=[^AEIOU])E$", ""),
    (r"(?<=[AIOUu])E$", ""),
    (r"\.", ""),
    (r"([A-Za-z])\1+", r"\1"),
)
_COMPILED = tuple((re.compile(pattern), said) for pattern, said in _RULES)


@lru_cache(maxsize=32_768)
def write_son(word: str) -> str:
    """Return how a normalised word sounds; empty when it is too short to tell, or no name."""
    if len(word) < 3 or not word.isalpha():
        return ""
    for pattern, said in _COMPILED:
        word = pattern.sub(said, word)
    return word if len(word) > 1 else ""
