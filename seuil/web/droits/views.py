"""The officer answers people about their data; the secretariat holds a file."""

import io
import zipfile
from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from seuil.conservation.models import DemandeDroit
from seuil.conservation.operations import (
    DemandeMalDatee,
    end_gel,
    extend_demande,
    record_decision,
    record_demande,
    record_gel,
)
from seuil.conservation.queries.demandes import (
    find_dossier_du_departement,
    get_demande,
    list_demandes,
    list_personnes,
)
from seuil.conservation.queries.dossiers import get_gel, get_sort
from seuil.conservation.rules import DemandeSaisie, compute_reponse_due
from seuil.dossiers.models import Dossier
from seuil.kernel.contexte import acting_as_machine
from seuil.usecases._remise import list_fichiers
from seuil.usecases.export_acces import export_acces
from seuil.usecases.limit_dossier import lift_limite, limit_dossier
from seuil.web.access import (
    AgentRequest,
    find_dossier,
    get_agent,
    request_day,
    requires,
    requires_recent_sign_in,
)
from seuil.web.components.forms import Formulaire
from seuil.web.droits.forms import DecisionForm, DemandeForm, DonneesForm, GelForm
from seuil.web.journal import saw
from seuil.web.saisie import attempt, press, record


@requires("rgpd.exercer")
@require_http_methods(["GET", "HEAD", "POST"])
def droits(request: AgentRequest) -> HttpResponse:
    """The register of requests; a new one is added to it."""
    agent, on = get_agent(request), request_day(request)
    form = DemandeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        dossier = find_dossier_du_departement(
            departement=agent.departement_id, numero=data.pop("numero")
        )
        if dossier is None:
            form.add_error("numero", "Aucun dossier ne porte ce numéro dans votre département.")
        else:
            asked = DemandeSaisie(**data)
            added = attempt(
                form,
                lambda: record_demande(dossier=dossier, demande=asked, by=agent, on=on),
                champs={DemandeMalDatee: "recue_le"},
            )
            if added:
                messages.success(request, "La demande est au registre : un mois pour répondre.")
                return redirect("demande", added.pk)
    demandes = list_demandes(agent=agent, on=on)
    saw(dossiers=[v.demande.dossier_id for v in demandes if v.demande.dossier_id])
    context = {"demandes": demandes, "form": form, "on": on}
    return render(request, "droits/droits.html", context, status=422 if form.errors else 200)


@requires("rgpd.exercer")
@require_http_methods(["GET", "HEAD", "POST"])
def demande(request: AgentRequest, demande_id: UUID) -> HttpResponse:
    """One request: what was asked, what can be done, what was decided."""
    found = _find(request, demande_id)
    form = DecisionForm(request.POST or None)
    operation = partial(record_decision, demande=found)
    if record(request, form, operation, fait="La réponse est enregistrée."):
        return redirect("droits")
    return _render_demande(request, found, form)


@requires("rgpd.exercer")
@require_POST
def demande_prolonger(request: AgentRequest, demande_id: UUID) -> HttpResponse:
    """Give two months more; the person is told why within the first one."""
    found = _find(request, demande_id)
    return _do(
        request,
        found,
        lambda: extend_demande(demande=found, by=get_agent(request), on=request_day(request)),
        "Le délai est prolongé de deux mois. Dites-le à la personne, avec le motif.",
    )


@requires("rgpd.exercer")
@require_POST
def demande_limiter(request: AgentRequest, demande_id: UUID) -> HttpResponse:
    """Limit the file of a request; sent twice, it is refused and lifts nothing."""
    found, dossier = _find_dossier(request, demande_id)
    agent, on = get_agent(request), request_day(request)
    motif = found.objet or found.get_droit_display()
    return _do(
        request,
        found,
        lambda: limit_dossier(dossier=dossier, motif=motif, inscrire=False, by=agent, on=on),
        "Le traitement est limité : vous seul lisez encore ce dossier, et rien ne le compte.",
    )


@requires("rgpd.exercer")
@require_POST
def demande_rendre(request: AgentRequest, demande_id: UUID) -> HttpResponse:
    """Lift the limit of the file of a request, at an address of its own."""
    found, dossier = _find_dossier(request, demande_id)
    agent, on = get_agent(request), request_day(request)
    return _do(
        request,
        found,
        lambda: lift_limite(dossier=dossier, by=agent, on=on),
        "La limitation est levée : le dossier est rendu à ceux qui le suivent.",
    )


@requires("rgpd.exercer")
@requires_recent_sign_in
@require_POST
def demande_donnees(request: AgentRequest, demande_id: UUID) -> HttpResponse:
    """Download the data of one person of the file, other people masked."""
    found = _find(request, demande_id)
    if found.dossier is None:
        raise Http404
    form = DonneesForm(_list_personnes(request, found.dossier), request.POST)
    if not form.is_valid():
        return _render_demande(request, found, DecisionForm(), form)
    remise = export_acces(
        dossier=found.dossier,
        personne=int(form.cleaned_data["personne"]),
        masquer=[m for m in form.cleaned_data["masquer"].splitlines() if m.strip()],
        by=get_agent(request),
        on=request_day(request),
        inscrire=False,
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in list_fichiers(remise):
            archive.writestr(name, content)
    return HttpResponse(
        stream.getvalue(),
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="donnees-{found.dossier.numero}.zip"'
        },
    )


@requires("conservation.geler")
@require_http_methods(["GET", "HEAD", "POST"])
def gel(request: AgentRequest, numero: str) -> HttpResponse:
    """Hold a file; say until when it is kept. Sent twice, it is refused and lifts nothing."""
    dossier = find_dossier(request, numero)
    on = request_day(request)
    running = get_gel(dossier=dossier)
    form = GelForm(request.POST if request.method == "POST" else None)
    operation = partial(record_gel, dossier=dossier)
    if record(request, form, operation, fait="La conservation est gelée : rien ne sera effacé."):
        return redirect("dossier_onglet", numero, "acces")
    with acting_as_machine("conservation", on=on, departement=dossier.departement_id):
        sort = get_sort(dossier=dossier)
    context = {"dossier": dossier, "gel": running, "form": form, "sort": sort, "on": on}
    return render(request, "droits/gel.html", context, status=422 if form.errors else 200)


@requires("conservation.geler")
@require_POST
def gel_lever(request: AgentRequest, numero: str) -> HttpResponse:
    """Lift the hold of a file, at an address of its own."""
    dossier = find_dossier(request, numero)
    press(
        request,
        lambda: end_gel(dossier=dossier, by=get_agent(request), on=request_day(request)),
        fait="Le gel est levé : les durées courent de nouveau.",
    )
    return redirect("dossier_onglet", numero, "acces")


def _find(request: AgentRequest, demande_id: UUID) -> DemandeDroit:
    try:
        found = get_demande(agent=get_agent(request), demande_id=demande_id)
    except DemandeDroit.DoesNotExist:
        raise Http404 from None
    saw(dossiers=[found.dossier_id] if found.dossier_id else [])
    return found


def _find_dossier(request: AgentRequest, demande_id: UUID) -> tuple[DemandeDroit, Dossier]:
    found = _find(request, demande_id)
    if found.dossier is None:
        raise Http404
    return found, found.dossier


def _list_personnes(request: AgentRequest, dossier: Dossier) -> list[tuple[str, str]]:
    on = request_day(request)
    with acting_as_machine("rgpd", on=on, departement=dossier.departement_id):
        people = list_personnes(dossier=dossier)
    return [(str(n), f"{p} ({p.get_qualite_display()})") for n, p in enumerate(people, 1)]


def _do(
    request: AgentRequest, found: DemandeDroit, act: Callable[[], object], done: str
) -> HttpResponse:
    press(request, act, fait=done)
    return redirect("demande", found.pk)


def _render_demande(
    request: AgentRequest,
    found: DemandeDroit,
    form: Formulaire,
    donnees: DonneesForm | None = None,
) -> HttpResponse:
    due = compute_reponse_due(recue_le=found.recue_le, prolongee=found.prolongee)
    if donnees is None and found.dossier:
        donnees = DonneesForm(_list_personnes(request, found.dossier))
    context = {
        "demande": found,
        "due_le": due,
        "on": request_day(request),
        "form": form,
        "donnees": donnees,
    }
    wrong = form.errors or (donnees and donnees.errors)
    return render(request, "droits/demande.html", context, status=422 if wrong else 200)
