"""Address of the accounts."""

from django.urls import path

from seuil.web.comptes import views

urlpatterns = [path("comptes/", views.comptes, name="comptes")]
