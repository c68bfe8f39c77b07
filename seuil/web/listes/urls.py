"""Addresses of the lists of acts received."""

from django.urls import path

from seuil.web.listes import views

urlpatterns = [
    path("listes/", views.listes, name="listes"),
    path("listes/deposer/", views.liste_deposer, name="liste_deposer"),
    path("listes/<uuid:lot_id>/", views.liste, name="liste"),
    path("listes/<uuid:lot_id>/colonnes/", views.liste_colonnes, name="liste_colonnes"),
    path("listes/<uuid:lot_id>/confirmer/", views.liste_confirmer, name="liste_confirmer"),
    path("listes/<uuid:lot_id>/appliquer/", views.liste_appliquer, name="liste_appliquer"),
    path("listes/<uuid:lot_id>/abandonner/", views.liste_abandonner, name="liste_abandonner"),
]
