"""Many answers at once: all the others are unknown; taken back within ten minutes."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from seuil.dossiers.rules import SuiviRepondu
from seuil.kernel.accord import write_pluriel
from seuil.usecases.withdraw_reponses import withdraw_reponses
from seuil.web.access import AgentRequest, get_agent, request_day, requires
from seuil.web.filtres import read_filtre
from seuil.web.journal import saw
from seuil.web.saisie import press
from seuil.web.tableau.envoi import list_lots, send_lot
from seuil.web.tableau.presentation import choose_semaine, read_vu
from seuil.web.tableau.queries import filter_lot, list_demandes, list_semaines


@requires("suivi.repondre")
@require_http_methods(["GET", "HEAD", "POST"])
def tableau_autres(request: AgentRequest) -> HttpResponse:
    """Show the households of a week that wait; then say that those kept are unknown."""
    agent, on = get_agent(request), request_day(request)
    semaines = list_semaines(agent=agent, on=on)
    known = {s.lundi.isoformat() for s in semaines}
    asked = request.POST.get("semaine") or read_filtre(request, "semaine", known)
    shown = choose_semaine(semaines, asked, on)
    retour = (
        f"{reverse('tableau')}?semaine={shown.lundi.isoformat()}" if shown else reverse("tableau")
    )
    rows = list_demandes(agent=agent, on=on, lundi=shown.lundi) if shown else []
    waiting = [r for r in rows if r.a_repondre]
    saw(dossiers=[r.dossier_id for r in waiting])
    if request.method == "POST":
        kept = set(request.POST.getlist("numero"))
        reponses = [
            SuiviRepondu(r.dossier_id, "inconnu", vu=r.reponse.pk if r.reponse else None)
            for r in waiting
            if r.numero in kept
        ]
        told = f"{write_pluriel(len(reponses), 'ménage dit inconnu', 'ménages dits inconnus')}."
        press(request, partial(send_lot, request, reponses), fait=told)
        return redirect(retour)
    context = {"lignes": waiting, "semaine": shown, "retour": retour}
    return render(request, "tableau/autres.html", context)


@requires("suivi.repondre")
@require_POST
def tableau_annuler(request: AgentRequest) -> HttpResponse:
    """Take back what was just answered at once."""
    agent, on = get_agent(request), request_day(request)
    nom = read_vu(request.POST.get("lot", ""))
    made = nom if nom in list_lots(request) else None
    lot = filter_lot(agent=agent, on=on, nom=made) if made else None
    rows = [*lot.values_list("pk", "dossier_id")] if lot is not None else []
    saw(dossiers=[pk for _, pk in rows])
    ids = [pk for pk, _ in rows]
    press(
        request,
        partial(withdraw_reponses, ids=ids, by=agent, on=on),
        fait=f"{write_pluriel(len(ids), 'réponse annulée')}\N{NO-BREAK SPACE}: elles attendent de"
        " nouveau.",
    )
    return redirect(f"{reverse('tableau')}?semaine={request.POST.get('semaine', '')[:10]}")
