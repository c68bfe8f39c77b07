"""The mandates, read by those who follow them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Min, Prefetch, Q, QuerySet

from seuil.accompagnements.models import Demarche, Mandat, Prescription, Prolongation, Rapport
from seuil.acteurs.models import Agent, Role
from seuil.acteurs.rules import is_operateur
from seuil.dossiers.models import Dossier, Personne
from seuil.dossiers.queries import readable
from seuil.echeances.models import Echeance, Situation
from seuil.echeances.queries.echeances import is_attendue
from seuil.echeances.queries.situations import get_dette
from seuil.kernel.alphabet import list_alphabet

ETATS: Mapping[str, str] = {
    "a_repondre": "Réponse attendue",
    "a_affecter": "À affecter",
    "en_cours": "En cours",
    "refuse": "Refusé",
    "clos": "Clos",
}
_FILTRES: Mapping[str, Q] = {
    "a_repondre": Q(reponse=Mandat.Reponse.ATTENDUE, clos_le=None),
    "a_affecter": Q(reponse=Mandat.Reponse.ACCEPTE, clos_le=None, affecte_le=None),
    "en_cours": Q(reponse=Mandat.Reponse.ACCEPTE, clos_le=None, affecte_le__isnull=False),
    "refuse": Q(reponse=Mandat.Reponse.REFUSE, clos_le=None),
    "clos": Q(clos_le__isnull=False),
}


@dataclass(frozen=True, slots=True)
class MandatRow:
    """A mandate in a list."""

    id: UUID
    dossier_id: UUID
    numero: str
    nom: str
    commune: str
    operateur: str
    stade: str
    transmis_le: date
    etat: str
    repondu_le: date | None
    referent_social: str
    referent_juridique: str
    clos_le: date | None
    motif_cloture: str
    dette: Decimal | None
    audience_le: date | None
    # First deadline of the mandate still to come on the day of reading, with its rule.
    prochaine_le: date | None

    @property
    def etat_libelle(self) -> str:
        return ETATS[self.etat]


def get_etat(mandat: Mandat) -> str:
    """Return where a mandate stands, a key of ETATS."""
    if mandat.clos_le is not None:
        return "clos"
    if mandat.reponse == Mandat.Reponse.REFUSE:
        return "refuse"
    if mandat.reponse == Mandat.Reponse.ATTENDUE:
        return "a_repondre"
    return "en_cours" if mandat.affecte_le else "a_affecter"


def list_mandats(*, agent: Agent, on: date, etat: str | None = None) -> list[MandatRow]:
    """Return the mandates of the dossiers the agent may see, newest first.

    An operator's people see theirs, while they run. `etat` is a key of ETATS.
    """
    mandats = (
        _visible_mandats(agent=agent, on=on)
        .select_related(
            "dossier__situation",
            "dossier__situation_dette",
            "dossier__logement__commune",
            "operateur",
            "referent_social",
            "referent_juridique",
        )
        .order_by("-transmis_le", "dossier__numero")
    )
    if etat:
        mandats = mandats.filter(_FILTRES[etat])
    found = list(mandats)
    prochaines = dict(
        Echeance.objects.filter(
            is_attendue(on=on),
            source_type="mandat",
            dossier__in=[m.dossier_id for m in found if m.clos_le is None],
            le__gte=on,
        )
        .values("source_id")
        .annotate(prochaine=Min("le"))
        .order_by("source_id")
        .values_list("source_id", "prochaine")
    )
    noms = find_noms(m.dossier_id for m in found)
    return [_mandat_row(m, noms.get(m.dossier_id, ""), prochaines.get(m.pk)) for m in found]


def count_mandats(*, agent: Agent, on: date) -> dict[str, int]:
    """Return how many mandates the agent sees in each state of ETATS."""
    counts = dict.fromkeys(ETATS, 0)
    for mandat in (
        _visible_mandats(agent=agent, on=on).only("clos_le", "reponse", "affecte_le").order_by("pk")
    ):
        counts[get_etat(mandat)] += 1
    return counts


def get_mandat(*, agent: Agent, on: date, mandat_id: UUID) -> Mandat:
    """Return a mandate the agent may see, with its reports, contract and opinions.

    Raises Mandat.DoesNotExist.
    """
    return _with_details(_visible_mandats(agent=agent, on=on)).get(pk=mandat_id)


def get_dossier_mandat(*, agent: Agent, on: date, dossier: Dossier) -> Mandat | None:
    """Return the latest mandate of a dossier that the agent may see, or None."""
    return (
        _with_details(_visible_mandats(agent=agent, on=on).filter(dossier=dossier))
        .order_by("-transmis_le", "-id")
        .first()
    )


def list_dossier_mandats(*, agent: Agent, on: date, dossier: Dossier) -> list[Mandat]:
    """Return every mandate of a dossier that the agent may see, the latest first."""
    rows = _visible_mandats(agent=agent, on=on).filter(dossier=dossier)
    return list(_with_details(rows).order_by("-transmis_le", "-id"))


def get_demarche(*, agent: Agent, on: date, demarche_id: UUID) -> Demarche:
    """Return a step of the contract of a mandate the agent may see. Raises DoesNotExist."""
    return (
        Demarche.objects.filter(contrat__mandat__in=_visible_mandats(agent=agent, on=on))
        .select_related("contrat__mandat__dossier")
        .get(pk=demarche_id)
    )


def list_prescriptions(*, agent: Agent, on: date, dossier: Dossier) -> QuerySet[Prescription]:
    """Return the proposals of services for a dossier the agent may see, newest first."""
    return (
        readable(rows=Prescription.objects.all(), agent=agent, on=on, dossier=dossier)
        .select_related("par")
        .order_by("-propose_le", "-id")
    )


def list_referents(*, mandat: Mandat) -> QuerySet[Agent]:
    """Return the active people of the operator, to whom a mandate may be assigned."""
    rows = Agent.objects.filter(organisation=mandat.operateur_id, is_active=True)
    return rows.order_by(*list_alphabet("nom", "prenom"))


def list_equipe(*, agent: Agent) -> QuerySet[Agent]:
    """Return the active workers and jurists of the agent's organisation."""
    rows = Agent.objects.filter(
        organisation=agent.organisation_id,
        is_active=True,
        role__in=[Role.TRAVAILLEUR_SOCIAL, Role.JURISTE],
    )
    return rows.order_by(*list_alphabet("nom", "prenom"))


def count_charge(*, agent: Agent, on: date) -> Counter[UUID]:
    """Return how many running mandates each person follows, by its identifier."""
    charge: Counter[UUID] = Counter()
    rows = _visible_mandats(agent=agent, on=on).filter(_FILTRES["en_cours"]).order_by("pk")
    for pair in rows.values_list("referent_social", "referent_juridique"):
        charge.update(set(pair) - {None})
    return charge


def get_transmission(*, agent: Agent, dossier: Dossier) -> date | None:
    """Return the day a dossier was last entrusted to the agent's organisation, if it was."""
    return (
        Mandat.objects.filter(dossier=dossier, operateur=agent.organisation_id)
        .order_by("-transmis_le")
        .values_list("transmis_le", flat=True)
        .first()
    )


def _visible_mandats(*, agent: Agent, on: date) -> QuerySet[Mandat]:
    mandats = Mandat.objects.filter(
        dossier__in=Dossier.objects.visible_to(agent, on=on, categorie="accompagnement")
    )
    if is_operateur(agent.profil):
        # A household may have had another operator before: its mandate is not theirs to read.
        mandats = mandats.filter(operateur=agent.organisation_id)
    return mandats


def _with_details(mandats: QuerySet[Mandat]) -> QuerySet[Mandat]:
    return mandats.select_related(
        "dossier", "operateur", "referent_social", "referent_juridique", "contrat"
    ).prefetch_related(
        Prefetch("contrat__demarches", Demarche.objects.order_by("etat", "pour_le", "pk")),
        Prefetch("rapports", Rapport.objects.select_related("par").order_by("-rendu_le", "-pk")),
        Prefetch("prolongations", Prolongation.objects.order_by("-avis_le", "-pk")),
    )


def find_noms(dossier_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the first holder of the lease of each dossier, as written."""
    rows = Personne.objects.filter(
        dossier__in=list(dossier_ids), qualite=Personne.Qualite.TITULAIRE, rang=1
    ).order_by("dossier")
    return {
        pk: f"{nom} {prenom}".strip()
        for pk, nom, prenom in rows.values_list("dossier", "nom", "prenom")
    }


def _mandat_row(mandat: Mandat, nom: str, prochaine_le: date | None) -> MandatRow:
    situation: Situation = mandat.dossier.situation
    return MandatRow(
        id=mandat.pk,
        dossier_id=mandat.dossier_id,
        numero=mandat.dossier.numero,
        nom=nom,
        commune=mandat.dossier.logement.commune.nom,
        operateur=mandat.operateur.nom,
        # Where the procedure stands today, as the dossier says it.
        stade=situation.stade,
        transmis_le=mandat.transmis_le,
        etat=get_etat(mandat),
        repondu_le=mandat.repondu_le,
        referent_social=str(mandat.referent_social or ""),
        referent_juridique=str(mandat.referent_juridique or ""),
        clos_le=mandat.clos_le,
        motif_cloture=mandat.get_motif_cloture_display() if mandat.motif_cloture else "",
        dette=get_dette(dossier=mandat.dossier)[0],
        audience_le=situation.audience_le,
        prochaine_le=prochaine_le,
    )
