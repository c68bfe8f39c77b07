"""Who read a category of a file, or might have."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

from seuil.acteurs.matrice import load_matrice
from seuil.acteurs.models import Agent, Organisation, Role
from seuil.dossiers.models import Dossier
from seuil.dossiers.models import relations as relations_du_dossier
from seuil.kernel.alphabet import list_alphabet
from seuil.kernel.texte import fold_alphabet


@dataclass(frozen=True, slots=True)
class Lecteur:
    """An organisation that read a category of a file, or might have: how one knows."""

    organisation: str
    pourquoi: str
    a_lu: bool
    id: UUID | None = None


def list_lecteurs(*, dossier: Dossier, categorie: str, depuis: date, on: date) -> list[Lecteur]:
    """Return the organisations that read or received a category of a file since a day.

    Those that the journal saw first, then those that the matrix and the dated links let read it.
    """
    seen = [
        Lecteur(name, f"a consulté, la dernière fois le {le:%d/%m/%Y}", a_lu=True)
        for name, le in _list_consultations(dossier.pk, categorie, depuis)
    ]
    known = {x.organisation for x in seen}
    allowed: dict[str, Lecteur] = {}
    for organisation, pourquoi in _list_autorisees(dossier, categorie, depuis, on):
        if organisation.nom not in known:
            lecteur = Lecteur(organisation.nom, pourquoi, a_lu=False, id=organisation.pk)
            allowed.setdefault(organisation.nom, lecteur)
    return [*seen, *(allowed[name] for name in sorted(allowed, key=fold_alphabet))]


def _list_consultations(dossier_id: UUID, categorie: str, depuis: date) -> list[tuple[str, date]]:
    """Return who the journal saw read a category of a file: organisation, last day."""
    with connection.cursor() as cursor:
        cursor.execute(_CONSULTATIONS, [dossier_id, categorie, depuis])
        return [(name, le) for name, le in cursor.fetchall()]


_CONSULTATIONS = """
SELECT organisation, max(created_at)::date FROM audit_event
WHERE nature = 'lecture' AND dossiers @> ARRAY[%s::uuid] AND %s = ANY(categories)
  AND created_at >= %s AND organisation <> ''
GROUP BY organisation ORDER BY organisation
"""


def _list_autorisees(
    dossier: Dossier, categorie: str, depuis: date, on: date
) -> Iterator[tuple[Organisation, str]]:
    """Yield the organisations to which the matrix opens, or sends, a category of a file."""
    relations = load_matrice().relations
    homes: dict[str, list[Organisation]] = {}
    for lecteur in relations_du_dossier.list_lecteurs(dossier, on=on, since=depuis):
        opened = lecteur.regle.operations.get(categorie, frozenset())
        if not opened:
            continue
        verb = "peut lire" if "lire" in opened else "est destinataire"
        pourquoi = f"{verb}\N{NO-BREAK SPACE}: {relations[lecteur.regle.relation].libelle}"
        for organisation in _list_organisations(lecteur, dossier, homes):
            yield organisation, pourquoi


def _list_organisations(
    lecteur: relations_du_dossier.Lecteur, dossier: Dossier, homes: dict[str, list[Organisation]]
) -> list[Organisation]:
    """Return the organisations of those whom a relation names; `homes` keeps what was found."""
    if lecteur.qui.agent:
        return [lecteur.qui.agent.organisation]
    if lecteur.qui.organisation:
        return [lecteur.qui.organisation]
    profil = lecteur.profil
    if profil.code not in homes:
        here = Organisation.objects.filter(departement=dossier.departement_id).order_by(
            *list_alphabet("nom")
        )
        if profil.role != Role.PARTENAIRE:
            # A service counts when somebody there has the role; a partner's is its type.
            staff = Agent.objects.filter(role=profil.role, departement=dossier.departement_id)
            here = here.filter(pk__in=staff.values("organisation"))
        find = load_matrice().find_profil
        homes[profil.code] = [o for o in here if find(profil.role, o.type) is profil]
    return homes[profil.code]
