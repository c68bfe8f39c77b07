"""How many refusals of visitors the journal keeps: someone unknown must not be able to fill it.

Nothing is ever removed from the journal before its term, so what a visitor may add to it is
bounded, for one address and for all. What is not written is counted, and the count is written.
"""

import threading
from dataclasses import dataclass
from datetime import datetime

# Addresses counted one by one; beyond, they are too many to tell apart.
_ADRESSES_MAX = 1000


@dataclass(frozen=True, slots=True)
class Omis:
    """What one minute left out: how many refusals, of how many addresses, in which minute."""

    minute: datetime
    nombre: int
    adresses: int


class Debit:
    """The refusals of one minute, in one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minute: datetime | None = None
        self._admis: dict[str, int] = {}
        self._total = 0
        self._omis = 0
        self._adresses: set[str] = set()

    def admit(self, adresse: str, *, par_adresse: int, tous: int) -> bool:
        """Tell whether the refusal of a visitor is written; count it otherwise.

        Whoever asks has taken what the last minute left out (`take_omis`).
        """
        with self._lock:
            if self._total < tous and self._admis.get(adresse, 0) < par_adresse:
                self._admis[adresse] = self._admis.get(adresse, 0) + 1
                self._total += 1
                return True
            self._omis += 1
            if len(self._adresses) < _ADRESSES_MAX:
                self._adresses.add(adresse)
            return False

    def take_omis(self, *, at: datetime) -> Omis | None:
        """Begin another minute if this one is over, and return what it left out, once."""
        minute = at.replace(second=0, microsecond=0)
        with self._lock:
            if minute == self._minute:
                return None
            omis = None
            if self._minute and self._omis:
                omis = Omis(self._minute, self._omis, len(self._adresses))
            self._minute, self._total, self._omis = minute, 0, 0
            self._admis, self._adresses = {}, set()
            return omis
