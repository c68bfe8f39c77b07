"""Addresses of signing in and out."""

from django.urls import path

from seuil.web.connexion import views

urlpatterns = [
    path("connexion/", views.connexion, name="connexion"),
    path("deconnexion/", views.deconnexion, name="deconnexion"),
]
