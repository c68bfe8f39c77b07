"""Filters and tags available in every template."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.template.context import RequestContext
from django.utils.html import format_html
from django.utils.safestring import SafeString

from seuil.engines.droit import write_date, write_montant
from seuil.kernel.accord import NBSP, write_a, write_heure, write_nombre, write_pluriel
from seuil.web.filtres import list_ignores
from seuil.web.lignes import write_lignes
from seuil.web.nombres import read_nombre

register = template.Library()

JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MOIS_COURTS = (
    "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.",
    "déc.",
)  # fmt: skip
# As much of a page's number as is told back.
_PAGE_MONTREE = 12
# The filters of dates and figures write nothing that HTML escapes, and are called for every cell.
RIEN = SafeString("")


@register.filter(expects_localtime=True)
def date_longue(le: date | None) -> SafeString:
    """Write « mardi 7 mai 2026 »."""
    return SafeString(f"{JOURS[le.weekday()]} {write_date(le)}") if le else RIEN


@register.filter(expects_localtime=True)
def date_courte(le: date | None) -> SafeString:
    """Write « 07/05/2026 »."""
    return SafeString(f"{le.day:02}/{le.month:02}/{le.year}") if le else RIEN


@register.filter
def mois(le: date | None) -> str:
    """Write « 03/2026 »."""
    return f"{le.month:02}/{le.year}" if le else ""


@register.filter
def date_mois(le: date | None) -> SafeString:
    """Write « nov. 2026 », for the head of a column."""
    return SafeString(f"{MOIS_COURTS[le.month - 1]}{NBSP}{le.year}") if le else RIEN


@register.filter
def ecart(value: int | None) -> SafeString:
    """Write « ▲ +4 », « ▼ −3 », « = » : what a figure gained on another."""
    if value is None:
        return RIEN
    if not value:
        return SafeString("=")
    mark, sign = ("▲", "+") if value > 0 else ("▼", "−")
    return SafeString(f"{mark}{NBSP}{sign}{write_nombre(abs(value))}")


@register.filter
def date_iso(le: date | None) -> SafeString:
    """Write « 2026-05-07 », for machines."""
    return SafeString(le.isoformat()) if le else RIEN


@register.filter
def dans_jours(le: date | None, on: date) -> SafeString:
    """Write how far a due day is: « (dans 12 jours) », « (aujourd’hui) », « (en retard de… ) »."""
    if le is None:
        return RIEN
    days = (le - on).days
    if days == 0:
        return SafeString("(aujourd’hui)")
    if days == 1:
        return SafeString("(demain)")
    if days > 0:
        return SafeString(f"(dans {days}{NBSP}jours)")
    late = f"d’un{NBSP}jour" if days == -1 else f"de {-days}{NBSP}jours"
    return SafeString(f"(en retard {late})")


@register.filter
def il_y_a(le: date | None, on: date) -> SafeString:
    """Write how far a day is, when being past is not being late."""
    if le is None or le >= on:
        return dans_jours(le, on)
    days = (on - le).days
    return SafeString("(hier)" if days == 1 else f"(il y a {days}{NBSP}jours)")


@register.filter
def ecart_jours(days: int) -> SafeString:
    """Write a move of a date: « 12 jours plus tard », « 1 jour plus tôt »."""
    return SafeString(f"{write_pluriel(abs(days), 'jour')} plus {'tard' if days > 0 else 'tôt'}")


@register.filter
def nombre(value: int | None) -> SafeString:
    """Write « 12 500 »."""
    return RIEN if value is None else SafeString(write_nombre(value))


@register.filter
def montant(value: Decimal | None) -> SafeString:
    """Write « 1 234,56 € »."""
    if value is None:
        return RIEN
    return SafeString(write_montant(value))


@register.filter(expects_localtime=True)
def heure(value: time | datetime | None) -> str:
    """Write « 9 h 30 », « 14 h »; of an instant, the hour where one reads."""
    if value is None:
        return ""
    return write_heure(value.time() if isinstance(value, datetime) else value)


@register.filter(expects_localtime=True)
def instant(value: datetime | None) -> str:
    """Write « 07/05/2026 à 9 h 30 »."""
    return f"{date_courte(value)} à {heure(value)}" if value else ""


@register.filter
def telephone(value: str) -> str:
    """Write a French number by pairs; leave any other as it is."""
    digits = "".join(c for c in value if c.isdigit())
    if value.strip().startswith("+33") and len(digits) == 11:
        digits = "0" + digits[2:]
    if len(digits) != 10:
        return value
    return NBSP.join(digits[i : i + 2] for i in range(0, 10, 2))


@register.filter
def a_qui(nom: str) -> str:
    """Write « au Département », « à la CAF »."""
    return write_a(nom)


@register.filter
def taille(value: int) -> str:
    """Write « 12 Ko », « 1,4 Mo »."""
    if value < 1_000_000:
        return f"{max(1, round(value / 1000))}{NBSP}Ko"
    return f"{value / 1_000_000:.1f}".replace(".", ",") + f"{NBSP}Mo"


@register.filter
def pluriel(count: int, forms_: str) -> str:
    """Write « 1 dossier », « 12 dossiers » from « dossier,dossiers »."""
    one, _, many = forms_.partition(",")
    return write_pluriel(count, one, many)


@register.simple_tag
def badge(libelle: str, ton: str = "") -> SafeString:
    """Give a DSFR badge; `ton` is info, success, warning, error or empty."""
    suffix = f" fr-badge--{ton}" if ton else ""
    return format_html('<p class="fr-badge fr-badge--sm{}">{}</p>', suffix, libelle)


@register.simple_tag
def echeance(le: date | None, on: date, legale: bool = False) -> SafeString:  # noqa: FBT001, FBT002 - a tag
    """Give a due day with the days left; red only for a legal date lost or about to be."""
    if le is None:
        return format_html('<span class="seuil-a-determiner">à déterminer</span>')
    days = (le - on).days
    ton = "seuil-date--perdue" if legale and days < 0 else ""
    if legale and 0 <= days <= 7:
        ton = "seuil-date--proche"
    # Figures and our own words: nothing to escape, once for each line of a list.
    return SafeString(
        f'<span class="seuil-date {ton}"><time datetime="{le.isoformat()}">{date_longue(le)}</time>'
        f" {dans_jours(le, on)}</span>"
    )


@register.inclusion_tag("composants/champ.html")
def champ(field: forms.BoundField) -> dict[str, object]:
    """Give a field with its label, help and errors."""
    widget = field.field.widget
    kind, group = "champ", "fr-input-group"
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        kind = "choix"
        group = "fr-radio-group" if isinstance(widget, forms.RadioSelect) else "fr-checkbox-group"
    elif isinstance(widget, forms.CheckboxInput):
        kind = "case"
    elif isinstance(widget, forms.HiddenInput):
        kind = "cache"
    elif isinstance(widget, forms.FileInput):
        group = "fr-upload-group"
    elif isinstance(widget, forms.Select):
        group = "fr-select-group"
    # A filter asks nothing when it is left empty: saying so at each one would be noise.
    optional = not field.field.required and not getattr(field.form, "filtre", False)
    return {
        "field": field,
        "kind": kind,
        "group": group,
        "optional": optional,
        "label": field.label,
        "aide": field.help_text,
        "errors": field.errors,
        "id": field.auto_id,
        "pour": field.id_for_label,
    }


@register.inclusion_tag("composants/erreurs.html")
def erreurs(form: forms.BaseForm) -> dict[str, object]:
    """Give the summary of a form's errors, each leading to its field."""
    return {
        "form": form,
        "generales": form.non_field_errors(),
        "champs": [
            (form[name], messages) for name, messages in form.errors.items() if name != "__all__"
        ],
    }


@register.simple_tag(takes_context=True)
def page_demandee(context: RequestContext, page: int, pages: int) -> SafeString:
    """Say that the page asked for is another one: no list stands in silence for what is not."""
    asked = context["request"].GET.get("page", "")
    if not asked or read_nombre(asked) == page:
        return RIEN
    return format_html(
        '<p class="fr-alert fr-alert--warning fr-alert--sm" role="alert">La page «@{}@» n’existe'
        " pas@: voici la page {} sur {}.</p>".replace("@", NBSP),
        asked[:_PAGE_MONTREE], page, pages,
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def filtres_ignores(context: RequestContext) -> list[str]:
    """Give the names that the address bears and that this page does not know."""
    request = context.get("request")
    return list_ignores(request.GET) if request else []


@register.inclusion_tag("composants/pagination.html", takes_context=True)
def pagination(context: RequestContext, page: Page[Any], fragment: str = "") -> dict[str, object]:
    """Give the pagination of a list, keeping its filters; `fragment` is the htmx target."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    prefix = f"?{query.urlencode()}&" if query else "?"
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "numbers": list(numbers),
        "ellipsis": page.paginator.ELLIPSIS,
        "prefix": prefix,
        "fragment": fragment,
    }


@register.simple_tag
def lignes(gabarit: str, lignes: Iterable[Mapping[str, object]], **communes: object) -> SafeString:
    """Give the lines of a list, each written by its template (web/lignes.py)."""
    return write_lignes(gabarit, lignes, **communes)


@register.filter
def libelle(code: str, libelles: Mapping[str, object]) -> object:
    """Give the label of a code; an unknown code is shown as it is."""
    return libelles.get(code, code)
