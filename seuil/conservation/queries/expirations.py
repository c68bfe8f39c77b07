"""The rows that rules other than the file's erase."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import connection

from seuil.conservation.rules import add_mois, load_conservation


def count_expires(*, departement: str, on: date) -> dict[str, int]:
    """Return, for the rules other than the file's, how many rows are due on that day."""
    return {code: len(_fetch_keys(code, departement, on)) for code in _EXPIRES}


def list_expires(*, regle: str, departement: str, on: date) -> list[Any]:
    """Return the keys of the rows that a rule other than the file's erases on that day."""
    return _fetch_keys(regle, departement, on)


def _fetch_keys(regle: str, departement: str, on: date) -> list[Any]:
    mois = load_conservation(departement).regles[regle].mois or 0
    # The day after the term, as for a file: on > day + duration.
    params: dict[str, Any] = {"departement": departement, "avant": add_mois(on, -mois)}
    with connection.cursor() as cursor:
        cursor.execute(_EXPIRES[regle], params)
        return [pk for (pk,) in cursor.fetchall()]


_EXPIRES = {
    "ligne": """
SELECT x.id FROM actes_ligne x JOIN actes_lot l ON l.id = x.lot_id
WHERE l.departement_id = %(departement)s
  AND coalesce(l.applique_le, l.depose_le) < %(avant)s ORDER BY x.id
""",
    "liste": """
SELECT l.id FROM actes_lot l WHERE l.departement_id = %(departement)s
  AND coalesce(l.applique_le, l.depose_le) < %(avant)s AND l.depose_par <> '' ORDER BY l.id
""",
    "proposition": """
SELECT id FROM actes_proposition WHERE departement_id = %(departement)s
  AND coalesce(decidee_le, recue_le) < %(avant)s ORDER BY id
""",
    "bailleur": """
SELECT b.id FROM dossiers_bailleur b WHERE b.departement_id = %(departement)s
  AND NOT EXISTS (SELECT 1 FROM dossiers_bail x WHERE x.bailleur_id = b.id) ORDER BY b.id
""",
    # The end of an habilitation is its date; of an account that was closed, the last sign-in.
    "habilitation": """
SELECT id FROM acteurs_agent WHERE departement_id = %(departement)s
  AND CASE WHEN is_active THEN habilite_jusqu_au
      ELSE least(habilite_jusqu_au, coalesce(last_login::date, habilite_jusqu_au)) END < %(avant)s
  AND nom <> 'Ancien agent' ORDER BY id
""",
    "demande": """
SELECT id FROM conservation_demandedroit WHERE departement_id = %(departement)s
  AND repondue_le < %(avant)s ORDER BY id
""",
    "convention": """
SELECT id FROM accompagnements_choix x WHERE x.departement_id = %(departement)s
  AND make_date(extract(year FROM x.mois)::int, 12, 31) < %(avant)s
  AND NOT EXISTS (SELECT 1 FROM accompagnements_choixligne n WHERE n.choix_id = x.id)
  AND NOT EXISTS (SELECT 1 FROM accompagnements_mandat m WHERE m.choix_id = x.id)
ORDER BY id
""",
}


def list_documents_orphelins(*, names: Collection[str], departement: str) -> list[str]:
    """Return, among names of files, those that no document of the département bears any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.id::text FROM dossiers_document p JOIN dossiers_dossier d"
            " ON d.id = p.dossier_id WHERE d.departement_id = %s",
            [departement],
        )
        known = {name for (name,) in cursor.fetchall()}
    return sorted(set(names) - known)
