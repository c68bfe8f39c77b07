"""Read what is kept, until when, what holds it; and describe it all in words."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models
from django.db.models import Q

from seuil.acteurs.matrice import Regle as RegleAcces
from seuil.acteurs.matrice import load_matrice
from seuil.acteurs.models import Agent, Organisation, Role
from seuil.acteurs.rules import why_not
from seuil.audit.models import Event
from seuil.conservation.models import DemandeDroit, Gel
from seuil.conservation.rules import (
    Conservation,
    FaitLu,
    Regle,
    Sort,
    add_mois,
    compute_reponse_due,
    compute_sort,
    load_conservation,
    write_duree,
)
from seuil.dossiers.models import Acces, Dossier, Personne
from seuil.kernel.bulk import as_array

# Classes of `class Privacy`, in words; `technique` is not personal.
CLASSES: Mapping[str, str] = {
    "identite": "identité",
    "contact": "adresse et coordonnées",
    "finance": "situation financière",
    "social": "situation sociale",
    "procedure": "procédure",
    "agent": "agents habilités",
    "technique": "technique",
}
_BATCH = 2000


@dataclass(frozen=True, slots=True)
class DossierLu:
    """What the purge asks of a file, and what will remain of it."""

    id: UUID
    numero: str
    sort: Sort
    faits: Sequence[FaitLu]
    ouvert_le: date
    parc: str
    commune: str
    epci: str
    population: int
    dette: Decimal | None
    departement: str


def list_tables_du_dossier() -> list[tuple[type[models.Model], tuple[tuple[str, Any], ...]]]:
    """Return the tables that hang on a file, the nearest first, with how each hangs.

    Drawn from the models: a new table that names a file is purged without anybody thinking of it.
    Each item is a model and its pairs (field, model that the field names). The register of requests
    stays: it is detached.
    """
    return list(_tables_du_dossier())


@cache
def _tables_du_dossier() -> tuple[tuple[type[models.Model], tuple[tuple[str, Any], ...]], ...]:
    known: list[type[models.Model]] = [Dossier]
    ways: dict[type[models.Model], list[tuple[str, Any]]] = {Dossier: []}
    domain = [m for m in apps.get_models() if m.__module__.startswith("seuil.")]
    waiting = [m for m in domain if m not in {Dossier, DemandeDroit}]
    while True:
        # A table comes once all those that it names among the file's are placed.
        found = {m: _list_links(m, set(ways)) for m in waiting}
        ready = [m for m, links in found.items() if links]
        if not ready:
            return tuple((m, tuple(ways[m])) for m in known)
        pending = set(ready)
        free = [m for m in ready if not _list_links(m, pending - {m})] or ready
        for model in free:
            ways[model] = found[model]
            known.append(model)
            waiting.remove(model)


def _list_links(model: type[models.Model], among: Collection[Any]) -> list[tuple[str, Any]]:
    return [
        (field.name, field.related_model)
        for field in model._meta.concrete_fields  # noqa: SLF001 - Django's public Meta
        if field.remote_field and field.related_model in among
    ]


def list_rows_du_dossier(*, dossier_id: UUID) -> dict[type[models.Model], list[Any]]:
    """Return the keys of the rows of every table that hang on a file, nearest table first."""
    keys: dict[type[models.Model], list[Any]] = {}
    for model, links in list_tables_du_dossier():
        if model is Dossier:
            keys[model] = [dossier_id]
            continue
        found: set[Any] = set()
        for name, parent in links:
            if keys[parent]:
                rows = model._base_manager.filter(**{f"{name}__in": keys[parent]})  # noqa: SLF001
                found.update(rows.order_by("pk").values_list("pk", flat=True))
        keys[model] = sorted(found)
    return keys


def list_dossiers_lus(
    *, departement: str, on: date, dossier_id: UUID | None = None
) -> Iterator[DossierLu]:
    """Yield the files that may be due on that day, with what becomes of each; oldest first.

    Those with an exchange or an act too recent are left out by the database already.
    """
    conservation = load_conservation(departement)
    mois = conservation.regles["dossier"].mois or 0
    before = add_mois(on, -mois)
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATS, {"departement": departement, "avant": before, "id": dossier_id})
        ids = [pk for (pk,) in cursor.fetchall()]
    for start in range(0, len(ids), _BATCH):
        yield from _read_batch(ids[start : start + _BATCH], conservation)


def get_sort(*, dossier: Dossier) -> Sort:
    """Return what becomes of one file, whatever the day."""
    (lu,) = _read_batch([dossier.pk], load_conservation(dossier.departement_id))
    return lu.sort


def _read_batch(ids: Sequence[UUID], conservation: Conservation) -> list[DossierLu]:
    faits: dict[UUID, list[FaitLu]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_FAITS, {"ids": as_array(ids)})
        for pk, nature, le, kind, sens in cursor.fetchall():
            faits.setdefault(pk, []).append(FaitLu(nature, le, kind, sens))
        cursor.execute(_FICHES, {"ids": as_array(ids)})
        fiches = cursor.fetchall()
    gels: dict[UUID, list[str]] = {}
    for gel in Gel.objects.filter(dossier__in=ids, leve_le=None).order_by("pose_le"):
        gels.setdefault(gel.dossier_id, []).append(gel.motif)
    return [
        DossierLu(
            id=pk,
            numero=numero,
            sort=compute_sort(
                faits=faits.get(pk, ()),
                ouvert_le=ouvert_le,
                conservation=conservation,
                gels=gels.get(pk, ()),
                limite_le=limite_le,
            ),
            faits=faits.get(pk, ()),
            ouvert_le=ouvert_le,
            parc=parc,
            commune=commune or "",
            epci=epci or "",
            population=population or 0,
            dette=dette,
            departement=departement,
        )
        for (
            pk, numero, departement, ouvert_le, limite_le, parc, commune, epci, population, dette,
        ) in fiches
    ]  # fmt: skip


# Only what no recent exchange or act keeps: the rest is decided by the rules.
_CANDIDATS = """
SELECT d.id FROM dossiers_dossier d
WHERE d.departement_id = %(departement)s AND (%(id)s::uuid IS NULL OR d.id = %(id)s::uuid)
  AND d.ouvert_le < %(avant)s
  AND NOT EXISTS (SELECT 1 FROM contacts_contact c WHERE c.dossier_id = d.id
    AND c.avec = 'menage' AND c.resultat IN ('echange', 'rendez_vous', 'refus')
    AND c.survenu_le >= %(avant)s)
ORDER BY d.ouvert_le, d.id
"""
_FAITS = """
SELECT dossier_id, 'contact', survenu_le, '', resultat FROM contacts_contact
  WHERE dossier_id = ANY(%(ids)s::uuid[]) AND avec = 'menage'
  AND resultat IN ('echange', 'rendez_vous', 'refus')
UNION ALL
SELECT dossier_id, 'tentative', survenu_le, '', resultat FROM contacts_contact
  WHERE dossier_id = ANY(%(ids)s::uuid[])
  AND NOT (avec = 'menage' AND resultat IN ('echange', 'rendez_vous', 'refus'))
UNION ALL
SELECT dossier_id, 'acte', survenu_le, type, sens FROM actes_acte
  WHERE dossier_id = ANY(%(ids)s::uuid[])
UNION ALL
SELECT dossier_id, 'audience', audience_le, type, '' FROM actes_acte
  WHERE dossier_id = ANY(%(ids)s::uuid[]) AND audience_le IS NOT NULL
UNION ALL
SELECT m.dossier_id, 'rapport', r.rendu_le, r.genre, '' FROM accompagnements_rapport r
  JOIN accompagnements_mandat m ON m.id = r.mandat_id WHERE m.dossier_id = ANY(%(ids)s::uuid[])
UNION ALL
SELECT m.dossier_id, 'contrat', k.signe_le, '', '' FROM accompagnements_contrat k
  JOIN accompagnements_mandat m ON m.id = k.mandat_id WHERE m.dossier_id = ANY(%(ids)s::uuid[])
UNION ALL
SELECT m.dossier_id, 'demarche', e.terminee_le, e.genre, '' FROM accompagnements_demarche e
  JOIN accompagnements_contrat k ON k.id = e.contrat_id
  JOIN accompagnements_mandat m ON m.id = k.mandat_id
  WHERE m.dossier_id = ANY(%(ids)s::uuid[]) AND e.terminee_le IS NOT NULL
UNION ALL
SELECT dossier_id, 'cloture', clos_le, motif_cloture, denouement FROM accompagnements_mandat
  WHERE dossier_id = ANY(%(ids)s::uuid[]) AND clos_le IS NOT NULL
UNION ALL
SELECT dossier_id, 'mandat', transmis_le, '', '' FROM accompagnements_mandat
  WHERE dossier_id = ANY(%(ids)s::uuid[])
UNION ALL
SELECT dossier_id, CASE WHEN fin = 'avec_menage' THEN 'dsf' ELSE 'dsf_sans_rencontre' END,
  termine_le, fin, '' FROM diagnostics_dsf
  WHERE dossier_id = ANY(%(ids)s::uuid[]) AND termine_le IS NOT NULL
UNION ALL
SELECT dossier_id, 'annonce', dite_le, '', '' FROM dossiers_dateannoncee
  WHERE dossier_id = ANY(%(ids)s::uuid[]) AND a_qui = 'menage'
  AND moyen IN ('telephone', 'entretien')
UNION ALL
SELECT dossier_id, 'demande', recue_le, droit, '' FROM conservation_demandedroit
  WHERE dossier_id = ANY(%(ids)s::uuid[])
UNION ALL
SELECT dossier_id, 'dette', constatee_le, '', '' FROM dossiers_dette
  WHERE dossier_id = ANY(%(ids)s::uuid[])
"""
_FICHES = """
SELECT d.id, d.numero, d.departement_id, d.ouvert_le, d.limite_le, d.parc, l.commune_id, c.epci,
  c.population,
  (SELECT t.montant FROM dossiers_dette t WHERE t.dossier_id = d.id
   ORDER BY t.constatee_le DESC, t.created_at DESC LIMIT 1)
FROM dossiers_dossier d
LEFT JOIN dossiers_logement l ON l.dossier_id = d.id
LEFT JOIN acteurs_commune c ON c.code = l.commune_id
WHERE d.id = ANY(%(ids)s::uuid[])
ORDER BY d.ouvert_le, d.id
"""


@dataclass(frozen=True, slots=True)
class DemandeVue:
    """A request of the register, with the last day to answer it."""

    demande: DemandeDroit
    due_le: date
    is_late: bool


def list_demandes(*, agent: Agent, on: date) -> list[DemandeVue]:
    """Return the register of the agent's département: what waits first, the oldest first."""
    if why_not(agent.profil, "rgpd.exercer"):
        return []
    rows = (
        DemandeDroit.objects.filter(departement=agent.departement_id)
        .select_related("dossier")
        .order_by("repondue_le", "recue_le", "id")
    )
    vues = []
    for demande in rows:
        due = compute_reponse_due(recue_le=demande.recue_le, prolongee=demande.prolongee)
        vues.append(DemandeVue(demande, due, demande.repondue_le is None and due < on))
    return sorted(vues, key=lambda v: (v.demande.repondue_le is not None, v.due_le))


def get_demande(*, agent: Agent, demande_id: UUID) -> DemandeDroit:
    """Return a request of the agent's département. Raises DemandeDroit.DoesNotExist."""
    if why_not(agent.profil, "rgpd.exercer"):
        raise DemandeDroit.DoesNotExist
    return DemandeDroit.objects.select_related("dossier").get(
        pk=demande_id, departement=agent.departement_id
    )


def get_gel(*, dossier: Dossier) -> Gel | None:
    """Return the hold that runs on a file, if any."""
    return Gel.objects.filter(dossier=dossier, leve_le=None).first()


def list_limites(*, dossier_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the files whose processing is limited."""
    rows = Dossier.objects.filter(pk__in=dossier_ids, limite_le__isnull=False)
    return set(rows.order_by("pk").values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class Traitement:
    """One line of the register of processing: whose data, why, on what basis, who, how long."""

    finalite: str
    bases: Sequence[str]
    profils: Sequence[str]
    categories: Sequence[str]


@dataclass(frozen=True, slots=True)
class Destinataire:
    """Who receives or reads a category, and why."""

    profil: str
    lit: Sequence[str]
    recoit: Sequence[str]
    finalites: Sequence[str]


@dataclass(frozen=True, slots=True)
class TableDecrite:
    """A table: what it holds by class, and the rule that erases it."""

    nom: str
    contenu: Sequence[tuple[str, Sequence[str]]]
    regle: Regle
    duree: str

    @property
    def is_personnelle(self) -> bool:
        return bool(self.contenu)


@dataclass(frozen=True, slots=True)
class Registre:
    """What the public page, the documentation and the AIPD say: all of it from the code."""

    traitements: Sequence[Traitement]
    destinataires: Sequence[Destinataire]
    regles: Sequence[tuple[Regle, str, str]]
    tables: Sequence[TableDecrite]
    categories: Mapping[str, str]
    conservation: Conservation


def describe_registre(*, departement: str = "") -> Registre:
    """Return the register of purposes, recipients, categories and durations.

    From the matrix, `class Privacy` of each model and the rules of retention. Names nobody.
    """
    matrice, conservation = load_matrice(), load_conservation(departement)
    traitements = []
    for code, libelle in matrice.finalites.items():
        rules = [(p, r) for p in matrice.profils.values() for r in p.regles if r.finalite == code]
        alone = [p for p in matrice.profils.values() if p.finalite == code]
        if not rules and not alone:
            continue
        read = {c for _, r in rules for c in r.operations}
        bases = dict.fromkeys([*(r.base for _, r in rules), *(p.base for p in alone)])
        traitements.append(
            Traitement(
                finalite=libelle,
                bases=[matrice.bases[b] for b in bases],
                profils=[*dict.fromkeys(p.libelle for p in (*(p for p, _ in rules), *alone))],
                categories=[label for c, label in matrice.categories.items() if c in read],
            )
        )
    return Registre(
        traitements=traitements,
        destinataires=list_destinataires_prevus(),
        regles=[
            (r, conservation.evenements[r.evenement], write_duree(r.mois))
            for r in conservation.regles.values()
        ],
        tables=[
            _describe_table(m, conservation)
            for m in apps.get_models()
            if m.__module__.startswith("seuil.")
        ],
        categories=matrice.categories,
        conservation=conservation,
    )


def list_destinataires_prevus() -> list[Destinataire]:
    """Return, for each profile of the matrix, the categories it reads or receives, and why."""
    matrice = load_matrice()

    def words(codes: Collection[str]) -> list[str]:
        return [label for code, label in matrice.categories.items() if code in codes]

    found = []
    for profil in matrice.profils.values():
        reads = {c for r in profil.regles for c in r.operations if r.allows(c, "lire")}
        gets = {c for r in profil.regles for c in r.operations if r.allows(c, "recevoir")} - reads
        finalites = dict.fromkeys(matrice.finalites[r.finalite] for r in profil.regles)
        if reads or gets:
            found.append(Destinataire(profil.libelle, words(reads), words(gets), [*finalites]))
    return found


def _describe_table(model: type[models.Model], conservation: Conservation) -> TableDecrite:
    privacy = vars(model.Privacy)  # type: ignore[attr-defined]
    regle = conservation.regles[privacy["retention"]]
    return TableDecrite(
        nom=str(model._meta.verbose_name).capitalize(),  # noqa: SLF001
        contenu=[
            (label, sorted(name_field(model=model, field=f) for f in privacy[code]))
            for code, label in CLASSES.items()
            if code in privacy and code != "technique"
        ],
        regle=regle,
        duree=write_duree(regle.mois),
    )


def name_field(*, model: type[models.Model], field: str) -> str:
    """Return the name of a column in plain French."""
    found: Any = model._meta.get_field(field)  # noqa: SLF001
    plain = found.name.replace("_", " ")
    if found.is_relation and found.verbose_name == plain:
        return str(found.related_model._meta.verbose_name)  # noqa: SLF001
    return str(found.verbose_name)


def list_personnelles(*, model: type[models.Model]) -> list[str]:
    """Return the columns of a table that are personal for the people of a file.

    Those of agents and the technical ones are not.
    """
    privacy = vars(model.Privacy)  # type: ignore[attr-defined]
    named = {
        f for code, fields in privacy.items()
        if code in CLASSES and code not in {"technique", "agent"} for f in fields
    }  # fmt: skip
    return [f.name for f in model._meta.concrete_fields if f.name in named]  # noqa: SLF001


def count_expires(*, departement: str, on: date) -> dict[str, int]:
    """Return, for the rules other than the file's, how many rows are due on that day."""
    return {
        code: len(_fetch_keys(code, departement, on))
        for code in ("ligne", "liste", "bailleur", "habilitation", "demande", "convention")
    }


def list_expires(*, regle: str, departement: str, on: date) -> list[Any]:
    """Return the keys of the rows that a rule other than the file's erases on that day."""
    return _fetch_keys(regle, departement, on)


def _fetch_keys(regle: str, departement: str, on: date) -> list[Any]:
    mois = load_conservation(departement).regles[regle].mois or 0
    # The day after the term, as for a file: on > day + duration.
    params: dict[str, Any] = {"departement": departement, "avant": add_mois(on, -mois)}
    sql = _EXPIRES[regle]
    if regle == "habilitation":
        names = {f.name for f in Agent._meta.concrete_fields}  # noqa: SLF001
        sql = sql.replace("{fin}", _FIN_DATEE if "habilite_jusqu_au" in names else _FIN)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [pk for (pk,) in cursor.fetchall()]


# The end of an habilitation: its date; for an account that was closed, the last sign-in.
_FIN = "CASE WHEN is_active THEN NULL ELSE coalesce(last_login::date, habilite_le) END"
_FIN_DATEE = (
    "CASE WHEN is_active THEN habilite_jusqu_au"
    " ELSE least(habilite_jusqu_au, coalesce(last_login::date, habilite_jusqu_au)) END"
)
_EXPIRES = {
    "ligne": """
SELECT x.id FROM actes_ligne x JOIN actes_lot l ON l.id = x.lot_id
WHERE l.departement_id = %(departement)s
  AND coalesce(l.applique_le, l.depose_le) < %(avant)s ORDER BY x.id
""",
    "liste": """
SELECT l.id FROM actes_lot l WHERE l.departement_id = %(departement)s
  AND coalesce(l.applique_le, l.depose_le) < %(avant)s AND l.depose_par <> '' ORDER BY l.id
""",
    "bailleur": """
SELECT b.id FROM dossiers_bailleur b WHERE b.departement_id = %(departement)s
  AND NOT EXISTS (SELECT 1 FROM dossiers_bail x WHERE x.bailleur_id = b.id) ORDER BY b.id
""",
    "habilitation": """
SELECT id FROM acteurs_agent WHERE departement_id = %(departement)s
  AND {fin} < %(avant)s AND nom <> 'Ancien agent' ORDER BY id
""",
    "demande": """
SELECT id FROM conservation_demandedroit WHERE departement_id = %(departement)s
  AND repondue_le < %(avant)s ORDER BY id
""",
    "convention": """
SELECT id FROM accompagnements_choix x WHERE x.departement_id = %(departement)s
  AND make_date(extract(year FROM x.mois)::int, 12, 31) < %(avant)s
  AND NOT EXISTS (SELECT 1 FROM accompagnements_choixligne n WHERE n.choix_id = x.id)
  AND NOT EXISTS (SELECT 1 FROM accompagnements_mandat m WHERE m.choix_id = x.id)
ORDER BY id
""",
}


def list_documents_orphelins(*, names: Collection[str], departement: str) -> list[str]:
    """Return, among names of files, those that no document of the département bears any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.id::text FROM dossiers_document p JOIN dossiers_dossier d"
            " ON d.id = p.dossier_id WHERE d.departement_id = %s",
            [departement],
        )
        known = {name for (name,) in cursor.fetchall()}
    return sorted(set(names) - known)


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


def get_categorie(*, row: models.Model) -> str:
    """Return the category of the matrix that a row of a file belongs to."""
    rls: Any = type(row).Rls  # type: ignore[attr-defined]
    column, special = getattr(rls, "par_valeur", ("", {}))
    if column and getattr(row, column) in special:
        return str(special[getattr(row, column)])
    return str(getattr(rls, "categorie", "identite")) or "identite"


def list_rows(*, model: type[models.Model], keys: Sequence[Any]) -> list[models.Model]:
    """Return rows of a table by key, in the order in which they were written."""
    order = "created_at" if any(f.name == "created_at" for f in model._meta.fields) else "pk"  # noqa: SLF001
    rows = model._base_manager.filter(pk__in=keys)  # noqa: SLF001 - any table of the file
    return list(rows.order_by(order, "pk"))


def list_personnes(*, dossier: Dossier) -> list[Personne]:
    """Return the people of a file, numbered from one by their place: holders of the lease first."""
    order = {q: i for i, q in enumerate(Personne.Qualite.values)}
    rows = Personne.objects.filter(dossier=dossier).order_by("rang", "pk")
    return sorted(rows, key=lambda p: (order[p.qualite], p.rang))


def find_dossier(*, departement: str, numero: str) -> Dossier | None:
    """Return a file by its number, limited or not: for the exercise of rights only."""
    return Dossier.objects.filter(departement=departement, numero=numero.strip()).first()
