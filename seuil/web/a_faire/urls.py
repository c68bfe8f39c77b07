"""Address of À faire."""

from django.urls import path

from seuil.web.a_faire import views

urlpatterns = [path("a-faire/", views.a_faire, name="a_faire")]
