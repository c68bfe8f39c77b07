"""A long battery of damaged files; run by hand or by `make epreuves`, not collected."""

import io
import random
import sys
import tempfile
from pathlib import Path

from seuil.engines.tabular import (
    Column,
    FileRefused,
    Sheet,
    read_table,
    write_csv,
    write_ods,
    write_xlsx,
)

_SUFFIXES = (".csv", ".xlsx", ".ods", ".txt")


def _seeds() -> dict[str, bytes]:
    sheet = Sheet(
        "Actes",
        [Column("Nom"), Column("Commune"), Column("Montant", kind="montant")],
        [["Lefèvre", "Bordeaux", 450.5], ["Martin", "Libourne", 1200]] * 20,
    )
    made = {}
    for suffix in _SUFFIXES:
        stream = io.BytesIO()
        if suffix == ".xlsx":
            write_xlsx(stream, [sheet])
        elif suffix == ".ods":
            write_ods(stream, [sheet])
        else:
            write_csv(stream, sheet)
        made[suffix] = stream.getvalue()
    return made


def damaged(chance: random.Random, content: bytes) -> bytes:
    """Return the content cut, overwritten, doubled, or replaced by noise."""
    body = bytearray(content)
    match chance.randrange(4):
        case 0:
            del body[chance.randrange(len(body)) :]
        case 1:
            for _ in range(chance.randrange(1, 40)):
                body[chance.randrange(len(body))] = chance.randrange(256)
        case 2:
            start = chance.randrange(len(body))
            body[start:start] = body[start : start + chance.randrange(1, 4000)]
        case _:
            start = chance.randrange(8)
            body[start:] = chance.randbytes(chance.randrange(1, 4000))
    return bytes(body)


def run(seed: int, count: int) -> dict[str, int]:
    """Read `count` damaged files; count tables ("lu") and refusals by code.

    Anything but a table or FileRefused escapes, with its seed in the message.
    """
    chance = random.Random(seed)
    seeds = _seeds()
    outcomes: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "depot"
        for turn in range(count):
            suffix = chance.choice(_SUFFIXES)
            path.write_bytes(damaged(chance, seeds[chance.choice((suffix, suffix, ".xlsx"))]))
            try:
                read_table(path, name=f"liste{suffix}")
                outcome = "lu"
            except FileRefused as refused:
                outcome = refused.code if refused.message and refused.remede else "muet"
            except Exception as error:
                raise AssertionError(f"seed {seed}, turn {turn}: {error!r}") from error
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
    return outcomes


if __name__ == "__main__":
    sys.stdout.write(f"{run(int(sys.argv[1]), int(sys.argv[2]))}\n")
