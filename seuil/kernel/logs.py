"""Logs without personal data: where a program failed, never what it was handling."""

import logging
import re
import traceback
from types import TracebackType

# Whoever knows the address of an agenda reads it, that of an invitation opens an account: a log
# keeps their beginning only.
_SECRET_PATH = re.compile(r"(?<=/agenda/ics/)[^\s\"'?&]+|(?<=/invitation/)[^\s\"'?&]+")


class DiscreetFormatter(logging.Formatter):
    """Formats an error as its type and the places it went through; masks secret addresses.

    The message of an exception is left out: Django's own put the values of a page, a query or a
    form in it.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name is logging's
        """Return the line; what a person typed may not begin another one."""
        line = super().formatMessage(record)
        return line.replace("\r", "\\r").replace("\n", "\\n")

    def format(self, record: logging.LogRecord) -> str:
        return _SECRET_PATH.sub("…", super().format(record))

    def formatException(  # noqa: N802 - the name is logging's
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        kind, _, trace = ei
        frames = traceback.extract_tb(trace)
        places = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return "\n".join([kind.__name__ if kind else "", *places])
