"""Findings on acts for tests."""

from datetime import date
from typing import Any

from seuil.actes.models import Acte
from seuil.acteurs.models import Agent
from seuil.diagnostics.models import ConstatRegularite


def make_constat(
    *, acte: Acte, question: str, par: Agent, constate_le: date, **fields: Any
) -> ConstatRegularite:
    """Return a finding on an act: irregular unless said otherwise."""
    return ConstatRegularite.objects.create(
        dossier=acte.dossier,
        acte=acte,
        question=question,
        reponse=fields.pop("reponse", "irregulier"),
        constate_le=constate_le,
        par=par,
        **fields,
    )
