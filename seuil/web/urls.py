"""Addresses of the pages; each view declares the verb it needs (seuil.web.access)."""

urlpatterns: list = []
