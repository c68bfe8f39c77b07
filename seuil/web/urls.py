"""Addresses of the pages; each view declares the verb it needs (seuil.web.access)."""

from django.urls import include, path

urlpatterns = [
    path("", include(f"seuil.web.{screen}.urls"))
    for screen in (
        "accueil",
        "connexion",
        "a_faire",
        "devoirs",
        "agenda",
        "dossiers",
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
        "comptes",
        "guide",
        "sante",
    )
]
