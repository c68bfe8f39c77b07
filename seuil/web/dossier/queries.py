"""What the timeline of a dossier has to read."""

from django.db import connection

from seuil.dossiers.models import Dossier

# One look at their indexes: most dossiers have none of these facts, and each would cost a query.
_RARE = """
SELECT
  EXISTS (SELECT 1 FROM diagnostics_dsf WHERE dossier_id = %(dossier)s),
  EXISTS (SELECT 1 FROM contacts_contact WHERE dossier_id = %(dossier)s),
  EXISTS (SELECT 1 FROM accompagnements_mandat WHERE dossier_id = %(dossier)s),
  EXISTS (SELECT 1 FROM dossiers_document WHERE dossier_id = %(dossier)s),
  EXISTS (SELECT 1 FROM dossiers_suivisocial WHERE dossier_id = %(dossier)s),
  EXISTS (SELECT 1 FROM dossiers_dette WHERE dossier_id = %(dossier)s),
  EXISTS (SELECT 1 FROM dossiers_dateannoncee WHERE dossier_id = %(dossier)s)
"""
_GENRES = ("dsf", "contact", "mandat", "document", "suivi", "dette", "annonce")


def list_present(*, dossier: Dossier) -> frozenset[str]:
    """Return the kinds of the timeline of which a dossier already found has at least one fact.

    Only a hint of what to read: the reads themselves say what the agent may see.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RARE, {"dossier": dossier.pk})
        found = cursor.fetchone()
    return frozenset(genre for genre, there in zip(_GENRES, found, strict=True) if there)
