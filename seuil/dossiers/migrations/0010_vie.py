# How a file was opened by hand, closed, opened again.

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import seuil.kernel.models


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0009_corrections"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Ouverture",
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
                        choices=[
                            ("appel", "Le ménage appelle ou se présente"),
                            ("signalement", "Signalement d’impayé"),
                            ("saisine_ccapex", "Saisine de la CCAPEX"),
                            ("commandement", "Commandement de payer, sur papier"),
                        ],
                        max_length=15,
                        verbose_name="ce qui arrive",
                    ),
                ),
                ("ouverte_le", models.DateField(verbose_name="ouvert à la main le")),
                (
                    "autre_que",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="pourquoi un autre dossier"
                    ),
                ),
                (
                    "dossier",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ouverture",
                        to="dossiers.dossier",
                    ),
                ),
                (
                    "par",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ouvertures",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "ouverture à la main",
                "verbose_name_plural": "ouvertures à la main",
            },
        ),
        migrations.CreateModel(
            name="Classement",
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
                    "motif",
                    models.CharField(
                        choices=[
                            ("soldee", "Dette soldée ou plan tenu"),
                            ("reloge", "Ménage relogé"),
                            ("parti", "Ménage parti ou expulsé"),
                            ("sans_suite", "Procédure abandonnée"),
                            ("double", "Autre dossier du même ménage"),
                            ("hors", "Hors du champ de la prévention"),
                            ("autre", "Autre motif"),
                        ],
                        max_length=15,
                    ),
                ),
                (
                    "precision",
                    models.CharField(blank=True, max_length=200, verbose_name="précision"),
                ),
                ("classe_le", models.DateField(verbose_name="classé le")),
                ("rouvert_le", models.DateField(null=True, verbose_name="rouvert le")),
                (
                    "rouvert_motif",
                    models.CharField(blank=True, max_length=200, verbose_name="pourquoi rouvert"),
                ),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="classements",
                        to="dossiers.dossier",
                    ),
                ),
                (
                    "par",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="classements",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "rouvert_par",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reouvertures",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "classement",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("rouvert_le", None)),
                        fields=("dossier",),
                        name="classement_en_cours",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("rouvert_le", None), ("rouvert_motif", ""), ("rouvert_par", None)
                            ),
                            models.Q(
                                ("rouvert_le__gte", models.F("classe_le")),
                                models.Q(("rouvert_motif", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="classement_rouvert",
                    ),
                ],
            },
        ),
    ]
