"""Addresses of the product."""

from django.urls import include, path

urlpatterns = [path("", include("seuil.web.urls"))]

handler400 = "seuil.web.errors.bad_request"
handler404 = "seuil.web.errors.not_found"
handler403 = "seuil.web.errors.forbidden"
handler500 = "seuil.web.errors.server_error"
