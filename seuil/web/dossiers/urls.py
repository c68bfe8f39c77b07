"""Addresses of the list of dossiers."""

from django.urls import path

from seuil.web.dossiers import views

urlpatterns = [
    path("dossiers/", views.dossiers, name="dossiers"),
    path("dossiers/export/", views.dossiers_export, name="dossiers_export"),
]
