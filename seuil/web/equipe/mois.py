"""The month and the operator that the address of a page names."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, QueryDict

from seuil.acteurs.models import Organisation, TypeOrganisation
from seuil.acteurs.queries import list_organisations
from seuil.engines.droit import write_date
from seuil.web.access import get_agent
from seuil.web.filtres import write_inconnu


@dataclass(frozen=True, slots=True)
class Mois:
    """A month, by its first day, with the months around it as the address writes them."""

    le: date

    @property
    def code(self) -> str:
        return f"{self.le:%Y-%m}"

    @property
    def libelle(self) -> str:
        """« novembre 2026 »."""
        return write_date(self.le).split(maxsplit=1)[1]

    @property
    def de_libelle(self) -> str:
        """« de novembre 2026 », « d’octobre 2026 »."""
        return f"d’{self.libelle}" if self.libelle[0] in "ao" else f"de {self.libelle}"

    @property
    def precedent(self) -> "Mois":
        return self._shift(-1)

    @property
    def suivant(self) -> "Mois":
        return self._shift(1)

    def _shift(self, months: int) -> "Mois":
        index = self.le.year * 12 + self.le.month - 1 + months
        return Mois(date(index // 12, index % 12 + 1, 1))


def get_mois(data: QueryDict, *, on: date) -> Mois:
    """Return the month of `?mois=2026-11`; the current one when absent or not a month."""
    try:
        asked = date.fromisoformat(f"{data.get('mois', '')}-01")
    except ValueError:
        asked = on
    if not 2000 <= asked.year <= on.year + 1:
        asked = on
    return Mois(asked.replace(day=1))


def read_mois(request: HttpRequest, *, on: date) -> Mois:
    """Return the month that an address asks for; another value is told."""
    asked = request.GET.get("mois", "")
    found = get_mois(request.GET, on=on)
    if asked and asked != f"{found.le:%Y-%m}":
        messages.warning(request, write_inconnu(asked))
    return found


def list_operateurs(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the operators of the agent's département that its role may look at."""
    agent = get_agent(request)
    if agent.organisation.type == TypeOrganisation.OPERATEUR:
        return [{"id": agent.organisation_id, "nom": agent.organisation.nom}]
    rows = list_organisations(agent=agent, type=TypeOrganisation.OPERATEUR)
    return [{"id": row["id"], "nom": row["nom"]} for row in rows]


def find_operateur(
    request: HttpRequest, data: QueryDict, *, operateurs: list[dict[str, Any]] | None = None
) -> Organisation | None:
    """Return the operator of `?operateur=`, failing that the first; None without any.

    `operateurs` is what `list_operateurs` gave, when it was already read.
    """
    rows = list_operateurs(request) if operateurs is None else operateurs
    known = {str(row["id"]): row for row in rows}
    asked = data.get("operateur", "")
    if asked and asked not in known and data is request.GET:
        messages.warning(request, write_inconnu(asked))
    row = known.get(asked) or next(iter(known.values()), None)
    return Organisation.objects.get(pk=row["id"]) if row else None
