"""Addresses of the setting up of a département."""

from django.urls import path

from seuil.web.etablissement import formations, objectifs, views

urlpatterns = [
    path("premiere-heure/", views.premiere_heure, name="premiere_heure"),
    path("objectifs/", objectifs.objectifs, name="objectifs"),
    path("objectifs/fixer/", objectifs.objectif_fixer, name="objectif_fixer"),
    path("objectifs/<uuid:objectif_id>/", objectifs.objectif_corriger, name="objectif_corriger"),
    path(
        "objectifs/<uuid:objectif_id>/fin/",
        objectifs.objectif_terminer,
        name="objectif_terminer",
    ),
    path("formations/", formations.formations, name="formations"),
    path("formations/ajouter/", formations.formation_ajouter, name="formation_ajouter"),
    path("formations/reprendre/", formations.formations_reprendre, name="formations_reprendre"),
    path(
        "formations/<uuid:formation_id>/",
        formations.formation_corriger,
        name="formation_corriger",
    ),
    path(
        "formations/<uuid:formation_id>/fin/",
        formations.formation_terminer,
        name="formation_terminer",
    ),
]
