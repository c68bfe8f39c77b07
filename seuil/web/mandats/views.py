"""Follow the dossiers entrusted to the équipe mobile, from the answer to the closure."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.forms import BaseFormSet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from seuil.accompagnements.models import Demarche, Mandat, Rapport
from seuil.accompagnements.queries.faits import get_suivi
from seuil.accompagnements.queries.mandats import (
    ETATS,
    count_mandats,
    get_demarche,
    get_etat,
    get_mandat,
    list_mandats,
    list_referents,
)
from seuil.accompagnements.rules.mandats import DemarcheSaisie
from seuil.acteurs.models import Agent
from seuil.contacts.queries import list_contacts
from seuil.diagnostics.queries import list_dsf
from seuil.echeances.queries import list_echeances
from seuil.usecases.add_demarche import add_demarche
from seuil.usecases.answer_mandat import answer_mandat
from seuil.usecases.assign_mandat import assign_mandat
from seuil.usecases.close_mandat import close_mandat
from seuil.usecases.end_demarche import end_demarche
from seuil.usecases.record_prolongation import record_prolongation
from seuil.usecases.record_rapport import record_rapport
from seuil.usecases.sign_contrat import sign_contrat
from seuil.web.access import get_agent, may, request_day, requires
from seuil.web.components.forms import Formulaire
from seuil.web.equipe.queries import Fiche, list_fiches, list_reperes
from seuil.web.equipe.saisie import go_to_mandat, record, show_form
from seuil.web.journal import saw
from seuil.web.mandats.forms import (
    ACCEPTE,
    AffectationForm,
    ClotureForm,
    ContratForm,
    DemarcheForm,
    DemarcheFormSet,
    FinDemarcheForm,
    ProlongationForm,
    RapportForm,
    ReponseForm,
    more_lines,
    read_lines,
)
from seuil.web.mandats.presentation import load_by_referent, next_rapport, sort_lignes

# What each reader sees first; the others are one link away.
_EN_COURS = ("a_repondre", "a_affecter", "en_cours")
_LIRE = ("mandat.suivre", "choix.preparer")


@require_GET
@requires(*_LIRE)
def mandats(request: HttpRequest) -> HttpResponse:
    """The mandates of the reader: to answer, to assign, running by next date, or one state."""
    agent, on = get_agent(request), request_day(request)
    etat = request.GET.get("etat", "")
    etat = etat if etat in ETATS else ""
    rows = list_mandats(agent=agent, on=on, etat=etat or None)
    reperes = list_reperes(agent=agent, on=on, dossier_ids=[row.dossier_id for row in rows])
    comptes = count_mandats(agent=agent, on=on)
    groupes = [
        (code, ETATS[code], sort_lignes(rows, reperes, etat=code))
        for code in ([etat] if etat else _EN_COURS)
    ]
    saw(dossiers=[ligne.mandat.dossier_id for _, _, lignes in groupes for ligne in lignes])
    context = {
        "on": on,
        "etat": etat,
        # A refused or closed file is closed to the operator: such a filter would always be empty.
        "etats": [
            (code, libelle, comptes[code])
            for code, libelle in ETATS.items()
            if comptes[code] or code in _EN_COURS
        ],
        "groupes": groupes,
        "vide": not any(lignes for _, _, lignes in groupes),
        "charge": load_by_referent(rows) if may(request, "mandat.repondre") else [],
        "may_answer": may(request, "mandat.repondre"),
        "may_follow": may(request, "mandat.suivre"),
    }
    return render(request, "mandats/mandats.html", context)


@require_GET
@requires(*_LIRE)
def mandat(request: HttpRequest, mandat_id: UUID) -> HttpResponse:
    """One mandate: the sheet, its dates and why, reports, contract, diagnosis, attempts."""
    agent, on = get_agent(request), request_day(request)
    found = _find_mandat(request, mandat_id)
    dossier = found.dossier
    fiches = list_fiches(agent=agent, on=on, dossier_ids=[dossier.pk])
    etat = get_etat(found)
    ouvert = etat in _EN_COURS
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
        "may_extend": ouvert and bool(found.reponse) and may(request, "mandat.prolonger"),
    }
    return render(request, "mandats/mandat.html", context)


@require_http_methods(["GET", "POST"])
@requires("mandat.repondre")
def mandat_repondre(request: HttpRequest, mandat_id: UUID) -> HttpResponse:
    """Accept or refuse; after a refusal the dossier is no longer the operator's to see."""
    agent, on = get_agent(request), request_day(request)
    found = _find_mandat(request, mandat_id)
    form = ReponseForm(request.POST or None)
    if record(
        request,
        form,
        lambda: answer_mandat(
            mandat=found,
            accepte=form.cleaned_data["reponse"] == ACCEPTE,
            motif=form.cleaned_data["motif"] if form.cleaned_data["reponse"] != ACCEPTE else "",
            by=agent,
            on=on,
        ),
        done="Votre réponse est enregistrée.",
    ):
        if form.cleaned_data["reponse"] == ACCEPTE:
            return redirect("mandat_affecter", mandat_id)
        return redirect("mandats")
    return _show(request, "mandats/reponse.html", form, found, on=on, fiche=_fiche(request, found))


@require_http_methods(["GET", "POST"])
@requires("mandat.repondre")
def mandat_affecter(request: HttpRequest, mandat_id: UUID) -> HttpResponse:
    """Put a worker, a jurist or both in charge; the load of each is shown."""
    agent, on = get_agent(request), request_day(request)
    found = _find_mandat(request, mandat_id)
    people = {str(a.pk): a for a in list_referents(mandat=found)}
    load = dict(load_by_referent(list_mandats(agent=agent, on=on, etat="en_cours")))
    form = AffectationForm(
        request.POST or None,
        sociaux=_choices(people.values(), load, role="travailleur_social"),
        juristes=_choices(people.values(), load, role="juriste"),
        initial={
            "referent_social": found.referent_social_id,
            "referent_juridique": found.referent_juridique_id,
        },
    )
    if record(
        request,
        form,
        lambda: assign_mandat(
            mandat=found,
            referent_social=people.get(form.cleaned_data["referent_social"]),
            referent_juridique=people.get(form.cleaned_data["referent_juridique"]),
            by=agent,
            on=on,
        ),
        done="Le dossier est affecté.",
    ):
        return go_to_mandat(request, mandat_id)
    return _show(request, "mandats/affectation.html", form, found)


@require_http_methods(["GET", "POST"])
@requires("mandat.suivre")
def rapport_rendre(request: HttpRequest, mandat_id: UUID) -> HttpResponse:
    """Report to the DDETS; the report asked for, failing that the next due, is proposed."""
    on = request_day(request)
    found = _find_mandat(request, mandat_id)
    asked = request.GET.get("genre", "")
    genre = asked if asked in Rapport.Genre.values else next_rapport(found.rapports.all())
    form = RapportForm(request.POST or None, initial={"rendu_le": on, "genre": genre})
    if record(
        request,
        form,
        lambda: record_rapport(mandat=found, by=get_agent(request), on=on, **form.cleaned_data),
        done="Le rapport est enregistré.",
    ):
        return go_to_mandat(request, mandat_id)
    return _show(request, "mandats/rapport.html", form, found)


@require_GET
@requires(*_LIRE)
def contrat(request: HttpRequest, mandat_id: UUID) -> HttpResponse:
    """The contrat d'engagement, to print and sign."""
    found = _find_mandat(request, mandat_id)
    signed = getattr(found, "contrat", None)
    if signed is None:
        raise Http404
    context = {"mandat": found, "contrat": signed, "fiche": _fiche(request, found)}
    return render(request, "mandats/contrat.html", context)


@require_http_methods(["GET", "POST"])
@requires("mandat.suivre")
def contrat_signer(request: HttpRequest, mandat_id: UUID) -> HttpResponse:
    """Record the contract and its démarches; “add a line” works without script."""
    agent, on = get_agent(request), request_day(request)
    found = _find_mandat(request, mandat_id)
    if "ajouter" in request.POST:
        form, lignes = more_lines(request.POST)
        return _show_contrat(request, form, lignes, found)
    form = ContratForm(request.POST or None, initial={"signe_le": on})
    lignes = read_lines(request.POST) if request.POST else DemarcheFormSet(prefix="demarches")
    if (
        request.method == "POST"
        and lignes.is_valid()
        and record(
            request,
            form,
            lambda: sign_contrat(
                mandat=found,
                demarches=[
                    DemarcheSaisie(**ligne.cleaned_data) for ligne in lignes if ligne.cleaned_data
                ],
                by=agent,
                on=on,
                **form.cleaned_data,
            ),
            done="Le contrat d’engagement est enregistré.",
        )
    ):
        return go_to_mandat(request, mandat_id)
    return _show_contrat(request, form, lignes, found)


@require_http_methods(["GET", "POST"])
@requires("mandat.suivre")
def demarche_ajouter(request: HttpRequest, mandat_id: UUID) -> HttpResponse:
    """Add a démarche to the signed contract."""
    on = request_day(request)
    found = _find_mandat(request, mandat_id)
    signed = getattr(found, "contrat", None)
    if signed is None:
        raise Http404
    form = DemarcheForm(request.POST or None)
    if record(
        request,
        form,
        lambda: add_demarche(contrat=signed, by=get_agent(request), on=on, **form.cleaned_data),
        done="La démarche est ajoutée au contrat.",
    ):
        return go_to_mandat(request, mandat_id)
    return _show(request, "mandats/demarche_ajouter.html", form, found)


@require_http_methods(["GET", "POST"])
@requires("mandat.suivre")
def demarche_terminer(request: HttpRequest, demarche_id: UUID) -> HttpResponse:
    """Say how a démarche ended."""
    agent, on = get_agent(request), request_day(request)
    try:
        demarche = get_demarche(agent=agent, on=on, demarche_id=demarche_id)
    except Demarche.DoesNotExist:
        raise Http404 from None
    found = demarche.contrat.mandat
    saw(dossiers=[found.dossier_id])
    form = FinDemarcheForm(request.POST or None, initial={"terminee_le": on})
    if record(
        request,
        form,
        lambda: end_demarche(demarche=demarche, by=agent, on=on, **form.cleaned_data),
        done="La démarche est terminée.",
    ):
        return go_to_mandat(request, found.pk)
    return _show(request, "mandats/demarche.html", form, found, demarche=demarche)


@require_http_methods(["GET", "POST"])
@requires("mandat.prolonger")
def prolongation_enregistrer(request: HttpRequest, mandat_id: UUID) -> HttpResponse:
    """Record the CCAPEX's opinion on what follows the six months."""
    on = request_day(request)
    found = _find_mandat(request, mandat_id)
    form = ProlongationForm(request.POST or None, initial={"avis_le": on})
    if record(
        request,
        form,
        lambda: record_prolongation(
            mandat=found, by=get_agent(request), on=on, **form.cleaned_data
        ),
        done="L’avis de la CCAPEX est enregistré.",
    ):
        return go_to_mandat(request, mandat_id)
    return _show(request, "mandats/prolongation.html", form, found)


@require_http_methods(["GET", "POST"])
@requires("mandat.suivre")
def cloture(request: HttpRequest, mandat_id: UUID) -> HttpResponse:
    """Close the follow-up; the dossier is then no longer the operator's to see."""
    on = request_day(request)
    found = _find_mandat(request, mandat_id)
    form = ClotureForm(request.POST or None, initial={"clos_le": on})
    if record(
        request,
        form,
        lambda: close_mandat(mandat=found, by=get_agent(request), on=on, **form.cleaned_data),
        done=f"L’accompagnement du dossier {found.dossier.numero} est clos.",
    ):
        return redirect("mandats")
    return _show(request, "mandats/cloture.html", form, found, suivi=get_suivi(mandat=found))


def _find_mandat(request: HttpRequest, mandat_id: UUID) -> Mandat:
    try:
        found = get_mandat(agent=get_agent(request), on=request_day(request), mandat_id=mandat_id)
    except Mandat.DoesNotExist:
        raise Http404 from None
    saw(dossiers=[found.dossier_id])
    return found


def _fiche(request: HttpRequest, found: Mandat) -> Fiche | None:
    fiches = list_fiches(
        agent=get_agent(request), on=request_day(request), dossier_ids=[found.dossier_id]
    )
    return fiches[0] if fiches else None


def _choices(
    people: Iterable[Agent], load: Mapping[str, int], *, role: str
) -> list[tuple[str, str]]:
    return [(str(a.pk), f"{a} — {load.get(str(a), 0)} en cours") for a in people if a.role == role]


def _show_contrat(
    request: HttpRequest, form: Formulaire, lignes: "BaseFormSet[DemarcheForm]", found: Mandat
) -> HttpResponse:
    refused = lignes.is_bound and not lignes.is_valid()
    return _show(request, "mandats/contrat_signer.html", form, found, lignes=lignes, refus=refused)


def _show(
    request: HttpRequest, template: str, form: Formulaire, found: Mandat, **context: Any
) -> HttpResponse:
    return show_form(
        request,
        template,
        form,
        dossier=found.dossier,
        retour=reverse("mandat", args=[found.pk]),
        mandat=found,
        **context,
    )
