"""Lines of the list of mandates, in the order of the work."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from seuil.accompagnements.models import Rapport
from seuil.accompagnements.queries.mandats import MandatRow
from seuil.kernel.texte import fold_alphabet
from seuil.web.equipe.queries import Repere


@dataclass(frozen=True, slots=True)
class LigneMandat:
    """A mandate and how to reach its household."""

    mandat: MandatRow
    repere: Repere

    @property
    def prochaine_le(self) -> date | None:
        """The day of the first thing due, late or not; failing that, the next deadline."""
        return self.repere.tache_le or self.mandat.prochaine_le


def sort_lignes(
    rows: Iterable[MandatRow], reperes: Mapping[UUID, Repere], *, etat: str
) -> Sequence[LigneMandat]:
    """Return the mandates of one state, nearest date first, those without date last."""
    lignes = [
        LigneMandat(row, reperes.get(row.dossier_id, Repere())) for row in rows if row.etat == etat
    ]
    return sorted(lignes, key=lambda ligne: (ligne.prochaine_le or date.max, ligne.mandat.numero))


def load_by_referent(rows: Iterable[MandatRow]) -> Sequence[tuple[str, int]]:
    """Return how many running mandates each person follows, most loaded first."""
    load: Counter[str] = Counter()
    for row in rows:
        if row.etat in ("en_cours", "en_veille"):
            load.update({row.referent_social, row.referent_juridique} - {""})
    return sorted(load.items(), key=lambda item: (-item[1], fold_alphabet(item[0])))


def next_rapport(rapports: Iterable[Rapport]) -> str:
    """Return the kind of the next report due: first return, evaluation, then bilan."""
    done = {rapport.genre for rapport in rapports}
    return next((g for g in Rapport.Genre.values if g not in done), Rapport.Genre.BILAN)
