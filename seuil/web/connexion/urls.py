"""Addresses of signing in and out, and of what an agent holds to do so."""

from django.urls import path

from seuil.web.connexion import (
    activer,
    confirmer,
    invitation,
    mes_connexions,
    proconnect,
    views,
)

urlpatterns = [
    path("connexion/", views.connexion, name="connexion"),
    path("connexion/second-facteur/", views.second_facteur, name="second_facteur"),
    path("connexion/cle/", views.cle_entrer, name="cle_entrer"),
    path("connexion/cle/defi/", views.cle_defi, name="cle_defi"),
    path("connexion/activer/", activer.activer, name="activer"),
    path("connexion/activer/cle/", activer.activer_cle, name="activer_cle"),
    path("connexion/activer/cle/defi/", activer.cle_creer_defi, name="cle_creer_defi"),
    path("connexion/confirmer/", confirmer.confirmer, name="confirmer"),
    path("connexion/confirme/", confirmer.confirme, name="confirme"),
    path("connexion/proconnect/", proconnect.proconnect, name="proconnect"),
    path("connexion/proconnect/retour/", proconnect.proconnect_retour, name="proconnect_retour"),
    path("invitation/<str:jeton>/", invitation.invitation, name="invitation"),
    path("deconnexion/", views.deconnexion, name="deconnexion"),
    path("mes-connexions/", mes_connexions.mes_connexions, name="mes_connexions"),
    path("mes-connexions/fermer/", mes_connexions.connexions_fermer, name="connexions_fermer"),
    path("mes-connexions/mot-de-passe/", mes_connexions.mot_de_passe, name="mot_de_passe"),
    path("mes-connexions/application/", mes_connexions.application, name="application"),
    path(
        "mes-connexions/application/retirer/",
        mes_connexions.application_retirer,
        name="application_retirer",
    ),
    path("mes-connexions/cle/", mes_connexions.cle_ajouter, name="cle_ajouter"),
    path("mes-connexions/cle/defi/", mes_connexions.cle_ajouter_defi, name="cle_ajouter_defi"),
    path("mes-connexions/cle/retirer/", mes_connexions.cle_retirer, name="cle_retirer"),
    path("mes-connexions/codes/", mes_connexions.codes_secours, name="codes_secours"),
]
