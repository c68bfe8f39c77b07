"""A few files side by side: what tells one household from another at a glance."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from seuil.acteurs.models import Agent
from seuil.dossiers.models import Classement, Coordonnee, Dossier, Personne
from seuil.dossiers.queries import readable


@dataclass(frozen=True, slots=True)
class Fiche:
    """What tells a household, for a person who compares."""

    dossier_id: UUID
    numero: str
    ouvert_le: date
    nom: str
    adresse: str
    ne_le: date | None = None
    telephones: Sequence[str] = field(default_factory=list)
    classe_le: date | None = None
    commune: str = ""


def list_fiches(*, agent: Agent, on: date, dossier_ids: Sequence[UUID]) -> list[Fiche]:
    """Return what the agent may read of some files, in the order asked; four queries."""
    ids = list(dossier_ids)
    seen = (
        Dossier.objects.visible_to(agent, on=on, categorie="identite")
        .filter(pk__parmi=ids)
        .select_related("logement__commune")
    )
    files = {d.pk: d for d in seen}
    people: dict[UUID, list[Personne]] = {}
    rows = readable(rows=Personne.objects.all(), agent=agent, on=on, parmi=ids)
    for p in rows.filter(dossier__id__parmi=ids).order_by("-qualite", "rang"):
        people.setdefault(p.dossier_id, []).append(p)
    phones: dict[UUID, list[str]] = {}
    known = readable(rows=Coordonnee.objects.all(), agent=agent, on=on, parmi=ids)
    for c in known.filter(dossier__id__parmi=ids, type="telephone", fin=""):
        phones.setdefault(c.dossier_id, []).append(c.valeur)
    closed = readable(rows=Classement.objects.all(), agent=agent, on=on, parmi=ids)
    classes = dict(
        closed.filter(dossier__id__parmi=ids, rouvert_le=None).values_list(
            "dossier_id", "classe_le"
        )
    )
    return [
        _write(files[pk], people.get(pk, ()), phones.get(pk, ()), classes.get(pk))
        for pk in ids
        if pk in files
    ]


def _write(
    dossier: Dossier, people: Sequence[Personne], phones: Sequence[str], classe_le: date | None
) -> Fiche:
    holders = [p for p in people if p.qualite in {"titulaire", "co_titulaire"}]
    home = getattr(dossier, "logement", None)
    return Fiche(
        dossier.pk,
        dossier.numero,
        dossier.ouvert_le,
        " et ".join(str(p) for p in holders),
        str(home) if home else "",
        holders[0].ne_le if holders else None,
        list(phones),
        classe_le,
        home.commune.nom if home else "",
    )
