"""Addresses of the directory."""

from django.urls import path

from seuil.web.annuaire import collage, fiches, views

urlpatterns = [
    path("annuaire/", views.annuaire, name="annuaire"),
    path("annuaire/ajouter/", fiches.organisme_ajouter, name="organisme_ajouter"),
    path("annuaire/importer/", collage.annuaire_importer, name="annuaire_importer"),
    path("annuaire/<uuid:organisation_id>/", fiches.organisme, name="organisme"),
    path(
        "annuaire/<uuid:organisation_id>/corriger/",
        fiches.organisme_corriger,
        name="organisme_corriger",
    ),
    path(
        "annuaire/<uuid:organisation_id>/perimetre/",
        fiches.organisme_perimetre,
        name="organisme_perimetre",
    ),
    path(
        "annuaire/<uuid:organisation_id>/ouverture/",
        fiches.organisme_ouverture,
        name="organisme_ouverture",
    ),
    path(
        "annuaire/<uuid:organisation_id>/interlocuteurs/",
        fiches.interlocuteur_ajouter,
        name="interlocuteur_ajouter",
    ),
    path(
        "annuaire/interlocuteurs/<uuid:interlocuteur_id>/",
        fiches.interlocuteur_corriger,
        name="interlocuteur_corriger",
    ),
    path(
        "annuaire/interlocuteurs/<uuid:interlocuteur_id>/retirer/",
        fiches.interlocuteur_retirer,
        name="interlocuteur_retirer",
    ),
]
