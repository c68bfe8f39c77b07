"""Address of the search."""

from django.urls import path

from seuil.web.recherche import views

urlpatterns = [path("recherche/", views.recherche, name="recherche")]
