"""Try other parameters without putting them in force: each trial has its own results."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from seuil.engines.droit._model import Regle

P = ParamSpec("P")
R = TypeVar("R")


class Essai:
    """A set of rules on trial, and what was computed under it."""

    def __init__(self, regles: Mapping[str, Regle]) -> None:
        self.regles = regles
        self.results: dict[Any, Any] = {}


_essai: ContextVar[Essai | None] = ContextVar("essai", default=None)


def get_essai() -> Essai | None:
    """Return the trial that runs in this context, None when the law in force applies."""
    return _essai.get()


@contextmanager
def trying(regles: Mapping[str, Regle]) -> Iterator[None]:
    """Compute under other rules inside the block; other threads and requests see nothing of it."""
    token = _essai.set(Essai(regles))
    try:
        yield
    finally:
        _essai.reset(token)


def remembered(*, maxsize: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Remember the results of a function of the rules, apart for each trial.

    Arguments are positional and hashable.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        cached = lru_cache(maxsize=maxsize)(function)

        @wraps(function)
        def answer(*args: P.args, **kwargs: P.kwargs) -> R:
            essai = _essai.get()
            if essai is None:
                return cached(*args, **kwargs)  # type: ignore[arg-type]
            key = (function, args)
            if key not in essai.results:
                essai.results[key] = function(*args, **kwargs)
            found: R = essai.results[key]
            return found

        return answer

    return decorate


def list_parameter_files(path: Path) -> list[Path]:
    """List the parameter files of a folder, or the one file given."""
    return sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
