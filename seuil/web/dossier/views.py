"""The page of one dossier: a header that stays, tabs, short forms."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from seuil.accompagnements.queries.mandats import get_dossier_mandat
from seuil.actes.queries import list_actes
from seuil.acteurs.matrice import load_matrice
from seuil.acteurs.models import Agent
from seuil.audit.queries import list_consultations
from seuil.contacts.queries import list_contacts
from seuil.diagnostics.queries import list_constats_pour_dsf, list_dsf, list_regularite
from seuil.dossiers.models import Document, Dossier, Personne
from seuil.dossiers.operations.bail import record_aide
from seuil.dossiers.operations.documents import attach_document, record_date_annoncee
from seuil.dossiers.operations.menage import record_coordonnee
from seuil.dossiers.queries import (
    Ouverture,
    get_composition,
    get_document,
    get_menage,
    get_ouverture,
    list_acces,
    list_aides,
    list_dates_annoncees,
    list_dettes,
    list_documents,
    list_suivis,
    list_titulaires,
)
from seuil.echeances.models import Stade
from seuil.echeances.queries import (
    get_dernier_suivi,
    get_derniere_dette,
    get_faits_connus,
    get_situation,
    list_dates_legales,
    list_echeances,
    list_pauses_of,
)
from seuil.echeances.rules.mouvements import compare_echeances
from seuil.kernel import clock
from seuil.kernel.refusal import Refusal
from seuil.usecases.record_acte import record_acte
from seuil.usecases.record_bail import record_bail
from seuil.usecases.record_dette import record_dette
from seuil.usecases.record_suivi import record_suivi
from seuil.visites.queries import list_notes
from seuil.web.access import AgentRequest, get_agent, may, request_day, requires
from seuil.web.addresses import address
from seuil.web.dossier import chronologie
from seuil.web.dossier.access import find_dossier, require_ecriture
from seuil.web.dossier.annonces import DateAnnonceeForm, join_annonces, list_orphelines
from seuil.web.dossier.consultations import group_consultations
from seuil.web.dossier.devoirs import read_devoirs
from seuil.web.dossier.et_si import EtSiForm, list_lignes
from seuil.web.dossier.forms import (
    ActeForm,
    AideForm,
    BailForm,
    CoordonneeForm,
    DetteForm,
    DocumentForm,
    SuiviForm,
)
from seuil.web.dossier.impaye import (
    CERTITUDES_IMPAYE,
    read_bail,
    read_impaye,
    read_signalement,
    read_situation,
)
from seuil.web.dossier.lecteurs import list_lecteurs, list_pourquoi
from seuil.web.dossier.queries import list_present
from seuil.web.journal import saw
from seuil.web.regularite.presentation import CERTITUDES, REPONSES, TONS


@dataclass(frozen=True, slots=True)
class Onglet:
    """A tab: what it shows, for who reads one of its categories (all, when it names none)."""

    code: str
    libelle: str
    read: Callable[..., dict]
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lecture:
    """Who reads which dossier, on what day."""

    request: AgentRequest
    agent: Agent
    on: date
    dossier: Dossier
    ouverture: Ouverture

    @property
    def key(self) -> dict:
        """The arguments that every query of a dossier takes."""
        return {"agent": self.agent, "on": self.on, "dossier": self.dossier}

    def may(self, verbe: str) -> bool:
        return may(self.request, verbe)

    def writes(self, verbe: str, categorie: str) -> bool:
        """Tell whether the agent may add to a category of this file, by a verb."""
        return self.may(verbe) and self.ouverture.allows(categorie, "ecrire")


@requires("dossier.lire")
@require_GET
def dossier(request, numero):
    return _page(request, numero, "chronologie")


@requires("dossier.lire")
@require_GET
def dossier_onglet(request, numero, onglet):
    return _page(request, numero, onglet)


@requires("acte.enregistrer")
@require_http_methods(["GET", "POST"])
def acte_enregistrer(request, numero):
    form = ActeForm(request.POST or None, initial={"type_acte": request.GET.get("type", "")})
    return _saisie(
        request, numero, form, "Enregistrer un acte ou une décision", "chronologie", record_acte
    )


@requires("dossier.lire")
@require_http_methods(["GET", "POST"])
def et_si(request, numero):
    """Show the panel, and what the supposed facts would change; never writes anything."""
    dossier = find_dossier(request, numero)
    connus = get_faits_connus(agent=get_agent(request), on=request_day(request), dossier=dossier)
    if connus is None:
        raise Http404
    form = EtSiForm(connus, request.POST or None)
    lignes = None
    if request.method == "POST" and form.is_valid():
        moves = compare_echeances(connus.compute(), form.read_faits().compute())
        lignes = list_lignes(moves)
    context = {
        "dossier": dossier,
        "form": form,
        "groupes": list(form.list_groupes()),
        "bail": [form[name] for name in ("bail_le", "clause", "reconduit_le")],
        "ajout": [form[n] for n in ("ajout", "ajout_le", "ajout_recu_le", "ajout_jusqu_au")],
        "lignes": lignes,
        "bougent": sum(ligne.bouge for ligne in lignes or ()),
    }
    return render(request, "dossier/et_si.html", context, status=422 if form.errors else 200)


@requires("journal.lire")
@require_GET
def consultations(request, numero):
    """Say who saw the dossier, to print for the household; this reading is told too."""
    found, agent, on = find_dossier(request, numero), get_agent(request), request_day(request)
    saw(dossiers=[found.pk], categories={"journal"})
    mois = settings.SEUIL_JOURNAL_MOIS
    lignes = list_consultations(dossier_id=found.pk, depuis=clock.now() - timedelta(days=30 * mois))
    visites = group_consultations(
        consultations=lignes,
        zone=clock.zone(agent.departement_id),
        verbes=dict(load_matrice().verbes),
    )
    context = {
        "dossier": found,
        "on": on,
        "depuis": on - timedelta(days=30 * mois),
        "visites": visites,
        "organisation": agent.organisation.nom,
        "noms": settings.SEUIL_JOURNAL_NOMS,
        "mois": mois,
    }
    return render(request, "dossier/consultations.html", context)


@requires("dossier.completer")
@require_http_methods(["GET", "POST"])
def dette_ajouter(request, numero):
    require_ecriture(request, numero, "bail_dette")
    form = DetteForm(request.POST or None, initial={"constatee_le": request_day(request)})
    return _saisie(request, numero, form, "Ajouter une dette", "dette", record_dette)


@requires("dossier.completer")
@require_http_methods(["GET", "POST"])
def aide_ajouter(request, numero):
    require_ecriture(request, numero, "ressources")
    form = AideForm(request.POST or None, initial={"constatee_le": request_day(request)})
    return _saisie(request, numero, form, "Ajouter une aide au logement", "dette", record_aide)


@requires("dossier.completer")
@require_http_methods(["GET", "POST"])
def bail_completer(request, numero):
    require_ecriture(request, numero, "bail_dette")
    bail = getattr(find_dossier(request, numero), "bail", None)
    form = BailForm(request.POST or None, initial=read_bail(bail) if bail else None)
    return _saisie(request, numero, form, "Compléter le bail", "dette", record_bail)


@requires("dossier.completer")
@require_http_methods(["GET", "POST"])
def suivi_ajouter(request, numero):
    require_ecriture(request, numero, "suivi")
    form = SuiviForm(request.POST or None, initial={"constate_le": request_day(request)})
    return _saisie(request, numero, form, "Ajouter un suivi social", "menage", record_suivi)


@requires("dossier.completer")
@require_http_methods(["GET", "POST"])
def coordonnee_ajouter(request, numero):
    require_ecriture(request, numero, "contact")
    form = CoordonneeForm(request.POST or None)
    return _saisie(
        request, numero, form, "Ajouter un téléphone ou un courriel", "menage", record_coordonnee
    )


@requires("dossier.completer")
@require_http_methods(["GET", "POST"])
def date_annoncee_noter(request, numero):
    require_ecriture(request, numero, "annonces")
    found = find_dossier(request, numero)
    echeances = list_echeances(agent=get_agent(request), on=request_day(request), dossier=found)
    form = DateAnnonceeForm(
        echeances,
        request.POST or None,
        initial={
            "echeance": request.GET.get("echeance", ""),
            "a_qui": request.GET.get("a_qui", ""),
            "dite_le": request_day(request),
        },
    )
    return _saisie(
        request, numero, form, "Noter une date annoncée", "echeances", record_date_annoncee
    )


@requires("dossier.completer")
@require_http_methods(["GET", "POST"])
def document_deposer(request, numero):
    require_ecriture(request, numero, "documents")
    form = DocumentForm(request.POST or None, request.FILES or None)

    def attach(*, dossier, nature, fichier, by, on):
        contenu = fichier.read()
        attach_document(
            dossier=dossier, nom=fichier.name, nature=nature, contenu=contenu, by=by, on=on
        )

    return _saisie(request, numero, form, "Déposer un document", "documents", attach)


@requires("dossier.lire")
@require_GET
def document(request, document_id):
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


def _page(request, numero, code):
    agent, on = get_agent(request), request_day(request)
    found = find_dossier(request, numero)
    ouverture = get_ouverture(agent=agent, on=on, dossier=found)
    lecture = Lecture(request, agent, on, found, ouverture)
    lit = {c: ouverture.allows(c) for c in load_matrice().categories}
    onglets = [o for o in _ONGLETS if not o.categories or any(lit[c] for c in o.categories)]
    onglet = next((o for o in onglets if o.code == code), None)
    if onglet is None:
        raise Http404
    context = {
        "dossier": found,
        "on": on,
        "onglets": [
            (o.libelle, f"{address('dossier', numero)}{o.code}/", o is onglet) for o in onglets
        ],
        "onglet": onglet,
        "lit": lit,
        **onglet.read(lecture),
    }
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "dossier/_onglet.html", context)
    return render(request, "dossier/dossier.html", context | _header(lecture))


def _saisie(request, numero, form, titre, onglet, record):
    """Show a short form, then record the fact; a refusal keeps what was typed."""
    found = find_dossier(request, numero)
    if request.method == "POST" and form.is_valid():
        try:
            record(
                dossier=found, by=get_agent(request), on=request_day(request), **form.cleaned_data
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "C’est enregistré.")
            return redirect("dossier_onglet", numero, onglet)
    context = {
        "dossier": found,
        "form": form,
        "titre": titre,
        "retour": onglet,
        "fichier": form.is_multipart(),
    }
    status = 422 if form.errors else 200
    return render(request, "dossier/saisie.html", context, status=status)


def _header(lecture):
    """Return what the top of a dossier shows: who, where it stands, next date, who is in charge."""
    situation = get_situation(**lecture.key)
    personnes = list_titulaires(**lecture.key)
    composition = get_composition(**lecture.key)
    dates = list_dates_legales(**lecture.key)
    holders = {Personne.Qualite.TITULAIRE, Personne.Qualite.CO_TITULAIRE}
    stades = list(Stade.choices)
    rank = [c for c, _ in stades].index(situation.stade) if situation else -1
    return {
        "titulaires": [p for p in personnes if p.qualite in holders] or personnes,
        "situation": situation,
        "etapes": [
            (label, "courante" if i == rank else "faite" if i < rank else "")
            for i, (_, label) in enumerate(stades)
        ],
        "prochaine": dates[0] if dates else None,
        "en_charge": [
            a.agent or a.organisation
            for a in list_acces(**lecture.key)
            if a.agent or a.organisation
        ],
        "alertes": _alertes(situation, composition, get_dernier_suivi(**lecture.key), lecture.on),
        "dette": get_derniere_dette(**lecture.key),
        "peut_noter": lecture.writes("contact.enregistrer", "echanges"),
        "peut_acte": lecture.writes("acte.enregistrer", "procedure"),
        "peut_prescrire": lecture.writes("prescription.enregistrer", "accompagnement"),
    }


def _alertes(situation, composition, suivi, on):
    alertes = []
    if situation and situation.audience_le:
        days = (situation.audience_le - on).days
        if 0 <= days <= 15:
            alertes.append("audience proche")
    if composition and composition.enfants:
        plural = "s" if composition.enfants > 1 else ""
        alertes.append(f"{composition.enfants} enfant{plural} au foyer")
    if suivi == "inconnu":
        alertes.append("inconnu des services sociaux")
    return alertes


def _read_chronologie(lecture):
    key = lecture.key
    there = list_present(dossier=lecture.dossier)
    evenements = [*chronologie.from_actes(list_actes(**key))]
    for kind, categorie, write, read in _FAITS:
        if kind in there and lecture.ouverture.allows(categorie):
            evenements += write(read(**key))
    evenements.sort(key=lambda e: e.le, reverse=True)
    present = {e.genre for e in evenements}
    genre = lecture.request.GET.get("genre", "")
    genre = genre if genre in present else ""
    return {
        "evenements": [e for e in evenements if genre in {"", e.genre}],
        "genres": [(c, label) for c, label in chronologie.GENRES.items() if c in present],
        "genre": genre,
    }


# Kind of fact → category of the matrix that shows it, its lines, its read.
_FAITS: tuple[tuple[str, str, Callable[..., Any], Callable[..., Any]], ...] = (
    ("suivi", "suivi", chronologie.from_suivis, list_suivis),
    ("dette", "bail_dette", chronologie.from_dettes, list_dettes),
    ("dsf", "dsf", chronologie.from_dsf, list_dsf),
    ("contact", "echanges", chronologie.from_contacts, list_contacts),
    ("mandat", "accompagnement", chronologie.from_mandat, get_dossier_mandat),
    ("document", "documents", chronologie.from_documents, list_documents),
    ("annonce", "annonces", chronologie.from_annonces, list_dates_annoncees),
)


def _read_echeances(lecture):
    annonces = list_dates_annoncees(**lecture.key)
    listed = list_echeances(**lecture.key)
    echeances = join_annonces(listed, annonces, on=lecture.on)
    return {
        "pauses": list_pauses_of(**lecture.key),
        "a_venir": [e for e in echeances if e.vue.le and e.vue.le >= lecture.on],
        "passees": [e for e in reversed(echeances) if e.vue.le and e.vue.le < lecture.on],
        "a_determiner": [e for e in echeances if e.vue.le is None],
        "orphelines": list_orphelines(listed, annonces),
        "a_prevenir": sum(a.a_prevenir for e in echeances for a in e.annonces),
        "peut_completer": lecture.writes("dossier.completer", "annonces"),
        "certitudes": {
            "sure": "Date certaine",
            "contested": "Date discutée : plusieurs lectures se défendent",
            "to_check": "Date à vérifier",
        },
    }


def _read_devoirs(lecture):
    return {"etapes_vues": read_devoirs(**lecture.key)}


def _read_menage(lecture):
    return {
        "menage": get_menage(**lecture.key),
        "peut_joindre": lecture.writes("dossier.completer", "contact"),
        "peut_suivre": lecture.writes("dossier.completer", "suivi"),
    }


def _read_dette(lecture):
    bail = getattr(lecture.dossier, "bail", None)
    dettes, aides = list_dettes(**lecture.key), list_aides(**lecture.key)
    situation = read_situation(bail, aides, dettes)
    return {
        "dettes": dettes,
        "bail": bail,
        "aides": aides,
        "impaye": read_impaye(situation, on=lecture.on),
        "signalement": read_signalement(situation, bail, list_actes(**lecture.key), on=lecture.on),
        "certitudes": CERTITUDES_IMPAYE,
        "peut_completer": lecture.writes("dossier.completer", "bail_dette"),
        "peut_aider": lecture.writes("dossier.completer", "ressources"),
    }


def _read_contacts(lecture):
    contacts = [(c, getattr(c, "visite", None)) for c in list_contacts(**lecture.key)]
    notes = list_notes(**lecture.key)
    return {
        "contacts": [(c, v, notes.get(v.pk, "") if v else "") for c, v in contacts],
        "peut_noter": lecture.writes("contact.enregistrer", "echanges"),
        "peut_visiter": lecture.writes("visite.enregistrer", "echanges"),
    }


def _read_accompagnement(lecture):
    mandat = get_dossier_mandat(**lecture.key)
    contrat = getattr(mandat, "contrat", None)
    return {
        "mandat": mandat,
        "contrat": contrat,
        "demarches": list(contrat.demarches.all()) if contrat else [],
        "rapports": list(mandat.rapports.all()) if mandat else [],
        "prolongations": list(mandat.prolongations.all()) if mandat else [],
    }


def _read_dsf(lecture):
    return {
        "diagnostics": list(list_dsf(**lecture.key)),
        "constats": list_constats_pour_dsf(**lecture.key),
        "peut_demander": lecture.writes("dsf.demander", "dsf"),
        "peut_dater": lecture.writes("dsf.enregistrer", "dsf"),
    }


def _read_regularite(lecture):
    return {
        "controles": list_regularite(**lecture.key),
        "reponses": REPONSES,
        "tons": TONS,
        "certitudes": CERTITUDES,
        "peut_constater": lecture.writes("regularite.constater", "regularite"),
    }


def _read_documents(lecture):
    return {
        "documents": list_documents(**lecture.key),
        "peut_completer": lecture.writes("dossier.completer", "documents"),
    }


def _read_acces(lecture):
    matrice = load_matrice()
    return {
        "peut_lire_journal": lecture.may("journal.lire"),
        "pourquoi": list_pourquoi(lecture.ouverture, matrice),
        "lecteurs": (
            list_lecteurs(on=lecture.on, dossier=lecture.dossier)
            if lecture.may("dossier.ouvrir")
            else None
        ),
        "peut_ouvrir": lecture.may("dossier.ouvrir"),
    }


_ONGLETS = (
    Onglet("chronologie", "Chronologie", _read_chronologie),
    Onglet("echeances", "Échéances", _read_echeances, ("procedure",)),
    Onglet("devoirs", "Qui fait quoi", _read_devoirs, ("devoirs",)),
    Onglet("menage", "Ménage et logement", _read_menage, ("identite",)),
    Onglet("dette", "Dette et bail", _read_dette, ("bail_dette", "ressources")),
    Onglet("contacts", "Contacts et visites", _read_contacts, ("echanges",)),
    Onglet("accompagnement", "Accompagnement", _read_accompagnement, ("accompagnement",)),
    Onglet("regularite", "Régularité", _read_regularite, ("regularite",)),
    Onglet("dsf", "DSF", _read_dsf, ("dsf",)),
    Onglet("documents", "Documents", _read_documents, ("documents",)),
    Onglet("acces", "Qui voit quoi", _read_acces),
)
