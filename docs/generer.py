"""Write the tables of the documentation that come from the code: docs/donnees-personnelles.md.

Run by `make docs`; a test refuses a page that no longer says what the code says.
"""

import os
from pathlib import Path

import django

PAGE = Path(__file__).parent / "donnees-personnelles.md"
CLASSES = {
    "identite": "identité",
    "contact": "adresse et coordonnées",
    "finance": "situation financière",
    "social": "situation sociale",
    "procedure": "procédure",
    "agent": "agents habilités",
    "technique": "technique",
}
HEAD = """# Données personnelles

<!-- Page écrite par `make docs` à partir du code : ne pas la modifier à la main. -->

Ce que Seuil enregistre, dans quelle catégorie, combien de temps, et qui y a accès. Les durées sont
celles que le code déclare ; leur application par une purge reste à faire
([chantiers](chantiers.md)). Finalité : prévenir les expulsions locatives et coordonner ceux qui en
sont chargés (loi n° 90-449 du 31 mai 1990, art. 7-1 et 7-2).
"""


def render_page() -> str:
    """Return the page, from `class Privacy` of each model and from matrice.yaml."""
    return "\n".join([HEAD, _render_roles(), "", _render_models()])


def _render_roles() -> str:
    from seuil.acteurs.matrice import load_matrice  # noqa: PLC0415 - after Django's setup

    matrice = load_matrice()
    rows = []
    for profil in matrice.profils.values():
        for regle in profil.regles:
            lit = [n for n in matrice.categories if regle.allows(n, "lire")]
            relation = matrice.relations[regle.relation].libelle
            base = matrice.bases[regle.base]
            rows.append(f"| {profil.libelle} | {relation} | {', '.join(lit)} | {base} |")
        if not profil.regles:
            rows.append(f"| {profil.libelle} | aucun dossier | — | {matrice.bases[profil.base]} |")
    head = [
        "## Qui voit quels dossiers", "",
        "| Profil | Dossiers | Catégories lues | Base |", "|---|---|---|---|",
    ]  # fmt: skip
    return "\n".join([*head, *rows])


def _render_models() -> str:
    from django.apps import apps  # noqa: PLC0415

    lines = ["## Ce qui est enregistré", "", "| Table | Données | Durée |", "|---|---|---|"]
    for model in apps.get_models():
        if not model.__module__.startswith("seuil."):
            continue
        privacy = vars(model.Privacy)
        parts = [
            f"**{label}** : {', '.join(sorted(_name(model, f) for f in privacy[code]))}"
            for code, label in CLASSES.items()
            if code in privacy and code != "technique"
        ]
        name = str(model._meta.verbose_name).capitalize()
        content = "<br>".join(parts) or "rien de personnel"
        lines.append(f"| {name} | {content} | {privacy['retention']} |")
    return "\n".join(lines) + "\n"


def _name(model: type, field_name: str) -> str:
    field = model._meta.get_field(field_name)
    plain = field.name.replace("_", " ")
    if field.is_relation and field.verbose_name == plain:
        return str(field.related_model._meta.verbose_name)
    return str(field.verbose_name)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    PAGE.write_text(render_page(), encoding="utf-8")
    print(f"écrit : {PAGE.relative_to(Path.cwd())}")
