"""Attach a document; record a date told."""

import hashlib
import os
import re
from dataclasses import asdict
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.dossiers.models import DateAnnoncee, Document, Dossier
from seuil.dossiers.operations._journal import record_line, refuse_future
from seuil.dossiers.operations.dossiers import FaitDejaConnu
from seuil.dossiers.rules import AnnonceSaisie
from seuil.engines import droit
from seuil.kernel.models import new_id
from seuil.kernel.refusal import Refusal

DOCUMENT_MAX_BYTES = 10 * 1024 * 1024
# First bytes → type, and the ends of name that agree: what a file is, whatever its name says.
_SIGNATURES = (
    (b"%PDF-", "application/pdf", (".pdf",)),
    (b"\x89PNG\r\n\x1a\n", "image/png", (".png",)),
    (b"\xff\xd8\xff", "image/jpeg", (".jpg", ".jpeg")),
)
# What a computer takes for the kind of a file: « Bail de M. Dupont » has none.
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_NOM_MAX = 150


class RegleSansParametre(Refusal):
    message = (
        "Cette échéance n’est pas connue du droit appliqué\N{NO-BREAK SPACE}: choisissez-la dans la"
        " liste du dossier."
    )


class DocumentRefuse(Refusal):
    message = "Ce fichier n’est pas accepté : déposez un PDF, un JPEG ou un PNG de 10 Mo au plus."


class NomTrompeur(Refusal):
    message = (
        "Le nom de ce fichier ne dit pas ce qu’il est\N{NO-BREAK SPACE}: son contenu est d’un autre"
        " type que ne l’annonce la fin de son nom. Renommez-le (.pdf, .jpg ou .png), puis"
        " déposez-le de nouveau."
    )


@transaction.atomic
def record_date_annoncee(
    *, dossier: Dossier, saisie: AnnonceSaisie, by: Agent, on: date
) -> DateAnnoncee:
    """Keep the date of a deadline as it was told to someone; no recomputation changes it.

    Raises DateAVenir, FaitDejaConnu, RegleSansParametre.
    """
    refuse_future(saisie.dite_le, on)
    if saisie.regle not in droit.regles():
        raise RegleSansParametre
    told = asdict(saisie)
    source = told.pop("source")
    annonce, created = DateAnnoncee.objects.get_or_create(
        dossier=dossier, **told, defaults={"source": source, "notee_par": by}
    )
    if not created:
        raise FaitDejaConnu(
            "Cette date annoncée est déjà notée, au même jour et par le même moyen."
        )
    record_line("date_annoncee.notee", dossier, by, on, {"regle": saisie.regle})
    return annonce


@transaction.atomic
def attach_document(
    *, dossier: Dossier, nom: str, nature: str, contenu: bytes, by: Agent, on: date
) -> Document:
    """Keep a file with the dossier, under an opaque name, after looking at what it is.

    Raises DocumentRefuse (too large, empty, not a PDF, JPEG or PNG), NomTrompeur, FaitDejaConnu
    (same bytes).
    """
    type_mime, fins = next(((t, f) for s, t, f in _SIGNATURES if contenu.startswith(s)), ("", ()))
    if not type_mime or len(contenu) > DOCUMENT_MAX_BYTES:
        raise DocumentRefuse
    nom = _check_nom(nom, fins)
    empreinte = hashlib.sha256(contenu).hexdigest()
    document, created = Document.objects.get_or_create(
        dossier=dossier,
        empreinte=empreinte,
        defaults={
            "id": new_id(),
            "nom": nom,
            "nature": nature,
            "type_mime": type_mime,
            "taille": len(contenu),
            "depose_le": on,
            "depose_par": by,
        },
    )
    if not created:
        raise FaitDejaConnu("Ce document est déjà dans le dossier.")
    record_line("document.depose", dossier, by, on)
    _write(settings.SEUIL_DOCUMENTS / dossier.departement_id, str(document.pk), contenu)
    return document


def _check_nom(nom: str, fins: tuple[str, ...]) -> str:
    """Return the name to keep, with an end that agrees with the type. Raises NomTrompeur."""
    found = _EXTENSION.search(nom)
    fin = found.group() if found else fins[0]
    if fin.lower() not in fins:
        raise NomTrompeur
    return f"{(nom.removesuffix(fin) if found else nom)[: _NOM_MAX - len(fin)]}{fin}"


def _write(folder: Path, name: str, contenu: bytes) -> None:
    """Write a file whole, readable by this account only; nothing half written stays."""
    for place in (folder.parent, folder):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        _close(place, 0o700)
    path = folder / name
    try:
        with open(path, "xb", opener=_open_private) as file:
            file.write(contenu)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def lock_documents() -> None:
    """Close to the other accounts of the machine the documents that a version left open to them."""
    root = settings.SEUIL_DOCUMENTS
    for place in (root, *root.rglob("*")) if root.is_dir() else ():
        _close(place, 0o700 if place.is_dir() else 0o600)


def _close(place: Path, mode: int) -> None:
    if place.stat().st_mode & 0o077:
        place.chmod(mode)
