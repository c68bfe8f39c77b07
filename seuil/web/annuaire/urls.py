"""Addresses of the directory."""

from django.urls import path

from seuil.web.annuaire import export, views

urlpatterns = [
    path("annuaire/", views.annuaire, name="annuaire"),
    path("annuaire/export/", export.annuaire_export, name="annuaire_export"),
]
