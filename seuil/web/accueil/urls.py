"""The first address."""

from django.urls import path

from seuil.web.accueil import views

urlpatterns = [path("", views.accueil, name="accueil")]
