"""Paste from a spreadsheet: see what it would change, then confirm."""

from collections import Counter
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from seuil.dossiers.rules import SuiviRepondu
from seuil.kernel.accord import write_pluriel
from seuil.kernel.refusal import Refusal
from seuil.web.access import AgentRequest, get_agent, request_day, requires
from seuil.web.journal import saw
from seuil.web.tableau.envoi import send_lot
from seuil.web.tableau.lecture import LigneLue, TexteRefuse, read_collage
from seuil.web.tableau.queries import list_demandes

_SEL = "tableau"
_UNE_HEURE = 3600
# As much as two thousand long lines hold.
_TEXTE_MAX = 400_000


@requires("suivi.repondre")
@require_http_methods(["GET", "HEAD", "POST"])
def tableau_coller(request: AgentRequest) -> HttpResponse:
    """Take a pasted table: show what it says, then record what was shown."""
    if "confirme" in request.POST:
        return _confirm(request)
    text = request.POST.get("texte", "")
    if request.method != "POST":
        return _show(request, text)
    if not text.strip():
        return _show(request, text, erreur="Collez le tableau, ligne de titres comprise.")
    if len(text) > _TEXTE_MAX:
        return _show(request, "", erreur="Ce texte est trop long : collez-le en plusieurs fois.")
    agent, on = get_agent(request), request_day(request)
    demandes = list_demandes(agent=agent, on=on)
    try:
        lignes = read_collage(text, demandes, on=on)
    except TexteRefuse as refusal:
        return _show(request, text, erreur=str(refusal))
    return _show(request, text, lignes=lignes)


def _show(
    request: AgentRequest, text: str, *, lignes: list[LigneLue] | None = None, erreur: str = ""
) -> HttpResponse:
    lignes = lignes or []
    saw(dossiers=[ligne.demande.dossier_id for ligne in lignes if ligne.demande])
    comptes = Counter(ligne.etat for ligne in lignes)
    kept = [x.reponse for x in lignes if x.etat in {"nouvelle", "corrigee"} and x.reponse]
    context = {
        "texte": text,
        "erreur": erreur,
        "apercu": bool(lignes) or (request.method == "POST" and not erreur),
        "refusees": [x for x in lignes if x.etat == "refusee"],
        "changent": [x for x in lignes if x.etat in {"nouvelle", "corrigee"}],
        "inchangees": comptes["inchangee"],
        "vides": comptes["vide"],
        "confirme": _seal(kept, request) if kept else "",
    }
    return render(request, "tableau/coller.html", context, status=422 if erreur else 200)


def _seal(reponses: list[SuiviRepondu], request: AgentRequest) -> str:
    said = [
        {k: str(v) if isinstance(v, UUID | date) else v for k, v in asdict(r).items() if v}
        for r in reponses
    ]
    return signing.dumps([str(get_agent(request).pk), said], salt=_SEL, compress=True)


class ApercuRefuse(Refusal):
    """What is confirmed is not what this agent was shown within the hour."""


def _unseal(request: AgentRequest) -> list[SuiviRepondu]:
    """Return what was shown to this very agent within the hour. Raises ApercuRefuse."""
    try:
        who, said = signing.loads(request.POST["confirme"], salt=_SEL, max_age=_UNE_HEURE)
    except signing.SignatureExpired:
        raise ApercuRefuse("L’aperçu a plus d’une heure.") from None
    except signing.BadSignature:
        raise ApercuRefuse("L’aperçu est arrivé incomplet ou modifié.") from None
    if who != str(get_agent(request).pk):
        raise ApercuRefuse("Cet aperçu a été fait par un autre compte.")
    return [_read(r) for r in said]


def _read(said: dict[str, Any]) -> SuiviRepondu:
    depuis, vu = said.pop("depuis_le", None), said.pop("vu", None)
    return SuiviRepondu(
        dossier_id=UUID(said.pop("dossier_id")),
        depuis_le=date.fromisoformat(depuis) if depuis else None,
        vu=UUID(vu) if vu else None,
        **said,
    )


def _confirm(request: AgentRequest) -> HttpResponse:
    try:
        new = send_lot(request, _unseal(request))
    except Refusal as refusal:
        return _show(request, "", erreur=f"{refusal} Rien n’a été enregistré : collez de nouveau.")
    saw(dossiers=[s.dossier_id for s in new])
    if new:
        messages.success(request, f"{write_pluriel(len(new), 'réponse enregistrée')}.")
    else:
        messages.info(request, "Rien n’a changé : tout était déjà enregistré.")
    return redirect("tableau")
