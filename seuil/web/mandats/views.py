"""Follow the dossiers entrusted to the équipe mobile, from the answer to the closure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from seuil.accompagnements.models import Contrat, Demarche, Mandat, Rapport
from seuil.accompagnements.queries.faits import get_suivi
from seuil.accompagnements.queries.mandats import (
    ETATS,
    count_mandats,
    get_demarche,
    get_etat,
    get_mandat,
    list_mandats,
    list_referents,
    list_suivis_longs,
)
from seuil.accompagnements.rules.affectations import Affectation
from seuil.accompagnements.rules.mandats import DemarcheSaisie
from seuil.contacts.queries import list_contacts
from seuil.diagnostics.queries import list_dsf
from seuil.echeances.queries.echeances import list_echeances
from seuil.usecases.add_demarche import add_demarche
from seuil.usecases.answer_mandat import answer_mandat
from seuil.usecases.assign_mandat import assign_mandat
from seuil.usecases.close_mandat import close_mandat
from seuil.usecases.end_demarche import end_demarche
from seuil.usecases.open_veille import open_veille
from seuil.usecases.record_prolongation import record_prolongation
from seuil.usecases.record_rapport import record_rapport
from seuil.usecases.request_prolongation import request_prolongation
from seuil.usecases.set_complexite import set_complexite
from seuil.usecases.sign_contrat import sign_contrat
from seuil.web.access import AgentRequest, get_agent, may, request_day, requires
from seuil.web.equipe.queries import Fiche, list_fiches, list_reperes
from seuil.web.filtres import read_filtre
from seuil.web.journal import saw
from seuil.web.mandats.forms import (
    AffectationForm,
    ClotureForm,
    ComplexiteForm,
    ContratForm,
    DemandeProlongationForm,
    DemarcheForm,
    DemarcheFormSet,
    FinDemarcheForm,
    ProlongationForm,
    RapportForm,
    ReponseForm,
    VeilleForm,
    more_lines,
    read_lines,
)
from seuil.web.mandats.gestes import OUVERTS, may_watch
from seuil.web.mandats.presentation import load_by_referent, next_rapport, sort_lignes
from seuil.web.nombres import read_page
from seuil.web.saisie import Page, answer, record, show

_LIRE = ("mandat.suivre", "choix.preparer")
# Lines of a state alone, and of each one when all are shown.
PAR_PAGE, PAR_ETAT = 25, 10


@requires(*_LIRE)
@require_safe
def mandats(request: AgentRequest) -> HttpResponse:
    """The mandates of the reader: to answer, to assign, running by next date, or one state."""
    agent, on = get_agent(request), request_day(request)
    etat = read_filtre(request, "etat", ETATS)
    rows = list_mandats(agent=agent, on=on, etat=etat or None)
    reperes = list_reperes(agent=agent, on=on, dossier_ids=[row.dossier_id for row in rows])
    comptes = count_mandats(agent=agent, on=on)
    # Of each state its first lines; a state alone is read page by page.
    size, number = (PAR_PAGE, read_page(request.GET.get("page", ""))) if etat else (PAR_ETAT, 1)
    groupes = [
        (code, ETATS[code], Paginator(sort_lignes(rows, reperes, etat=code), size).get_page(number))
        for code in ([etat] if etat else OUVERTS)
    ]
    saw(dossiers=[ligne.mandat.dossier_id for _, _, page in groupes for ligne in page])
    context = {
        "on": on,
        "etat": etat,
        # A refused or closed file is closed to the operator: such a filter would always be empty.
        "etats": [
            (code, libelle, comptes[code])
            for code, libelle in ETATS.items()
            if comptes[code] or code in OUVERTS
        ],
        "groupes": groupes,
        "vide": not any(page.paginator.count for _, _, page in groupes),
        "charge": load_by_referent(rows) if may(request, "mandat.repondre") else [],
        "may_answer": may(request, "mandat.repondre"),
        "may_follow": may(request, "mandat.suivre"),
    }
    return render(request, "mandats/mandats.html", context)


@requires(*_LIRE)
@require_safe
def mandat(request: AgentRequest, mandat_id: UUID) -> HttpResponse:
    """One mandate: the sheet, its dates and why, reports, contract, diagnosis, attempts."""
    agent, on = get_agent(request), request_day(request)
    found = _find_mandat(request, mandat_id)
    dossier = found.dossier
    fiches = list_fiches(agent=agent, on=on, dossier_ids=[dossier.pk])
    etat = get_etat(found)
    ouvert = etat in OUVERTS
    context = {
        "on": on,
        "mandat": found,
        "dossier": dossier,
        "etat": etat,
        "etat_libelle": ETATS[etat],
        "fiche": fiches[0] if fiches else None,
        "echeances": list_echeances(agent=agent, on=on, dossier=dossier),
        "contacts": list_contacts(agent=agent, on=on, dossier=dossier)[:10],
        "diagnostics": list_dsf(agent=agent, on=on, dossier=dossier),
        "contrat": getattr(found, "contrat", None),
        "may_answer": ouvert and may(request, "mandat.repondre"),
        "may_follow": ouvert and bool(found.reponse) and may(request, "mandat.suivre"),
        "may_contact": ouvert and may(request, "contact.enregistrer"),
        "may_visit": ouvert and may(request, "visite.enregistrer"),
        "may_dsf": ouvert and may(request, "dsf.enregistrer"),
        "may_watch": may_watch(found),
        "may_extend": ouvert and bool(found.reponse) and may(request, "mandat.prolonger"),
    }
    return render(request, "mandats/mandat.html", context)


@requires("mandat.repondre")
@require_http_methods(["GET", "HEAD", "POST"])
def mandat_repondre(request: AgentRequest, mandat_id: UUID) -> HttpResponse:
    """Accept or refuse; after a refusal the dossier is no longer the operator's to see."""
    found = _find_mandat(request, mandat_id)
    form = ReponseForm(request.POST or None)
    operation = partial(answer_mandat, mandat=found)
    if record(request, form, operation, fait="Votre réponse est enregistrée."):
        return redirect("mandat_affecter", mandat_id) if form.accepte else redirect("mandats")
    fiche = _fiche(request, found)
    return show(
        request,
        form,
        _page(found, "mandats/reponse.html", context={"on": request_day(request), "fiche": fiche}),
    )


@requires("mandat.repondre")
@require_http_methods(["GET", "HEAD", "POST"])
def mandat_affecter(request: AgentRequest, mandat_id: UUID) -> HttpResponse:
    """Put a worker, a jurist or both in charge; the load of each is shown."""
    agent, on = get_agent(request), request_day(request)
    found = _find_mandat(request, mandat_id)
    form = AffectationForm(
        request.POST or None,
        equipe=list_referents(mandat=found),
        charge=dict(load_by_referent(list_mandats(agent=agent, on=on, etat="en_cours"))),
        initial={
            "referent_social": found.referent_social_id,
            "referent_juridique": found.referent_juridique_id,
        },
    )
    vus = Affectation.of(found.referent_social, found.referent_juridique)
    page = _page(
        found, "mandats/affectation.html", fait="Le dossier est affecté.", context={"vus": vus}
    )
    seen = Affectation.read(request.POST.get("vus", ""))
    return answer(request, form, partial(assign_mandat, mandat=found, vus=seen), page)


@requires("mandat.suivre")
@require_http_methods(["GET", "HEAD", "POST"])
def mandat_complexite(request: AgentRequest, mandat_id: UUID) -> HttpResponse:
    """Say that the case is simple or complex: when its evaluation is due."""
    found = _find_mandat(request, mandat_id)
    form = ComplexiteForm(request.POST or None, initial={"complexite": found.complexite})
    page = _saisie(
        found, "Situation simple ou complexe", "Le délai de l’évaluation est enregistré."
    )
    return answer(request, form, partial(set_complexite, mandat=found), page)


@requires("mandat.suivre")
@require_http_methods(["GET", "HEAD", "POST"])
def mandat_veille(request: AgentRequest, mandat_id: UUID) -> HttpResponse:
    """Say that the démarches are over; the household is called once more before the closure."""
    found = _find_mandat(request, mandat_id)
    form = VeilleForm(request.POST or None, initial={"veille_le": request_day(request)})
    page = _saisie(
        found,
        "Mettre le dossier en veille",
        "Le dossier est en veille.",
        intro="Les démarches sont terminées. Le ménage reste contacté tous les quinze jours, et une"
        " fois au moins avant la clôture. Une nouvelle démarche met fin à la veille.",
    )
    return answer(request, form, partial(open_veille, mandat=found), page)


@requires("mandat.suivre")
@require_http_methods(["GET", "HEAD", "POST"])
def prolongation_demander(request: AgentRequest, mandat_id: UUID) -> HttpResponse:
    """Ask the CCAPEX to go on beyond six months."""
    found = _find_mandat(request, mandat_id)
    form = DemandeProlongationForm(request.POST or None)
    page = _saisie(
        found,
        "Demander une prolongation",
        "La demande est transmise au secrétariat de la CCAPEX.",
        intro="L’accompagnement dure six mois au plus. La CCAPEX se prononce sur la suite en"
        " ouverture de séance.",
    )
    return answer(request, form, partial(request_prolongation, mandat=found), page)


@requires(*_LIRE)
@require_safe
def suivis_longs(request: AgentRequest) -> HttpResponse:
    """The follow-ups beyond six months, for the opening of the CCAPEX's session."""
    suivis = list_suivis_longs(agent=get_agent(request), on=request_day(request))
    page = Paginator(suivis, PAR_PAGE).get_page(read_page(request.GET.get("page", "")))
    saw(dossiers=[suivi.mandat.dossier_id for suivi in page])
    context = {
        "on": request_day(request),
        "page": page,
        "may_extend": may(request, "mandat.prolonger"),
        "may_follow": may(request, "mandat.suivre"),
    }
    return render(request, "mandats/suivis_longs.html", context)


@requires("mandat.suivre")
@require_http_methods(["GET", "HEAD", "POST"])
def rapport_rendre(request: AgentRequest, mandat_id: UUID) -> HttpResponse:
    """Report to the DDETS; the report asked for, failing that the next due, is proposed."""
    found = _find_mandat(request, mandat_id)
    asked = read_filtre(request, "genre", Rapport.Genre.values)
    genre = asked or next_rapport(found.rapports.all())
    initial = {"rendu_le": request_day(request), "genre": genre}
    form = RapportForm(request.POST or None, initial=initial)
    page = _page(found, "mandats/rapport.html", fait="Le rapport est enregistré.")
    return answer(request, form, partial(record_rapport, mandat=found), page)


@requires(*_LIRE)
@require_safe
def contrat(request: AgentRequest, mandat_id: UUID) -> HttpResponse:
    """The contrat d'engagement to print; before it is signed, a blank one for the door."""
    found = _find_mandat(request, mandat_id)
    signed = getattr(found, "contrat", None)
    return _print_contrat(request, found, signed, list(signed.demarches.all()) if signed else [])


def _print_contrat(
    request: AgentRequest, found: Mandat, contrat: Contrat | None, demarches: Sequence[Demarche]
) -> HttpResponse:
    """Print the contract: signed, as typed but not yet recorded, or blank for the door."""
    context = {
        "mandat": found,
        "contrat": contrat,
        "demarches": demarches,
        "lignes_vides": range(0 if demarches else 6),
        "fiche": _fiche(request, found),
    }
    return render(request, "mandats/contrat.html", context)


@requires("mandat.suivre")
@require_http_methods(["GET", "HEAD", "POST"])
def contrat_signer(request: AgentRequest, mandat_id: UUID) -> HttpResponse:
    """Record the contract and its démarches; “add a line” works without script."""
    found = _find_mandat(request, mandat_id)
    if "ajouter" in request.POST:
        form, lignes = more_lines(request.POST)
        return show(
            request, form, _page(found, "mandats/contrat_signer.html", context={"lignes": lignes})
        )
    form = ContratForm(request.POST or None, initial={"signe_le": request_day(request)})
    lignes = read_lines(request.POST) if request.POST else DemarcheFormSet(prefix="demarches")
    page = _page(
        found,
        "mandats/contrat_signer.html",
        fait="Le contrat d’engagement est enregistré.",
        context={"lignes": lignes},
    )
    if lignes.is_bound and not lignes.is_valid():
        return show(request, form, page, refus=True)
    demarches = [DemarcheSaisie(**d.cleaned_data) for d in lignes if d.has_changed()]
    if "imprimer" in request.POST and form.is_valid():
        # Printed to be signed: nothing is recorded before the household has its say.
        draft = Contrat(mandat=found, objectif=form.cleaned_data["objectif"])
        return _print_contrat(request, found, draft, [Demarche(**asdict(d)) for d in demarches])
    return answer(request, form, partial(sign_contrat, mandat=found, demarches=demarches), page)


@requires("mandat.suivre")
@require_http_methods(["GET", "HEAD", "POST"])
def demarche_ajouter(request: AgentRequest, mandat_id: UUID) -> HttpResponse:
    """Add a démarche to the signed contract."""
    found = _find_mandat(request, mandat_id)
    signed = getattr(found, "contrat", None)
    if signed is None:
        raise Http404
    page = _page(found, "mandats/demarche_ajouter.html", fait="La démarche est ajoutée au contrat.")
    form = DemarcheForm(request.POST or None)
    return answer(request, form, partial(add_demarche, contrat=signed), page)


@requires("mandat.suivre")
@require_http_methods(["GET", "HEAD", "POST"])
def demarche_terminer(request: AgentRequest, demarche_id: UUID) -> HttpResponse:
    """Say how a démarche ended."""
    agent, on = get_agent(request), request_day(request)
    try:
        demarche = get_demarche(agent=agent, on=on, demarche_id=demarche_id)
    except Demarche.DoesNotExist:
        raise Http404 from None
    found = demarche.contrat.mandat
    saw(dossiers=[found.dossier_id])
    form = FinDemarcheForm(request.POST or None, initial={"terminee_le": on})
    page = _page(
        found,
        "mandats/demarche.html",
        fait="La démarche est terminée.",
        context={"demarche": demarche},
    )
    return answer(request, form, partial(end_demarche, demarche=demarche), page)


@requires("mandat.prolonger")
@require_http_methods(["GET", "HEAD", "POST"])
def prolongation_enregistrer(request: AgentRequest, mandat_id: UUID) -> HttpResponse:
    """Record the CCAPEX's opinion on what follows the six months."""
    found = _find_mandat(request, mandat_id)
    form = ProlongationForm(request.POST or None, initial={"avis_le": request_day(request)})
    page = _page(found, "mandats/prolongation.html", fait="L’avis de la CCAPEX est enregistré.")
    return answer(request, form, partial(record_prolongation, mandat=found), page)


@requires("mandat.suivre")
@require_http_methods(["GET", "HEAD", "POST"])
def cloture(request: AgentRequest, mandat_id: UUID) -> HttpResponse:
    """Close the follow-up; the dossier is then no longer the operator's to see."""
    found = _find_mandat(request, mandat_id)
    form = ClotureForm(request.POST or None, initial={"clos_le": request_day(request)})
    fait = f"L’accompagnement du dossier {found.dossier.numero} est clos."
    if record(request, form, partial(close_mandat, mandat=found), fait=fait):
        return redirect("mandats")
    return show(
        request,
        form,
        _page(found, "mandats/cloture.html", context={"suivi": get_suivi(mandat=found)}),
    )


def _find_mandat(request: AgentRequest, mandat_id: UUID) -> Mandat:
    try:
        found = get_mandat(agent=get_agent(request), on=request_day(request), mandat_id=mandat_id)
    except Mandat.DoesNotExist:
        raise Http404 from None
    saw(dossiers=[found.dossier_id])
    return found


def _fiche(request: AgentRequest, found: Mandat) -> Fiche | None:
    fiches = list_fiches(
        agent=get_agent(request), on=request_day(request), dossier_ids=[found.dossier_id]
    )
    return fiches[0] if fiches else None


def _saisie(found: Mandat, titre: str, fait: str, *, intro: str = "") -> Page:
    """Return the page of a short form about a mandate."""
    return Page(
        dossier=found.dossier,
        titre=titre,
        fait=fait,
        retour=reverse("mandat", args=[found.pk]),
        context={"intro": intro},
    )


def _page(
    found: Mandat, template: str, *, fait: str = "", context: Mapping[str, Any] | None = None
) -> Page:
    return Page(
        dossier=found.dossier,
        template=template,
        fait=fait,
        retour=reverse("mandat", args=[found.pk]),
        context={"mandat": found, **(context or {})},
    )
