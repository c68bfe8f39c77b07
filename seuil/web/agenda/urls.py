"""Addresses of the agenda; a month or a day that does not exist is no address."""

from datetime import date

from django.urls import path, register_converter

from seuil.web.agenda import abonnement, views


class JourConverter:
    """A day, « 2026-12-14 »."""

    regex = "20[0-9]{2}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


class MoisConverter(JourConverter):
    """A month, « 2026-12 », by its first day."""

    regex = "20[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(f"{value}-01")

    def to_url(self, value: date) -> str:
        return f"{value:%Y-%m}"


register_converter(JourConverter, "jour")
register_converter(MoisConverter, "mois")

urlpatterns = [
    path("agenda/", views.agenda, name="agenda"),
    path("agenda/<mois:mois>/", views.agenda, name="agenda_mois"),
    path("agenda/<jour:jour>/", views.agenda_jour, name="agenda_jour"),
    path("agenda/abonnement/", abonnement.abonnement, name="agenda_abonnement"),
    path("agenda/abonnement/creer/", abonnement.abonnement_creer, name="agenda_abonnement_creer"),
    path(
        "agenda/abonnement/arreter/",
        abonnement.abonnement_arreter,
        name="agenda_abonnement_arreter",
    ),
    path("agenda/ics/<str:jeton>.ics", abonnement.agenda_ics, name="agenda_ics"),
]
