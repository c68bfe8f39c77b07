"""« Et si… »: change dates or facts of a dossier and see every date move; nothing is saved."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from seuil.actes.models import Sens, TypeActe
from seuil.actes.rules.types import SENS_OBLIGATOIRE, SENS_PAR_TYPE
from seuil.dossiers.models import Bail
from seuil.echeances.queries.faits import FaitsConnus, get_faits_connus
from seuil.echeances.rules.mouvements import Mouvement, compare_echeances
from seuil.echeances.rules.pauses import Acte
from seuil.engines import droit
from seuil.kernel.models import new_id
from seuil.web.access import AgentRequest, find_dossier, get_agent, request_day, requires
from seuil.web.components.forms import ChoixField, DateField, Formulaire
from seuil.web.templatetags.seuil import ecart_jours

# Which dates of an act may be moved, beside its own day.
_DATES_PAR_TYPE = {
    TypeActe.ASSIGNATION: (("audience_le", "Audience"),),
    TypeActe.CQL: (("recu_le", "Reçu par le préfet"),),
    TypeActe.RFP: (("recu_le", "Reçue par le préfet"),),
    TypeActe.JUGEMENT: (("delai_jusqu_au", "Délais jusqu’au"),),
    TypeActe.DELAIS_QUITTER: (("delai_jusqu_au", "Délais jusqu’au"),),
    TypeActe.SURENDETTEMENT: (("delai_jusqu_au", "Suspension jusqu’au"),),
    TypeActe.CFP: (("delai_jusqu_au", "Report jusqu’au"),),
}


@dataclass(frozen=True, slots=True)
class Groupe:
    """The fields of one act, under its name."""

    titre: str
    champs: Sequence[forms.BoundField]


class EtSiForm(Formulaire):
    """The dates of a dossier, to be moved; an emptied day of an act removes the act."""

    geste = ("de calculer", "calculé")

    bail_le = DateField(label="Bail signé le", required=False)
    clause = ChoixField(
        label="Délai écrit dans la clause", required=False, choices=Bail.Clause.choices
    )
    reconduit_le = DateField(label="Bail renouvelé ou reconduit le", required=False)
    ajout = ChoixField(
        label="Ajouter un fait",
        required=False,
        choices=[
            ("", "Aucun"),
            *((t.value, t.label) for t in TypeActe if t.value not in SENS_OBLIGATOIRE),
            *(
                (f"{t}.{s}", f"{TypeActe(t).label}, {Sens(s).label.lower()}")
                for t, sens in SENS_PAR_TYPE.items()
                for s in sens
            ),
        ],
    )
    ajout_le = DateField(label="Date de ce fait", required=False)
    ajout_recu_le = DateField(label="Reçu par le préfet le", required=False)
    ajout_jusqu_au = DateField(label="Audience, délai ou report jusqu’au", required=False)

    def __init__(self, connus: FaitsConnus, *args: Any, **kwargs: Any) -> None:
        initial = {
            "bail_le": connus.contexte.bail_le,
            "clause": connus.contexte.clause,
            "reconduit_le": connus.contexte.reconduit_le,
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.connus = connus
        for rank, acte in enumerate(connus.actes):
            for name, label in _list_dates(acte):
                field = DateField(label=label, required=False)
                field.widget.attrs["class"] = "fr-input"
                self.fields[f"{rank}-{name}"] = field
                self.initial[f"{rank}-{name}"] = getattr(acte, name)

    def list_groupes(self) -> Iterator[Groupe]:
        """Yield the acts with the fields that move them."""
        for rank, acte in enumerate(self.connus.actes):
            names = [f"{rank}-{name}" for name, _ in _list_dates(acte)]
            yield Groupe(write_titre(acte), [self[name] for name in names])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("ajout") and not data.get("ajout_le"):
            self.add_error("ajout_le", "Indiquez la date du fait ajouté.")
        if data.get("ajout_le") and not data.get("ajout"):
            self.add_error("ajout", "Choisissez le fait que cette date ajoute.")
        for rank, acte in enumerate(self.connus.actes):
            le, audience = data.get(f"{rank}-survenu_le"), data.get(f"{rank}-audience_le")
            if le and audience and audience < le:
                self.add_error(
                    f"{rank}-audience_le",
                    f"L’audience précède l’acte ({write_titre(acte)}) : corrigez l’une des dates.",
                )
        return data

    def read_faits(self, on: date) -> FaitsConnus:
        """Return the facts as the form supposes them."""
        data = self.cleaned_data
        actes = [
            _move(acte, {name: data[f"{rank}-{name}"] for name, _ in _list_dates(acte)})
            for rank, acte in enumerate(self.connus.actes)
            if data[f"{rank}-survenu_le"]
        ]
        if data["ajout"]:
            actes.append(_read_ajout(data, on))
        contexte = replace(
            self.connus.contexte,
            bail_le=data["bail_le"],
            clause=data["clause"],
            reconduit_le=data["reconduit_le"],
        )
        return replace(self.connus, actes=actes, contexte=contexte)


@requires("dossier.lire")
@require_http_methods(["GET", "HEAD", "POST"])
def et_si(request: AgentRequest, numero: str) -> HttpResponse:
    """Show the panel, and what the supposed facts would change; never writes anything."""
    dossier = find_dossier(request, numero)
    connus = get_faits_connus(agent=get_agent(request), on=request_day(request), dossier=dossier)
    if connus is None:
        raise Http404
    form = EtSiForm(connus, request.POST or None)
    lignes = None
    if request.method == "POST" and form.is_valid():
        moves = compare_echeances(connus.compute(), form.read_faits(request_day(request)).compute())
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


def write_titre(acte: Acte) -> str:
    """Write « Jugement, délais de paiement suspendant la clause »."""
    titre = TypeActe(acte.type).label
    return f"{titre}, {Sens(acte.sens).label.lower()}" if acte.sens else titre


def _list_dates(acte: Acte) -> Iterator[tuple[str, str]]:
    yield "survenu_le", "Date de l’acte"
    yield from _DATES_PAR_TYPE.get(TypeActe(acte.type), ())


def _move(acte: Acte, days: dict[str, Any]) -> Acte:
    return acte._replace(**days)


def _read_ajout(data: dict[str, Any], on: date) -> Acte:
    kind, _, sens = data["ajout"].partition(".")
    until = data["ajout_jusqu_au"]
    return Acte(
        id=new_id(),
        type=kind,
        survenu_le=data["ajout_le"],
        recu_le=data["ajout_recu_le"],
        audience_le=until if kind == TypeActe.ASSIGNATION else None,
        sens=sens,
        delai_jusqu_au=None if kind == TypeActe.ASSIGNATION else until,
        # Supposed today: told after all that is known.
        annonce_le=on,
        a_la_main=True,
    )


@dataclass(frozen=True, slots=True)
class Ligne:
    """One date before and after, in words."""

    libelle: str
    regle: str
    avant: date | None
    apres: date | None
    mouvement: str
    a_obtenir: str
    bouge: bool


def list_lignes(mouvements: Sequence[Mouvement]) -> list[Ligne]:
    """Return the dates that move first, then those that stay."""
    regles = droit.regles()
    lignes = [
        Ligne(
            libelle=regles[m.regle].libelle,
            regle=m.regle,
            avant=m.avant.le if m.avant else None,
            apres=m.apres.le if m.apres else None,
            mouvement=write_mouvement(m),
            a_obtenir=m.apres.a_obtenir if m.apres else "",
            bouge=m.bouge,
        )
        for m in mouvements
    ]
    return sorted(lignes, key=lambda ligne: not ligne.bouge)


def write_mouvement(mouvement: Mouvement) -> str:
    """Write « 12 jours plus tard », « nouvelle date », « n’a plus d’objet »."""
    if mouvement.avant is None:
        return "nouvelle date"
    if mouvement.apres is None:
        return "n’a plus d’objet"
    days = mouvement.jours
    if days:
        return ecart_jours(days)
    if days == 0:
        return "même date, autre certitude" if mouvement.bouge else "ne bouge pas"
    if mouvement.bouge:
        return "à déterminer" if mouvement.apres.le is None else "date connue"
    return "ne bouge pas"
