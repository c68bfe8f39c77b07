"""Existing habilitations run a year from their beginning; none ends within a month of the upgrade."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("acteurs", "0005_habilitation_datee")]

    operations = [
        migrations.RunSQL(
            "UPDATE acteurs_agent SET habilite_jusqu_au ="
            " greatest((habilite_le + interval '1 year')::date, current_date + 31)"
            " WHERE habilite_jusqu_au IS NULL",
            migrations.RunSQL.noop,
        )
    ]
