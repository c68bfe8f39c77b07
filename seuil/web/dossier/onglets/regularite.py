"""Whether each act says what the law wants it to say."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from seuil.diagnostics.models import ConstatRegularite
from seuil.diagnostics.queries import list_constats, list_regularite
from seuil.kernel.accord import write_pluriel
from seuil.web.dossier.onglet import Evenement, Fil, Lecture, Onglet
from seuil.web.regularite.presentation import CERTITUDES, REPONSES, TONS


def _read(lecture: Lecture) -> dict[str, Any]:
    return {
        "controles": list_regularite(**lecture.key),
        "reponses": REPONSES,
        "tons": TONS,
        "certitudes": CERTITUDES,
        "peut_constater": lecture.writes("regularite.constater", "regularite"),
    }


def _write_constats(constats: Iterable[ConstatRegularite]) -> Iterator[Evenement]:
    """One line for what a person found of an act on a day."""
    by_day = Counter((c.constate_le, c.acte.get_type_display(), str(c.par)) for c in constats)
    for (le, acte, par), n in by_day.items():
        titre = f"Régularité examinée\N{NO-BREAK SPACE}: {acte.lower()}"
        yield Evenement(le, titre, write_pluriel(n, "réponse"), par)


ONGLET = Onglet(
    libelle="Régularité",
    rang=80,
    template="dossier/onglets/regularite.html",
    read=_read,
    categories=("regularite",),
    fils=(
        Fil(
            "constat", "Régularité", 85, "regularite", ConstatRegularite, list_constats,
            _write_constats,
        ),
    ),
)  # fmt: skip
