"""Addresses of the équipe mobile's pages."""

from django.urls import include, path

urlpatterns = [
    path("", include(f"seuil.web.{screen}.urls"))
    for screen in ("choix", "mandats", "terrain", "activite")
]
