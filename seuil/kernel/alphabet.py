"""Names in the order of a French dictionary, by the database.

The order of the database is that of its locale, which an installation may not choose; the servers
that we embed know no French one.
"""

from django.db.models import F
from django.db.models.expressions import Func

from seuil.kernel.texte import ACCENTS, LETTRES, LIGATURES


def list_alphabet(*colonnes: str) -> list[Func]:
    """Return what `order_by` takes to put rows in the order of their names; see fold_alphabet."""
    return [Func(F(colonne), template=_SQL) for colonne in colonnes]


def _write_sql() -> str:
    """Write the folding with its letters in it: a parameter would be another one in a DISTINCT."""
    text = "lower(%(expressions)s)"
    # The locale of the server may leave an accented capital as it is: both are named.
    for one, two in (*LIGATURES, *((a.upper(), b) for a, b in LIGATURES)):
        text = f"replace({text}, '{one}', '{two}')"
    letters = (ACCENTS + ACCENTS.upper()).replace("'", "''")
    return f"translate({text}, '{letters}', '{LETTRES * 2}')"


_SQL = _write_sql()
