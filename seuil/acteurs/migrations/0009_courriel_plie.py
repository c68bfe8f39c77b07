"""Addresses kept in one spelling: the folded one, by which they are looked for."""

from django.db import migrations

_PLIER = """
UPDATE acteurs_agent SET courriel = lower(normalize(courriel, NFKC))
WHERE courriel <> lower(normalize(courriel, NFKC))
"""


class Migration(migrations.Migration):
    dependencies = [("acteurs", "0008_decoupages")]

    operations = [migrations.RunSQL(_PLIER, migrations.RunSQL.noop)]
