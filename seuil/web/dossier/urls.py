"""Addresses of one dossier; `numero` is what people read on paper."""

from django.urls import path

from seuil.web.dossier import views

urlpatterns = [
    path("dossiers/<str:numero>/", views.dossier, name="dossier"),
    path("dossiers/<str:numero>/ajouter/acte/", views.acte_enregistrer, name="acte_enregistrer"),
    path("dossiers/<str:numero>/ajouter/dette/", views.dette_ajouter, name="dette_ajouter"),
    path("dossiers/<str:numero>/ajouter/aide/", views.aide_ajouter, name="aide_ajouter"),
    path("dossiers/<str:numero>/ajouter/bail/", views.bail_completer, name="bail_completer"),
    path("dossiers/<str:numero>/ajouter/suivi/", views.suivi_ajouter, name="suivi_ajouter"),
    path(
        "dossiers/<str:numero>/ajouter/coordonnee/",
        views.coordonnee_ajouter,
        name="coordonnee_ajouter",
    ),
    path(
        "dossiers/<str:numero>/ajouter/document/", views.document_deposer, name="document_deposer"
    ),
    path(
        "dossiers/<str:numero>/ajouter/date-annoncee/",
        views.date_annoncee_noter,
        name="date_annoncee_noter",
    ),
    path("dossiers/<str:numero>/consultations/", views.consultations, name="consultations"),
    path("dossiers/<str:numero>/et-si/", views.et_si, name="et_si"),
    path("dossiers/<str:numero>/<slug:onglet>/", views.dossier_onglet, name="dossier_onglet"),
    path("documents/<uuid:document_id>/", views.document, name="document"),
]
