# Answers of the partners' table: who answers, for which act, after which former answer.

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("acteurs", "0012_domaines_reprise"),
        ("dossiers", "0007_acces_relu"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="suivisocial",
            name="suivi_social_unique",
        ),
        migrations.AddField(
            model_name="suivisocial",
            name="accompagne",
            field=models.BooleanField(db_default=False, default=False, verbose_name="accompagné"),
        ),
        migrations.AddField(
            model_name="suivisocial",
            name="acte_id",
            field=models.UUIDField(null=True, verbose_name="acte de départ"),
        ),
        migrations.AddField(
            model_name="suivisocial",
            name="depuis_le",
            field=models.DateField(null=True, verbose_name="depuis le"),
        ),
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
        migrations.AddField(
            model_name="suivisocial",
            name="par",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="suivis_sociaux",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="suivisocial",
            name="remplace",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="remplace_par",
                to="dossiers.suivisocial",
            ),
        ),
        migrations.AlterField(
            model_name="suivisocial",
            name="situation",
            field=models.CharField(
                blank=True,
                choices=[
                    ("inconnu", "Inconnu des services sociaux"),
                    ("connu", "Connu ou accompagné"),
                    ("sans_reponse", "Sans réponse aux sollicitations"),
                ],
                max_length=15,
            ),
        ),
        migrations.AddIndex(
            model_name="suivisocial",
            index=models.Index(
                condition=models.Q(("par__isnull", False)),
                fields=["organisation", "constate_le"],
                name="suivi_social_repondant",
            ),
        ),
        migrations.AddConstraint(
            model_name="suivisocial",
            constraint=models.UniqueConstraint(
                condition=models.Q(("par", None)),
                fields=("dossier", "constate_le", "source"),
                name="suivi_social_unique",
            ),
        ),
        migrations.AddConstraint(
            model_name="suivisocial",
            constraint=models.UniqueConstraint(
                condition=models.Q(("par__isnull", False), ("remplace", None)),
                fields=("dossier", "organisation"),
                name="suivi_social_premier",
            ),
        ),
        migrations.AddConstraint(
            model_name="suivisocial",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("acte_id", None),
                        ("par", None),
                        ("remplace", None),
                        models.Q(("situation", ""), _negated=True),
                    ),
                    models.Q(("organisation__isnull", False), ("par__isnull", False)),
                    _connector="OR",
                ),
                name="suivi_social_repondu",
            ),
        ),
        migrations.AddConstraint(
            model_name="suivisocial",
            constraint=models.CheckConstraint(
                condition=models.Q(("accompagne", False), ("situation", "connu"), _connector="OR"),
                name="suivi_social_accompagne",
            ),
        ),
        migrations.AddConstraint(
            model_name="suivisocial",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("situation", ""), _negated=True),
                    models.Q(
                        ("depuis_le", None),
                        ("mesure", ""),
                        ("remplace__isnull", False),
                        ("service", ""),
                    ),
                    _connector="OR",
                ),
                name="suivi_social_retire",
            ),
        ),
    ]
