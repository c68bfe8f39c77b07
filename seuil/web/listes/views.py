"""Lists of acts: deposit, columns, preview, application; nothing is applied before the preview."""

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from seuil.actes.models import Ligne, Lot
from seuil.actes.queries import count_propositions, get_apercu, get_lot, is_own, list_lots
from seuil.actes.rules.listes import ListeSaisie
from seuil.engines.tabular import FileRefused
from seuil.usecases.import_liste import abandon_liste, apply_liste, deposit_liste, map_liste
from seuil.web.access import AgentRequest, get_agent, request_day, requires
from seuil.web.filtres import read_filtre
from seuil.web.journal import saw
from seuil.web.listes.forms import ColonnesForm, DepotForm
from seuil.web.nombres import read_nombre, read_page
from seuil.web.reception import receives
from seuil.web.saisie import attempt, press

# Opened first: what a person has to look at.
_ONGLETS = (
    (Ligne.Etat.A_VERIFIER, "À vérifier", "a_verifier"),
    (Ligne.Etat.REFUSE, "Refusées", "refuses"),
    (Ligne.Etat.ACCEPTE, "Acceptées", "acceptes"),
    (Ligne.Etat.DOUBLON, "Déjà connues", "doublons"),
)
_A_PREPARER = {Lot.Etat.A_MAPPER, Lot.Etat.A_VALIDER}
_ESSENTIELS = (
    "nom", "prenom", "adresse", "code_postal", "commune", "acte_le", "audience_le", "montant",
)  # fmt: skip


@requires("acte.importer")
@require_safe
def listes(request: AgentRequest) -> HttpResponse:
    """List what was received."""
    lots = list_lots(agent=get_agent(request))
    propositions = count_propositions(agent=get_agent(request))
    return render(request, "listes/listes.html", {"lots": lots, "propositions": propositions})


@requires("acte.importer")
@receives(megabytes=10)
@require_http_methods(["GET", "HEAD", "POST"])
def liste_deposer(request: AgentRequest) -> HttpResponse:
    """Deposit a list; nothing is applied yet."""
    form = DepotForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        lot = _deposit(request, form)
        if lot:
            return redirect("liste", lot.pk)
    return render(
        request, "listes/deposer.html", {"form": form}, status=422 if form.errors else 200
    )


@requires("acte.importer")
@require_safe
def liste(request: AgentRequest, lot_id: UUID) -> HttpResponse:
    """Show what applying a list would do, row by row."""
    number = request.GET.get("page", "1")
    etat = read_filtre(request, "etat", {code for code, _, _ in _ONGLETS})
    lot = _find(request, lot_id)
    if lot.etat == Lot.Etat.A_MAPPER and is_own(lot=lot, agent=get_agent(request)):
        return redirect("liste_colonnes", lot_id)
    if not etat:
        counted = (code for code, _, key in _ONGLETS if lot.compte.get(key))
        etat = next(counted, Ligne.Etat.ACCEPTE)
    apercu = get_apercu(
        agent=get_agent(request),
        on=request_day(request),
        lot_id=lot_id,
        etat=etat,
        page=read_page(number),
    )
    essentiels = [c for champ in _ESSENTIELS for c in apercu.colonnes if c.champ == champ]
    confirmees = _confirmees(request, lot)
    saw(numeros=[x.dossier for x in apercu.lignes if x.dossier], cible=("lot", str(lot.pk)))
    context = {
        "lot": lot,
        "apercu": apercu,
        "onglets": [(c, label, apercu.comptes.get(c, 0)) for c, label, _ in _ONGLETS],
        "etat": etat,
        "entetes": [c.entete for c in essentiels],
        "lignes": [
            (
                ligne,
                [
                    (c.entete, ligne.cellules[c.index] if c.index < len(ligne.cellules) else "")
                    for c in essentiels
                ],
                ligne.numero in confirmees,
            )
            for ligne in apercu.lignes
        ],
        "confirmees": len(confirmees),
        "a_valider": lot.etat == Lot.Etat.A_VALIDER,
        "a_nous": is_own(lot=lot, agent=get_agent(request)),
        "applicables": lot.compte.get("acceptes", 0) + len(confirmees),
    }
    return render(request, "listes/liste.html", context)


@requires("acte.importer")
@require_http_methods(["GET", "HEAD", "POST"])
def liste_colonnes(request: AgentRequest, lot_id: UUID) -> HttpResponse:
    """Say which column holds what."""
    agent, on = get_agent(request), request_day(request)
    lot = _find(request, lot_id)
    if request.method != "POST" and (
        lot.etat not in _A_PREPARER or not is_own(lot=lot, agent=agent)
    ):
        return redirect("liste", lot_id)
    apercu = get_apercu(agent=agent, on=on, lot_id=lot_id)
    saw(cible=("lot", str(lot.pk)))
    form = ColonnesForm(request.POST or None, colonnes=apercu.colonnes)
    if request.method == "POST" and form.is_valid():
        chosen = form.get_correspondance()
        if attempt(form, lambda: map_liste(lot=lot, correspondance=chosen, by=agent, on=on)):
            return redirect("liste", lot_id)
    context = {"lot": lot, "form": form, "lignes": form.list_lignes()}
    return render(request, "listes/colonnes.html", context, status=422 if form.errors else 200)


@requires("acte.importer")
@require_POST
def liste_confirmer(request: AgentRequest, lot_id: UUID) -> HttpResponse:
    """Keep the rows ticked on one page of those to verify, then go on to the next page."""
    lot = _find(request, lot_id)
    chosen = _confirmees(request, lot)
    chosen -= _numbers(request, "visible")
    chosen |= _numbers(request, "confirmee")
    request.session[_cle(lot)] = sorted(chosen)
    page = read_nombre(request.POST.get("page", ""))
    suffix = f"&page={page}" if page else ""
    return redirect(reverse("liste", args=[lot_id]) + f"?etat={Ligne.Etat.A_VERIFIER}{suffix}")


@requires("acte.importer")
@require_POST
def liste_appliquer(request: AgentRequest, lot_id: UUID) -> HttpResponse:
    """Write the rows that are accepted or confirmed."""
    lot = _find(request, lot_id)
    apply = partial(
        apply_liste,
        lot=lot,
        lignes_confirmees=_confirmees(request, lot),
        by=get_agent(request),
        on=request_day(request),
    )
    if press(request, apply, fait="La liste est appliquée."):
        request.session.pop(_cle(lot), None)
    return redirect("liste", lot_id)


@requires("acte.importer")
@require_POST
def liste_abandonner(request: AgentRequest, lot_id: UUID) -> HttpResponse:
    """Give a list up; nothing of it is kept."""
    lot = _find(request, lot_id)
    abandon = partial(abandon_liste, lot=lot, by=get_agent(request), on=request_day(request))
    if not press(request, abandon, fait="La liste est abandonnée ; rien n’en a été repris."):
        return redirect("liste", lot_id)
    request.session.pop(_cle(lot), None)
    return redirect("listes")


def _deposit(request: AgentRequest, form: DepotForm) -> Lot | None:
    """Hand the file to the reader from a folder of its own; its refusal becomes an error."""
    agent, data = get_agent(request), form.cleaned_data
    with TemporaryDirectory(prefix="seuil-") as folder:
        path = Path(folder) / "liste"
        with path.open("wb") as file:
            for chunk in data["fichier"].chunks():
                file.write(chunk)
        liste = ListeSaisie(
            fichier=path,
            nom_fichier=data["fichier"].name,
            type_acte=data["type_acte"],
            source=data["source"],
            departement=agent.departement_id,
        )
        return attempt(
            form,
            lambda: deposit_liste(liste=liste, by=agent, on=request_day(request)),
            champs={FileRefused: "fichier"},
        )


def _find(request: AgentRequest, lot_id: UUID) -> Lot:
    try:
        return get_lot(agent=get_agent(request), lot_id=lot_id)
    except Lot.DoesNotExist:
        raise Http404 from None


def _cle(lot: Lot) -> str:
    return f"confirmees:{lot.pk}"


def _confirmees(request: AgentRequest, lot: Lot) -> set[int]:
    return set(request.session.get(_cle(lot), ()))


def _numbers(request: AgentRequest, name: str) -> set[int]:
    found = (read_nombre(text) for text in request.POST.getlist(name))
    return {number for number in found if number is not None}
