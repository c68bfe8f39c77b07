"""Write the journal, seal it, anchor it, remove what is past its term."""

import json
from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import DatabaseError, connection

from seuil.audit.models import Event
from seuil.kernel.contexte import EVERYWHERE, Contexte, acting_as, current
from seuil.kernel.models import new_id


class JournalIndisponible(Exception):
    """The journal cannot be written: nothing that it should tell may be served."""


class Author(Protocol):
    """Whoever acts: an agent, or the machine under a name."""

    @property
    def author_id(self) -> str: ...
    @property
    def author_label(self) -> str: ...
    @property
    def departement_id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Lecteur:
    """Who reads, as the journal keeps it; everything empty for a visitor."""

    id: str = ""
    label: str = ""
    organisation: str = ""
    role: str = ""
    departement: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What was asked: the verb, the page, by which way, and the number of the request."""

    kind: str
    nom: str
    canal: str = "web"
    requete: str = ""
    motif: str = ""
    details: dict[str, Any] = field(default_factory=dict)


def record_event(
    *,
    kind: str,
    by: Author,
    on: date,
    target_type: str,
    target_id: object,
    details: dict[str, Any] | None = None,
) -> UUID:
    """Write one line, in the caller's transaction. `details` never holds personal data."""
    return _insert(
        on=on,
        **_act(
            kind=kind, by=by, on=on, target_type=target_type, target_id=target_id, details=details
        ),
    )


def record_events(
    *, kind: str, by: Author, on: date, dossiers: Iterable[tuple[UUID, dict[str, Any]]]
) -> None:
    """Write one line per act done on a dossier, with its details, in one exchange."""
    lines = [
        _line(**_act(kind=kind, by=by, on=on, target_type="dossier", target_id=pk, details=details))
        for pk, details in dossiers
    ]
    with _signed(by.author_id, on), connection.cursor() as cursor:
        cursor.executemany(_INSCRIRE, lines)


def record_lecture(
    *,
    by: Lecteur,
    page: Page,
    dossiers: Collection[UUID],
    categories: Collection[str],
    cible: tuple[str, str] = ("", ""),
) -> UUID:
    """Say that a request showed files to someone: which, and which classes of data.

    Raises JournalIndisponible: then nothing may be shown.
    """
    try:
        return _insert(
            nature=Event.Nature.LECTURE,
            target_type=cible[0] or "page",
            target_id=cible[1] or page.nom,
            dossiers=sorted(dossiers),
            categories=sorted(categories),
            **_who(by),
            **_what(page),
        )
    except DatabaseError as error:
        raise JournalIndisponible from error


def record_refus(*, by: Lecteur, page: Page, on: date, cible: tuple[str, str] = ("", "")) -> UUID:
    """Say that a request was refused. Called once its transaction is over, else it would vanish."""
    return _insert(
        on=on,
        nature=Event.Nature.REFUS,
        target_type=cible[0] or "page",
        target_id=cible[1] or page.nom,
        **_who(by),
        **_what(page),
    )


def set_context(*, requete: str, motif: str = "") -> None:
    """Say, for the writes of this transaction, in which request and why. Who acts is signed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('seuil.requete', %s, true), set_config('seuil.motif', %s, true)",
            [requete, motif],
        )


def seal_journal() -> int:
    """Seal the lines that are not sealed yet, département by département. Return how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT journal.sceller()")
        return int(cursor.fetchone()[0])


def anchor_journal(*, departement: str) -> int:
    """Write down the head of a chain. Return its rank, 0 when the chain is empty."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT journal.ancrer(%s)", [departement])
        return int(cursor.fetchone()[0])


def delete_lignes_a_terme(*, departement: str, avant: datetime) -> int:
    """Remove the sealed lines older than an instant, and say so in the chain. Return how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT journal.retirer(%s, %s)", [departement, avant])
        return int(cursor.fetchone()[0])


def is_journal_failure(*, error: BaseException | None) -> bool:
    """Tell whether what failed is the journal, written or read."""
    while error is not None:
        if isinstance(error, JournalIndisponible):
            return True
        diag = getattr(error, "diag", None)
        # Inside the function, or refused at its door; read by a page, its name stands alone.
        context = (diag and diag.context) or ""
        if diag is not None and (
            "journal." in context
            or '"consultations"' in context
            or "inscrire" in (diag.message_primary or "")
        ):
            return True
        error = error.__cause__ or error.__context__
    return False


# Plain INSERT inside: who may write the journal may not read it, and RETURNING would read.
_INSCRIRE = (
    "SELECT journal.inscrire(%(id)s, %(nature)s, %(kind)s, %(by_id)s, %(by_label)s,"
    " %(organisation)s, %(role)s, %(departement)s, %(target_type)s, %(target_id)s,"
    " %(dossiers)s::uuid[], '{}', %(categories)s::text[], '{}', %(motif)s, %(canal)s,"
    " %(requete)s, %(effect_le)s, %(details)s::jsonb)"
)


def _act(
    *,
    kind: str,
    by: Author,
    on: date,
    target_type: str,
    target_id: object,
    details: dict[str, Any] | None,
) -> dict[str, Any]:
    target = str(target_id)
    return {
        "nature": Event.Nature.ACTE,
        "kind": kind,
        "by_id": by.author_id,
        "by_label": by.author_label,
        "departement": by.departement_id,
        "target_type": target_type,
        "target_id": target,
        "dossiers": [target] if target_type == "dossier" and _is_uuid(target) else [],
        "effect_le": on,
        "details": details or {},
    }


def _insert(*, on: date | None = None, **values: Any) -> UUID:
    line = _line(**values)
    with _signed(line["by_id"], on), connection.cursor() as cursor:
        cursor.execute(_INSCRIRE, line)
    found: UUID = line["id"]
    return found


def _signed(by_id: str, on: date | None) -> AbstractContextManager[None]:
    """Sign as the machine what is not written in the name of the agent who asks.

    The database takes no other author from a page: a sign-in, a refusal, a task speak for others.
    """
    asking = current()
    if on is None or (asking and (asking.genre == "machine" or asking.qui == by_id)):
        return nullcontext()
    return acting_as(Contexte("machine", "journal", EVERYWHERE, on))


def _line(**values: Any) -> dict[str, Any]:
    defaults: dict[str, Any] = {
        "id": new_id(), "by_label": "", "organisation": "", "role": "", "departement": "",
        "dossiers": [], "categories": [], "motif": "", "canal": "", "requete": "",
        "effect_le": None, "details": {},
    }  # fmt: skip
    line = defaults | values
    line["dossiers"] = [str(d) for d in line["dossiers"]]
    line["details"] = json.dumps(line["details"], ensure_ascii=False, default=str)
    for name, length in (("target_id", 80), ("kind", 60), ("by_label", 200), ("motif", 200)):
        line[name] = str(line[name])[:length]
    return line


def _who(by: Lecteur) -> dict[str, Any]:
    return {
        "by_id": by.id, "by_label": by.label, "organisation": by.organisation, "role": by.role,
        "departement": by.departement,
    }  # fmt: skip


def _what(page: Page) -> dict[str, Any]:
    return {
        "kind": page.kind, "canal": page.canal, "requete": page.requete, "motif": page.motif,
        "details": page.details,
    }  # fmt: skip


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
