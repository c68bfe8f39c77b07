from django.urls import path

from seuil.web.activite import views

urlpatterns = [
    path("activite/", views.activite, name="activite"),
    path("activite/export.xlsx", views.activite_xlsx, name="activite_xlsx"),
    path("activite/publier/", views.activite_publier, name="activite_publier"),
    path("activite/periodes/", views.activite_periodes, name="activite_periodes"),
    path("activite/edition/<uuid:edition_id>/", views.activite_edition, name="activite_edition"),
    path("activite/<slug:code>/dossiers/", views.activite_dossiers, name="activite_dossiers"),
]
