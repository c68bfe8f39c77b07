"""The files of a dossier: deposited, served."""

from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods, require_safe

from seuil.dossiers.models import Document
from seuil.dossiers.operations.documents import attach_document
from seuil.dossiers.queries import get_document
from seuil.web.access import AgentRequest, find_dossier, get_agent, request_day, requires
from seuil.web.addresses import tab_address
from seuil.web.components.forms import FichierField, Formulaire
from seuil.web.journal import saw
from seuil.web.reception import receives
from seuil.web.saisie import Page, answer


class DocumentForm(Formulaire):
    """A file to keep with the dossier."""

    nature = forms.ChoiceField(
        label="Nature du document",
        choices=[
            (n, n)
            for n in (
                "Acte", "Bail", "Décompte de dette", "Décision de justice", "Courrier",
                "Diagnostic social et financier", "Contrat d’engagement", "Autre",
            )
        ],
    )  # fmt: skip
    fichier = FichierField(
        label="Fichier",
        max_megabytes=10,
        help_text="PDF, JPEG ou PNG, 10 Mo au plus.",
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )

    def read(self) -> dict[str, Any]:
        fichier = self.cleaned_data["fichier"]
        return {
            "nom": fichier.name,
            "nature": self.cleaned_data["nature"],
            "contenu": fichier.read(),
        }


@requires("dossier.completer")
@receives(megabytes=10)
@require_http_methods(["GET", "HEAD", "POST"])
def document_deposer(request: AgentRequest, numero: str) -> HttpResponse:
    """Add a file to the dossier."""
    dossier = find_dossier(request, numero, ecrit="documents")
    form = DocumentForm(request.POST or None, request.FILES or None)
    page = Page(
        dossier=dossier, titre="Déposer un document", retour=tab_address(numero, "documents")
    )
    return answer(request, form, partial(attach_document, dossier=dossier), page)


@requires("dossier.lire")
@require_safe
def document(request: AgentRequest, document_id: UUID) -> HttpResponseBase:
    """Serve a file as a download that no browser may open as a page of this site."""
    try:
        found = get_document(
            agent=get_agent(request), on=request_day(request), document_id=document_id
        )
        stream = (settings.SEUIL_DOCUMENTS / found.dossier.departement_id / str(found.pk)).open(
            "rb"
        )
    except (Document.DoesNotExist, FileNotFoundError):
        raise Http404 from None
    saw(dossiers=[found.dossier_id])
    response = FileResponse(
        stream, as_attachment=True, filename=found.nom, content_type=found.type_mime
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
