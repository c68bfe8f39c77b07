"""Every request that shows a household is a line of the journal, or is not answered.

What a request may show is read from its queries, by class of data; which dossiers it showed is said
by the page (`saw`). A refusal is written after the request's transaction, which it would not
survive.
"""

import hmac
import logging
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

from seuil.acteurs.models import Agent
from seuil.audit.operations import (
    Lecteur,
    Page,
    is_journal_failure,
    record_lecture,
    record_refus,
    set_context,
)
from seuil.audit.queries import get_registre
from seuil.audit.rules import find_categories
from seuil.dossiers.models import Dossier
from seuil.kernel import clock
from seuil.kernel.contexte import counting, current
from seuil.kernel.models import new_id
from seuil.web.debit import Debit
from seuil.web.session import get_adresse

logger = logging.getLogger(__name__)
_NUMERO = re.compile(r"[0-9AB]{2,3}-[0-9]{4}-[0-9]+")
_REFUSALS = {403: "refus.interdit", 404: "refus.introuvable"}


class LectureNonDeclaree(Exception):
    """A page showed personal data without saying of which dossiers."""


class Lecture:
    """What one request read and showed."""

    def __init__(self, request: HttpRequest, agent: Agent | None) -> None:
        self.request = request
        self.agent = agent
        self.canal = "web"
        self.categories: set[str] = set()
        self.dossiers: set[UUID] = set()
        self.numeros: set[str] = set()
        self.cible = ("", "")
        self.declared = False
        self.shown = False
        # What runs now is only counted: see `counted_only`.
        self.counting = False
        self.response: HttpResponseBase | None = None

    def __call__(
        self,
        execute: Callable[..., Any],
        sql: Any,
        params: Any,
        many: bool,  # noqa: FBT001 - Django's signature
        context: Any,
    ) -> Any:
        """Note the classes of data that a query may bring back, then run it."""
        if not self.counting:
            text = sql if isinstance(sql, str) else sql.as_string(None)
            self.categories |= find_categories(text, get_registre())
        return execute(sql, params, many, context)

    def answer(self, response: HttpResponseBase) -> HttpResponseBase:
        """Give the answer back, noting whether it shows anything."""
        self.response = response
        self.shown = response.status_code in {200, 206, 422} and (
            response.streaming or bool(getattr(response, "content", b""))
        )
        return response

    def close(self) -> None:
        """Write the line. Raises JournalIndisponible: the answer is then thrown away."""
        if not self.shown:
            return
        categories = set(self.categories)
        if not self.declared:
            if not categories:
                return
            self._complain(", ".join(sorted(categories)))
        numeros = self.numeros - {""}
        named = _ids(numeros)
        if len(named) < len(numeros):
            self._complain("un numéro montré n’est celui d’aucun dossier")
        ids = {*self.dossiers, *named}
        if self.declared and not ids and not self.cible[0]:
            return
        page = _page(self.request, kind=_verbe(self.request), canal=self.canal)
        if not self.declared:
            page.details["non_declaree"] = True
        record_lecture(
            by=_lecteur(self.agent),
            page=page,
            dossiers=ids,
            categories=categories,
            cible=self.cible,
        )

    def _complain(self, why: str) -> None:
        name = _name(self.request)
        if settings.SEUIL_JOURNAL_STRICT:
            raise LectureNonDeclaree(f"{name} : {why}")
        logger.error("La page %s montre des données sans dire de quels dossiers : %s", name, why)


_courante: ContextVar[Lecture | None] = ContextVar("lecture", default=None)


@contextmanager
def journaled(request: HttpRequest, agent: Agent | None = None) -> Iterator[Lecture]:
    """Run a view, then write the line that tells what it showed, in the request's transaction.

    A view inside another page's is that page's.
    """
    running = _courante.get()
    if running is not None:
        yield running
        return
    reader = agent or (request.user if isinstance(request.user, Agent) else None)
    lecture = Lecture(request, reader)
    token = _courante.set(lecture)
    try:
        set_context(requete=_request_id(request))
        with connection.execute_wrapper(lecture):
            yield lecture
        lecture.close()
    except BaseException:
        # Thrown away: a file that it was about to send is not left open.
        stream = getattr(lecture.response, "file_to_stream", None)
        if stream is not None:
            stream.close()
        raise
    finally:
        _courante.reset(token)


def saw(
    *,
    dossiers: Collection[UUID] = (),
    numeros: Collection[str] = (),
    cible: tuple[str, str] = ("", ""),
    categories: Collection[str] = (),
) -> None:
    """Say which dossiers the page shows, by id or by number; none is an answer too.

    `cible` names what a page shows beside dossiers: a list that was received.
    """
    lecture = _courante.get()
    if lecture is None:
        return
    lecture.declared = True
    lecture.dossiers.update(dossiers)
    lecture.numeros.update(numeros)
    lecture.categories.update(categories)
    if cible[0]:
        lecture.cible = cible


@contextmanager
def counted_only() -> Iterator[None]:
    """Run queries of which the page shows a number and nobody: they are no reading of a file."""
    lecture = _courante.get()
    if lecture is None:
        yield
        return
    lecture.counting = True
    try:
        yield
    finally:
        lecture.counting = False


def figures_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Declare a view that shows counts and never a household."""

    @wraps(view)
    def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        saw()
        return view(request, *args, **kwargs)

    return counted


def note_refusal(request: HttpRequest, kind: str, *, secret: str = "") -> None:
    """Say why a request is refused; `secret` (an address that was typed) is kept as a digest."""
    request.refus = (kind, hash_secret(secret) if secret else "")  # type: ignore[attr-defined]


def hash_secret(text: str) -> str:
    """Return what the journal keeps of a typed address: the same for the same, nothing to read."""
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, text.strip().lower().encode(), sha256).hexdigest()


class JournalMiddleware:
    """Number each request, write refusals, and answer 503 when the journal cannot be written."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._debit = Debit()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        _request_id(request)
        self._write_omis(request)
        response = self.get_response(request)
        kind, secret = getattr(request, "refus", None) or (
            _REFUSALS.get(response.status_code, "") if request.resolver_match else "",
            "",
        )
        if kind and self._admits(request):
            self._write(request, kind, secret)
        return response

    def _admits(self, request: HttpRequest) -> bool:
        """Tell whether a refusal is written: always an agent's, a visitor's within measure."""
        return isinstance(getattr(request, "user", None), Agent) or self._debit.admit(
            get_adresse(request),
            par_adresse=settings.SEUIL_REFUS_ADRESSE,
            tous=settings.SEUIL_REFUS_TOUS,
        )

    def _write_omis(self, request: HttpRequest) -> None:
        """Say, at the first request of another minute, how many refusals were not written."""
        omis = self._debit.take_omis(at=clock.now())
        if omis is None:
            return
        details = {
            "minute": omis.minute.isoformat(), "nombre": omis.nombre, "adresses": omis.adresses,
        }  # fmt: skip
        page = Page(kind="refus.omis", nom="", requete=_request_id(request), details=details)
        try:
            with transaction.atomic():
                record_refus(by=Lecteur(), page=page, on=clock.today())
        except DatabaseError:
            logger.exception("%d refus de visiteurs n’ont pas été comptés au journal", omis.nombre)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:  # noqa: ARG002 - Django's signature
        """Answer that nothing is served, when the journal is what failed."""
        if not is_journal_failure(error=error):
            return None
        logger.error("Le journal ne s’écrit pas : rien n’est servi")
        return journal_unavailable()

    def _write(self, request: HttpRequest, kind: str, secret: str) -> None:
        try:
            with transaction.atomic():
                user = getattr(request, "user", None)
                record_refus(
                    by=_lecteur(user if isinstance(user, Agent) else None),
                    page=_page(request, kind=kind),
                    on=clock.today(),
                    cible=("adresse", secret) if secret else _target(request),
                )
        except DatabaseError:
            # The answer is a refusal: it holds nothing of a household.
            logger.exception("Un refus n’a pas pu être journalisé")


def journal_unavailable() -> HttpResponse:
    """Return the page that says that nothing can be shown for now, and why."""
    response = HttpResponse(render_to_string("erreurs/503.html"), status=503)
    response.headers["Retry-After"] = "10"
    response.headers["Cache-Control"] = "no-store"
    return response


def _request_id(request: HttpRequest) -> str:
    found = getattr(request, "numero_requete", "")
    if not found:
        found = request.numero_requete = str(new_id())  # type: ignore[attr-defined]
    return str(found)


def _lecteur(agent: Agent | None) -> Lecteur:
    if agent is None:
        return Lecteur()
    return Lecteur(
        id=agent.author_id,
        label=agent.author_label,
        organisation=agent.organisation.nom,
        role=agent.role,
        departement=agent.departement_id,
    )


def _page(request: HttpRequest, *, kind: str, canal: str = "web") -> Page:
    return Page(
        kind=kind, nom=_name(request), canal=canal, requete=_request_id(request), details={}
    )


def _name(request: HttpRequest) -> str:
    match = request.resolver_match
    return (match.url_name or "") if match else ""


def _verbe(request: HttpRequest) -> str:
    """Return the verb that opened the page: the purpose of the reading."""
    view = request.resolver_match.func if request.resolver_match else None
    return getattr(view, "verbe", "") or _name(request)


def _target(request: HttpRequest) -> tuple[str, str]:
    """Return what a refused address names: a dossier's number, an id, or a digest of the rest."""
    kwargs = request.resolver_match.kwargs if request.resolver_match else {}
    for name, value in kwargs.items():
        text = str(value)
        if isinstance(value, UUID):
            return name.removesuffix("_id"), text
        if name == "numero":
            return "dossier", text if _NUMERO.fullmatch(text) else hash_secret(text)
    return "", ""


def _ids(numeros: Collection[str]) -> list[UUID]:
    """Return the ids of the numbers shown, of those too that the reader may no longer open.

    A page of past activity shows numbers alone; the line is due to the household all the same.
    """
    contexte = current()
    if not numeros or contexte is None:
        return []
    with counting("journal", on=contexte.jour, departement=contexte.departement):
        found = Dossier.objects.filter(numero__in=numeros).order_by()
        return list(found.values_list("pk", flat=True))
