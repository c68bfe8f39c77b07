"""A month's figures as they are published: written once, read back, compared with today's."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from seuil.indicateurs.rules.activite import PAR_CODE, Activite, Indicateur


@dataclass(frozen=True, slots=True)
class Ecart:
    """What a figure was when it was published, and what it is since."""

    indicateur: Indicateur
    publie: int
    actuel: int

    @property
    def difference(self) -> int:
        return self.actuel - self.publie


def write_contenu(activite: Activite) -> str:
    """Return the figures as text: the same figures give the same bytes."""
    said = {
        ligne.indicateur.code: {
            "total": ligne.total,
            "jours": {
                jour.isoformat(): nombre
                for jour, nombre in zip(activite.jours, ligne.par_jour, strict=True)
                if nombre
            },
        }
        for ligne in activite.lignes
    }
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read_totaux(contenu: str) -> dict[str, int]:
    """Return the total of each indicator that was published."""
    return {code: said["total"] for code, said in json.loads(contenu).items()}


def compare(publies: Mapping[str, int], activite: Activite) -> list[Ecart]:
    """Return every figure published that still exists, beside what it is today."""
    return [
        Ecart(PAR_CODE[ligne.indicateur.code], publies[ligne.indicateur.code], ligne.total)
        for ligne in activite.lignes
        if ligne.indicateur.code in publies
    ]
