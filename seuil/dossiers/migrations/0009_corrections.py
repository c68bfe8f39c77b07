# What a person corrects of a file, its former values kept; what tells landlords apart.

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import seuil.kernel.models


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0008_reponses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Correction",
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
                ("groupe", models.CharField(max_length=15, verbose_name="sur")),
                ("ligne", models.UUIDField(verbose_name="ligne corrigée")),
                ("champ", models.CharField(max_length=30)),
                ("avant", models.CharField(blank=True, max_length=200)),
                ("apres", models.CharField(blank=True, max_length=200, verbose_name="après")),
                (
                    "motif",
                    models.CharField(
                        choices=[
                            ("complement", "Appris depuis"),
                            ("saisie", "Erreur de saisie"),
                            ("source", "Erreur de la source"),
                            ("changement", "La situation a changé"),
                            ("demande", "Demandé par la personne"),
                        ],
                        max_length=15,
                    ),
                ),
                (
                    "precision",
                    models.CharField(blank=True, max_length=200, verbose_name="précision"),
                ),
                ("corrigee_le", models.DateField(verbose_name="corrigée le")),
            ],
            options={
                "verbose_name": "correction",
            },
        ),
        migrations.CreateModel(
            name="Garant",
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
                    "nature",
                    models.CharField(
                        choices=[
                            ("personne", "Personne qui se porte caution"),
                            ("visale", "Visale"),
                            ("fsl", "Fonds de solidarité pour le logement"),
                            ("assurance", "Assurance loyers impayés du bailleur"),
                            ("autre", "Autre garantie"),
                        ],
                        max_length=15,
                    ),
                ),
                ("nom", models.CharField(blank=True, max_length=100)),
                (
                    "telephone",
                    models.CharField(blank=True, max_length=20, verbose_name="téléphone"),
                ),
                ("courriel", models.CharField(blank=True, max_length=100)),
                ("engage_le", models.DateField(null=True, verbose_name="engagé le")),
                ("fin_le", models.DateField(null=True, verbose_name="jusqu’au (exclu)")),
                ("source", models.CharField(max_length=100)),
            ],
            options={
                "verbose_name": "garant",
            },
        ),
        migrations.CreateModel(
            name="LigneDecompte",
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
                ("mois_le", models.DateField(verbose_name="mois")),
                (
                    "nature",
                    models.CharField(
                        choices=[
                            ("loyer", "Loyer"),
                            ("charges", "Charges"),
                            ("regularisation", "Régularisation de charges"),
                            ("energie", "Énergie"),
                            ("eau", "Eau"),
                            ("frais", "Frais de procédure"),
                            ("autre", "Autre"),
                        ],
                        default="loyer",
                        max_length=15,
                    ),
                ),
                ("du", models.DecimalField(decimal_places=2, max_digits=9, verbose_name="dû")),
                (
                    "paye",
                    models.DecimalField(
                        decimal_places=2, default=0, max_digits=9, verbose_name="payé"
                    ),
                ),
                (
                    "aide",
                    models.DecimalField(
                        decimal_places=2, default=0, max_digits=9, verbose_name="aide versée"
                    ),
                ),
                (
                    "conteste",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        max_digits=9,
                        verbose_name="contesté par le ménage",
                    ),
                ),
            ],
            options={
                "verbose_name": "ligne de décompte",
                "verbose_name_plural": "lignes de décompte",
            },
        ),
        migrations.CreateModel(
            name="MesureProtection",
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
                    "nature",
                    models.CharField(
                        choices=[
                            ("tutelle", "Tutelle"),
                            ("curatelle", "Curatelle"),
                            ("sauvegarde", "Sauvegarde de justice"),
                            ("habilitation", "Habilitation familiale"),
                            ("maj", "Mesure d’accompagnement judiciaire (MAJ)"),
                            ("masp", "Mesure d’accompagnement social personnalisé (MASP)"),
                        ],
                        max_length=15,
                    ),
                ),
                (
                    "mandataire",
                    models.CharField(blank=True, max_length=100, verbose_name="qui l’exerce"),
                ),
                (
                    "telephone",
                    models.CharField(blank=True, max_length=20, verbose_name="téléphone"),
                ),
                ("debut_le", models.DateField(verbose_name="depuis le")),
                ("fin_le", models.DateField(null=True, verbose_name="jusqu’au (exclu)")),
                ("source", models.CharField(max_length=100)),
            ],
            options={
                "verbose_name": "mesure de protection",
                "verbose_name_plural": "mesures de protection",
            },
        ),
        migrations.CreateModel(
            name="MotifProcedure",
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
                    "nature",
                    models.CharField(
                        choices=[
                            ("impaye", "Impayé de loyer ou de charges"),
                            ("assurance", "Défaut d’assurance"),
                            ("troubles", "Troubles de jouissance"),
                            ("occupation", "Occupation sans droit ni titre"),
                            ("conge", "Congé pour vendre, reprendre ou motif légitime"),
                            ("sous_location", "Sous-location ou cession interdite"),
                            ("autre", "Autre motif"),
                        ],
                        max_length=15,
                        verbose_name="motif",
                    ),
                ),
                ("connu_le", models.DateField(verbose_name="connu le")),
                ("source", models.CharField(max_length=100)),
            ],
            options={
                "verbose_name": "motif de la procédure",
                "verbose_name_plural": "motifs de la procédure",
            },
        ),
        migrations.CreateModel(
            name="Ressources",
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
                ("constatee_le", models.DateField(verbose_name="constatées le")),
                (
                    "montant",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=9,
                        null=True,
                        verbose_name="ressources par mois",
                    ),
                ),
                (
                    "charges",
                    models.DecimalField(
                        decimal_places=2, max_digits=9, null=True, verbose_name="charges par mois"
                    ),
                ),
                (
                    "emploi",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("salarie", "Salarié"),
                            ("independant", "Indépendant"),
                            ("recherche", "Demandeur d’emploi"),
                            ("retraite", "Retraité"),
                            ("invalidite", "Invalidité ou handicap"),
                            ("etudiant", "Étudiant ou en formation"),
                            ("sans", "Sans emploi"),
                        ],
                        max_length=15,
                        verbose_name="emploi du titulaire",
                    ),
                ),
                ("source", models.CharField(max_length=100)),
            ],
            options={
                "verbose_name": "ressources du ménage",
                "verbose_name_plural": "ressources du ménage",
            },
        ),
        migrations.AddField(
            model_name="bailleur",
            name="adresse",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="bailleur",
            name="mandataire_courriel",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=100,
                verbose_name="courriel de l’agence",
            ),
        ),
        migrations.AddField(
            model_name="bailleur",
            name="mandataire_telephone",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=20,
                verbose_name="téléphone de l’agence",
            ),
        ),
        migrations.AddField(
            model_name="bailleur",
            name="siret",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=14, verbose_name="SIRET"
            ),
        ),
        migrations.AddField(
            model_name="coordonnee",
            name="fin",
            field=models.CharField(
                blank=True,
                choices=[
                    ("faux", "Faux numéro ou fausse adresse"),
                    ("change", "N’est plus celui du ménage"),
                    ("refus", "Le ménage demande de ne plus l’utiliser"),
                ],
                db_default="",
                default="",
                max_length=10,
                verbose_name="pourquoi elle ne vaut plus",
            ),
        ),
        migrations.AddField(
            model_name="personne",
            name="parti_le",
            field=models.DateField(null=True, verbose_name="parti le"),
        ),
        migrations.AddConstraint(
            model_name="coordonnee",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valide_au", None), ("valide_au__gte", models.F("valide_du")), _connector="OR"
                ),
                name="coordonnee_periode",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="dossier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="dossiers.dossier",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="par",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="garant",
            name="dossier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="garants",
                to="dossiers.dossier",
            ),
        ),
        migrations.AddField(
            model_name="lignedecompte",
            name="dette",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lignes",
                to="dossiers.dette",
            ),
        ),
        migrations.AddField(
            model_name="lignedecompte",
            name="dossier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decompte",
                to="dossiers.dossier",
            ),
        ),
        migrations.AddField(
            model_name="mesureprotection",
            name="dossier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="protections",
                to="dossiers.dossier",
            ),
        ),
        migrations.AddField(
            model_name="motifprocedure",
            name="dossier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="motifs",
                to="dossiers.dossier",
            ),
        ),
        migrations.AddField(
            model_name="ressources",
            name="dossier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ressources",
                to="dossiers.dossier",
            ),
        ),
        migrations.AddIndex(
            model_name="correction",
            index=models.Index(fields=["ligne"], name="correction_ligne"),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(("avant", models.F("apres")), _negated=True),
                name="correction_change",
            ),
        ),
        migrations.AddConstraint(
            model_name="garant",
            constraint=models.UniqueConstraint(
                fields=("dossier", "nature", "nom"), name="garant_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="garant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("engage_le", None),
                    ("fin_le", None),
                    ("fin_le__gte", models.F("engage_le")),
                    _connector="OR",
                ),
                name="garant_periode",
            ),
        ),
        migrations.AddConstraint(
            model_name="lignedecompte",
            constraint=models.UniqueConstraint(
                fields=("dette", "mois_le", "nature"), name="decompte_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="lignedecompte",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("aide__gte", 0), ("conteste__gte", 0), ("du__gte", 0), ("paye__gte", 0)
                ),
                name="decompte_positif",
            ),
        ),
        migrations.AddConstraint(
            model_name="mesureprotection",
            constraint=models.UniqueConstraint(
                fields=("dossier", "nature", "debut_le"), name="protection_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="mesureprotection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("fin_le", None), ("fin_le__gte", models.F("debut_le")), _connector="OR"
                ),
                name="protection_periode",
            ),
        ),
        migrations.AddConstraint(
            model_name="motifprocedure",
            constraint=models.UniqueConstraint(fields=("dossier", "nature"), name="motif_unique"),
        ),
        migrations.AddConstraint(
            model_name="ressources",
            constraint=models.UniqueConstraint(
                fields=("dossier", "constatee_le", "source"), name="ressources_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="ressources",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("montant", None), ("montant__gte", 0), _connector="OR"),
                    models.Q(("charges", None), ("charges__gte", 0), _connector="OR"),
                ),
                name="ressources_positives",
            ),
        ),
    ]
