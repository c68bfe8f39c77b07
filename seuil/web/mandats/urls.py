from django.urls import path

from seuil.web.mandats import exports, views

urlpatterns = [
    path("mandats/", views.mandats, name="mandats"),
    path("mandats/export/", exports.mandats_export, name="mandats_export"),
    path("mandats/au-dela-de-six-mois/", views.suivis_longs, name="suivis_longs"),
    path(
        "mandats/au-dela-de-six-mois/export/",
        exports.suivis_longs_export,
        name="suivis_longs_export",
    ),
    path("mandats/<uuid:mandat_id>/", views.mandat, name="mandat"),
    path("mandats/<uuid:mandat_id>/reponse/", views.mandat_repondre, name="mandat_repondre"),
    path("mandats/<uuid:mandat_id>/affectation/", views.mandat_affecter, name="mandat_affecter"),
    path("mandats/<uuid:mandat_id>/rapport/", views.rapport_rendre, name="rapport_rendre"),
    path("mandats/<uuid:mandat_id>/contrat/", views.contrat, name="contrat"),
    path(
        "mandats/<uuid:mandat_id>/contrat/signature/", views.contrat_signer, name="contrat_signer"
    ),
    path(
        "mandats/<uuid:mandat_id>/contrat/demarche/",
        views.demarche_ajouter,
        name="demarche_ajouter",
    ),
    path("demarches/<uuid:demarche_id>/", views.demarche_terminer, name="demarche_terminer"),
    path(
        "mandats/<uuid:mandat_id>/prolongation/",
        views.prolongation_enregistrer,
        name="prolongation_enregistrer",
    ),
    path(
        "mandats/<uuid:mandat_id>/prolongation/demande/",
        views.prolongation_demander,
        name="prolongation_demander",
    ),
    path("mandats/<uuid:mandat_id>/complexite/", views.mandat_complexite, name="mandat_complexite"),
    path("mandats/<uuid:mandat_id>/veille/", views.mandat_veille, name="mandat_veille"),
    path("mandats/<uuid:mandat_id>/cloture/", views.cloture, name="cloture"),
]
