"""The relations of the matrix, each read in one place: who reaches which file, and by what.

`reached` says which files an agent reaches by a relation, `holds` whether it reaches one of them,
`readers` who else does. PostgreSQL enforces the same relations by other code; tests/acces compares
all of them with an oracle.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from django.db.models import Manager, Q, QuerySet

from seuil.acteurs.matrice import Portee, Profil, Regle, list_portees, load_matrice
from seuil.acteurs.models import Agent, Organisation
from seuil.acteurs.rules import reads_whole
from seuil.dossiers.models.acces import Acces
from seuil.kernel.alphabet import list_alphabet
from seuil.kernel.tables import get_column

# A Dossier, and its manager: the file is defined from its relations, not the reverse.
Fichier = Any
Dossiers = Manager[Any]
# Rows, or values, that name files.
Fichiers = QuerySet[Any, Any]


@dataclass(frozen=True, slots=True)
class Periode:
    """A day, or all those since another one: `since` is None for that day alone."""

    on: date
    since: date | None = None

    @property
    def debut(self) -> date:
        return self.since or self.on


@dataclass(frozen=True, slots=True)
class Beneficiaire:
    """Whom a relation names: an agent, an organisation, a role; nobody in particular: everyone."""

    agent: Agent | None = None
    organisation: Organisation | None = None
    role: str = ""
    lien: Acces | None = None

    def has(self, profil: Profil, departement: str) -> bool:
        """Tell whether somebody of that profile, in that département, is among them."""
        if self.agent:
            return (self.agent.profil, self.agent.departement_id) == (profil.code, departement)
        if self.organisation:
            found = load_matrice().find_profil(profil.role, self.organisation.type)
            return found is profil and self.organisation.departement_id == departement
        return self.role in {"", profil.role}


@dataclass(frozen=True, slots=True)
class Lecteur:
    """Somebody to whom a rule of the matrix opens a file, and through what."""

    profil: Profil
    regle: Regle
    qui: Beneficiaire
    departement: str

    def names(self, agent: Agent) -> bool:
        """Tell whether an agent is meant, alone or among others."""
        if (agent.profil, agent.departement_id) != (self.profil.code, self.departement):
            return False
        if self.qui.agent:
            return self.qui.agent.pk == agent.pk
        return self.qui.organisation is None or self.qui.organisation.pk == agent.organisation_id


class Relation(Protocol):
    """One way to be concerned by a file; its stages and the limits are told by who asks."""

    def reached(self, dossiers: Dossiers, agent: Agent, *, on: date) -> Q:
        """Return what a file must satisfy for the agent to reach it."""

    def holds(self, dossier: Fichier, agent: Agent, *, on: date) -> bool:
        """Tell whether the agent reaches one file."""

    def readers(self, dossier: Fichier, when: Periode) -> Iterator[Beneficiaire]:
        """Yield whom it opens one file to."""


class _Departement:
    """The file is of the agent's département: what is asked of every file already."""

    def reached(self, dossiers: Dossiers, agent: Agent, *, on: date) -> Q:
        return Q()

    def holds(self, dossier: Fichier, agent: Agent, *, on: date) -> bool:
        return True

    def readers(self, dossier: Fichier, when: Periode) -> Iterator[Beneficiaire]:
        yield Beneficiaire()


class _Secteur:
    """The dwelling is in a commune that the organisation serves."""

    def reached(self, dossiers: Dossiers, agent: Agent, *, on: date) -> Q:
        if agent.organisation.serves_departement:
            return Q()
        return Q(commune_code__in=agent.organisation.secteur)

    def holds(self, dossier: Fichier, agent: Agent, *, on: date) -> bool:
        return agent.organisation.serves(dossier.commune_code)

    def readers(self, dossier: Fichier, when: Periode) -> Iterator[Beneficiaire]:
        everywhere = load_matrice().relations["secteur"].sans_commune
        serving = Organisation.objects.filter(
            Q(communes=dossier.commune_code) | Q(communes=None, type__in=everywhere),
            departement=dossier.departement_id,
        )
        for organisation in serving.order_by(*list_alphabet("nom"), "pk").distinct():
            yield Beneficiaire(organisation=organisation)


class _Saisine:
    """The organisation has something to do for the file, or just did it.

    The queue comes downstream: reached through the relations that it declares.
    """

    def reached(self, dossiers: Dossiers, agent: Agent, *, on: date) -> Q:
        return _among(self.list_files(dossiers, agent, on=on))

    def list_files(self, dossiers: Dossiers, agent: Agent, *, on: date) -> Sequence[Fichiers]:
        """Return the files owed something, then those just answered."""
        return [rows.values("dossier") for rows in self._list_rows(dossiers, agent, on=on)]

    def holds(self, dossier: Fichier, agent: Agent, *, on: date) -> bool:
        rows = self._list_rows(type(dossier).objects, agent, on=on)
        return any(found.filter(dossier=dossier.pk).exists() for found in rows)

    def _list_rows(self, dossiers: Dossiers, agent: Agent, *, on: date) -> Sequence[Fichiers]:
        conditions = {
            "taches": self._due(Periode(on)),
            "diligences": self._done(Periode(on)),
            "suivis_sociaux": self._told(Periode(on)),
        }
        return [
            _read_relation(dossiers, name).filter(condition, organisation=agent.organisation_id)
            for name, condition in conditions.items()
        ]

    def readers(self, dossier: Fichier, when: Periode) -> Iterator[Beneficiaire]:
        rows = type(dossier).objects.filter(pk=dossier.pk)
        owing = Q(pk__in=rows.filter(self._due(when, "taches__")).values("taches__organisation"))
        answered = Q(
            pk__in=rows.filter(self._done(when, "diligences__")).values("diligences__organisation")
        )
        told = self._told(when, "suivis_sociaux__")
        answered |= Q(pk__in=rows.filter(told).values("suivis_sociaux__organisation"))
        for organisation in Organisation.objects.filter(owing | answered).order_by(
            *list_alphabet("nom")
        ):
            yield Beneficiaire(organisation=organisation)

    def _due(self, when: Periode, chemin: str = "") -> Q:
        return Q(
            Q(**{f"{chemin}caduque_le": None}) | Q(**{f"{chemin}caduque_le__gt": when.debut}),
            **{f"{chemin}visible_le__lte": when.on},
        )

    def _done(self, when: Periode, chemin: str = "") -> Q:
        return self._lately(when, f"{chemin}faite_le")

    def _told(self, when: Periode, chemin: str = "") -> Q:
        # Answered by itself: what somebody else tells of it opens nothing to it.
        return self._lately(when, f"{chemin}constate_le") & Q(**{f"{chemin}par__isnull": False})

    def _lately(self, when: Periode, jour: str) -> Q:
        kept = timedelta(days=load_matrice().relations["saisine"].jours_apres)
        return Q(**{f"{jour}__gt": when.debut - kept, f"{jour}__lte": when.on})


@dataclass(frozen=True, slots=True)
class _Liens:
    """Dated links that name the agent, its organisation or its role."""

    codes: Collection[str]

    def reached(self, dossiers: Dossiers, agent: Agent, *, on: date) -> Q:
        return _among(self.list_files(dossiers, agent, on=on))

    def list_files(self, dossiers: Dossiers, agent: Agent, *, on: date) -> Sequence[Fichiers]:
        """Return the files of the links."""
        return [Acces.objects.held_by(agent, liens=self.codes, on=on).values("dossier")]

    def holds(self, dossier: Fichier, agent: Agent, *, on: date) -> bool:
        return bool(self.held(dossier, agent, on=on))

    def held(self, dossier: Fichier, agent: Agent, *, on: date) -> dict[str, Acces]:
        """Return the links that name the agent, by relation: the oldest of each."""
        links = Acces.objects.filter(dossier=dossier).held_by(agent, liens=self.codes, on=on)
        return {link.relation: link for link in links.order_by("-debut_le")}

    def readers(self, dossier: Fichier, when: Periode) -> Iterator[Beneficiaire]:
        links = Acces.objects.filter(dossier=dossier, relation__in=self.codes)
        if when.since is None:
            links = links.open(on=when.on)
        else:
            links = links.filter(Q(fin_le=None) | Q(fin_le__gt=when.since), debut_le__lte=when.on)
        links = links.select_related("organisation", "agent__organisation")
        for link in links.order_by("debut_le", "id"):
            yield Beneficiaire(link.agent, link.organisation, link.role, link)


class _ParCode:
    """The household, or the landlord of the dwelling, signed in by a code: no agent."""

    def reached(self, dossiers: Dossiers, agent: Agent, *, on: date) -> Q:
        return Q(pk=None)

    def holds(self, dossier: Fichier, agent: Agent, *, on: date) -> bool:
        return False

    def readers(self, dossier: Fichier, when: Periode) -> Iterator[Beneficiaire]:
        return iter(())


_RELATIONS: Mapping[str, Relation] = {
    "departement": _Departement(),
    "secteur": _Secteur(),
    "saisine": _Saisine(),
    "menage": _ParCode(),
    "bailleur_du_code": _ParCode(),
}


def find_relation(code: str) -> Relation:
    """Return how a relation of the matrix is read. Raises KeyError on one that nobody reads."""
    return _Liens([code]) if _is_lien(code) else _RELATIONS[code]


def _is_lien(code: str) -> bool:
    return load_matrice().relations[code].lien


def reaches_all(agent: Agent, categorie: str, operation: str = "lire") -> bool:
    """Tell whether an agent reaches a category of every file of its département.

    By its sector too, when the sector is the whole département.
    """
    if reads_whole(agent.profil, categorie, operation):
        return True
    whole = (0, len(load_matrice().stades) - 1)
    return any(
        p.relation == "secteur" and (p.de, p.a) == whole and agent.organisation.serves_departement
        for p in list_portees(agent.profil, categorie, operation)
    )


def reached_by(portees: Collection[Portee], dossiers: Dossiers, agent: Agent, *, on: date) -> Q:
    """Return what a file must satisfy for one of the relations to hold, at its stages.

    A dated link opens at the right moment by itself: the matrix gives it no stage.
    """
    listed = _list_files(portees, dossiers, agent, on=on)
    reached = Q()
    for portee in portees:
        if not _is_listed(portee):
            stades = Q(rang__gte=portee.de, rang__lte=portee.a)
            reached |= stades & find_relation(portee.relation).reached(dossiers, agent, on=on)
    return reached | _among(listed) if listed else reached


def list_reached(
    portees: Collection[Portee], dossiers: Dossiers, agent: Agent, *, on: date
) -> Fichiers | None:
    """Return the files reached as one list of identifiers; None when they must be asked about.

    Of any département, their processing limited or not: the rows compared with it say so.
    """
    if not portees or not all(map(_is_listed, portees)):
        return None
    return _unite(_list_files(portees, dossiers, agent, on=on))


def _is_listed(portee: Portee) -> bool:
    whole = (0, len(load_matrice().stades) - 1)
    owed = portee.relation == "saisine" and (portee.de, portee.a) == whole
    return owed or _is_lien(portee.relation)


def _list_files(
    portees: Collection[Portee], dossiers: Dossiers, agent: Agent, *, on: date
) -> Sequence[Fichiers]:
    liens = [p.relation for p in portees if _is_lien(p.relation)]
    listed = [*_Liens(liens).list_files(dossiers, agent, on=on)] if liens else []
    for portee in portees:
        relation = find_relation(portee.relation)
        if isinstance(relation, _Saisine) and _is_listed(portee):
            listed += relation.list_files(dossiers, agent, on=on)
    return listed


def _among(listed: Sequence[Fichiers]) -> Q:
    """Keep the files of several lists: these lead to them, where conditions would read all."""
    return Q(pk__in=_unite(listed))


def _unite(listed: Sequence[Fichiers]) -> Fichiers:
    first, *others = listed
    return first.union(*others, all=True) if others else first


def _read_relation(dossiers: Dossiers, name: str) -> Fichiers:
    """Return the rows of a table that comes downstream, by the name that it gives itself here."""
    model: Any = get_column(dossiers.model, name).related_model
    rows: Fichiers = model.objects.all()
    return rows


def list_raisons(
    dossier: Fichier, agent: Agent, *, on: date
) -> Iterator[tuple[Regle, Acces | None]]:
    """Yield the rules that open a file to an agent that day, with the dated link of each."""
    matrice = load_matrice()
    profil = matrice.profils.get(agent.profil)
    if (
        profil is None
        or dossier.departement_id != agent.departement_id
        or (dossier.limite_le and not profil.limites)
    ):
        return
    liens = [r.relation for r in profil.regles if _is_lien(r.relation)]
    held = _Liens(liens).held(dossier, agent, on=on) if liens else {}
    for regle in profil.regles:
        if regle.relation in liens:
            if regle.relation in held:
                yield regle, held[regle.relation]
        elif regle.de <= dossier.rang <= regle.a and find_relation(regle.relation).holds(
            dossier, agent, on=on
        ):
            yield regle, None


def list_lecteurs(dossier: Fichier, *, on: date, since: date | None = None) -> Iterator[Lecteur]:
    """Yield to whom the matrix opens a file that day, or has since a day, links first."""
    matrice = load_matrice()
    when = Periode(on, since)
    reached: dict[str, list[Beneficiaire]] = {}
    by_rule = []
    for profil in matrice.profils.values():
        if profil.code_remis or (dossier.limite_le and not profil.limites):
            continue
        for regle in profil.regles:
            code = regle.relation
            if code not in reached:
                reached[code] = list(find_relation(code).readers(dossier, when))
            if not regle.de <= dossier.rang <= regle.a:
                continue
            by_rule += [
                Lecteur(profil, regle, qui, dossier.departement_id)
                for qui in reached[code]
                if qui.has(profil, dossier.departement_id)
            ]
    yield from sorted(by_rule, key=lambda lecteur: lecteur.qui.lien is None)
