from django.urls import path

from seuil.web.choix import views

urlpatterns = [
    path("choix-du-mois/", views.choix, name="choix"),
    path("choix-du-mois/ligne/", views.choix_ligne, name="choix_ligne"),
    path("choix-du-mois/signature/", views.choix_signer, name="choix_signer"),
    path("choix-du-mois/fiches/", views.choix_fiches, name="choix_fiches"),
    path(
        "prescriptions/<str:numero>/",
        views.prescription_enregistrer,
        name="prescription_enregistrer",
    ),
]
