"""Addresses of the pages on personal data."""

from django.urls import path

from seuil.web.donnees import views

urlpatterns = [
    path("donnees-personnelles/", views.donnees_personnelles, name="donnees_personnelles"),
    path("droits/aipd.md", views.aipd, name="aipd"),
]
