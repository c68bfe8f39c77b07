"""Which organisation of the directory answers for a commune."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Destinataire:
    """An organisation of the directory, with the communes it serves; none: not limited."""

    id: UUID
    nom: str
    communes: frozenset[str]


class Annuaire:
    """Which organisation of a type answers for a commune."""

    def __init__(self, par_type: Mapping[tuple[str, str], Sequence[Destinataire]]) -> None:
        self._par_type = par_type
        self._found: dict[tuple[str, str, str], Destinataire | None] = {}
        self.noms = frozenset(d.nom for known in par_type.values() for d in known)
        self.par_id = {d.id: d for known in par_type.values() for d in known}

    def find(
        self, *, departement: str, type_organisation: str, commune: str
    ) -> Destinataire | None:
        """Return the one organisation whose it is; None when there is none, or one cannot tell.

        The one that serves the commune; failing that, the only one that names no commune.
        """
        key = (departement, type_organisation, commune)
        if key not in self._found:
            known = self._par_type.get((departement, type_organisation), ())
            near = [d for d in known if commune in d.communes]
            chosen = near or [d for d in known if not d.communes]
            self._found[key] = chosen[0] if len(chosen) == 1 else None
        return self._found[key]

    def is_out_of_reach(self, *, departement: str, type_organisation: str, commune: str) -> bool:
        """Tell whether the only organisation of a type says that it does not serve the commune.

        Outside of the métropole nobody is missing: there is none.
        """
        known = self._par_type.get((departement, type_organisation), ())
        return len(known) == 1 and bool(known[0].communes) and commune not in known[0].communes
