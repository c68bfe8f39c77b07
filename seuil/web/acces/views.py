"""Pages of the accesses."""

from datetime import timedelta
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from seuil.acteurs.matrice import load_matrice
from seuil.acteurs.queries import list_designables
from seuil.dossiers.queries import get_acces_a_fermer, list_acces_exceptionnels
from seuil.kernel import clock
from seuil.kernel.refusal import Refusal
from seuil.usecases.open_acces import end_acces, open_acces, record_acces_exceptionnel
from seuil.web.acces.forms import ExceptionnelForm, OuvrirForm
from seuil.web.acces.presentation import read_grille
from seuil.web.access import AgentRequest, find_dossier, get_agent, may, request_day, requires
from seuil.web.addresses import tab_address
from seuil.web.journal import figures_only, note_refusal, saw
from seuil.web.saisie import Page, answer


@requires("matrice.lire")
@require_GET
def matrice(request: AgentRequest) -> HttpResponse:
    """Show the whole matrix: for every profile, what it reads and writes, why, on what basis."""
    profil = load_matrice().profils.get(request.GET.get("profil", ""))
    grille = read_grille(load_matrice(), profil)
    return render(
        request, "acces/matrice.html", {"grille": grille, "moi": get_agent(request).profil}
    )


@requires("dossier.ouvrir")
@require_http_methods(["GET", "POST"])
def acces_ouvrir(request: AgentRequest, numero: str) -> HttpResponse:
    """Open the dossier to an organisation, with a motive."""
    dossier = find_dossier(request, numero)
    organismes = list_designables(agent=get_agent(request))
    page = Page(
        dossier=dossier,
        titre="Désigner un organisme",
        fait="L’organisme est désigné pour ce dossier.",
        retour=tab_address(numero, "acces"),
    )
    form = OuvrirForm(organismes, request.POST or None)
    return answer(request, form, partial(open_acces, dossier=dossier), page)


@requires("dossier.ouvrir")
@require_POST
def acces_fermer(request: AgentRequest, acces_id: UUID) -> HttpResponse:
    """End a link at once."""
    agent, on = get_agent(request), request_day(request)
    link = get_acces_a_fermer(agent=agent, on=on, acces_id=acces_id)
    if link is None:
        raise Http404
    end_acces(acces=link, by=agent, on=on)
    messages.success(request, "L’accès est fermé : il ne vaut plus dès maintenant.")
    return redirect("dossier_onglet", link.dossier.numero, "acces")


@requires("dossier.forcer")
@figures_only
@require_http_methods(["GET", "POST"])
def acces_exceptionnel(request: AgentRequest) -> HttpResponse:
    """Ask for 24 hours on a dossier, with a motive; the data protection officer is told."""
    form = ExceptionnelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        agent, on = get_agent(request), request_day(request)
        try:
            dossier = record_acces_exceptionnel(
                by=agent, at=clock.now(), on=on, **form.cleaned_data
            )
        except Refusal as refusal:
            # Trying numbers one after the other must show.
            note_refusal(request, "refus.acces_exceptionnel", secret=form.cleaned_data["numero"])
            form.add_error("numero", str(refusal))
        else:
            messages.success(
                request,
                "Ce dossier vous est ouvert pour 24 heures. Le délégué à la protection des données"
                " en est averti.",
            )
            return redirect("dossier", dossier.numero)
    return render(
        request, "acces/exceptionnel.html", {"form": form}, status=422 if form.errors else 200
    )


@requires("acces.controler")
@require_GET
def acces_exceptionnels(request: AgentRequest) -> HttpResponse:
    """List the exceptional accesses of the last year: who, when, why."""
    on = request_day(request)
    found = list_acces_exceptionnels(
        agent=get_agent(request), on=on, since=on - timedelta(days=365)
    )
    saw(dossiers=[acces.dossier_id for acces in found])
    context = {"acces": found, "on": on, "lit": may(request, "dossier.lire")}
    return render(request, "acces/exceptionnels.html", context)
