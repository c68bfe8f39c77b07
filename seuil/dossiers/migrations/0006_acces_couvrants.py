from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("acteurs", "0008_decoupages"),
        ("dossiers", "0005_acces_role"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(model_name="acces", name="acces_role"),
        migrations.AddIndex(
            model_name="acces",
            index=models.Index(
                condition=models.Q(("role", ""), _negated=True),
                fields=["departement", "role", "relation"],
                include=("dossier", "debut_le", "fin_le", "expire_at"),
                name="acces_role",
            ),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(fields=["departement", "rang"], name="dossier_stade"),
        ),
    ]
