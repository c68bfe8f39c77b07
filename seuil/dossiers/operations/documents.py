"""Attach a document; record a date told."""

import hashlib
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.dossiers.models import DateAnnoncee, Document, Dossier
from seuil.dossiers.operations._journal import record_line, refuse_future
from seuil.dossiers.operations.dossiers import FaitDejaConnu
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
    *,
    dossier: Dossier,
    regle: str,
    fait_id: UUID,
    annoncee_le: date,
    dite_le: date,
    a_qui: str,
    moyen: str,
    source: str,
    by: Agent,
    on: date,
) -> DateAnnoncee:
    """Keep the date of a deadline as it was told to someone; no recomputation changes it.

    `fait_id` is the fact that starts the deadline (`Echeance.source_id`).
    Raises DateAVenir, FaitDejaConnu, RegleSansParametre.
    """
    refuse_future(dite_le, on)
    if regle not in droit.regles():
        raise RegleSansParametre
    annonce, created = DateAnnoncee.objects.get_or_create(
        dossier=dossier,
        regle=regle,
        fait_id=fait_id,
        annoncee_le=annoncee_le,
        dite_le=dite_le,
        a_qui=a_qui,
        moyen=moyen,
        defaults={"source": source, "notee_par": by},
    )
    if not created:
        raise FaitDejaConnu(
            "Cette date annoncée est déjà notée, au même jour et par le même moyen."
        )
    record_line("date_annoncee.notee", dossier, by, on, {"regle": regle})
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
