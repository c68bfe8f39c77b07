"""Every deadline of 60,000 dossiers recomputed: nothing moved, the law did, nothing was left."""

from django.db import connection

from bench import base
from seuil.echeances.models import Echeance
from seuil.travail.models import Tache
from seuil.usecases.refresh_dossiers import refresh_all


def run(taille: base.Taille) -> None:
    """Print the seconds of a recomputation, beside copying the same deadlines in SQL."""
    base.ensure_filled(taille)
    # The first may write, and the second finds nothing to write: the next ones know it.
    refresh()
    done = refresh()
    count = Echeance.objects.count()
    raw = base.time_often(copy_raw, 5)
    unchanged = base.time_often(refresh, 3)
    whole = base.time_often(refresh, 3, before=forget)
    rebuilt = base.time_often(refresh, 3, before=empty)
    print(f"{done} dossiers, {count} échéances, {Tache.objects.count()} tâches")
    print(f"plancher, copie brute des échéances en SQL : {raw}")
    print(f"recalcul sans changement : {unchanged} ; rapport {unchanged.rapport(raw)} (≤ 50)")
    print(f"tout recalculer, rien à écrire : {whole} ; rapport {whole.rapport(raw)}")
    print(f"tout recalculer et écrire : {rebuilt} ; rapport {rebuilt.rapport(raw)}")


def refresh() -> int:
    """Recompute every dossier of which something moved; return how many there are."""
    return list(refresh_all(departement="33", on=base.ON))[-1]


def forget() -> None:
    """Let nothing be known of what was computed before: as after a change of the law."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE travail_empreinte")


def empty() -> None:
    """Remove every deadline and task."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE echeances_echeance; TRUNCATE travail_tache")


def copy_raw() -> None:
    """Copy the deadlines into a table that has neither index nor constraint."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS copie")
        cursor.execute("CREATE TEMP TABLE copie AS SELECT * FROM echeances_echeance")
