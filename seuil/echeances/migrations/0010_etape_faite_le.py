from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("echeances", "0009_change_at")]

    operations = [
        migrations.AddField(
            model_name="echeance",
            name="faite_le",
            field=models.DateField(null=True, verbose_name="étape faite le"),
        ),
    ]
