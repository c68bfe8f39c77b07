# Before the procedure: an unpaid rent that was told.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("echeances", "0012_echeance_caduque_le"),
    ]

    operations = [
        migrations.AlterField(
            model_name="situation",
            name="stade",
            field=models.CharField(
                choices=[
                    ("signalement", "Impayé signalé"),
                    ("commandement", "Commandement de payer"),
                    ("assignation", "Assignation"),
                    ("jugement", "Jugement"),
                    ("cql", "Commandement de quitter les lieux"),
                    ("rfp", "Réquisition de la force publique"),
                    ("cfp", "Concours de la force publique"),
                    ("expulsion", "Expulsion"),
                ],
                max_length=15,
            ),
        ),
    ]
