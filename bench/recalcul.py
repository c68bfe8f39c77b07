"""Every deadline of 60,000 dossiers recomputed, when nothing changed and when all did."""

from django.db import connection

from bench import base
from seuil.echeances.models import Echeance
from seuil.travail.models import Tache
from seuil.usecases.refresh_dossiers import refresh_all


def run() -> None:
    """Print the seconds of a whole recomputation, beside reading and writing the same rows."""
    base.ensure_filled()
    with base.timed() as unchanged:
        done = list(refresh_all(departement="33", on=base.ON))[-1]
    count = Echeance.objects.count()
    with connection.cursor() as cursor, base.timed() as raw:
        cursor.execute("CREATE TEMP TABLE copie AS SELECT * FROM echeances_echeance")
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE echeances_echeance; TRUNCATE travail_tache")
    with base.timed() as rebuilt:
        list(refresh_all(departement="33", on=base.ON))
    print(f"{done} dossiers, {count} échéances, {Tache.objects.count()} tâches")
    print(f"recalcul sans changement : {unchanged[0]:.1f} s (≤ 5)")
    print(f"recalcul de zéro : {rebuilt[0]:.1f} s (≤ 5)")
    print(
        f"copie brute des échéances en SQL : {raw[0]:.2f} s ; rapport {unchanged[0] / raw[0]:.0f}"
    )
