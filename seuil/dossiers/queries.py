"""Read a dossier: the household, the dwelling, the lease, the debt, the links that open it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Count, F, Model, Q, QuerySet
from django.db.models.functions import Now

from seuil.acteurs.matrice import (
    DOSSIER,
    Portee,
    Regle,
    Relation,
    list_portees,
    load_matrice,
)
from seuil.acteurs.models import Agent, Commune
from seuil.acteurs.rules import reads_whole
from seuil.dossiers.models import (
    Acces,
    AideLogement,
    Bail,
    Bailleur,
    Classement,
    Composition,
    Coordonnee,
    Correction,
    DateAnnoncee,
    Dette,
    Document,
    Dossier,
    Garant,
    LigneDecompte,
    Logement,
    MesureProtection,
    MotifProcedure,
    Personne,
    Ressources,
    SuiviSocial,
)
from seuil.dossiers.models.groupes import GROUPES
from seuil.dossiers.models.relations import list_raisons, list_reached, reaches_all
from seuil.dossiers.rules import Identite
from seuil.engines.droit import write_date, write_montant
from seuil.kernel.contexte import get_memo
from seuil.kernel.tables import get_column

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Menage:
    """Who lives there, how to reach them, what social services say: newest first."""

    personnes: Sequence[Personne]
    compositions: Sequence[Composition]
    coordonnees: Sequence[Coordonnee]
    suivis: Sequence[SuiviSocial]


@dataclass(frozen=True, slots=True)
class Raison:
    """Why an agent sees a file: a relation that holds, and what the matrix opens by it."""

    relation: Relation
    regle: Regle
    # The day from which, for a dated link; its end when it has one.
    depuis_le: date | None = None
    jusqu_au: date | None = None


@dataclass(frozen=True, slots=True)
class Ouverture:
    """What of one file is open to an agent on a day: its reasons, and what each one gives."""

    raisons: Sequence[Raison]

    def allows(self, categorie: str, operation: str = "lire") -> bool:
        """Tell whether one of the reasons opens a category for an operation.

        `dossier` stands for any category that is read of it.
        """
        if categorie == DOSSIER:
            return any(r.regle.knows_dossier for r in self.raisons)
        return any(r.regle.allows(categorie, operation) for r in self.raisons)


def get_dossier(*, agent: Agent, on: date, numero: str) -> Dossier:
    """Return a file with its dwelling, and with its lease and landlord for who may read them.

    Raises Dossier.DoesNotExist when there is none of that number, or the agent may not see it.
    """
    found = (
        Dossier.objects.visible_to(agent, on=on)
        .select_related("logement__commune__arrondissement", "bail__bailleur")
        .get(numero=numero)
    )
    ouverture = get_ouverture(agent=agent, on=on, dossier=found)
    for name, categorie in (("logement", "identite"), ("bail", "bail_dette")):
        if not ouverture.allows(categorie):
            # As if the file had none: whoever asks for it gets nothing.
            field: Any = get_column(Dossier, name)
            field.set_cached_value(found, None)
    return found


def get_ouverture(*, agent: Agent, on: date, dossier: Dossier) -> Ouverture:
    """Return why the agent sees a file, and what of it; no reason when it does not see it.

    In a request the same file is asked about at each of its parts: the answer is kept.
    """
    memo = get_memo()
    if memo is None:
        return _compute_ouverture(agent, on, dossier)
    key = ("ouverture", agent.pk, on, dossier.pk)
    if key not in memo:
        memo[key] = _compute_ouverture(agent, on, dossier)
    found: Ouverture = memo[key]
    return found


def _compute_ouverture(agent: Agent, on: date, dossier: Dossier) -> Ouverture:
    relations = load_matrice().relations
    return Ouverture(
        [
            Raison(
                relations[regle.relation],
                regle,
                lien.debut_le if lien else None,
                lien.fin_le if lien else None,
            )
            for regle, lien in list_raisons(dossier, agent, on=on)
        ]
    )


def count_arrivees(*, agent: Agent, on: date, since: date) -> int:
    """Return how many of the files the agent may see were opened since a day, included."""
    return Dossier.objects.visible_to(agent, on=on).filter(ouvert_le__gte=since).count()


def list_titulaires(*, agent: Agent, on: date, dossier: Dossier) -> Sequence[Personne]:
    """Return the people of the household, holders of the lease first."""
    order = {q: i for i, q in enumerate(Personne.Qualite.values)}
    rows = readable(rows=Personne.objects.all(), agent=agent, on=on, dossier=dossier)
    return sorted(rows.order_by("rang"), key=lambda p: (order[p.qualite], p.rang))


def get_menage(*, agent: Agent, on: date, dossier: Dossier) -> Menage:
    """Return everything known of the household of a file."""
    key: dict[str, Any] = {"agent": agent, "on": on, "dossier": dossier}
    return Menage(
        personnes=list_titulaires(agent=agent, on=on, dossier=dossier),
        compositions=list(
            readable(rows=Composition.objects.all(), **key).order_by("-constatee_le", "-created_at")
        ),
        coordonnees=list(
            readable(rows=Coordonnee.objects.all(), **key).order_by(
                F("valide_au").desc(nulls_first=True), "-valide_du", "type", "valeur"
            )
        ),
        suivis=list_suivis(agent=agent, on=on, dossier=dossier),
    )


def list_coordonnees(*, agent: Agent, on: date, dossier: Dossier) -> Sequence[Coordonnee]:
    """Return the phones and e-mail addresses of the household, newest first."""
    rows = readable(rows=Coordonnee.objects.all(), agent=agent, on=on, dossier=dossier)
    return list(rows.order_by("-valide_du", "type", "valeur"))


def find_bail(*, agent: Agent, on: date, dossier: Dossier) -> Bail | None:
    """Return the lease of a file, when the agent may read it."""
    return readable(rows=Bail.objects.all(), agent=agent, on=on, dossier=dossier).first()


def list_suivis(*, agent: Agent, on: date, dossier: Dossier) -> Sequence[SuiviSocial]:
    """Return what social services said of the household, newest first."""
    return list(
        readable(rows=SuiviSocial.objects.all(), agent=agent, on=on, dossier=dossier).order_by(
            "-constate_le", "-created_at"
        )
    )


# How long what was answered at once of many households is taken back at once.
RETRAIT = timedelta(minutes=10)


def filter_retirables(*, agent: Agent, on: date) -> QuerySet[SuiviSocial]:
    """Return what the agent just answered, still in force: by the clock that wrote it."""
    return SuiviSocial.objects.filter(
        organisation=agent.organisation_id,
        par=agent.pk,
        constate_le=on,
        created_at__gt=Now() - RETRAIT,
        remplace_par=None,
    ).exclude(situation="")


def find_reponse(*, agent: Agent, dossier_id: UUID) -> SuiviSocial | None:
    """Return the last answer of the agent's own organisation on a file, None when it gave none."""
    return list_reponses(agent=agent, dossier_ids=[dossier_id]).get(dossier_id)


def list_reponses(*, agent: Agent, dossier_ids: Collection[UUID]) -> dict[UUID, SuiviSocial]:
    """Return the last answer of the agent's own organisation, by file; one withdrawn says nothing.

    With who gave it, and the one before.
    """
    found = SuiviSocial.objects.filter(
        organisation=agent.organisation_id,
        par__isnull=False,
        dossier__in=dossier_ids,
        remplace_par=None,
    )
    return {s.dossier_id: s for s in found.select_related("par", "remplace__par")}


def get_composition(*, agent: Agent, on: date, dossier: Dossier) -> Composition | None:
    """Return the last known composition of the household."""
    return (
        readable(rows=Composition.objects.all(), agent=agent, on=on, dossier=dossier)
        .order_by("-constatee_le", "-created_at")
        .first()
    )


def list_dettes(*, agent: Agent, on: date, dossier: Dossier) -> Sequence[Dette]:
    """Return the debts stated on a file, newest first."""
    return list(
        readable(rows=Dette.objects.all(), agent=agent, on=on, dossier=dossier)
        .annotate(nombre_lignes=Count("lignes"))
        .order_by("-constatee_le", "-created_at")
    )


def find_dette(*, agent: Agent, on: date, dossier: Dossier, dette_id: UUID) -> Dette | None:
    """Return a debt stated on a file with the lines of its account, by month."""
    rows = readable(rows=Dette.objects.all(), agent=agent, on=on, dossier=dossier)
    return rows.filter(pk=dette_id).first()


def list_decompte(
    *, agent: Agent, on: date, dossier: Dossier, dette: Dette
) -> Sequence[LigneDecompte]:
    """Return the lines of the account of a debt, oldest month first."""
    rows = readable(rows=LigneDecompte.objects.all(), agent=agent, on=on, dossier=dossier)
    return list(rows.filter(dette=dette).order_by("mois_le", "nature"))


def list_ressources(*, agent: Agent, on: date, dossier: Dossier) -> Sequence[Ressources]:
    """Return what the household earns and pays, as stated, newest first."""
    rows = readable(rows=Ressources.objects.all(), agent=agent, on=on, dossier=dossier)
    return list(rows.order_by("-constatee_le", "-created_at"))


def list_garants(*, agent: Agent, on: date, dossier: Dossier) -> Sequence[Garant]:
    """Return those who answer for the rent, newest first."""
    rows = readable(rows=Garant.objects.all(), agent=agent, on=on, dossier=dossier)
    return list(rows.order_by("-created_at"))


def list_protections(*, agent: Agent, on: date, dossier: Dossier) -> Sequence[MesureProtection]:
    """Return the measures that protect an adult of the household, newest first."""
    rows = readable(rows=MesureProtection.objects.all(), agent=agent, on=on, dossier=dossier)
    return list(rows.order_by("-debut_le", "-created_at"))


def list_classements(*, agent: Agent, on: date, dossier: Dossier) -> Sequence[Classement]:
    """Return when a file was closed, and opened again, newest first."""
    rows = readable(rows=Classement.objects.all(), agent=agent, on=on, dossier=dossier)
    return list(rows.select_related("par", "rouvert_par").order_by("-classe_le", "-created_at"))


def list_classes(*, dossier_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the files that are closed, for what is computed of them."""
    rows = Classement.objects.filter(dossier__id__parmi=list(dossier_ids), rouvert_le=None)
    return set(rows.values_list("dossier_id", flat=True))


def list_motifs(*, agent: Agent, on: date, dossier: Dossier) -> Sequence[MotifProcedure]:
    """Return why the procedure was started, oldest first."""
    rows = readable(rows=MotifProcedure.objects.all(), agent=agent, on=on, dossier=dossier)
    return list(rows.order_by("connu_le", "created_at"))


def list_aides(*, agent: Agent, on: date, dossier: Dossier) -> Sequence[AideLogement]:
    """Return the housing aids stated on a file, newest first."""
    return list(
        readable(rows=AideLogement.objects.all(), agent=agent, on=on, dossier=dossier).order_by(
            "-constatee_le", "-created_at"
        )
    )


def list_dates_annoncees(*, agent: Agent, on: date, dossier: Dossier) -> Sequence[DateAnnoncee]:
    """Return the dates told about a file, the last told first."""
    return list(
        readable(rows=DateAnnoncee.objects.all(), agent=agent, on=on, dossier=dossier)
        .select_related("notee_par")
        .order_by("-dite_le", "-created_at")
    )


def list_documents(*, agent: Agent, on: date, dossier: Dossier) -> Sequence[Mapping[str, Any]]:
    """Return the documents of a file, newest first."""
    return list(
        readable(rows=Document.objects.all(), agent=agent, on=on, dossier=dossier)
        .order_by("-depose_le", "-created_at")
        .values(
            "id", "nom", "nature", "type_mime", "taille", "depose_le",
            "depose_par__prenom", "depose_par__nom",
        )
    )  # fmt: skip


def get_document(*, agent: Agent, on: date, document_id: UUID) -> Document:
    """Return a document of a file the agent may see. Raises Document.DoesNotExist."""
    return Document.objects.select_related("dossier").get(
        pk=document_id,
        dossier__in=Dossier.objects.visible_to(agent, on=on, categorie="documents"),
    )


def list_acces(*, agent: Agent, on: date, dossier: Dossier) -> Sequence[Acces]:
    """Return the links open on that day through which a file is reached."""
    return list(
        Acces.objects.filter(dossier__in=only_visible(agent=agent, on=on, dossier=dossier))
        .open(on=on)
        .select_related("organisation", "agent")
        .order_by("relation", "debut_le", "id")
    )


def find_dossier_ferme(*, departement: str, numero: str) -> Dossier | None:
    """Return a file by its number, whoever may see it: for an exceptional access only."""
    return Dossier.objects.filter(departement=departement, numero=numero, limite_le=None).first()


def get_acces_a_fermer(*, agent: Agent, on: date, acces_id: UUID) -> Acces | None:
    """Return a running link that a person may end by hand, on a file the agent may see."""
    return (
        Acces.objects.open(on=on)
        .filter(
            pk=acces_id,
            relation__in=["destinataire", "bailleur", "bris_de_glace"],
            dossier__in=Dossier.objects.visible_to(agent, on=on),
        )
        .select_related("dossier")
        .first()
    )


def find_acces_fini(*, agent: Agent, acces_id: UUID, on: date) -> Acces | None:
    """Return a link that was already ended by hand, on a file the agent may see."""
    ended = Acces.objects.filter(pk=acces_id, fin_le__lte=on)
    seen = Dossier.objects.visible_to(agent, on=on)
    return ended.filter(dossier__in=seen).select_related("dossier").first()


def list_acces_exceptionnels(*, agent: Agent, on: date, since: date) -> Sequence[Acces]:
    """Return the exceptional accesses of the département since a day, or not read again."""
    return list(
        Acces.objects.filter(
            Q(debut_le__gte=since) | Q(relu_le=None),
            relation=Acces.Relation.BRIS_DE_GLACE,
            debut_le__lte=on,
            dossier__in=Dossier.objects.visible_to(agent, on=on),
        )
        .select_related("dossier", "agent__organisation")
        .order_by("-created_at")
    )


def list_fins_a_relire(*, agent: Agent) -> list[datetime]:
    """Return when each exceptional access of an agent ends, those read again apart.

    All last as long: what separates their ends separates their beginnings.
    """
    taken = Acces.objects.filter(
        agent=agent.pk, relation=Acces.Relation.BRIS_DE_GLACE, relu_le=None, expire_at__isnull=False
    )
    return [end for end in taken.values_list("expire_at", flat=True) if end]


def list_dossiers_du_bailleur(*, bailleur: Bailleur) -> list[UUID]:
    """Return the files that a landlord shares and that are in use, for what is computed of them."""
    shared = Bail.objects.filter(bailleur=bailleur.pk, dossier__limite_le=None)
    return list(shared.values_list("dossier", flat=True))


def list_categories(*, model: type[Model]) -> frozenset[str]:
    """Return the categories of the matrix that a table holds, whatever the value of its rows."""
    rls: Any = model.Rls  # type: ignore[attr-defined]
    _, special = getattr(rls, "par_valeur", ("", {}))
    return frozenset({rls.categorie, *special.values()})


def hide_limited(*, rows: QuerySet[M], agent: Agent, chemin: str = "dossier") -> QuerySet[M]:
    """Leave out the rows of files whose processing is limited, for lists that ask for no file."""
    return rows.filter(_not_limited(agent, chemin))


def _not_limited(agent: Agent, chemin: str) -> Q:
    profil = load_matrice().profils.get(agent.profil)
    if profil and profil.limites:
        return Q()
    limited = _list_limited(agent)
    return ~Q(**{f"{chemin}__in": limited}) if limited != [] else Q()


def _list_limited(agent: Agent) -> Any:
    """Return the files whose processing is limited: few, most often none.

    In a request they are read once: compared in each query, they would cost it an asking and
    mislead its plan.
    """
    limited = Dossier.objects.filter(departement=agent.departement_id, limite_le__isnull=False)
    memo = get_memo()
    if memo is None:
        return limited.values("pk")
    key = ("limites", agent.departement_id)
    if key not in memo:
        memo[key] = list(limited.values_list("pk", flat=True))
    return memo[key]


def only_visible(
    *,
    agent: Agent,
    on: date,
    dossier: Dossier,
    categorie: str = DOSSIER,
    operation: str = "lire",
) -> Any:
    """Return what `dossier__in` takes to keep the rows of a file of that category.

    Nothing when the matrix does not open the category of that file to the agent on that day.
    """
    if get_memo() is not None:
        ouverture = get_ouverture(agent=agent, on=on, dossier=dossier)
        return [dossier.pk] if ouverture.allows(categorie, operation) else []
    # Who reads it in a whole département needs no query to read it of one of its files.
    if (
        dossier.departement_id == agent.departement_id
        and dossier.limite_le is None
        and reads_whole(agent.profil, categorie, operation)
    ):
        return [dossier.pk]
    return (
        Dossier.objects.visible_to(agent, on=on, categorie=categorie, operation=operation)
        .filter(pk=dossier.pk)
        .values("pk")
    )


def readable(
    *,
    rows: QuerySet[M],
    agent: Agent,
    on: date,
    dossier: Dossier | None = None,
    parmi: Collection[UUID] | None = None,
    chemin: str = "dossier",
) -> QuerySet[M]:
    """Keep the rows that the agent may read, by what their model says it holds (`Rls`).

    Those of one file, of a page of them (`parmi`), or of all those it reaches. `chemin` leads from
    the rows to their dossier.
    """
    rls: Any = rows.model.Rls  # type: ignore[attr-defined]
    special: Mapping[str, str] = getattr(rls, "par_valeur", ("", {}))[1]
    # A page of rows is few: the files of the rows are asked about instead.
    direct = chemin == "dossier" and parmi is None and getattr(rls, "departement_direct", False)

    def among(categorie: str) -> Q | None:
        if dossier is not None:
            visible = only_visible(agent=agent, on=on, dossier=dossier, categorie=categorie)
            if isinstance(visible, list):
                # Already asked of the file: nothing more to ask of its rows.
                return Q() if visible else None
            return Q(**{f"{chemin}__in": visible})
        if direct and (told := _tell_directly(agent, on, categorie)):
            return told
        visible = Dossier.objects.visible_to(agent, on=on, categorie=categorie)
        visible = visible if parmi is None else visible.filter(pk__parmi=parmi)
        return Q(**{f"{chemin}__in": visible.values("pk")})

    if dossier is not None:
        # Said apart from the rest: an index of the table then leads to the few rows of the file.
        rows = rows.filter(**{chemin: dossier.pk})
    if getattr(rls, "organisation_seule", False):
        rows = rows.filter(organisation=agent.organisation_id)
    kept = []
    alike = _group_alike(agent, (rls.categorie, *sorted(set(special.values()) - {rls.categorie})))
    for categories in alike:
        opened = among(categories[0])
        if opened is not None:
            kept.append(opened & _of_categories(rls, categories) if len(alike) > 1 else opened)
    return rows.filter(reduce(or_, kept)) if kept else rows.none()


def _tell_directly(agent: Agent, on: date, categorie: str) -> Q | None:
    """Return what the agent may read of rows that say their département, without their files.

    None when the stage or the place of the file must be known.
    """
    here = Q(departement=agent.departement_id) & _not_limited(agent, "dossier")
    if reaches_all(agent, categorie):
        return here
    portees = list_portees(agent.profil, categorie)
    listed = list_reached(portees, Dossier.objects, agent, on=on)
    return None if listed is None else here & Q(dossier__in=listed)


def _group_alike(agent: Agent, categories: Sequence[str]) -> Sequence[Sequence[str]]:
    """Return the categories by what opens them to the agent: each group is asked about once."""
    alike: dict[Sequence[Portee], list[str]] = {}
    for categorie in categories:
        alike.setdefault(list_portees(agent.profil, categorie), []).append(categorie)
    return list(alike.values())


def _of_categories(rls: Any, categories: Collection[str]) -> Q:
    """Keep the rows of some of the categories that a table holds, told apart by a column."""
    column, special = rls.par_valeur
    apart = rls.categorie in categories
    values = [value for value, c in special.items() if (c in categories) is not apart]
    return ~Q(**{f"{column}__in": values}) if apart else Q(**{f"{column}__in": values})


@dataclass(frozen=True, slots=True)
class CorrectionLue:
    """A correction in the words of the screen."""

    groupe: str
    corrigee_le: date
    sur: str
    champ: str
    avant: str
    apres: str
    motif: str
    precision: str
    par: str


def list_corrections(*, agent: Agent, on: date, dossier: Dossier) -> Sequence[CorrectionLue]:
    """Return what was corrected of a file, newest first; of its landlord too, wherever it was."""
    rows = Correction.objects.select_related("par__organisation")
    own = list(readable(rows=rows, agent=agent, on=on, dossier=dossier))
    bail = Bail.objects.filter(~Q(bailleur=None), dossier=dossier).first()
    if bail and bail.bailleur_id:
        elsewhere = rows.filter(ligne=bail.bailleur_id).exclude(dossier=dossier)
        own += list(readable(rows=elsewhere, agent=agent, on=on)[:_PARTAGEES])
    own.sort(key=lambda c: (c.corrigee_le, c.created_at, c.pk), reverse=True)
    communes = _read_communes(own)
    return [_read_correction(c, communes) for c in own]


# Of a landlord of thousands of files: the last ones are enough.
_PARTAGEES = 50


def _read_communes(corrections: Sequence[Correction]) -> Mapping[str, str]:
    codes = {v for c in corrections if c.champ == "commune" for v in (c.avant, c.apres)}
    return dict(Commune.objects.filter(pk__in=codes).values_list("pk", "nom")) if codes else {}


def _read_correction(c: Correction, communes: Mapping[str, str]) -> CorrectionLue:
    groupe = GROUPES[c.groupe]
    column = get_column(groupe.modele, c.champ)
    return CorrectionLue(
        c.groupe,
        c.corrigee_le,
        groupe.libelle,
        str(column.verbose_name),
        communes.get(c.avant) or _write_valeur(column, c.avant),
        communes.get(c.apres) or _write_valeur(column, c.apres),
        c.get_motif_display(),
        c.precision,
        str(c.par),
    )


def _write_valeur(column: Any, texte: str) -> str:
    """Return a kept value in plain French."""
    if not texte:
        return "non connu"
    if column.choices:
        return str(dict(column.choices).get(texte, texte))
    kind = column.get_internal_type()
    if kind == "DateField":
        return write_date(date.fromisoformat(texte))
    return write_montant(Decimal(texte)) if kind == "DecimalField" else texte


_TITULAIRES = ("titulaire", "co_titulaire")


def get_identites(*, dossier_ids: Collection[UUID]) -> dict[UUID, list[Identite]]:
    """Return the holders of the lease of some files, each with the place and the phones.

    For what compares a whole list: the caller has checked who asks.
    """
    ids = list(dossier_ids)
    homes = {h.dossier_id: h for h in Logement.objects.filter(dossier__id__parmi=ids)}
    phones: dict[UUID, set[str]] = {}
    known = Coordonnee.objects.filter(dossier__id__parmi=ids, type="telephone", fin="")
    for pk, value in known.values_list("dossier_id", "valeur"):
        phones.setdefault(pk, set()).add(value)
    found: dict[UUID, list[Identite]] = {}
    people = Personne.objects.filter(dossier__id__parmi=ids, qualite__in=_TITULAIRES)
    for p in people.order_by("-qualite", "rang"):
        home = homes.get(p.dossier_id)
        said = Identite(
            p.nom,
            p.prenom,
            home.adresse if home else "",
            home.commune_id if home else "",
            p.ne_le,
            frozenset(phones.get(p.dossier_id, ())),
        )
        found.setdefault(p.dossier_id, []).append(said)
    return found


def get_ouverts_a_la_main(*, departement: str) -> Mapping[UUID, list[Identite]]:
    """Return who the files opened by hand are about, to which a list is compared."""
    rows = Dossier.objects.filter(departement=departement, limite_le=None, ouverture__isnull=False)
    return get_identites(dossier_ids=list(rows.values_list("pk", flat=True)))


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
        _write_fiche(files[pk], people.get(pk, ()), phones.get(pk, ()), classes.get(pk))
        for pk in ids
        if pk in files
    ]


def _write_fiche(
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
