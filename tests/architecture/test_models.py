"""Conventions that every model of the domain keeps."""

import re
from collections.abc import Iterable
from dataclasses import fields

import pytest
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import models
from django.test.utils import isolate_apps

from seuil.acteurs.models import Agent
from seuil.conservation.rules import load_conservation
from seuil.kernel.cartes import CLASSES, CarteFautive, Fait, Privacy, read_carte
from seuil.kernel.models import Record

# Written by the machine on every row; a model may still name them.
TECHNICAL_BY_DEFAULT = {"id", "created_at"}
# Dates whose name already says that they are civil dates.
DATES = re.compile(r"(_le|^le|_du|_au|^mois)$")
MODELS = [m for m in apps.get_models() if m.__module__.startswith("seuil.")]
every_model = pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)


def own_fields(model: type[models.Model]) -> list[models.Field]:
    return [*model._meta.local_fields, *model._meta.local_many_to_many]


def why_badly_classed(model: type[models.Model]) -> list[str]:
    privacy = model.__dict__.get("Privacy")
    if privacy is None:
        return ["pas de class Privacy"]
    declared = {k: v for k, v in vars(privacy).items() if not k.startswith("_")}
    retention = declared.pop("retention", "")
    reasons = [] if retention else ["pas de retention"]
    if retention and retention not in load_conservation().regles:
        reasons.append(f"règle de conservation inconnue {retention}")
    # What else a card may say is checked by who reads it.
    declared = {k: v for k, v in declared.items() if k not in {f.name for f in fields(Privacy)}}
    reasons += [f"catégorie inconnue {name}" for name in declared if name not in CLASSES]
    listed = [name for names in declared.values() for name in names]
    known = {f.name for f in own_fields(model)}
    reasons += [f"{name} : deux catégories" for name in known if listed.count(name) > 1]
    reasons += [f"{name} : champ inconnu" for name in set(listed) - known]
    reasons += [f"{name} : sans catégorie" for name in known - set(listed) - TECHNICAL_BY_DEFAULT]
    return reasons


def why_bad_shape(model: type[models.Model]) -> list[str]:
    reasons = []
    if model._meta.ordering:
        reasons.append("Meta.ordering : l’ordre se demande là où on lit")
    for cls in model.__mro__:
        if not cls.__module__.startswith("django."):
            reasons += [f"{name}() redéfini" for name in ("save", "delete") if name in vars(cls)]
    if any(isinstance(f, GenericForeignKey) for f in model._meta.private_fields):
        reasons.append("GenericForeignKey")
    for field in own_fields(model):
        remote = field.remote_field
        if remote and not field.many_to_many and remote.on_delete is not models.PROTECT:
            reasons.append(f"{field.name} : on_delete n’est pas PROTECT")
    return reasons


def why_bad_names(model: type[models.Model]) -> list[str]:
    reasons = []
    for field in own_fields(model):
        instant = isinstance(field, models.DateTimeField)
        civil = isinstance(field, models.DateField) and not instant
        if civil != bool(DATES.search(field.name)) and (civil or field.name.endswith("_le")):
            reasons.append(f"{field.name} : une date civile, et elle seule, finit par _le")
        inherited = field.name == "last_login"
        if instant != field.name.endswith("_at") and not inherited:
            reasons.append(f"{field.name} : un instant, et lui seul, finit par _at")
        reasons += [
            f"{field.name} : code {code!r}"
            for code, _ in field.choices or ()
            if not re.fullmatch(r"[a-z0-9_ ]*", str(code))
        ]
        if not re.fullmatch(r"[a-z][a-z0-9_]*", field.name):
            reasons.append(f"{field.name} : nom non ASCII")
    return reasons


def constrained_together(model: type[models.Model], names: Iterable[str]) -> bool:
    wanted = set(names)
    return any(
        all(name in repr(c.condition) for name in wanted)
        for c in model._meta.constraints
        if isinstance(c, models.CheckConstraint)
    )


def unbound_pairs(model: type[models.Model]) -> list[str]:
    """Return the stems of nullable pairs (day, author) that no CHECK binds."""
    fields = {f.name: f for f in own_fields(model)}
    stems = {n.removesuffix("_le") for n in fields if n.endswith("_le")}
    return [
        stem
        for stem in stems
        if f"{stem}_par" in fields
        and fields[f"{stem}_le"].null
        and fields[f"{stem}_par"].null
        and not constrained_together(model, (f"{stem}_le", f"{stem}_par"))
    ]


def test_there_are_models_to_look_at() -> None:
    assert len(MODELS) > 20
    assert Agent in MODELS


@every_model
def test_every_field_has_exactly_one_privacy_class(model: type[models.Model]) -> None:
    assert why_badly_classed(model) == []


@every_model
def test_every_model_has_a_card_that_is_understood(model: type[models.Model]) -> None:
    assert read_carte(model).model is model


@every_model
def test_every_model_keeps_the_shape_of_the_house(model: type[models.Model]) -> None:
    assert why_bad_shape(model) == []


@every_model
def test_every_field_is_named_by_the_rules(model: type[models.Model]) -> None:
    assert why_bad_names(model) == []


@every_model
def test_every_optional_pair_of_day_and_author_is_bound(model: type[models.Model]) -> None:
    assert unbound_pairs(model) == []


@every_model
def test_every_model_has_a_french_name(model: type[models.Model]) -> None:
    assert "verbose_name" in vars(model._meta)["original_attrs"]


@isolate_apps("seuil.audit")
def test_faults_of_a_model_are_seen() -> None:
    class Fautif(Record):
        nom = models.CharField(max_length=10, choices=[("Étiquette", "x")])
        agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
        vu = models.DateTimeField()
        signe_le = models.DateField(null=True)
        signe_par = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
        quand = models.DateField()

        class Meta:
            app_label = "audit"
            ordering = ["nom"]

        class Privacy:
            identite = {"nom"}
            contact = {"nom"}
            secret = {"perdu"}
            retention = "jamais"

        def save(self, **kwargs: object) -> None:
            """A save that hides a rule."""

    assert set(why_badly_classed(Fautif)) == {
        "règle de conservation inconnue jamais",
        "catégorie inconnue secret",
        "nom : deux catégories",
        "perdu : champ inconnu",
        "agent : sans catégorie",
        "vu : sans catégorie",
        "signe_le : sans catégorie",
        "signe_par : sans catégorie",
        "quand : sans catégorie",
    }
    assert set(why_bad_shape(Fautif)) == {
        "Meta.ordering : l’ordre se demande là où on lit",
        "save() redéfini",
        "agent : on_delete n’est pas PROTECT",
    }
    assert why_bad_names(Fautif) == [
        "nom : code 'Étiquette'",
        "vu : un instant, et lui seul, finit par _at",
        "quand : une date civile, et elle seule, finit par _le",
    ]
    assert unbound_pairs(Fautif) == ["signe"]


@isolate_apps("seuil.audit")
def test_a_model_without_privacy_is_seen() -> None:
    class Oublie(models.Model):
        class Meta:
            app_label = "audit"

    class Sans(models.Model):
        class Meta:
            app_label = "audit"

        class Privacy:
            technique = {"id"}

    assert why_badly_classed(Sans) == ["pas de retention"]
    assert why_badly_classed(Oublie) == ["pas de class Privacy"]
    assert "verbose_name" not in Oublie._meta.original_attrs


@isolate_apps("seuil.audit")
def test_a_card_that_forgets_a_key_or_misnames_a_column_is_refused() -> None:
    class Orpheline(Record):
        dite_le = models.DateField("dite le")
        texte = models.TextField()

        class Meta:
            app_label = "audit"

        class Rls:
            categorie = "suivi"
            chemin = ("mandat",)
            organisation_seule = True
            muettes = frozenset({"vu_at"})

        class Privacy:
            social = {"dite_le", "texte"}
            retention = "dossier"

    with pytest.raises(CarteFautive) as refused:
        read_carte(Orpheline)
    for told in (
        "Privacy.faits : dire quels faits datés", "Privacy.tiers : dire quels textes",
        "Rls.chemin : ne mène pas", "organisation n’est pas une colonne", "vu_at n’est pas",
    ):  # fmt: skip
        assert told in str(refused.value)

    Orpheline.Privacy.faits = (Fait("dit", le="texte", type="perdu"),)
    with pytest.raises(CarteFautive, match=r"perdu n’est pas une colonne.*dit n’a pas de jour"):
        read_carte(Orpheline)
    Orpheline.Privacy.secret = {"texte"}
    with pytest.raises(CarteFautive, match="Privacy : secret inconnu"):
        read_carte(Orpheline)
    del Orpheline.Rls
    with pytest.raises(CarteFautive, match="pas de class Rls"):
        read_carte(Orpheline)
