"""Addresses of one dossier; `numero` is what people read on paper."""

from django.urls import path

from seuil.web.dossier import (
    acte,
    acte_change,
    aide,
    bail,
    bailleur,
    classement,
    consultations,
    coordonnee,
    date_annoncee,
    decompte,
    dette,
    document,
    et_si,
    fait,
    page,
    suivi,
)

_DOSSIER = "dossiers/<str:numero>/"
_AJOUTER = f"{_DOSSIER}ajouter/"
_ACTE = f"{_DOSSIER}actes/<uuid:acte_id>/"

urlpatterns = [
    path(_DOSSIER, page.dossier, name="dossier"),
    path(f"{_AJOUTER}acte/", acte.acte_enregistrer, name="acte_enregistrer"),
    path(f"{_ACTE}corriger/", acte_change.acte_corriger, name="acte_corriger"),
    path(f"{_ACTE}retirer/", acte_change.acte_retirer, name="acte_retirer"),
    path(f"{_AJOUTER}dette/", dette.dette_ajouter, name="dette_ajouter"),
    path(f"{_AJOUTER}aide/", aide.aide_ajouter, name="aide_ajouter"),
    path(f"{_AJOUTER}bail/", bail.bail_completer, name="bail_completer"),
    path(f"{_AJOUTER}bailleur/", bailleur.bailleur_changer, name="bailleur_changer"),
    path(f"{_AJOUTER}suivi/", suivi.suivi_ajouter, name="suivi_ajouter"),
    path(f"{_AJOUTER}coordonnee/", coordonnee.coordonnee_ajouter, name="coordonnee_ajouter"),
    path(f"{_AJOUTER}document/", document.document_deposer, name="document_deposer"),
    path(
        f"{_AJOUTER}date-annoncee/", date_annoncee.date_annoncee_noter, name="date_annoncee_noter"
    ),
    path(f"{_AJOUTER}fait/<slug:groupe>/", fait.fait_ajouter, name="fait_ajouter"),
    path(
        f"{_DOSSIER}corriger/<slug:groupe>/<uuid:ligne>/", fait.fait_corriger, name="fait_corriger"
    ),
    path(f"{_DOSSIER}dettes/<uuid:dette_id>/", decompte.decompte, name="decompte"),
    path(f"{_DOSSIER}classer/", classement.dossier_classer, name="dossier_classer"),
    path(f"{_DOSSIER}rouvrir/", classement.dossier_rouvrir, name="dossier_rouvrir"),
    path(f"{_DOSSIER}consultations/", consultations.consultations, name="consultations"),
    path(f"{_DOSSIER}et-si/", et_si.et_si, name="et_si"),
    path(f"{_DOSSIER}<slug:onglet>/", page.dossier_onglet, name="dossier_onglet"),
    path("documents/<uuid:document_id>/", document.document, name="document"),
]
