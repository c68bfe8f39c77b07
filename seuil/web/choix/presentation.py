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


def write_lignes(lignes: Iterable[LigneProposee], *, on: date) -> list[tuple[object, ...]]:
    """Return the cells of each line, in the order that `choix/_lignes.html` names them.

    Written here once: a template that looks up and filters each cell costs ten times more.
    """
    return [_write(rang, ligne, on) for rang, ligne in enumerate(lignes, start=1)]


def _write(rang: int, ligne: LigneProposee, on: date) -> tuple[object, ...]:
    c = ligne.candidat
    audience = SafeString("")
    if c.audience_le:
        audience = SafeString(f"{date_longue(c.audience_le)} {il_y_a(c.audience_le, on)}")
    return (
        str(rang),
        address("dossier", c.numero),
        c.numero,
        c.nom,
        c.commune,
        stade(c.stade),
        date_courte(c.stade_le),
        audience,
        montant(c.dette),
        pluriel(c.score, "point,points"),
        ligne.motif,
        SafeString("".join(_CRITERE % (escape(x.libelle), x.points) for x in c.criteres)),
    )
