"""Addresses of the accesses."""

from django.urls import path

from seuil.web.acces import alertes, views

urlpatterns = [
    path("acces/matrice/", views.matrice, name="matrice"),
    path("acces/exceptionnel/", views.acces_exceptionnel, name="acces_exceptionnel"),
    path("acces/alertes/", alertes.alertes, name="alertes"),
    path("acces/alertes/<uuid:alerte_id>/", alertes.alerte_traiter, name="alerte_traiter"),
    path("acces/exceptionnels/", views.acces_exceptionnels, name="acces_exceptionnels"),
    path("acces/exceptionnels/<uuid:agent_id>/relire/", views.acces_relire, name="acces_relire"),
    path("acces/<uuid:acces_id>/fin/", views.acces_fermer, name="acces_fermer"),
    path("dossiers/<str:numero>/ouvrir/", views.acces_ouvrir, name="acces_ouvrir"),
]
