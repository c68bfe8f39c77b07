"""The words of a row of the day."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from django.urls import reverse

from seuil.engines.droit import write_montant
from seuil.kernel.accord import NBSP, write_a, write_pluriel
from seuil.travail.queries import LigneVue, TacheRow
from seuil.travail.rules.aujourdhui import Groupe, Ligne, Placee
from seuil.travail.rules.genres import Rang
from seuil.web.addresses import address
from seuil.web.aujourdhui.queries import Repere
from seuil.web.templatetags.seuil import heure

# The work of a chef d'équipe that is done by many at once.
CONFIES = frozenset({"repondre_mandat", "affecter_mandat"})
_JOURS = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")


def write_jour(le: date, on: date) -> str:
    """Write a day as short as it may be: « demain », « mar. 1/12 », « lun. 4/1/2027 »."""
    if le == on:
        return "aujourd’hui"
    if (le - on).days == 1:
        return "demain"
    year = f"/{le.year}" if le.year != on.year else ""
    return f"{_JOURS[le.weekday()]}{NBSP}{le.day}/{le.month}{year}"


def write_address(tache: TacheRow) -> str:
    """Return the address of the page where doing the thing makes the task disappear."""
    genre = tache.genre
    if tache.fait:
        return address(tache.fait.page, tache.numero)
    if genre.sur == "devoir":
        return reverse(genre.page, args=[tache.numero, tache.devoir, tache.source_id])
    value = tache.source_id if genre.sur == "source" else tache.numero
    return address(genre.page, value) + genre.suite


def write_ligne(
    vue: LigneVue,
    repere: Repere,
    *,
    on: date,
    services: Mapping[UUID, str],
    adresses: Mapping[str, str],
    reads: bool,
) -> dict[str, Any]:
    """Return the words of a row, by the name that its template gives them."""
    tete, placee = vue.tete, vue.ligne.tete
    caduc = vue.ligne.groupe is Groupe.CADUC
    autres = [
        (t.libelle, write_jour(t.due_le, on))
        for t, p in zip(vue.taches, vue.ligne.placees, strict=True)
        if (p.groupe is Groupe.CADUC) == caduc and t.id != tete.id
    ]
    return {
        "numero": tete.numero,
        # A partner knows the household by its name and its number: the dossier stays closed to it.
        "url": address("dossier", tete.numero) if reads else "",
        "menage": tete.menage,
        "lieu": tete.commune,
        "dette": write_montant(repere.dette) if repere.dette is not None else "",
        "jour": write_jour(placee.le, on),
        "jour_iso": placee.le.isoformat(),
        "heure": _write_heure(placee, repere),
        "ton": _tone(placee, on),
        "retard": (on - placee.le).days if placee.le < on else 0,
        "objet": _write_objet(tete, placee, repere),
        "etat": _write_etat(tete, placee, repere, on),
        "pourquoi": tete.pourquoi,
        "preuve": tete.preuve,
        "disparait": "c’est classé" if caduc else tete.disparait,
        "proposee": tete.a_verifier,
        "qui": tete.agent,
        "autres": autres,
        "plus": write_pluriel(len(autres), "autre") if autres else "",
        "caduc": caduc,
        "service_a": write_a(services.get(tete.dossier_id, "")),
        "service": services.get(tete.dossier_id, "") if tete.genre.code == "dsf_a_obtenir" else "",
        "genre": tete.genre.code,
        "confie": is_confie(vue.ligne),
        "ecran": write_address(tete),
        "bouton": tete.fait.bouton if tete.fait else tete.genre.bouton,
        "attendue": placee.attendue,
        "relance": _write_relance(tete, repere, adresses) if placee.attendue else "",
        "aupres": tete.organisme or repere.organisme,
    }


def is_confie(ligne: Ligne) -> bool:
    """Tell whether a household waits to be accepted, or for a person in charge."""
    return any(t.genre in CONFIES for t in ligne.taches)


def _write_heure(placee: Placee, repere: Repere) -> str:
    audience = repere.audience
    return heure(audience.heure) if audience and audience.le == placee.le else ""


def _write_objet(tete: TacheRow, placee: Placee, repere: Repere) -> str:
    """Return what the day is: a hearing where it is held, else what is to be done."""
    audience = repere.audience
    if placee.rang is Rang.IRREVERSIBLE and audience and audience.le == placee.le:
        return f"Audience {audience.juridiction}".strip()
    return tete.libelle


def _write_etat(tete: TacheRow, placee: Placee, repere: Repere, on: date) -> str:
    """Return where the thing stands, when the object does not say it."""
    if tete.genre.code == "dsf_a_obtenir":
        return "DSF jamais demandé"
    if tete.genre.code == "dsf_a_recevoir":
        le = f" {_since(repere.demande_le, on)}" if repere.demande_le else ""
        to = f" {write_a(repere.organisme)}" if repere.organisme else ""
        return f"DSF demandé{le}{to}, pas reçu"
    return tete.libelle if _write_objet(tete, placee, repere) != tete.libelle else ""


def _write_relance(tete: TacheRow, repere: Repere, adresses: Mapping[str, str]) -> str:
    """Return the address that reminds whoever must act; the household's number alone is told."""
    url = adresses.get(tete.organisme or repere.organisme, "")
    if not url.startswith("mailto:"):
        return url
    return f"{url}?{urlencode({'subject': f'Dossier {tete.numero}'}, quote_via=quote)}"


def _since(le: date, on: date) -> str:
    return "aujourd’hui" if le == on else f"le{NBSP}{le.day}/{le.month}"


def _tone(placee: Placee, on: date) -> str:
    """Red means a date of the law lost or about to be, nothing else."""
    if placee.rang > Rang.LEGALE or placee.groupe is Groupe.CADUC:
        return ""
    days = (placee.le - on).days
    return "perdue" if days < 0 else "proche" if days <= 7 else ""
