"""Address of the directory."""

from django.urls import path

from seuil.web.annuaire import views

urlpatterns = [path("annuaire/", views.annuaire, name="annuaire")]
