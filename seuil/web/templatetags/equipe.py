"""Words of the équipe mobile's pages."""

from django import template

from seuil.echeances.models import Stade

register = template.Library()


@register.filter
def stade(code: str) -> str:
    """Give the stage its name."""
    return str(Stade(code).label) if code in Stade.values else ""
