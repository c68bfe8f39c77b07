"""The directory as a table, pasted or in a file: seen first, then written."""

from pathlib import Path
from tempfile import TemporaryDirectory

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from seuil.engines.tabular import FileRefused
from seuil.kernel.accord import write_pluriel
from seuil.usecases.import_organisations import (
    COLONNES,
    EXIGEES,
    Lecture,
    import_organisations,
    prepare_organisations,
)
from seuil.usecases.receive_tableau import (
    ColonneAbsente,
    Colonnes,
    Tableau,
    receive_tableau,
    receive_texte,
)
from seuil.web.access import AgentRequest, get_agent, request_day, requires
from seuil.web.annuaire.forms import TableauForm
from seuil.web.reception import receives
from seuil.web.saisie import attempt

# Beyond, the page says how many.
MONTRES = 50


@requires("annuaire.tenir")
@receives(megabytes=4)
@require_http_methods(["GET", "HEAD", "POST"])
def annuaire_importer(request: AgentRequest) -> HttpResponse:
    """Show what a table would change of the directory; once confirmed, write it."""
    form = TableauForm(request.POST or None, request.FILES or None)
    lecture = None
    if request.method == "POST" and form.is_valid():
        tableau = read_tableau(form, COLONNES, EXIGEES)
        if tableau:
            lecture = prepare_organisations(tableau=tableau, by=get_agent(request))
    if lecture and "appliquer" in request.POST:
        return _apply(request, form, lecture)
    return _show(request, form, lecture)


def read_tableau(form: TableauForm, colonnes: Colonnes, exigees: tuple[str, ...]) -> Tableau | None:
    """Read what a form holds; its refusal becomes an error of the form."""
    fichier, texte = form.cleaned_data["fichier"], form.cleaned_data["texte"]

    def read() -> Tableau:
        if not fichier:
            return receive_texte(texte=texte, colonnes=colonnes, exigees=exigees)
        with TemporaryDirectory(prefix="seuil-") as folder:
            path = Path(folder) / "tableau"
            path.write_bytes(fichier.read())
            return receive_tableau(path=path, nom=fichier.name, colonnes=colonnes, exigees=exigees)

    champ = "fichier" if fichier else "texte"
    return attempt(form, read, champs={FileRefused: champ, ColonneAbsente: champ})


def _apply(request: AgentRequest, form: TableauForm, lecture: Lecture) -> HttpResponse:
    by, on = get_agent(request), request_day(request)
    count = attempt(form, lambda: import_organisations(lecture=lecture, by=by, on=on))
    if form.errors:
        return _show(request, form, lecture)
    messages.success(request, f"{write_pluriel(count or 0, 'fiche enregistrée')}.")
    if not lecture.refus:
        return redirect("annuaire")
    # What was refused is handed back, to be mended: nothing is lost.
    rest = TableauForm(initial={"texte": lecture.a_corriger})
    return _show(request, rest, None, refus=lecture)


def _show(
    request: AgentRequest,
    form: TableauForm,
    lecture: Lecture | None,
    *,
    refus: Lecture | None = None,
) -> HttpResponse:
    told = lecture or refus
    context = {
        "form": form,
        "lecture": lecture,
        "texte": lecture.tableau.write() if lecture else "",
        "nouveaux": lecture.nouveaux[:MONTRES] if lecture else (),
        "changes": lecture.changes[:MONTRES] if lecture else (),
        "refus": told.refus[:MONTRES] if told else (),
        "refus_total": len(told.refus) if told else 0,
        "colonnes": ", ".join(COLONNES),
    }
    status = 422 if form.errors else 200
    return render(request, "annuaire/importer.html", context, status=status)
