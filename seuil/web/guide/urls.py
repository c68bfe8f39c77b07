"""Addresses of the guide."""

from django.urls import path

from seuil.web.guide import views

urlpatterns = [
    path("aide/", views.guide, name="guide"),
    path("aide/<slug:page>/", views.guide_page, name="guide_page"),
]
