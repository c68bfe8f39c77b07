"""Addresses of the law; a rule is named as in the parameters (A1, F4…)."""

from django.urls import path

from seuil.web.droit import views

urlpatterns = [
    path("droit/", views.droit_regles, name="droit"),
    path("droit/effet/", views.droit_effet, name="droit_effet"),
    path("droit/changer/", views.droit_changer, name="droit_changer"),
    path("droit/<slug:regle>.yaml", views.droit_fichier, name="droit_fichier"),
    path("droit/<slug:regle>/", views.droit_regle, name="droit_regle"),
]
