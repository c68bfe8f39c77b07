"""The page on protection shows what PostgreSQL prints, and every key of a card."""

import re
from dataclasses import fields

import pytest

from seuil.kernel.cartes import Privacy, Rls
from tests.acces import sql
from tests.architecture.sources import ROOT

PAGE = (ROOT / "docs" / "protection.md").read_text(encoding="utf-8")


def squeeze(text: str) -> str:
    """Return a text without what only the layout says."""
    return re.sub(r"\s+", "", re.sub(r"(?m)^--.*$", "", text))


@pytest.mark.django_db
def test_the_policies_shown_are_those_of_the_database() -> None:
    policies = dict(
        sql.query(
            "SELECT policyname, qual FROM pg_policies WHERE tablename = 'accompagnements_rapport'"
        )
    )
    shown = re.search(r"```sql\n(.*?)```", PAGE, re.S)

    assert shown
    wanted = "".join(policies[name] for name in ("plancher", "lire", "supprimer"))
    assert squeeze(shown[1]) == squeeze(wanted)


def test_every_key_of_a_card_is_told() -> None:
    keys = {f.name for f in (*fields(Rls), *fields(Privacy))}

    assert {k for k in keys if not re.search(rf"\b{k}`", PAGE)} == set()
