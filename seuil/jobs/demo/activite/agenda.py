"""What is to happen, and on which day."""

import heapq
from collections.abc import Iterator
from datetime import date

Vie = Iterator[date]


class Agenda:
    """What is to happen, by day; what falls after `until` never happens."""

    def __init__(self, *, until: date) -> None:
        self.until = until
        self.le = date.min
        self._heap: list[tuple[date, int, int, Vie]] = []
        self._count = 0

    def add(self, le: date, vie: Vie, *, rang: int = 1) -> None:
        """Wake `vie` on that day; the lower `rang` comes first in the day."""
        if le <= self.until:
            self._count += 1
            heapq.heappush(self._heap, (le, rang, self._count, vie))

    def run_until(self, le: date) -> None:
        """Live every day up to and including `le`."""
        while self._heap and self._heap[0][0] <= le:
            self.le, rang, _, vie = heapq.heappop(self._heap)
            following = next(vie, None)
            if following is not None:
                self.add(max(following, self.le), vie, rang=rang)
        self.le = le
