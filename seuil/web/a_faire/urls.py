"""Addresses of the screen."""

urlpatterns: list = []
