from django.urls import path

from seuil.web.terrain import views

urlpatterns = [
    path("terrain/<str:numero>/contact/", views.contact_noter, name="contact_noter"),
    path("terrain/<str:numero>/visite/", views.visite_noter, name="visite_noter"),
    path("terrain/<str:numero>/dsf/", views.dsf_noter, name="dsf_noter"),
    path("terrain/<str:numero>/dsf/demande/", views.dsf_demander, name="dsf_demander"),
]
