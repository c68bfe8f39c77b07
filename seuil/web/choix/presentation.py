"""The words of a line of the choice of the month, ready for its template."""

from collections.abc import Iterable
from datetime import date
from html import escape

from django.utils.safestring import SafeString

from seuil.accompagnements.rules.choix import LigneProposee
from seuil.web.addresses import address
from seuil.web.templatetags.equipe import stade
from seuil.web.templatetags.seuil import date_courte, date_longue, il_y_a, montant, pluriel

_CRITERE = '<li>%s <span class="seuil-discret">(+%d)</span></li>'


def write_lignes(lignes: Iterable[LigneProposee], *, on: date) -> list[dict[str, object]]:
    """Return the words of each line, by the name that `choix/_ligne.html` gives them."""
    return [_write(rang, ligne, on) for rang, ligne in enumerate(lignes, start=1)]


def _write(rang: int, ligne: LigneProposee, on: date) -> dict[str, object]:
    c = ligne.candidat
    audience = SafeString("")
    if c.audience_le:
        audience = SafeString(f"{date_longue(c.audience_le)} {il_y_a(c.audience_le, on)}")
    return {
        "rang": str(rang),
        "url": address("dossier", c.numero),
        "numero": c.numero,
        "nom": c.nom,
        "commune": c.commune,
        "stade": stade(c.stade),
        "stade_le": date_courte(c.stade_le),
        "audience": audience,
        "dette": montant(c.dette),
        "points": pluriel(c.score, "point,points"),
        "motif": ligne.motif,
        "criteres": SafeString(
            "".join(_CRITERE % (escape(x.libelle), x.points) for x in c.criteres)
        ),
    }
