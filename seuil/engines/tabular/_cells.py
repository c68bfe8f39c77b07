"""From a cell to a value: each function answers a value, None for a blank, or refuses.

Refusals carry a motive and a remedy in French; they never guess between two readings.
"""

import math
import re
import unicodedata
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from seuil.engines.tabular._headers import normalise_header
from seuil.engines.tabular._model import Cell


class CellRefused(ValueError):
    """The cell cannot be read as what its column holds."""

    def __init__(self, motif: str, remede: str) -> None:
        super().__init__(motif)
        self.motif = motif
        self.remede = remede

    def __str__(self) -> str:
        return f"{self.motif} {self.remede}"


_SPACES = re.compile(r"\s+")
_INVISIBLE = frozenset({"Cc", "Cf"})
# Halves of a character, and what stands for one that could not be read.
_LOST = re.compile("[\ud800-\udfff\ufffd]")


def _shown(cell: Cell) -> str:
    """Return the cell as a person typed it, short enough for a sentence."""
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if isinstance(cell, datetime):
        return cell.strftime("%d/%m/%Y %H:%M")
    if isinstance(cell, date):
        return cell.strftime("%d/%m/%Y")
    if isinstance(cell, time):
        return cell.strftime("%H:%M")
    if isinstance(cell, float):
        return repr(cell).replace(".", ",")
    text = _flat(str(cell))
    return text if len(text) <= 60 else text[:59] + "…"


def _flat(text: str) -> str:
    """Return the text in NFC, on one line, without characters that cannot be seen."""
    if text.isascii() and text.isprintable():
        # Nearly every cell: no accent to compose, no space but the ordinary one.
        return (_SPACES.sub(" ", text) if "  " in text else text).strip()
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        text = "".join(
            char for char in text if char.isspace() or unicodedata.category(char) not in _INVISIBLE
        )
    return _SPACES.sub(" ", text).strip()


def _is_blank(cell: Cell) -> bool:
    if isinstance(cell, str):
        first = cell[:1]
        return not (first.isascii() and first.isalnum()) and not _flat(cell)
    return cell is None


def parse_texte(cell: Cell, *, max_length: int) -> str:
    """Return the cell as one line of text, empty when blank."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        text = _flat(cell)
    elif isinstance(cell, int) and not isinstance(cell, bool):
        text = str(cell)
    else:
        text = _shown(cell)
    if _LOST.search(text):
        raise CellRefused(
            f"« {_printable(text)} » contient un caractère perdu.",
            "Corrigez l’orthographe dans le fichier d’origine, puis déposez-le à nouveau.",
        )
    if len(text) > max_length:
        raise CellRefused(
            f"Le texte compte {len(text)} caractères, {max_length} au plus sont acceptés.",
            "Raccourcissez cette cellule.",
        )
    return text


def _printable(text: str) -> str:
    return text[:60].encode("utf-8", "replace").decode("utf-8")


_MONTHS = {
    "janvier": 1, "janv": 1, "jan": 1,
    "fevrier": 2, "fevr": 2, "fev": 2,
    "mars": 3, "mar": 3,
    "avril": 4, "avr": 4,
    "mai": 5,
    "juin": 6,
    "juillet": 7, "juil": 7,
    "aout": 8,
    "septembre": 9, "sept": 9, "sep": 9,
    "octobre": 10, "oct": 10,
    "novembre": 11, "nov": 11,
    "decembre": 12, "dec": 12,
}  # fmt: skip
_MONTH_NAMES = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip
_CLOCK = r"(?:[ tT]+(?:a )?\d{1,2}[:hH]\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:[zZ]|[+-]\d{2}:?\d{2})?)?"
_DAY_FIRST = re.compile(rf"(\d{{1,2}}) ?[/.\- ] ?(\d{{1,2}}) ?[/.\- ] ?(\d{{4}}|\d{{2}}){_CLOCK}")
_YEAR_FIRST = re.compile(rf"(\d{{4}})[/.\-](\d{{1,2}})[/.\-](\d{{1,2}}){_CLOCK}")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_WORDS = re.compile(
    r"(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) )?(?:le )?"
    r"(\d{1,2})(?:er)? ([a-z]+) (\d{4}|\d{2})"
)
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_HOW_TO_WRITE_A_DATE = "Écrivez la date sous la forme jour/mois/année, par exemple 07/05/2026."
# Day 60 of Excel's 1900 calendar is a 29 February that never was: counting from 30 December 1899
# is right from 1 March 1900 on, the only part that a list of acts can hold.
_EPOCH_1900 = date(1899, 12, 30)
_EPOCH_1904 = date(1904, 1, 1)


def parse_date(
    cell: Cell,
    *,
    earliest: date = date(1990, 1, 1),
    latest: date = date(2100, 1, 1),
    epoch_1904: bool = False,
) -> date | None:
    """Return the civil date of the cell, None when blank.

    Numbers are Excel serials, counted from 1900 unless the workbook says 1904.

    Raises CellRefused when the date does not exist, cannot be read or lies out of bounds.
    """
    if _is_blank(cell):
        return None
    if isinstance(cell, datetime):
        found = cell.date()
    elif isinstance(cell, date):
        found = cell
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        found = _date_of_number(cell, epoch=_EPOCH_1904 if epoch_1904 else _EPOCH_1900)
    elif isinstance(cell, str):
        epoch = _EPOCH_1904 if epoch_1904 else _EPOCH_1900
        found = _date_of_text(_flat(cell), earliest, latest, epoch)
    else:
        raise _not_a_date(cell)
    if not earliest <= found <= latest:
        raise CellRefused(
            f"« {_shown(cell)} » donne le {found:%d/%m/%Y}, hors de la période attendue "
            f"(du {earliest:%d/%m/%Y} au {latest:%d/%m/%Y}).",
            "Vérifiez l’année.",
        )
    return found


def _not_a_date(cell: Cell) -> CellRefused:
    return CellRefused(f"« {_shown(cell)} » n’est pas une date.", _HOW_TO_WRITE_A_DATE)


def _date_of_number(number: float, *, epoch: date) -> date:
    if not math.isfinite(number):
        raise _not_a_date(number)
    compact = _COMPACT.fullmatch(str(number))
    if compact:
        return _existing(*(int(part) for part in compact.groups()), shown=str(number))
    if not 366 <= number < 120_000:
        raise _not_a_date(number)
    return epoch + timedelta(days=math.floor(number))


# A list says few days, and few rents: many times each.
_SAID_AGAIN = 8_192


@lru_cache(maxsize=_SAID_AGAIN)
def _date_of_text(text: str, earliest: date, latest: date, epoch: date) -> date:
    if match := _DAY_FIRST.fullmatch(text):
        day, month, year = match.groups()
        return _with_century(day, int(month), year, earliest, latest, text)
    if (match := _YEAR_FIRST.fullmatch(text)) or (match := _COMPACT.fullmatch(text)):
        return _existing(*(int(part) for part in match.groups()), shown=text)
    if _SERIAL.fullmatch(text):
        return _date_of_number(float(text.replace(",", ".")), epoch=epoch)
    if match := _WORDS.fullmatch(normalise_header(text)):
        day, name, year = match.groups()
        if name in _MONTHS:
            return _with_century(day, _MONTHS[name], year, earliest, latest, text)
    raise _not_a_date(text)


def _with_century(
    day: str, month: int, year: str, earliest: date, latest: date, shown: str
) -> date:
    if len(year) == 4:
        return _existing(int(year), month, int(day), shown=shown)
    # Two digits: 00 to 69 are read as 20xx; the other century serves when bounds impose it.
    recent, old = 2000 + int(year), 1900 + int(year)
    first, second = (recent, old) if int(year) < 70 else (old, recent)
    found = _existing(first, month, int(day), shown=shown)
    if earliest <= found <= latest:
        return found
    try:
        other = _existing(second, month, int(day), shown=shown)
    except CellRefused:
        return found
    return other if earliest <= other <= latest else found


def _existing(year: int, month: int, day: int, *, shown: str) -> date:
    if not 1 <= month <= 12:
        raise CellRefused(
            f"« {_shown(shown)} » n’existe pas : il n’y a pas de mois {month}.",
            _HOW_TO_WRITE_A_DATE,
        )
    if year < 1:
        raise _not_a_date(shown)
    length = monthrange(year, month)[1]
    if not 1 <= day <= length:
        raise CellRefused(
            f"« {_shown(shown)} » n’existe pas : {_MONTH_NAMES[month - 1]} {year} compte "
            f"{length} jours.",
            "Vérifiez le jour dans l’acte et corrigez la cellule.",
        )
    return date(year, month, day)


_CURRENCY = re.compile(r" ?(?:€|eur(?:os?)?)$", re.IGNORECASE)
_GROUPED = re.compile(
    r"(?:\d+|\d{1,3}(?: \d{3})+|\d{1,3}(?:\.\d{3}){2,}|\d{1,3}(?:,\d{3}){2,})(?:[.,](\d+))?"
    r"|\d{1,3}(?:\.\d{3})+,(\d+)|\d{1,3}(?:,\d{3})+\.(\d+)"
)
# Nearly every amount; ASCII digits only, like the others.
_PLAIN = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,2})?")
_AMBIGUOUS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_CENT = Decimal("0.01")
_MAX_MONTANT = Decimal(1_000_000_000)
_HOW_TO_WRITE_A_MONTANT = "Écrivez le montant en chiffres, par exemple 1234,56."


def parse_montant(cell: Cell, *, allow_negative: bool = False) -> Decimal | None:
    """Return the amount in euros and cents, None when blank.

    Raises CellRefused when it cannot be read in one way only, or is negative without permission.
    """
    if _is_blank(cell):
        return None
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if not math.isfinite(cell) or abs(cell) >= _MAX_MONTANT:
            raise _not_a_montant(cell)
        # Computed cells carry binary dust; the sheet showed cents.
        montant = Decimal(repr(cell)).quantize(_CENT, ROUND_HALF_UP)
    elif isinstance(cell, str):
        montant = _montant_of_text(_flat(cell))
    else:
        raise _not_a_montant(cell)
    if abs(montant) >= _MAX_MONTANT:
        raise _not_a_montant(cell)
    if montant < 0 and not allow_negative:
        raise CellRefused(
            f"« {_shown(cell)} » est un montant négatif.",
            "Indiquez le montant dû sans signe, ou laissez la cellule vide.",
        )
    return montant + 0  # no negative zero


def _not_a_montant(cell: Cell) -> CellRefused:
    return CellRefused(f"« {_shown(cell)} » n’est pas un montant.", _HOW_TO_WRITE_A_MONTANT)


@lru_cache(maxsize=_SAID_AGAIN)
def _montant_of_text(text: str) -> Decimal:
    if _PLAIN.fullmatch(text):
        return Decimal(text.replace(",", ".")).quantize(_CENT)
    bare = _CURRENCY.sub("", text)
    negative = bare[:1] in {"-", "\u2212"}
    bare = bare[1:].lstrip() if bare[:1] in {"-", "\u2212", "+"} else bare
    if bare.startswith("(") and bare.endswith(")") and not negative:
        negative, bare = True, bare[1:-1].strip()
    match = _GROUPED.fullmatch(bare) if bare.isascii() else None
    if match is None:
        raise _not_a_montant(text)
    if _AMBIGUOUS.fullmatch(bare):
        raise CellRefused(
            f"« {text} » peut se lire de deux façons (milliers ou décimales).",
            _HOW_TO_WRITE_A_MONTANT,
        )
    decimals = next((group for group in match.groups() if group), "")
    digits = re.sub(r"\D", "", bare)
    whole = digits[: len(digits) - len(decimals)]
    if decimals[2:].strip("0"):
        raise CellRefused(
            f"« {_shown(text)} » compte plus de deux décimales.", _HOW_TO_WRITE_A_MONTANT
        )
    if len(whole) > 12:
        raise _not_a_montant(text)
    montant = Decimal(f"{whole}.{decimals[:2] or '0'}").quantize(_CENT)
    return -montant if negative else montant


_POSTAL = re.compile(r"(?:[Ff] ?- ?)?(\d{2}) ?(\d{3})(?:[.,]0+)?")
_POSTAL_SHORT = re.compile(r"(\d) ?(\d{3})(?:[.,]0+)?")


def parse_code_postal(cell: Cell) -> str | None:
    """Return the five digits of a French postal code, restoring a lost leading zero."""
    if _is_blank(cell):
        return None
    text = _whole_number_text(cell)
    match = _POSTAL.fullmatch(text)
    code = "".join(match.groups()) if match else ""
    if not match and (match := _POSTAL_SHORT.fullmatch(text)):
        code = "0" + "".join(match.groups())
    if not code or code[:2] in {"00", "96", "99"}:
        raise CellRefused(
            f"« {_shown(cell)} » n’est pas un code postal.",
            "Écrivez les cinq chiffres, par exemple 33000 ou 01000.",
        )
    return code


def _whole_number_text(cell: Cell) -> str:
    if isinstance(cell, bool | date | time):
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else ""
    return _flat(str(cell)) if str(cell).isascii() else _flat(str(cell)).replace("\u2011", "-")


_HOUR = re.compile(
    r"(?:a )?(\d{1,2}) ?(?:h(?:eures?)?|:) ?(?:(\d{2}) ?(?:min|mn|m)?)?(?::\d{2}(?:\.\d+)?)?",
    re.IGNORECASE,
)
_FRACTION = re.compile(r"[0-9]*[.,]\d+")
_HOW_TO_WRITE_AN_HOUR = "Écrivez l’heure sous la forme 9h30 ou 09:30."


def parse_heure(cell: Cell) -> time | None:
    """Return the time of day to the minute, None when blank; Excel's fraction of a day is read."""
    if _is_blank(cell):
        return None
    if isinstance(cell, datetime):
        return cell.time().replace(second=0, microsecond=0, tzinfo=None)
    if isinstance(cell, time):
        return cell.replace(second=0, microsecond=0, tzinfo=None)
    if isinstance(cell, str):
        text = _flat(cell)
        if text.isascii() and _FRACTION.fullmatch(text):
            return _hour_of_fraction(float(text.replace(",", ".")), cell)
        text = text.replace("à ", "a ")
        match = _HOUR.fullmatch(text) if text.isascii() else None
        if match and int(match[1]) < 24 and int(match[2] or 0) < 60:
            return time(int(match[1]), int(match[2] or 0))
    elif isinstance(cell, float) or (cell == 0 and not isinstance(cell, bool | date)):
        assert isinstance(cell, int | float)
        return _hour_of_fraction(cell, cell)
    raise CellRefused(f"« {_shown(cell)} » n’est pas une heure.", _HOW_TO_WRITE_AN_HOUR)


def _hour_of_fraction(number: float, cell: Cell) -> time:
    # Above 1 the number is a date and hour; a whole number says no hour at all.
    if not 0 <= number < 120_000 or (number >= 1 and float(number).is_integer()):
        raise CellRefused(f"« {_shown(cell)} » n’est pas une heure.", _HOW_TO_WRITE_AN_HOUR)
    minutes = round((number % 1) * 24 * 60)
    return time(minutes // 60 % 24, minutes % 60)


_PHONE_PUNCTUATION = re.compile(r"[ .\-/\u2010-\u2015_]|\(0\)|[()]")
_PHONE = re.compile(r"(?:(?:\+|00)?(?:33|262|590|594|596)0?|0)?([1-9]\d{8})")


def parse_telephone(cell: Cell) -> str | None:
    """Return a French number as ten digits, restoring a lost leading zero."""
    if _is_blank(cell):
        return None
    if isinstance(cell, str):
        digits = _PHONE_PUNCTUATION.sub("", _flat(cell))
    else:
        digits = _whole_number_text(cell)
    if digits.isascii() and len(digits) >= 18 and digits.lstrip("+").isdigit():
        raise CellRefused(
            f"« {_shown(cell)} » contient plusieurs numéros.", "Laissez un seul numéro par cellule."
        )
    match = _PHONE.fullmatch(digits) if digits.isascii() else None
    if match is None:
        raise CellRefused(
            f"« {_shown(cell)} » n’est pas un numéro de téléphone français.",
            "Écrivez dix chiffres, par exemple 06 12 34 56 78, ou laissez la cellule vide.",
        )
    return "0" + match[1]


_YES = frozenset({"oui", "o", "vrai", "true", "yes", "y", "x", "1"})
_NO = frozenset({"non", "n", "faux", "false", "no", "0"})


def parse_oui_non(cell: Cell) -> bool | None:
    """Return True for oui, False for non, None when blank."""
    if isinstance(cell, bool) or _is_blank(cell):
        return cell if isinstance(cell, bool) else None
    word = normalise_header(_whole_number_text(cell))
    if word in _YES or word in _NO:
        return word in _YES
    raise CellRefused(f"« {_shown(cell)} » n’est ni oui ni non.", "Écrivez oui ou non.")
