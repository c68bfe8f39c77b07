from django.urls import path

from seuil.web.activite import views

urlpatterns = [
    path("activite/", views.activite, name="activite"),
    path("activite/export.xlsx", views.activite_xlsx, name="activite_xlsx"),
    path("activite/<slug:code>/dossiers/", views.activite_dossiers, name="activite_dossiers"),
]
