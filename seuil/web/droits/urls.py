"""Addresses of the rights of the people."""

from django.urls import path

from seuil.web.droits import views

urlpatterns = [
    path("droits/", views.droits, name="droits"),
    path("droits/<uuid:demande_id>/", views.demande, name="demande"),
    path("droits/<uuid:demande_id>/prolonger/", views.demande_prolonger, name="demande_prolonger"),
    path("droits/<uuid:demande_id>/limiter/", views.demande_limiter, name="demande_limiter"),
    path("droits/<uuid:demande_id>/rendre/", views.demande_rendre, name="demande_rendre"),
    path("droits/<uuid:demande_id>/donnees/", views.demande_donnees, name="demande_donnees"),
    path("dossiers/<str:numero>/gel/", views.gel, name="gel"),
    path("dossiers/<str:numero>/gel/lever/", views.gel_lever, name="gel_lever"),
]
