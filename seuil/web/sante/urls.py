"""The address asked by who watches the service."""

from django.urls import path

from seuil.web.sante import views

urlpatterns = [path("sante/", views.sante, name="sante")]
