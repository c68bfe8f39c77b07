"""Addresses of the checklist of an act, and of the findings as plain text."""

from django.urls import path

from seuil.web.regularite import views

urlpatterns = [
    path(
        "dossiers/<str:numero>/regularite/<uuid:acte_id>/",
        views.regularite_constater,
        name="regularite_constater",
    ),
    path("dossiers/<str:numero>/regularite.txt", views.regularite_texte, name="regularite_texte"),
]
