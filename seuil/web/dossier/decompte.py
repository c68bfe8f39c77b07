"""The account of a debt, line by line: what was due, paid, aided, and what is contested."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods

from seuil.dossiers.models import LigneDecompte
from seuil.dossiers.models.groupes import GROUPES
from seuil.dossiers.queries import find_dette, get_ouverture, list_decompte
from seuil.usecases.add_ligne_decompte import add_ligne_decompte
from seuil.web.access import AgentRequest, find_dossier, get_agent, may, request_day, requires
from seuil.web.addresses import tab_address
from seuil.web.dossier.fait import FaitForm
from seuil.web.saisie import Page, answer


@requires("dossier.lire")
@require_http_methods(["GET", "HEAD", "POST"])
def decompte(request: AgentRequest, numero: str, dette_id: UUID) -> HttpResponse:
    """Show the lines of a debt, and add one."""
    agent, on = get_agent(request), request_day(request)
    dossier = find_dossier(request, numero)
    dette = find_dette(agent=agent, on=on, dossier=dossier, dette_id=dette_id)
    if dette is None:
        raise Http404
    ouverture = get_ouverture(agent=agent, on=on, dossier=dossier)
    writes = may(request, "dossier.completer") and ouverture.allows("bail_dette", "ecrire")
    if request.method == "POST" and not writes:
        raise Http404
    lignes = list_decompte(agent=agent, on=on, dossier=dossier, dette=dette)
    form = FaitForm(
        request.POST or None,
        groupe=GROUPES["decompte"],
        initial={"mois_le": dette.constatee_le, "nature": "loyer", "paye": "0", "aide": "0",
                 "conteste": "0"},
    )  # fmt: skip
    page = Page(
        dossier=dossier,
        template="dossier/decompte.html",
        fait="La ligne est ajoutée.",
        retour=request.path,
        context={
            "dette": dette,
            "lignes": lignes,
            "totaux": _add_up(lignes),
            "ecrit": writes,
            "onglet_dette": tab_address(numero, "dette"),
        },
    )
    return answer(request, form, partial(add_ligne_decompte, dossier=dossier, dette=dette), page)


def _add_up(lignes: Sequence[LigneDecompte]) -> dict[str, Decimal]:
    """Return the totals of the columns of money."""
    columns = ("du", "paye", "aide", "conteste", "reste")
    return {c: sum((getattr(x, c) for x in lignes), Decimal(0)) for c in columns}
