from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("acteurs", "0006_habilitation_reprise")]

    operations = [
        migrations.AlterField(
            model_name="agent",
            name="habilite_jusqu_au",
            field=models.DateField(verbose_name="habilité jusqu’au"),
        )
    ]
