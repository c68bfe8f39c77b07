"""When a visit may be recorded."""

from typing import Any

import pytest

from seuil.visites.rules import why_not_record


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({}, None),
        ({"canal": "lieu_neutre"}, None),
        ({"canal": "telephone"}, "domicile ou en lieu neutre"),
        ({"duree_minutes": 480}, None),
        ({"duree_minutes": 481}, "durée"),
        ({"duree_minutes": 0}, "durée"),
        ({"is_binome_self": True}, "autre que vous"),
        ({"is_binome_foreign": True}, "votre équipe"),
    ],
)
def test_a_visit_is_made_in_person_by_the_team(fields: dict[str, Any], word: str | None) -> None:
    arguments = {
        "canal": "domicile",
        "duree_minutes": None,
        "is_binome_self": False,
        "is_binome_foreign": False,
    } | fields

    reason = why_not_record(**arguments)

    assert reason is None if word is None else word in (reason or "")
