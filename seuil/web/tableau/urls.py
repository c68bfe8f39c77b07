"""Addresses of the table."""

from django.urls import path

from seuil.web.tableau import collage, lots, views

urlpatterns = [
    path("tableau/", views.tableau, name="tableau"),
    path("tableau/repondre/", views.tableau_repondre, name="tableau_repondre"),
    path("tableau/compte/", views.tableau_compte, name="tableau_compte"),
    path("tableau/autres/", lots.tableau_autres, name="tableau_autres"),
    path("tableau/annuler/", lots.tableau_annuler, name="tableau_annuler"),
    path("tableau/coller/", collage.tableau_coller, name="tableau_coller"),
    path("tableau/menage/<str:numero>/", views.tableau_menage, name="tableau_menage"),
    path("tableau/export/", views.tableau_export, name="tableau_export"),
]
