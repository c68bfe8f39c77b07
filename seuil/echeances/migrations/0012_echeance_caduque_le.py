from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("echeances", "0011_sans_noms")]

    operations = [
        migrations.AddField(
            model_name="echeance",
            name="caduque_le",
            field=models.DateField(null=True, verbose_name="sans objet à partir du"),
        ),
    ]
