"""Addresses of what partners propose."""

from django.urls import path

from seuil.web.propositions import views

urlpatterns = [
    path("propositions/", views.propositions, name="propositions"),
    path("propositions/nouvelle/", views.proposition_deposer, name="proposition_deposer"),
    path("propositions/<uuid:proposition_id>/", views.proposition, name="proposition"),
    path(
        "propositions/<uuid:proposition_id>/refuser/",
        views.proposition_refuser,
        name="proposition_refuser",
    ),
]
