"""Read the directory and the accounts."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Prefetch, Q, QuerySet

from seuil.acteurs.matrice import load_matrice
from seuil.acteurs.models import (
    AbonnementAgenda,
    Agent,
    Arrondissement,
    Commune,
    Decoupage,
    FormationCcapex,
    Interlocuteur,
    NatureDecoupage,
    Organisation,
    Rattachement,
    Role,
    Secteur,
)
from seuil.acteurs.rules import (
    Division,
    Formation,
    compute_empreinte,
    fold_nom,
    is_demonstration,
    load_departement,
    why_not,
)
from seuil.kernel.alphabet import list_alphabet
from seuil.kernel.contexte import reading_compte


def list_comptes_demo() -> list[dict[str, str]]:
    """Return one account per role, in the order of the roles, for a demonstration's sign-in page.

    One per organisation for the partners: each sees what its own owes. Takes no agent: nobody is
    signed in yet. Called only by an instance of demonstration.
    """
    first: dict[tuple[str, str], str] = {}
    rows = Agent.objects.filter(is_active=True).order_by("created_at", "courriel")
    for role, home, courriel in rows.values_list("role", "organisation__nom", "courriel"):
        first.setdefault((role, home if role == Role.PARTENAIRE else ""), courriel)
    return [
        {"role": f"{label} ({home})" if home else str(label), "courriel": courriel}
        for role, label in Role.choices
        for (known, home), courriel in first.items()
        if known == role
    ]


def count_comptes_demo() -> int:
    """Return how many accounts a demonstration left in the database; for the operator."""
    return sum(is_demonstration(c) for c in Agent.objects.values_list("courriel", flat=True))


def list_organisations(
    *,
    agent: Agent,
    type: str = "",
    commune: str = "",
    texte: str = "",
    fermes: bool = False,
) -> Sequence[dict[str, Any]]:
    """Return the organisations of the agent's département; `commune` keeps those that serve it.

    An organisation without communes (`servies` is 0) serves the whole département. `fermes`: those
    that closed, instead of the others.
    """
    if why_not(agent.profil, "annuaire.lire"):
        return []
    rows = Organisation.objects.filter(
        departement=agent.departement_id, ferme_le__isnull=not fermes
    ).annotate(servies=Count("communes"))
    if type:
        rows = rows.filter(type=type)
    if commune:
        links = Organisation.communes.through.objects.filter(commune=commune)
        rows = rows.filter(Q(servies=0) | Q(pk__in=links.values("organisation")))
    columns = ("id", "type", "nom", "telephone", "courriel", "adresse", "horaires", "servies")
    found = rows.order_by("type", *list_alphabet("nom")).values(*columns)
    return [row for row in found if fold_nom(texte) in fold_nom(row["nom"])]


def list_communes_servies(
    *, departements: Collection[str]
) -> list[tuple[UUID, str, str, str, list[str]]]:
    """Return the organisations of départements and the communes that each serves.

    Each is id, département, type, name, communes; no commune means the whole département. Takes
    no agent: it says who owes what, not who may see.
    """
    with connection.cursor() as cursor:
        cursor.execute(_READ_SERVIES, [list(departements)])
        return [*cursor.fetchall()]


_READ_SERVIES = """
SELECT o.id, o.departement_id, o.type, o.nom,
  coalesce(array_agg(c.commune_id) FILTER (WHERE c.commune_id IS NOT NULL), '{}')
FROM acteurs_organisation o
LEFT JOIN acteurs_organisation_communes c ON c.organisation_id = o.id
WHERE o.departement_id = ANY(%s) AND o.ferme_le IS NULL
GROUP BY o.id
"""


def list_communes(*, agent: Agent) -> tuple[tuple[str, str], ...]:
    """Return code and name of the communes of the agent's département, by name."""
    return _read_geography(Commune, agent.departement_id)


def list_arrondissements(
    *,
    agent: Agent,
) -> tuple[tuple[str, str], ...]:
    """Return code and name of the arrondissements of the agent's département, by name."""
    return _read_geography(Arrondissement, agent.departement_id)


# Read once by each process: the geography changes only by import_geography, at the installation.
_geography: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}


def refresh_geography() -> None:
    """Read the geography again at the next demand."""
    _geography.clear()


def _read_geography(
    model: type[Commune | Arrondissement], departement: str
) -> tuple[tuple[str, str], ...]:
    key = (model.__name__, departement)
    if not _geography.get(key):
        rows = model.objects.filter(departement=departement).order_by(*list_alphabet("nom"))
        _geography[key] = tuple(rows.values_list("code", "nom"))
    return _geography[key]


@dataclass(frozen=True, slots=True)
class Territoire:
    """The communes of a département and every way of cutting it, the official ones first."""

    # Code → name and population, by name.
    communes: dict[str, tuple[str, int]]
    divisions: tuple[Division, ...]

    def find_division(self, cle: str) -> Division | None:
        """Return the division of that key, if any."""
        return next((d for d in self.divisions if d.cle == cle), None)


def get_territoire(*, agent: Agent) -> Territoire:
    """Return the communes and the divisions of the agent's département; none without the right."""
    if why_not(agent.profil, "annuaire.lire"):
        return Territoire({}, ())
    columns = ("code", "nom", "population", "arrondissement__nom", "epci")
    rows = [
        *Commune.objects.filter(departement=agent.departement_id)
        .order_by(*list_alphabet("nom"), "code")
        .values_list(*columns)
    ]
    officielles = (
        Division("arrondissements", "Arrondissements", "Découpage de l’État",
                 {r[0]: r[3] for r in rows if r[3]}),
        Division("epci", "EPCI", "Intercommunalités", {r[0]: r[4] for r in rows if r[4]}),
    )  # fmt: skip
    return Territoire(
        communes={r[0]: (r[1], r[2]) for r in rows},
        divisions=(*officielles, *_read_locales(agent.departement_id)),
    )


def _read_locales(departement: str) -> list[Division]:
    labels = dict(NatureDecoupage.choices)
    found = [
        *Decoupage.objects.filter(departement=departement).order_by("nature", *list_alphabet("nom"))
    ]
    communes: dict[UUID, dict[str, str]] = {d.pk: {} for d in found}
    organismes: dict[UUID, dict[str, str]] = {d.pk: {} for d in found}
    placed = Rattachement.objects.filter(decoupage__in=communes).order_by("commune")
    for pk, commune, secteur in placed.values_list("decoupage", "commune", "secteur__nom"):
        communes[pk][commune] = secteur
    served = Secteur.objects.filter(decoupage__in=communes).exclude(organisation=None)
    for pk, secteur, organisme in served.order_by(*list_alphabet("nom")).values_list(
        "decoupage", "nom", "organisation__nom"
    ):
        organismes[pk][secteur] = organisme
    return [
        Division(str(d.pk), d.nom, str(labels[d.nature]), communes[d.pk], organismes[d.pk])
        for d in found
    ]


def find_decoupage(*, agent: Agent, decoupage_id: UUID) -> Decoupage | None:
    """Return a local division of the agent's département, if it is one."""
    if why_not(agent.profil, "annuaire.lire"):
        return None
    return Decoupage.objects.filter(departement=agent.departement_id, pk=decoupage_id).first()


def list_organismes(*, agent: Agent) -> QuerySet[Organisation]:
    """Return the organisations of the agent's département that are open, by name."""
    if why_not(agent.profil, "annuaire.lire"):
        return Organisation.objects.none()
    rows = Organisation.objects.filter(departement=agent.departement_id, ferme_le=None)
    return rows.order_by(*list_alphabet("nom"))


def find_organisation(*, agent: Agent, organisation_id: UUID) -> Organisation | None:
    """Return a sheet of the directory of the agent's département, closed ones too."""
    if why_not(agent.profil, "annuaire.lire"):
        return None
    return Organisation.objects.filter(departement=agent.departement_id, pk=organisation_id).first()


def list_interlocuteurs(*, organisation: Organisation) -> list[Interlocuteur]:
    """Return who answers for what in an organisation today, by what they answer for."""
    communes = Prefetch("communes", Commune.objects.order_by(*list_alphabet("nom")))
    rows = organisation.interlocuteurs.filter(fin_le=None).prefetch_related(communes)
    return [*rows.order_by(*list_alphabet("sujet"), *list_alphabet("nom"))]


def find_interlocuteur(*, agent: Agent, interlocuteur_id: UUID) -> Interlocuteur | None:
    """Return who answers for something in an organisation of the agent's département, today."""
    if why_not(agent.profil, "annuaire.lire"):
        return None
    rows = Interlocuteur.objects.filter(
        organisation__departement=agent.departement_id, fin_le=None, pk=interlocuteur_id
    )
    return rows.select_related("organisation").first()


@dataclass(frozen=True, slots=True)
class Connu:
    """A sheet of the directory, as a table is compared with it."""

    pk: UUID
    type: str
    nom: str
    siret: str
    ferme: bool
    # By column: what the sheet says; `communes` sorted.
    champs: dict[str, Any]


def list_connus(*, departement: str) -> list[Connu]:
    """Return every sheet of a directory. Takes no agent: the reading of a table asks who may."""
    columns = ("siret", "telephone", "courriel", "adresse", "horaires")
    links = Organisation.communes.through.objects.filter(organisation__departement=departement)
    communes: dict[UUID, list[str]] = {}
    for pk, code in links.order_by("commune").values_list("organisation", "commune"):
        communes.setdefault(pk, []).append(code)
    rows = Organisation.objects.filter(departement=departement).order_by("pk")
    return [
        Connu(
            row["pk"],
            row["type"],
            row["nom"],
            row["siret"] or "",
            row["ferme_le"] is not None,
            {name: row[name] or "" for name in columns}
            | {"communes": tuple(sorted(communes.get(row["pk"], [])))},
        )
        for row in rows.values("pk", "type", "nom", "ferme_le", *columns)
    ]


def list_secteurs(*, decoupage: Decoupage) -> list[Secteur]:
    """Return the secteurs of a local division, by name."""
    return [*decoupage.secteurs.select_related("organisation").order_by(*list_alphabet("nom"))]


def list_agents_nommes(*, agent: Agent, pks: Iterable[str]) -> list[Agent]:
    """Return some accounts of the agent's département, with their organisation, to name them."""
    rows = Agent.objects.filter(departement=agent.departement_id, pk__in=list(pks))
    return list(rows.select_related("organisation").order_by("pk"))


def find_abonnement(*, agent: Agent) -> AbonnementAgenda | None:
    """Return the agent's own subscription that runs, if any."""
    return AbonnementAgenda.objects.filter(agent=agent.pk, revoque_le=None).first()


def find_abonne(*, jeton: str, on: date) -> AbonnementAgenda | None:
    """Return the subscription that a secret address opens, with its agent; None when none runs.

    Takes no agent: the address alone says who reads. An agent whose habilitation ended the day
    before (no day is further behind in France), or who is suspended, has none. The database
    compares digests: how long it takes says nothing of the token.
    """
    with reading_compte():
        return (
            AbonnementAgenda.objects.filter(
                empreinte=compute_empreinte(jeton),
                revoque_le=None,
                agent__is_active=True,
                agent__suspendu_motif="",
                agent__habilite_jusqu_au__gte=on - timedelta(days=1),
            )
            .select_related("agent")
            .first()
        )


def list_designables(*, agent: Agent) -> QuerySet[Organisation]:
    """Return the organisations that the matrix lets the secretariat open a dossier to."""
    profils = load_matrice().profils.values()
    types = {
        organisme
        for profil in profils
        if {r.relation for r in profil.regles} & {"destinataire", "bailleur"}
        for organisme in profil.organismes or ()
    }
    rows = Organisation.objects.filter(
        departement=agent.departement_id, type__in=types, ferme_le=None
    )
    return rows.order_by("type", *list_alphabet("nom"))


def list_formations(*, agent: Agent) -> list[FormationCcapex]:
    """Return the formations of the CCAPEX that run, as written on screen; none were yet."""
    if why_not(agent.profil, "annuaire.lire"):
        return []
    rows = FormationCcapex.objects.filter(departement=agent.departement_id, fin_le=None)
    return [*rows.order_by(*list_alphabet("nom"))]


def list_formations_dites(*, agent: Agent) -> Sequence[FormationCcapex | Formation]:
    """Return the formations written on screen, else those of the département's ready-made file."""
    if written := list_formations(agent=agent):
        return written
    configuration = load_departement(agent.departement_id)
    return configuration.formations if configuration else ()


def list_administrateurs(*, departement: str = "") -> list[Agent]:
    """Return the administrators of a département, or of all; for who installs."""
    rows = Agent.objects.filter(role=Role.ADMINISTRATEUR, is_active=True).order_by("courriel")
    return list(rows.filter(departement=departement) if departement else rows)


def list_dpo(*, departement: str) -> list[Agent]:
    """Return the data protection officers of a département, by address."""
    rows = Agent.objects.filter(departement=departement, role=Role.DPO, is_active=True)
    return list(rows.order_by("courriel"))
