"""Addresses of the opening by hand."""

from django.urls import path

from seuil.web.ouverture import views

urlpatterns = [
    path("ouvrir-un-dossier/", views.dossier_ouvrir, name="dossier_ouvrir"),
]
