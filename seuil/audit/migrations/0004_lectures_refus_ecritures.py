"""One journal for acts, reads, refusals and writes; its seals and its anchors."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.functions.datetime
from django.db import migrations, models

import seuil.kernel.models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0003_transactions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Ancre",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=seuil.kernel.models.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="enregistré à",
                    ),
                ),
                (
                    "genre",
                    models.CharField(
                        choices=[("ancre", "Ancre"), ("retrait", "Retrait au terme")], max_length=10
                    ),
                ),
                ("departement", models.CharField(max_length=3, verbose_name="département")),
                ("rang_debut", models.BigIntegerField(verbose_name="premier rang")),
                ("rang", models.BigIntegerField(verbose_name="dernier rang")),
                ("nombre", models.BigIntegerField()),
                ("premiere", models.BinaryField(max_length=32, verbose_name="première empreinte")),
                ("tete", models.BinaryField(max_length=32, verbose_name="dernière empreinte")),
                ("txid", models.BigIntegerField(verbose_name="transaction")),
            ],
            options={
                "verbose_name": "ancre du journal",
                "verbose_name_plural": "ancres du journal",
            },
        ),
        migrations.CreateModel(
            name="Sceau",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("departement", models.CharField(max_length=3, verbose_name="département")),
                ("rang", models.BigIntegerField()),
                ("ligne", models.UUIDField(unique=True, verbose_name="ligne du journal")),
                ("txid", models.BigIntegerField(verbose_name="transaction")),
                ("empreinte", models.BinaryField(max_length=32)),
                (
                    "scelle_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="scellé à",
                    ),
                ),
            ],
            options={
                "verbose_name": "sceau",
                "verbose_name_plural": "sceaux",
            },
        ),
        migrations.AddField(
            model_name="event",
            name="canal",
            field=models.CharField(blank=True, db_default="", max_length=20),
        ),
        migrations.AddField(
            model_name="event",
            name="categories",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=30),
                default=list,
                size=None,
                verbose_name="catégories",
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="colonnes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=63),
                default=list,
                size=None,
                verbose_name="colonnes",
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="dossiers",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), default=list, size=None, verbose_name="dossiers"
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="motif",
            field=models.CharField(blank=True, db_default="", max_length=200),
        ),
        migrations.AddField(
            model_name="event",
            name="nature",
            field=models.CharField(
                choices=[
                    ("acte", "Action"),
                    ("lecture", "Consultation"),
                    ("refus", "Refus"),
                    ("ecriture", "Écriture en base"),
                ],
                default="acte",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="objets",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(),
                default=list,
                size=None,
                verbose_name="lignes touchées",
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="organisation",
            field=models.CharField(
                blank=True, db_default="", max_length=150, verbose_name="organisme"
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="requete",
            field=models.CharField(
                blank=True, db_default="", max_length=40, verbose_name="requête"
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="role",
            field=models.CharField(blank=True, db_default="", max_length=30, verbose_name="rôle"),
        ),
        migrations.AddField(
            model_name="event",
            name="txid",
            field=models.BigIntegerField(
                db_default=models.Func(function="journal.txid"), verbose_name="transaction"
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="by_id",
            field=models.CharField(max_length=100, verbose_name="identifiant de l’auteur"),
        ),
        migrations.AlterField(
            model_name="event",
            name="by_label",
            field=models.CharField(
                blank=True, db_default="", max_length=200, verbose_name="auteur"
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="effect_le",
            field=models.DateField(null=True, verbose_name="jour d’effet"),
        ),
        migrations.AlterField(
            model_name="event",
            name="target_id",
            field=models.CharField(max_length=80, verbose_name="identifiant de l’objet"),
        ),
        migrations.AlterField(
            model_name="event",
            name="target_type",
            field=models.CharField(max_length=60, verbose_name="objet"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["departement", "txid", "id"], name="audit_event_chaine"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["dossiers"], name="audit_event_dossiers"
            ),
        ),
        migrations.AddIndex(
            model_name="ancre",
            index=models.Index(fields=["departement", "genre", "rang"], name="ancre_rang"),
        ),
        migrations.AddConstraint(
            model_name="sceau",
            constraint=models.UniqueConstraint(
                fields=("departement", "rang"), name="sceau_un_par_rang"
            ),
        ),
    ]
