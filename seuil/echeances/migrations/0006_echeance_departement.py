from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0006_acces_couvrants"),
        ("echeances", "0005_situation_compte"),
    ]

    operations = [
        migrations.AddField(
            model_name="echeance",
            name="departement",
            field=models.CharField(default="", max_length=3),
            preserve_default=False,
        ),
    ]
