import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("acteurs", "0008_decoupages"),
        ("dossiers", "0007_acces_relu"),
    ]

    operations = [
        migrations.AddField(
            model_name="suivisocial",
            name="organisation",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="suivis_sociaux",
                to="acteurs.organisation",
            ),
        ),
    ]
