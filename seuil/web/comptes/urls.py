"""Addresses of the accounts."""

from django.urls import path

from seuil.web.comptes import lot, views

urlpatterns = [
    path("comptes/", views.comptes, name="comptes"),
    path("comptes/inviter/", views.compte_inviter, name="compte_inviter"),
    path("comptes/inviter/lot/", lot.comptes_inviter_lot, name="comptes_inviter_lot"),
    path("comptes/domaines/", views.comptes_domaines, name="comptes_domaines"),
    path("comptes/domaines/<uuid:organisation_id>/", views.comptes_domaine, name="comptes_domaine"),
    path("comptes/<uuid:agent_id>/", views.compte, name="compte"),
    path("comptes/<uuid:agent_id>/<str:geste>/", views.compte_geste, name="compte_geste"),
]
