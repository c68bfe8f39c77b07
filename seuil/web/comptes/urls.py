"""Addresses of the accounts."""

from django.urls import path

from seuil.web.comptes import views

urlpatterns = [
    path("comptes/", views.comptes, name="comptes"),
    path("comptes/inviter/", views.compte_inviter, name="compte_inviter"),
    path("comptes/<uuid:agent_id>/", views.compte, name="compte"),
    path("comptes/<uuid:agent_id>/<str:geste>/", views.compte_geste, name="compte_geste"),
]
