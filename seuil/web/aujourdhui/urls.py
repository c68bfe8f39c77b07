"""Addresses of Aujourd’hui."""

from django.urls import path

from seuil.web.aujourdhui import actions, export, mandats, views

urlpatterns = [
    path("aujourdhui/", views.aujourdhui, name="a_faire"),
    # The address that people keep in their bookmarks.
    path("a-faire/", views.a_faire_ancien, name="a_faire_ancien"),
    path("aujourdhui/export/", export.aujourdhui_export, name="aujourdhui_export"),
    path("aujourdhui/dsf/", actions.dsf_apercu, name="aujourdhui_dsf"),
    path("aujourdhui/dsf/demander/", actions.dsf_demander_lot, name="aujourdhui_dsf_demander"),
    path("aujourdhui/dsf/noter/", actions.dsf_noter_ligne, name="aujourdhui_dsf_noter"),
    path("aujourdhui/classer/", actions.classer, name="aujourdhui_classer"),
    path("aujourdhui/confies/", mandats.mandats_apercu, name="aujourdhui_mandats"),
    path("aujourdhui/confies/affecter/", mandats.mandats_affecter, name="aujourdhui_affecter"),
    path("aujourdhui/annuler/", actions.annuler, name="aujourdhui_annuler"),
]
