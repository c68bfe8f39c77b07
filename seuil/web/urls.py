"""Addresses of the pages; each view declares the verb it needs (seuil.web.access)."""

from django.urls import include, path

urlpatterns = [
    path("", include(f"seuil.web.{screen}.urls"))
    for screen in (
        "accueil",
        "connexion",
        "aujourdhui",
        "tableau",
        "devoirs",
        "agenda",
        "ouverture",
        "propositions",
        "dossiers",
        "recherche",
        "acces",
        "droits",
        "donnees",
        "dossier",
        "regularite",
        "listes",
        "equipe",
        "annuaire",
        "decoupages",
        "droit",
        "departement",
        "etablissement",
        "comptes",
        "guide",
        "sante",
    )
]
