"""T03, the page « Qui peut voir ce dossier »: whom it names is whom the oracle lets in, both ways.

The whole lattice, every agent: an agent is named for a category if and only if it reads it.
"""

import pytest
from django.db.models import Q

from seuil.acteurs.matrice import load_matrice
from seuil.dossiers.models import Dossier, relations
from seuil.web.dossier.lecteurs import list_lecteurs
from tests.acces.oracle import LIRE, Faits, Oracle, Persona
from tests.acces.test_rls import told
from tests.acces.treillis import ON, Treillis

pytestmark = pytest.mark.django_db


def compare(treillis: Treillis, oracle: Oracle, faits: Faits, agents: list[Persona]) -> list[str]:
    """Return what the page says of a file and the oracle denies, or the reverse."""
    dossier = Dossier.objects.get(pk=faits.id)
    lecteurs = list(relations.list_lecteurs(dossier, on=ON))
    found = []
    for p in agents:
        agent = treillis.agents[p.nom]
        regles = [lecteur.regle for lecteur in lecteurs if lecteur.names(agent)]
        here = {c for c in oracle.categories if any(r.allows(c, LIRE) for r in regles)}
        due = {c for c in oracle.categories if oracle.reaches(p, faits, c, LIRE, ON, treillis.at)}
        if here != due:
            sorte = treillis.sortes[faits.id]
            found.append(f"{p.nom}, {sorte} : {sorted(here ^ due)} (page {len(here)})")
    return found


def test_the_page_names_whom_the_oracle_lets_in(treillis: Treillis, oracle: Oracle) -> None:
    agents = [p for p in treillis.personas.values() if p.agent]

    found = [d for f in treillis.dossiers.values() for d in compare(treillis, oracle, f, agents)]

    assert len(agents) * len(treillis.dossiers) > 3_000
    assert not found, told(found)


@pytest.mark.parametrize(
    ("sorte", "named"), [("rendu", True), ("rendu ancien", False), ("du caduc", False)]
)
def test_an_organisation_is_named_a_month_after_its_answer_and_not_after_its_task(
    treillis: Treillis, sorte: str, *, named: bool
) -> None:
    key = next(
        d for d, s in treillis.sortes.items()
        if s == sorte and treillis.dossiers[d].departement == "33"
    )  # fmt: skip
    lines = list_lecteurs(on=ON, dossier=Dossier.objects.get(pk=key))

    assert any("caf" in line.qui for line in lines) is named


def test_a_reader_left_out_and_a_reader_too_many_are_seen(
    treillis: Treillis, oracle: Oracle, monkeypatch: pytest.MonkeyPatch
) -> None:
    agents = [p for p in treillis.personas.values() if p.agent]
    rendu, caduc = (
        next(f for f in treillis.dossiers.values() if treillis.sortes[f.id] == sorte)
        for sorte in ("rendu", "du caduc")
    )
    assert compare(treillis, oracle, rendu, agents) == []
    assert compare(treillis, oracle, caduc, agents) == []

    monkeypatch.setattr(relations._Saisine, "readers", lambda *_: iter(()))
    assert compare(treillis, oracle, rendu, agents)
    monkeypatch.undo()
    monkeypatch.setattr(relations._Saisine, "_due", lambda *_: Q(taches__isnull=False))
    assert compare(treillis, oracle, caduc, agents)


def test_every_relation_of_the_matrix_is_read() -> None:
    for code in load_matrice().relations:
        assert relations.find_relation(code)
