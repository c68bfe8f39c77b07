from django.urls import path

from seuil.web.activite import views

urlpatterns = [
    path("activite/", views.activite, name="activite"),
    path("activite/<str:code>/dossiers/", views.activite_dossiers, name="activite_dossiers"),
    path("activite/export.xlsx", views.activite_xlsx, name="activite_xlsx"),
]
