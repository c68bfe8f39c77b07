from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("echeances", "0007_echeance_departement_rempli")]

    operations = [
        migrations.RemoveIndex(model_name="echeance", name="echeance_jour"),
        migrations.AddIndex(
            model_name="echeance",
            index=models.Index(fields=["departement", "le", "regle"], name="echeance_agenda"),
        ),
        migrations.RemoveIndex(model_name="situation", name="situation_stade"),
        migrations.AddIndex(
            model_name="situation",
            index=models.Index(
                fields=["departement", "stade", "-stade_le"],
                include=("dossier", "commune_code"),
                name="situation_stade",
            ),
        ),
        migrations.RemoveIndex(model_name="situation", name="situation_compte"),
        migrations.AddIndex(
            model_name="situation",
            index=models.Index(
                fields=["departement", "dossier"],
                include=("commune_code", "stade_le"),
                name="situation_compte",
            ),
        ),
        migrations.AddIndex(
            model_name="situationdette",
            index=models.Index(
                fields=["departement", "-montant", "dossier"], name="situation_dette_montant"
            ),
        ),
    ]
