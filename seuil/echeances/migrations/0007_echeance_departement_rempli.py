from django.db import migrations

# Of the file: a projection says again what its file says, for the policies to compare.
FILL = """
UPDATE echeances_echeance e SET departement = d.departement_id
FROM dossiers_dossier d WHERE d.id = e.dossier_id
"""


class Migration(migrations.Migration):
    dependencies = [("echeances", "0006_echeance_departement")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
