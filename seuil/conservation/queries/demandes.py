"""The register of the people's requests."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from seuil.acteurs.models import Agent
from seuil.acteurs.rules import why_not
from seuil.conservation.models import DemandeDroit
from seuil.conservation.rules import compute_reponse_due
from seuil.dossiers.models import Dossier, Personne


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


def list_personnes(*, dossier: Dossier) -> list[Personne]:
    """Return the people of a file, numbered from one by their place: holders of the lease first."""
    order = {q: i for i, q in enumerate(Personne.Qualite.values)}
    rows = Personne.objects.filter(dossier=dossier).order_by("rang", "pk")
    return sorted(rows, key=lambda p: (order[p.qualite], p.rang))


def find_dossier_du_departement(*, departement: str, numero: str) -> Dossier | None:
    """Return a file by its number, limited or not: for the exercise of rights only."""
    return Dossier.objects.filter(departement=departement, numero=numero.strip()).first()
