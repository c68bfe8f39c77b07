"""Attach a document; record a date told."""

import hashlib
from dataclasses import asdict
from datetime import date

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
# First bytes → type: what a file is, whatever its name says.
_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)


class RegleSansParametre(Refusal):
    message = (
        "Cette échéance n’est pas connue du droit appliqué\N{NO-BREAK SPACE}: choisissez-la dans la"
        " liste du dossier."
    )


class DocumentRefuse(Refusal):
    message = "Ce fichier n’est pas accepté : déposez un PDF, un JPEG ou un PNG de 10 Mo au plus."


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

    Raises DocumentRefuse (too large, empty, not a PDF, JPEG or PNG), FaitDejaConnu (same bytes).
    """
    type_mime = next((t for s, t in _SIGNATURES if contenu.startswith(s)), "")
    if not type_mime or len(contenu) > DOCUMENT_MAX_BYTES:
        raise DocumentRefuse
    empreinte = hashlib.sha256(contenu).hexdigest()
    document, created = Document.objects.get_or_create(
        dossier=dossier,
        empreinte=empreinte,
        defaults={
            "id": new_id(),
            "nom": nom[:150],
            "nature": nature,
            "type_mime": type_mime,
            "taille": len(contenu),
            "depose_le": on,
            "depose_par": by,
        },
    )
    if not created:
        raise FaitDejaConnu("Ce document est déjà dans le dossier.")
    folder = settings.SEUIL_DOCUMENTS / dossier.departement_id
    folder.mkdir(parents=True, exist_ok=True)
    (folder / str(document.pk)).write_bytes(contenu)
    record_line("document.depose", dossier, by, on)
    return document
