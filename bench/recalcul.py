"""Every deadline of 60,000 dossiers recomputed, when nothing changed and when all did."""

from django.db import connection

from bench import base
from seuil.echeances.models import Echeance
from seuil.travail.models import Tache
from seuil.usecases.refresh_dossiers import refresh_all


def run(taille: base.Taille) -> None:
    """Print the seconds of a whole recomputation, beside copying the same deadlines in SQL."""
    base.ensure_filled(taille)
    done = refresh()
    count = Echeance.objects.count()
    raw = base.time_often(copy_raw, 5)
    unchanged = base.time_often(refresh, 3)
    rebuilt = base.time_often(refresh, 3, before=empty)
    print(f"{done} dossiers, {count} échéances, {Tache.objects.count()} tâches")
    print(f"plancher, copie brute des échéances en SQL : {raw}")
    print(f"recalcul sans changement : {unchanged} ; rapport {unchanged.rapport(raw)} (≤ 50)")
    print(f"recalcul de zéro : {rebuilt} ; rapport {rebuilt.rapport(raw)}")


def refresh() -> int:
    """Recompute every dossier; return how many."""
    return list(refresh_all(departement="33", on=base.ON))[-1]


def empty() -> None:
    """Remove every deadline and task."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE echeances_echeance; TRUNCATE travail_tache")


def copy_raw() -> None:
    """Copy the deadlines into a table that has neither index nor constraint."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS copie")
        cursor.execute("CREATE TEMP TABLE copie AS SELECT * FROM echeances_echeance")
