"""The domains of an existing organisation: those of its agents today, for the officer to check."""

from django.db import migrations

_REPRENDRE = """
UPDATE acteurs_organisation o SET domaines = ARRAY(
  SELECT DISTINCT split_part(a.courriel, '@', 2)::varchar FROM acteurs_agent a
  WHERE a.organisation_id = o.id AND a.is_active ORDER BY 1)
"""


class Migration(migrations.Migration):
    dependencies = [("acteurs", "0011_domaines_suspension")]

    operations = [migrations.RunSQL(_REPRENDRE, migrations.RunSQL.noop)]
