"""Pages of the accesses."""

from datetime import timedelta
from functools import partial
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from seuil.acteurs.matrice import load_matrice
from seuil.acteurs.queries import list_designables
from seuil.connexions.models import GenreEssai
from seuil.connexions.operations.essais import TropDEssais, open_essai, record_reussite
from seuil.connexions.queries import list_courriels_en_peine
from seuil.connexions.rules import Lieu
from seuil.dossiers.models import Dossier
from seuil.dossiers.queries import (
    find_acces_fini,
    get_acces_a_fermer,
    list_acces_exceptionnels,
)
from seuil.dossiers.rules import Plafond
from seuil.kernel import clock
from seuil.kernel.refusal import Refusal
from seuil.usecases.open_acces import (
    Avis,
    PlafondAtteint,
    end_acces,
    open_acces,
    record_acces_exceptionnel,
    record_relecture,
)
from seuil.web.acces.forms import ExceptionnelForm, OuvrirForm
from seuil.web.acces.presentation import read_a_relire, read_grille
from seuil.web.access import (
    AgentRequest,
    find_dossier,
    get_agent,
    may,
    request_day,
    requires,
    requires_fresh_sign_in,
)
from seuil.web.addresses import tab_address
from seuil.web.comptes.courriels import has_server
from seuil.web.filtres import read_filtre
from seuil.web.journal import figures_only, note_refusal, saw
from seuil.web.saisie import Page, answer


@requires("matrice.lire")
@require_safe
def matrice(request: AgentRequest) -> HttpResponse:
    """Show the whole matrix: for every profile, what it reads and writes, why, on what basis."""
    profils = load_matrice().profils
    profil = profils.get(read_filtre(request, "profil", profils))
    grille = read_grille(load_matrice(), profil)
    return render(
        request, "acces/matrice.html", {"grille": grille, "moi": get_agent(request).profil}
    )


@requires("dossier.ouvrir")
@require_http_methods(["GET", "HEAD", "POST"])
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
        return _tell_ferme(request, acces_id)
    end_acces(acces=link, by=agent, on=on)
    messages.success(request, "L’accès est fermé : il ne vaut plus dès maintenant.")
    return redirect("dossier_onglet", link.dossier.numero, "acces")


def _tell_ferme(request: AgentRequest, acces_id: UUID) -> HttpResponse:
    """Answer the second of two sends; "not found" for a link that never was, or is out of reach."""
    ended = find_acces_fini(agent=get_agent(request), acces_id=acces_id, on=request_day(request))
    if ended is None:
        raise Http404
    messages.info(request, "Cet accès est déjà fermé.")
    return redirect("dossier_onglet", ended.dossier.numero, "acces")


@requires("dossier.forcer")
@requires_fresh_sign_in
@figures_only
@require_http_methods(["GET", "HEAD", "POST"])
def acces_exceptionnel(request: AgentRequest) -> HttpResponse:
    """Ask for 24 hours on a dossier, with a motive; the data protection officer is told."""
    form = ExceptionnelForm(request.POST if "numero" in request.POST else None)
    status = 200
    if form.is_valid():
        try:
            dossier = _force(request, **form.cleaned_data)
        except Refusal as refusal:
            # Trying numbers one after the other must show.
            note_refusal(request, "refus.acces_exceptionnel", secret=form.cleaned_data["numero"])
            form.add_error("numero", str(refusal))
            status = 429 if isinstance(refusal, TropDEssais) else 422
        else:
            messages.success(request, _OUVERT)
            return redirect("dossier", dossier.numero)
    elif form.errors:
        status = 422
    return render(request, "acces/exceptionnel.html", {"form": form}, status=status)


_OUVERT = (
    "Ce dossier vous est ouvert pour 24 heures. Le délégué à la protection des données voit cet"
    " accès sur sa page."
)


def _force(request: AgentRequest, numero: str, motif: str) -> Dossier:
    agent, at = get_agent(request), clock.now()
    # Written before the number is looked for: who counts through numbers waits longer each time.
    essai = open_essai(
        genre=GenreEssai.NUMERO,
        compte=str(agent.pk),
        depuis=Lieu(adresse="", poste=str(agent.pk), connu=True),
        secret=settings.SECRET_KEY,
        at=at,
    )
    try:
        dossier = record_acces_exceptionnel(
            numero=numero,
            motif=motif,
            by=agent,
            at=at,
            on=request_day(request),
            plafond=_get_plafond(),
            avis=_get_avis(request),
        )
    except PlafondAtteint:
        # No number was looked for: it is not a try.
        record_reussite(essai=essai)
        raise
    record_reussite(essai=essai)
    return dossier


def _get_avis(request: AgentRequest) -> Avis | None:
    if not has_server():
        return None
    page = request.build_absolute_uri(reverse("acces_exceptionnels"))
    return Avis(page=page, cle=settings.SECRET_KEY)


def _get_plafond() -> Plafond:
    return Plafond(settings.SEUIL_EXCEPTIONNELS, settings.SEUIL_EXCEPTIONNELS_ALERTE)


@requires("acces.controler")
@require_safe
def acces_exceptionnels(request: AgentRequest) -> HttpResponse:
    """List the exceptional accesses of the last year: who, when, why."""
    on = request_day(request)
    found = list_acces_exceptionnels(
        agent=get_agent(request), on=on, since=on - timedelta(days=365)
    )
    saw(dossiers=[acces.dossier_id for acces in found])
    context = {
        "acces": found,
        "on": on,
        "lit": may(request, "dossier.lire"),
        "a_relire": read_a_relire(found, _get_plafond()),
        "courriels": list_courriels_en_peine(agent=get_agent(request)),
    }
    return render(request, "acces/exceptionnels.html", context)


@requires("acces.controler")
@require_POST
def acces_relire(request: AgentRequest, agent_id: UUID) -> HttpResponse:
    """Say that the exceptional accesses of an agent were read again: it may take others."""
    try:
        record_relecture(agent=agent_id, by=get_agent(request), on=request_day(request))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Relecture inscrite au journal, à votre nom.")
    return redirect("acces_exceptionnels")
