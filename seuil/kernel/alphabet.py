"""Names in the order of a French dictionary, by the database.

The order of the database is that of its locale, which an installation may not choose; the servers
that we embed know no French one.
"""

from typing import Any

from django.db.models import F, Value
from django.db.models.expressions import Func
from django.db.models.functions import Lower, Replace

from seuil.kernel.texte import ACCENTS, LETTRES, LIGATURES


def list_alphabet(*colonnes: str) -> list[Any]:
    """Return what `order_by` takes to put rows in the order of their names; see fold_alphabet."""
    return [_fold(colonne) for colonne in colonnes]


def _fold(colonne: str) -> Func:
    # The locale of the server may leave an accented capital as it is: both are named.
    text: Any = Lower(F(colonne))
    for one, two in (*LIGATURES, *((a.upper(), b) for a, b in LIGATURES)):
        text = Replace(text, Value(one), Value(two))
    letters = "".join(a.upper() if a.upper() != a else a for a in ACCENTS)
    return Func(text, Value(ACCENTS + letters), Value(LETTRES * 2), function="translate")
