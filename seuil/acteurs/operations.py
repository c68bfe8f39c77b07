"""Write the directory: official geography, organisations, agents."""

import csv
import secrets
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import Q

from seuil.acteurs.models import (
    AbonnementAgenda,
    Agent,
    Arrondissement,
    Commune,
    Decoupage,
    Departement,
    MotifSuspension,
    NatureDecoupage,
    Organisation,
    Rattachement,
    Role,
    Secteur,
    TypeOrganisation,
)
from seuil.acteurs.queries import forget_geography
from seuil.acteurs.rules import (
    LONGUEUR_NOM,
    SecteurLu,
    compute_empreinte,
    compute_fin_habilitation,
    why_bad_siret,
    why_not,
)
from seuil.audit.operations import Author, record_event
from seuil.kernel.contexte import acting_as_machine
from seuil.kernel.refusal import Refusal

_DATA = Path(__file__).parent / "data"
_COMMUNE_FIELDS = (
    "nom",
    "departement",
    "arrondissement",
    "epci",
    "codes_postaux",
    "population",
    "latitude",
    "longitude",
)


class CourrielDejaUtilise(Refusal):
    message = "Un compte existe déjà avec cette adresse électronique."


class OrganisationDejaConnue(Refusal):
    message = "Un organisme porte déjà ce nom dans le département."


class SiretFaux(Refusal):
    message = "Ce SIRET est mal recopié."


class HabilitationRefusee(Refusal):
    message = "Personne ne renouvelle sa propre habilitation ni ne suspend son propre compte."


class CompteFerme(Refusal):
    message = "Ce compte est fermé : il ne se renouvelle pas."


class AgendaRefuse(Refusal):
    message = "Votre rôle n’ouvre aucun dossier : il n’a pas d’agenda à lire ailleurs."


class AucunAbonnement(Refusal):
    message = "Aucune adresse n’est en service : il n’y a rien à arrêter."


class NomRefuse(Refusal):
    message = f"Donnez un nom de {LONGUEUR_NOM} caractères au plus."


class DecoupageDejaConnu(Refusal):
    message = "Un découpage porte déjà ce nom dans le département."


class SecteurDejaConnu(Refusal):
    message = "Un secteur porte déjà ce nom dans ce découpage."


class CommuneDejaRattachee(Refusal):
    def __init__(self, communes: Collection[str]) -> None:
        super().__init__(f"Déjà dans un autre secteur de ce découpage : {', '.join(communes)}.")


class HorsDepartement(Refusal):
    message = "Cette commune ou cet organisme n’est pas du département du découpage."


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine as an author of the journal: a command or a background task, by its name."""

    name: str
    departement_id: str = ""

    @property
    def author_id(self) -> str:
        return f"machine:{self.name}"

    @property
    def author_label(self) -> str:
        return f"Seuil ({self.name})"


@transaction.atomic
def import_geography(*, departements: Collection[str] | None = None) -> None:
    """Load or refresh the official départements, arrondissements and communes.

    `departements` limits the communes to those codes; None loads the country. Source: code
    officiel géographique (INSEE) via Etalab, licence ouverte 2.0.
    """
    Departement.objects.bulk_create(
        (Departement(code=r["code"], nom=r["nom"]) for r in _rows("departements.csv")),
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["nom"],
    )
    known = set(Departement.objects.values_list("code", flat=True))
    Arrondissement.objects.bulk_create(
        (
            Arrondissement(code=r["code"], nom=r["nom"], departement_id=r["departement"])
            for r in _rows("arrondissements.csv")
            if r["departement"] in known
        ),
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["nom", "departement"],
    )
    arrondissements = set(Arrondissement.objects.values_list("code", flat=True))
    epci = {r["code"]: r["nom"] for r in _rows("epci.csv")}
    Commune.objects.bulk_create(
        (
            Commune(
                code=r["code"],
                nom=r["nom"],
                departement_id=r["departement"],
                arrondissement_id=r["arrondissement"]
                if r["arrondissement"] in arrondissements
                else None,
                epci=epci.get(r["epci"], "")[:120],
                codes_postaux=[c for c in r["codes_postaux"].replace("|", " ").split() if c],
                population=int(r["population"] or 0),
                latitude=float(r["latitude"]) if r["latitude"] else None,
                longitude=float(r["longitude"]) if r["longitude"] else None,
            )
            for r in _rows("communes.csv")
            if r["departement"] in (known if departements is None else set(departements))
        ),
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=_COMMUNE_FIELDS,
        batch_size=5000,
    )
    forget_geography()


@transaction.atomic
def create_organisation(
    *,
    departement: str,
    type: TypeOrganisation | str,  # noqa: A002 - the noun of the directory
    nom: str,
    by: Author,
    on: date,
    **contact: Any,
) -> Organisation:
    """Add an organisation to the directory.

    Raises OrganisationDejaConnue when the name is taken in the département, or SiretFaux.
    """
    if Organisation.objects.filter(departement=departement, nom=nom).exists():
        raise OrganisationDejaConnue
    communes = contact.pop("communes", ())
    if contact.get("siret") and (reason := why_bad_siret(contact["siret"])):
        raise SiretFaux(reason)
    organisation = Organisation.objects.create(
        departement_id=departement, type=type, nom=nom, **contact
    )
    organisation.communes.set(communes)
    record_event(
        kind="organisation.creee",
        by=by,
        on=on,
        target_type="organisation",
        target_id=organisation.pk,
    )
    return organisation


@transaction.atomic
def create_agent(
    *,
    courriel: str,
    nom: str,
    prenom: str,
    role: Role | str,
    organisation: Organisation,
    password: str | None,
    by: Author,
    on: date,
) -> Agent:
    """Create the account of a person, habilitated from `on` in the organisation's département.

    Without password, the person chooses it by an invitation. Raises CourrielDejaUtilise, or
    Django's ValidationError when the password is too weak.
    """
    if Agent.objects.filter(courriel__iexact=courriel).exists():
        raise CourrielDejaUtilise
    agent = Agent(
        courriel=courriel.lower(),
        nom=nom,
        prenom=prenom,
        role=role,
        organisation=organisation,
        departement_id=organisation.departement_id,
        habilite_le=on,
        habilite_jusqu_au=compute_fin_habilitation(on=on),
    )
    if password is not None:
        validate_password(password, agent)
    agent.set_password(password)
    # The database lets an administrator alone write who has access; who invites was checked.
    with acting_as_machine("comptes", on=on):
        agent.save()
    record_event(kind="agent.cree", by=by, on=on, target_type="agent", target_id=agent.pk)
    return agent


@transaction.atomic
def record_mot_de_passe(*, agent: Agent, mot_de_passe: str, by: Author, on: date) -> None:
    """Write a new password. Raises Django's ValidationError when it is too weak."""
    validate_password(mot_de_passe, agent)
    agent.set_password(mot_de_passe)
    agent.save(update_fields=["password"])
    record_event(
        kind="agent.mot_de_passe_change", by=by, on=on, target_type="agent", target_id=agent.pk
    )


@transaction.atomic
def renew_habilitation(*, agent: Agent, by: Author, on: date) -> Agent:
    """Give the agent one more year from `on`; what was suspended stays so.

    By the machine when a command does it, for the only administrator of a département.

    Raises HabilitationRefusee on one's own account, CompteFerme.
    """
    found = _lock_other(agent, by)
    if not found.is_active:
        raise CompteFerme
    found.habilite_jusqu_au = max(compute_fin_habilitation(on=on), found.habilite_le)
    found.renouvele_le, found.renouvele_par = on, by if isinstance(by, Agent) else None
    found.save(update_fields=["habilite_jusqu_au", "renouvele_le", "renouvele_par"])
    record_event(
        kind="agent.habilitation_renouvelee",
        by=by,
        on=on,
        target_type="agent",
        target_id=found.pk,
        details={"jusqu_au": found.habilite_jusqu_au.isoformat()},
    )
    return found


@transaction.atomic
def suspend_agent(*, agent: Agent, by: Agent, on: date) -> Agent:
    """Suspend an account until an administrator wakes it. Raises HabilitationRefusee."""
    found = _lock_other(agent, by)
    if not found.suspendu_motif:
        _suspend(found, MotifSuspension.DECISION, by, on)
    return found


@transaction.atomic
def wake_agent(*, agent: Agent, by: Author, on: date) -> Agent:
    """End the suspension of an account. Raises HabilitationRefusee."""
    found = _lock_other(agent, by)
    found.suspendu_le, found.suspendu_motif, found.reveille_le = None, "", on
    found.save(update_fields=["suspendu_le", "suspendu_motif", "reveille_le"])
    record_event(kind="agent.reveille", by=by, on=on, target_type="agent", target_id=found.pk)
    return found


@transaction.atomic
def close_agent(*, agent: Agent, by: Agent, on: date) -> Agent:
    """Close an account for good: the habilitation is over. Raises HabilitationRefusee."""
    found = _lock_other(agent, by)
    found.is_active = False
    found.save(update_fields=["is_active"])
    record_event(kind="agent.ferme", by=by, on=on, target_type="agent", target_id=found.pk)
    return found


@transaction.atomic
def assign_administration(*, agent: Agent, donnee: bool, by: Agent, on: date) -> Agent:
    """Let an agent invite the others of its organisation, or no longer.

    Raises HabilitationRefusee on one's own account.
    """
    found = _lock_other(agent, by)
    found.administre_organisation = donnee
    found.save(update_fields=["administre_organisation"])
    kind = "agent.administration_donnee" if donnee else "agent.administration_retiree"
    record_event(kind=kind, by=by, on=on, target_type="agent", target_id=found.pk)
    return found


@transaction.atomic
def suspend_endormis(*, departement: str, jours: int, by: Author, on: date) -> int:
    """Suspend the accounts that nobody opened for `jours` days; return how many.

    What counts is the last sign-in, else the account's own beginning; one that was woken or renewed
    has the same time again.
    """
    limit = on - timedelta(days=jours)
    asleep = (
        Agent.objects.select_for_update()
        .filter(departement=departement, is_active=True, suspendu_motif="", habilite_le__lte=limit)
        .filter(Q(last_login=None) | Q(last_login__date__lte=limit))
        .filter(Q(reveille_le=None) | Q(reveille_le__lte=limit))
        .filter(Q(renouvele_le=None) | Q(renouvele_le__lte=limit))
        .order_by("pk")
    )
    for agent in asleep:
        _suspend(agent, MotifSuspension.SOMMEIL, by, on)
    return len(asleep)


@transaction.atomic
def record_siret(*, organisation: Organisation, siret: str, by: Author, on: date) -> Organisation:
    """Write the SIRET by which an identity provider names the organisation. Raises SiretFaux."""
    if reason := why_bad_siret(siret):
        raise SiretFaux(reason)
    organisation.siret = siret
    organisation.save(update_fields=["siret"])
    record_event(
        kind="organisation.siret",
        by=by,
        on=on,
        target_type="organisation",
        target_id=organisation.pk,
    )
    return organisation


@transaction.atomic
def create_decoupage(
    *, departement: str, nature: NatureDecoupage | str, nom: str, by: Author, on: date
) -> Decoupage:
    """Add a local division, without secteur yet. Raises NomRefuse, DecoupageDejaConnu."""
    nom = _check_nom(nom)
    if Decoupage.objects.filter(departement=departement, nom=nom).exists():
        raise DecoupageDejaConnu
    decoupage = Decoupage.objects.create(
        departement_id=departement, nature=NatureDecoupage(nature), nom=nom
    )
    _record_decoupage("decoupage.cree", decoupage, by, on)
    return decoupage


@transaction.atomic
def rename_decoupage(*, decoupage: Decoupage, nom: str, by: Author, on: date) -> Decoupage:
    """Change the name of a local division. Raises NomRefuse, DecoupageDejaConnu."""
    nom = _check_nom(nom)
    same = Decoupage.objects.filter(departement=decoupage.departement_id, nom=nom)
    if same.exclude(pk=decoupage.pk).exists():
        raise DecoupageDejaConnu
    decoupage.nom = nom
    decoupage.save(update_fields=["nom"])
    _record_decoupage("decoupage.renomme", decoupage, by, on)
    return decoupage


@transaction.atomic
def create_secteur(
    *,
    decoupage: Decoupage,
    nom: str,
    communes: Collection[str],
    organisation: Organisation | None = None,
    by: Author,
    on: date,
) -> Secteur:
    """Add a secteur and the communes it holds.

    Raises NomRefuse, SecteurDejaConnu, HorsDepartement, CommuneDejaRattachee.
    """
    # Two people who place the same commune wait for one another.
    Decoupage.objects.select_for_update().get(pk=decoupage.pk)
    nom = _check_nom(nom)
    if decoupage.secteurs.filter(nom=nom).exists():
        raise SecteurDejaConnu
    _check_departement(decoupage, organisation, communes)
    taken = Rattachement.objects.filter(decoupage=decoupage, commune__in=communes)
    if names := list(taken.order_by("commune__nom").values_list("commune__nom", flat=True)):
        raise CommuneDejaRattachee(names)
    secteur = _write_secteur(decoupage, nom, organisation, communes)
    record_event(kind="secteur.cree", by=by, on=on, target_type="secteur", target_id=secteur.pk)
    return secteur


@transaction.atomic
def update_secteur(
    *, secteur: Secteur, nom: str, organisation: Organisation | None, by: Author, on: date
) -> Secteur:
    """Change the name of a secteur and the organisation that works there.

    Raises NomRefuse, SecteurDejaConnu, HorsDepartement.
    """
    nom = _check_nom(nom)
    if secteur.decoupage.secteurs.filter(nom=nom).exclude(pk=secteur.pk).exists():
        raise SecteurDejaConnu
    _check_departement(secteur.decoupage, organisation, ())
    secteur.nom, secteur.organisation = nom, organisation
    secteur.save(update_fields=["nom", "organisation"])
    record_event(kind="secteur.modifie", by=by, on=on, target_type="secteur", target_id=secteur.pk)
    return secteur


@transaction.atomic
def replace_secteurs(
    *, decoupage: Decoupage, secteurs: Sequence[SecteurLu], by: Author, on: date
) -> None:
    """Write the secteurs of a division in the place of those it had. Raises HorsDepartement.

    The journal keeps what was there before.
    """
    Decoupage.objects.select_for_update().get(pk=decoupage.pk)
    communes = [code for s in secteurs for code in s.communes]
    _check_departement(decoupage, None, communes)
    known = {o.nom: o for o in Organisation.objects.filter(departement=decoupage.departement_id)}
    if {s.organisme for s in secteurs} - {"", *known}:
        raise HorsDepartement
    Rattachement.objects.filter(decoupage=decoupage).delete()
    decoupage.secteurs.all().delete()
    for lu in secteurs:
        _write_secteur(decoupage, lu.nom, known.get(lu.organisme), lu.communes)
    details = {"secteurs": len(secteurs), "communes": len(communes)}
    _record_decoupage("decoupage.secteurs_importes", decoupage, by, on, details)


def _write_secteur(
    decoupage: Decoupage, nom: str, organisation: Organisation | None, communes: Collection[str]
) -> Secteur:
    secteur = Secteur.objects.create(decoupage=decoupage, nom=nom, organisation=organisation)
    Rattachement.objects.bulk_create(
        Rattachement(decoupage=decoupage, secteur=secteur, commune_id=code) for code in communes
    )
    return secteur


def _check_nom(nom: str) -> str:
    nom = " ".join(nom.split())
    if not 0 < len(nom) <= LONGUEUR_NOM:
        raise NomRefuse
    return nom


def _check_departement(
    decoupage: Decoupage, organisation: Organisation | None, communes: Collection[str]
) -> None:
    departement = decoupage.departement_id
    found = Commune.objects.filter(departement=departement, pk__in=communes).count()
    if found != len(set(communes)) or (
        organisation is not None and organisation.departement_id != departement
    ):
        raise HorsDepartement


def _record_decoupage(
    kind: str,
    decoupage: Decoupage,
    by: Author,
    on: date,
    details: dict[str, Any] | None = None,
) -> None:
    record_event(
        kind=kind, by=by, on=on, target_type="decoupage", target_id=decoupage.pk, details=details
    )


def _suspend(agent: Agent, motif: MotifSuspension, by: Author, on: date) -> None:
    agent.suspendu_le, agent.suspendu_motif = on, motif
    agent.save(update_fields=["suspendu_le", "suspendu_motif"])
    record_event(
        kind="agent.suspendu",
        by=by,
        on=on,
        target_type="agent",
        target_id=agent.pk,
        details={"motif": motif.value},
    )


def _lock_other(agent: Agent, by: Author) -> Agent:
    if by.author_id == agent.author_id:
        raise HabilitationRefusee
    return Agent.objects.select_for_update(of=("self",)).get(pk=agent.pk)


@transaction.atomic
def create_abonnement(*, by: Agent, on: date) -> tuple[AbonnementAgenda, str]:
    """Give the agent a new secret address for its agenda; the one before stops at once.

    Return the subscription and its token, which is kept nowhere: show it now or never.
    Raises AgendaRefuse when the role reads no dossier.
    """
    if why_not(by.profil, "dossier.lire"):
        raise AgendaRefuse
    _end_abonnement(by=by, on=on)
    jeton = secrets.token_urlsafe(32)
    abonnement = AbonnementAgenda.objects.create(
        agent=by, empreinte=compute_empreinte(jeton), cree_le=on
    )
    _record_abonnement("agenda.abonnement_cree", abonnement, by, on)
    return abonnement, jeton


@transaction.atomic
def end_abonnement(*, by: Agent, on: date) -> AbonnementAgenda:
    """Stop the agent's secret address. Raises AucunAbonnement when none runs."""
    abonnement = _end_abonnement(by=by, on=on)
    if abonnement is None:
        raise AucunAbonnement
    return abonnement


@transaction.atomic
def record_lecture_agenda(*, abonnement: AbonnementAgenda, at: datetime) -> None:
    """Note that a calendar read the address, at most once an hour; nobody acts: no journal line."""
    AbonnementAgenda.objects.filter(
        Q(dernier_acces_at=None) | Q(dernier_acces_at__lt=at - timedelta(hours=1)),
        pk=abonnement.pk,
    ).update(dernier_acces_at=at)


def _end_abonnement(*, by: Agent, on: date) -> AbonnementAgenda | None:
    # Two windows of the same agent wait for one another.
    Agent.objects.select_for_update().get(pk=by.pk)
    running = AbonnementAgenda.objects.filter(agent=by.pk, revoque_le=None).first()
    if running is None:
        return None
    running.revoque_le = max(on, running.cree_le)
    running.save(update_fields=["revoque_le"])
    _record_abonnement("agenda.abonnement_arrete", running, by, on)
    return running


def _record_abonnement(kind: str, abonnement: AbonnementAgenda, by: Agent, on: date) -> None:
    record_event(kind=kind, by=by, on=on, target_type="abonnement_agenda", target_id=abonnement.pk)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
