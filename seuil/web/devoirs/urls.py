"""Address of one duty of one dossier, for the act that asks for it."""

from django.urls import path

from seuil.web.devoirs import views

urlpatterns = [
    path(
        "devoirs/<str:numero>/<slug:devoir>/<uuid:source_id>/",
        views.devoir_rendre,
        name="devoir_rendre",
    )
]
