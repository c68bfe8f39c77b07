"""Addresses of the divisions of the département."""

from django.urls import path

from seuil.web.decoupages import views

urlpatterns = [
    path("decoupages/", views.decoupages, name="decoupages"),
    path("decoupages/comparer/", views.decoupage_comparer, name="decoupage_comparer"),
    path("decoupages/commune/", views.decoupage_commune, name="decoupage_commune"),
    path("decoupages/importer/", views.decoupage_importer, name="decoupage_importer"),
    path(
        "decoupages/<uuid:decoupage_id>/modifier/",
        views.decoupage_modifier,
        name="decoupage_modifier",
    ),
    path(
        "decoupages/<uuid:decoupage_id>/secteurs/",
        views.secteur_ajouter,
        name="secteur_ajouter",
    ),
    path("decoupages/<str:cle>/", views.decoupage, name="decoupage"),
]
