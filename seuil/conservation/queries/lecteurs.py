"""Who read a category of a file, or might have."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Q

from seuil.acteurs.matrice import Regle as RegleAcces
from seuil.acteurs.matrice import load_matrice
from seuil.acteurs.models import Agent, Organisation, Role
from seuil.audit.models import Event
from seuil.dossiers.models import Acces, Dossier


@dataclass(frozen=True, slots=True)
class Lecteur:
    """An organisation that read a category of a file, or might have: how one knows."""

    organisation: str
    pourquoi: str
    a_lu: bool
    id: UUID | None = None


def list_lecteurs(*, dossier: Dossier, categorie: str, depuis: date) -> list[Lecteur]:
    """Return the organisations that read or received a category of a file since a day.

    Those that the journal saw first, then those that the matrix and the dated links let read it.
    """
    seen = [
        Lecteur(name, f"a consulté, la dernière fois le {le:%d/%m/%Y}", a_lu=True)
        for name, le in _list_consultations(dossier.pk, categorie, depuis)
    ]
    known = {x.organisation for x in seen}
    allowed: dict[str, Lecteur] = {}
    for organisation, pourquoi in _list_autorisees(dossier, categorie, depuis):
        if organisation.nom not in known:
            lecteur = Lecteur(organisation.nom, pourquoi, a_lu=False, id=organisation.pk)
            allowed.setdefault(organisation.nom, lecteur)
    return [*seen, *(allowed[name] for name in sorted(allowed))]


def _list_consultations(dossier_id: UUID, categorie: str, depuis: date) -> list[tuple[str, date]]:
    """Return who the journal saw read a category of a file: organisation, last day.

    Nothing while the journal keeps no reading.
    """
    columns = {f.name for f in Event._meta.concrete_fields}  # noqa: SLF001 - public Meta
    if not {"nature", "dossiers", "organisation", "categories"} <= columns:
        return []
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
    dossier: Dossier, categorie: str, depuis: date
) -> Iterator[tuple[Organisation, str]]:
    """Yield the organisations to which the matrix opens, or sends, a category of a file."""
    matrice = load_matrice()
    homes = list(Organisation.objects.filter(departement=dossier.departement_id).order_by("nom"))
    roles: dict[str, set[UUID]] = {}
    staff = Agent.objects.filter(departement=dossier.departement_id)
    for role, home in staff.order_by("pk").values_list("role", "organisation"):
        roles.setdefault(role, set()).add(home)
    links = Acces.objects.filter(Q(fin_le=None) | Q(fin_le__gte=depuis), dossier=dossier)
    acces = list(links.select_related("agent").order_by("pk"))
    owing = set(
        dossier.taches.exclude(organisation=None)
        .order_by("organisation")
        .values_list("organisation", flat=True)
    )
    for organisation in homes:
        for role in (*roles, Role.PARTENAIRE):
            profil = matrice.find_profil(role, organisation.type)
            if profil is None or (role != Role.PARTENAIRE and organisation.pk not in roles[role]):
                continue
            for regle in profil.regles:
                opened = regle.operations.get(categorie, frozenset())
                if opened and _reaches(regle, organisation, role, dossier, acces, owing):
                    verb = "peut lire" if "lire" in opened else "est destinataire"
                    relation = matrice.relations[regle.relation].libelle
                    yield organisation, f"{verb}\N{NO-BREAK SPACE}: {relation}"


def _reaches(
    regle: RegleAcces,
    home: Organisation,
    role: str,
    dossier: Dossier,
    acces: Sequence[Acces],
    owing: Collection[UUID],
) -> bool:
    if load_matrice().relations[regle.relation].lien:
        return any(
            a.relation == regle.relation
            and (
                a.organisation_id == home.pk
                or (a.agent is not None and a.agent.organisation_id == home.pk)
                or (a.role != "" and a.role == role)
            )
            for a in acces
        )
    if not regle.de <= dossier.rang <= regle.a:
        return False
    if regle.relation == "secteur":
        return home.serves(dossier.commune_code)
    if regle.relation == "saisine":
        return home.pk in owing
    return regle.relation == "departement"
