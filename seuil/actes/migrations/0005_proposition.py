# What partners propose, and what the secretariat answers.

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import seuil.kernel.models


class Migration(migrations.Migration):
    dependencies = [
        ("actes", "0004_actes_corriges"),
        ("acteurs", "0013_mot_de_passe"),
        ("dossiers", "0010_vie"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Proposition",
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
                ("recue_le", models.DateField(verbose_name="reçue le")),
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
                ("champs", models.JSONField(default=dict)),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[("acceptee", "Acceptée"), ("refusee", "Refusée")],
                        default="",
                        max_length=10,
                        verbose_name="décision",
                    ),
                ),
                ("motif", models.CharField(blank=True, max_length=200)),
                ("decidee_le", models.DateField(null=True, verbose_name="décidée le")),
                (
                    "decidee_par",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="propositions_decidees",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "departement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="propositions",
                        to="acteurs.departement",
                    ),
                ),
                (
                    "dossier",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="propositions",
                        to="dossiers.dossier",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="propositions",
                        to="acteurs.organisation",
                    ),
                ),
                (
                    "par",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="propositions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "proposition d’ouverture",
                "verbose_name_plural": "propositions d’ouverture",
                "indexes": [
                    models.Index(fields=["departement", "-recue_le"], name="proposition_recue")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decidee_le", None),
                                ("decidee_par", None),
                                ("decision", ""),
                                ("dossier", None),
                            ),
                            models.Q(
                                ("decidee_le__isnull", False),
                                ("decision", "acceptee"),
                                ("dossier__isnull", False),
                            ),
                            models.Q(
                                ("decidee_le__isnull", False),
                                ("decision", "refusee"),
                                ("dossier", None),
                                models.Q(("motif", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="proposition_decidee",
                    )
                ],
            },
        ),
    ]
