"""Address of the département's configuration."""

from django.urls import path

from seuil.web.departement import views

urlpatterns = [path("departement/", views.departement, name="departement")]
