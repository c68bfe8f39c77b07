"""Say in words what a version of a rule is worth, for a page that a jurist reads."""

from seuil.engines.droit._francais import MOIS, write_duree
from seuil.engines.droit._model import Periode, Regle, Version
from seuil.engines.droit._resultat import write_seuil


def write_valeur(regle: Regle, version: Version) -> tuple[str, ...]:
    """Write a value, one line each: a length, a range, thresholds, a yearly period or a norm."""
    lines = []
    if version.n is not None and version.unit is not None:
        lines.append(_write_longueur(regle, version, write_duree(version.n, version.unit)))
    if version.plage is not None:
        lines.append(f"de {version.plage[0]} à {version.plage[1]}, au choix du juge")
    lines += [write_seuil(seuil) for seuil in version.seuils]
    if version.periode is not None:
        lines.append(write_annuelle(version.periode))
    if version.texte:
        lines.append(version.texte)
    lines += [f"+ {write_duree(d.n, d.unit)} : {d.motif}" for d in version.distances]
    if version.questions:
        lines.append(f"à lire : {version.a_obtenir}")
    return tuple(lines)


def write_annuelle(periode: Periode) -> str:
    """Write « du 1er novembre au 31 mars »."""
    return f"du {_write_jour(periode.debut)} au {_write_jour(periode.fin)}"


def _write_longueur(regle: Regle, version: Version, duree: str) -> str:
    words = [duree]
    if version.maximum:
        words.append("au plus")
    words.append("avant" if regle.sens == "avant" else "après")
    words.append(f"le fait de départ ({regle.debut_libelle})")
    if version.franc:
        words.append("— dernier jour exclu")
    return " ".join(words)


def _write_jour(jour: tuple[int, int]) -> str:
    month, day = jour
    return f"{'1er' if day == 1 else day} {MOIS[month - 1]}"
