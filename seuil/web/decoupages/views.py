"""The divisions of the département: read, compared, looked up for a commune, imported."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from seuil.acteurs.models import Decoupage, Organisation, TypeOrganisation
from seuil.acteurs.operations.territoires import (
    CommuneDejaRattachee,
    adjust_decoupage,
    adjust_secteur,
    create_secteur,
)
from seuil.acteurs.queries import (
    Territoire,
    find_decoupage,
    get_territoire,
    list_communes,
    list_formations_dites,
    list_organisations,
    list_organismes,
    list_secteurs,
)
from seuil.acteurs.rules import Coupure, Division, find_coupures, find_perimetre
from seuil.engines.tabular import FileRefused
from seuil.kernel.texte import fold_alphabet
from seuil.usecases.import_decoupage import DecoupageRefuse, DecoupageSaisi, import_decoupage
from seuil.web.access import AgentRequest, get_agent, may, request_day, requires
from seuil.web.decoupages.forms import (
    CommuneForm,
    ComparerForm,
    ImportForm,
    ModifierForm,
    SecteurForm,
)
from seuil.web.journal import figures_only
from seuil.web.reception import receives
from seuil.web.saisie import attempt

# A longer list of communes is folded.
_OUVERTES = 12


@requires("annuaire.lire")
@figures_only
@require_safe
def decoupages(request: AgentRequest) -> HttpResponse:
    """List the divisions of the département."""
    territoire = _territoire(request)
    context = {
        "lignes": [_summarise(d, territoire) for d in territoire.divisions],
        "locaux": len(territoire.divisions) > 2,
        "comparer": ComparerForm(divisions=territoire.divisions),
        "chercher": CommuneForm(communes=_choices(territoire)),
        "instances": _list_instances(request, territoire),
        "gere": may(request, "agents.gerer"),
    }
    return render(request, "decoupages/decoupages.html", context)


@requires("annuaire.lire")
@figures_only
@require_safe
def decoupage(request: AgentRequest, cle: str) -> HttpResponse:
    """Show one division, secteur by secteur."""
    territoire = _territoire(request)
    division = territoire.find_division(cle)
    if division is None:
        raise Http404
    named = sorted({*division.list_communes(), *division.organismes}, key=fold_alphabet)
    inside = division.list_communes()
    context = {
        "ligne": _summarise(division, territoire),
        "secteurs": [
            {
                "nom": nom,
                "organisme": division.organismes.get(nom, ""),
                "communes": _names(inside.get(nom, ()), territoire),
                "population": sum(territoire.communes[c][1] for c in inside.get(nom, ())),
            }
            for nom in named
        ],
        "avec_organismes": bool(division.organismes),
        "local": cle not in {"arrondissements", "epci"},
        "gere": may(request, "agents.gerer"),
    }
    return render(request, "decoupages/decoupage.html", context)


@requires("annuaire.lire")
@figures_only
@require_safe
def decoupage_comparer(request: AgentRequest) -> HttpResponse:
    """Say which secteurs of a division another one cuts."""
    territoire = _territoire(request)
    form = ComparerForm(request.GET or None, divisions=territoire.divisions)
    context: dict[str, object] = {"form": form, "coupures": None}
    data = form.cleaned_data if form.is_valid() else {}
    a, b = (territoire.find_division(data.get(name, "")) for name in ("a", "b"))
    if a and b:
        coupures = find_coupures(a=a, b=b)
        context |= {
            "a": a,
            "b": b,
            "secteurs": len(set(a.secteurs.values())),
            "coupures": [_show_coupure(c, territoire) for c in coupures if c.chevauche],
            "regroupes": [c.secteur for c in coupures if not c.chevauche],
        }
    return render(request, "decoupages/comparer.html", context)


@requires("annuaire.lire")
@figures_only
@require_safe
def decoupage_commune(request: AgentRequest) -> HttpResponse:
    """Say where a commune lies in every division, and who serves it."""
    territoire = _territoire(request)
    form = CommuneForm(request.GET or None, communes=_choices(territoire))
    context: dict[str, object] = {"form": form, "commune": None}
    if form.is_valid():
        code = form.cleaned_data["code"]
        nom, population = territoire.communes[code]
        labels = dict(TypeOrganisation.choices)
        served = list_organisations(agent=get_agent(request), commune=code)
        context |= {
            "commune": {"code": code, "nom": nom, "population": population},
            "places": [
                {
                    "division": d,
                    "secteur": d.secteurs.get(code, ""),
                    "organisme": d.organismes.get(d.secteurs.get(code, ""), ""),
                }
                for d in territoire.divisions
            ],
            "organismes": [{**o, "libelle": labels[o["type"]]} for o in served],
            "instances": [
                i
                for i in _list_instances(request, territoire)
                if i["communes"] is None or code in i["communes"]
            ],
        }
    return render(request, "decoupages/commune.html", context)


@requires("agents.gerer")
@figures_only
@receives(megabytes=2)
@require_http_methods(["GET", "HEAD", "POST"])
def decoupage_importer(request: AgentRequest) -> HttpResponse:
    """Read a division from a file."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        imported = _import(request, form)
        if imported:
            messages.success(request, f"Le découpage « {imported} » est enregistré.")
            return redirect("decoupage", imported.pk)
    return render(
        request, "decoupages/importer.html", {"form": form}, status=422 if form.errors else 200
    )


@requires("agents.gerer")
@figures_only
@require_http_methods(["GET", "HEAD", "POST"])
def decoupage_modifier(request: AgentRequest, decoupage_id: UUID) -> HttpResponse:
    """Change the names of a division, and who serves its secteurs."""
    agent = get_agent(request)
    found = find_decoupage(agent=agent, decoupage_id=decoupage_id)
    if found is None:
        raise Http404
    organismes = {str(o.pk): o for o in list_organismes(agent=agent)}
    form = ModifierForm(
        request.POST or None,
        decoupage=found,
        secteurs=list_secteurs(decoupage=found),
        organismes=tuple((pk, o.nom) for pk, o in organismes.items()),
    )
    if request.method == "POST" and form.is_valid() and _rename(request, found, form, organismes):
        messages.success(request, "Les noms sont enregistrés.")
        return redirect("decoupage", found.pk)
    context = {"form": form, "decoupage": found}
    status = 422 if form.errors else 200
    return render(request, "decoupages/modifier.html", context, status=status)


@requires("agents.gerer")
@figures_only
@require_http_methods(["GET", "HEAD", "POST"])
def secteur_ajouter(request: AgentRequest, decoupage_id: UUID) -> HttpResponse:
    """Add a secteur to a division, with its communes."""
    agent, on = get_agent(request), request_day(request)
    found = find_decoupage(agent=agent, decoupage_id=decoupage_id)
    if found is None:
        raise Http404
    organismes = {str(o.pk): o for o in list_organismes(agent=agent)}
    form = SecteurForm(
        request.POST or None,
        organismes=tuple((pk, o.nom) for pk, o in organismes.items()),
        communes=list_communes(agent=agent),
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        attempt(
            form,
            lambda: create_secteur(
                decoupage=found,
                nom=data["nom"],
                communes=data["communes"],
                organisation=organismes.get(data["organisme"]),
                by=agent,
                on=on,
            ),
            champ="nom",
            champs={CommuneDejaRattachee: "communes"},
        )
        if not form.errors:
            messages.success(request, f"Le secteur « {data['nom']} » est ajouté.")
            return redirect("decoupage", found.pk)
    context = {"form": form, "decoupage": found}
    status = 422 if form.errors else 200
    return render(request, "decoupages/secteur.html", context, status=status)


def _import(request: AgentRequest, form: ImportForm) -> Decoupage | None:
    """Hand the file to the reader from a folder of its own; its refusal becomes an error."""
    agent, data = get_agent(request), form.cleaned_data
    with TemporaryDirectory(prefix="seuil-") as folder:
        path = Path(folder) / "decoupage"
        path.write_bytes(data["fichier"].read())
        saisi = DecoupageSaisi(
            fichier=path,
            nom_fichier=data["fichier"].name,
            departement=agent.departement_id,
            nature=data["nature"],
            nom=data["nom"],
            remplacer=data["remplacer"],
        )
        return attempt(
            form,
            lambda: import_decoupage(saisi=saisi, by=agent, on=request_day(request)),
            champs={DecoupageRefuse: "fichier", FileRefused: "fichier"},
        )


def _rename(
    request: AgentRequest,
    found: Decoupage,
    form: ModifierForm,
    organismes: Mapping[str, Organisation],
) -> bool:
    """Write every name that changed, or none; a refusal becomes the form's error."""
    by, on = get_agent(request), request_day(request)

    def write() -> None:
        with transaction.atomic():
            if "nom" in form.changed_data:
                adjust_decoupage(decoupage=found, nom=form.cleaned_data["nom"], by=by, on=on)
            for secteur, nom, organisme in form.iter_changed():
                adjust_secteur(
                    secteur=secteur, nom=nom, organisation=organismes.get(organisme), by=by, on=on
                )

    attempt(form, write)
    return not form.errors


def _territoire(request: AgentRequest) -> Territoire:
    return get_territoire(agent=get_agent(request))


def _choices(territoire: Territoire) -> tuple[tuple[str, str], ...]:
    return tuple((code, nom) for code, (nom, _) in territoire.communes.items())


def _names(codes: Iterable[str], territoire: Territoire) -> list[str]:
    return [
        territoire.communes[c][0]
        for c in sorted(codes, key=lambda c: fold_alphabet(territoire.communes[c][0]))
    ]


def _summarise(division: Division, territoire: Territoire) -> dict[str, Any]:
    """Return what the list of divisions says of one."""
    sans = [c for c in territoire.communes if c not in division.secteurs]
    return {
        "division": division,
        "secteurs": len({*division.secteurs.values(), *division.organismes}),
        "communes": len(division.secteurs),
        "population": sum(territoire.communes[c][1] for c in division.secteurs),
        "sans": _names(sans, territoire),
    }


def _show_coupure(coupure: Coupure, territoire: Territoire) -> dict[str, Any]:
    """Return a cut secteur: each part that crosses a limit, and how many lie whole inside."""
    crossing = [p for p in coupure.parts if p.ailleurs or not p.nom]
    return {
        "secteur": coupure.secteur,
        "total": sum(len(p.communes) for p in coupure.parts),
        "entiers": len(coupure.parts) - len(crossing),
        "parts": [
            {
                "nom": p.nom,
                "communes": _names(p.communes, territoire),
                "ailleurs": p.ailleurs,
                "ouverte": len(p.communes) <= _OUVERTES,
            }
            for p in crossing
        ],
    }


def _list_instances(request: AgentRequest, territoire: Territoire) -> list[dict[str, Any]]:
    """Return the formations of the CCAPEX and the communes of the perimeter each is given."""
    noms = {code: nom for code, (nom, _) in territoire.communes.items()}
    return [
        {
            "nom": f.nom,
            "perimetre": f.perimetre,
            "communes": find_perimetre(
                texte=f.perimetre, communes=noms, divisions=territoire.divisions
            ),
        }
        for f in list_formations_dites(agent=get_agent(request))
    ]
