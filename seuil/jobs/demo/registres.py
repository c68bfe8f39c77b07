"""What the data protection officer reads: requests of the people, and an access out of scope."""

from datetime import date, datetime, timedelta
from random import Random

from seuil.acteurs.models import Agent
from seuil.conservation.models import DemandeDroit
from seuil.conservation.operations import record_decision, record_demande
from seuil.conservation.rules import DemandeSaisie
from seuil.dossiers.models import Dossier
from seuil.dossiers.rules import Plafond
from seuil.usecases.open_acces import record_acces_exceptionnel

_ACCORDEE = DemandeDroit.Decision.ACCORDEE
_REFUSEE = DemandeDroit.Decision.REFUSEE
# Right, what is asked, days since, what was answered and why.
_DEMANDES = (
    ("acces", "Recevoir une copie de mon dossier", 70, _ACCORDEE, ""),
    ("effacement", "Effacer mon dossier", 48, _REFUSEE,
     "Une procédure est en cours : le dossier sert à l’instruire."),
    ("rectification", "Mon nom est mal écrit", 20, "", ""),
    ("opposition", "Ne plus être appelée par l’association", 4, "", ""),
)  # fmt: skip


def keep_registres(
    *, dpo: Agent, hors_perimetre: Agent, until: date, at: datetime, rng: Random
) -> int:
    """Receive some requests, answer the oldest, and force one access; returns how many facts.

    `at`: when it is forced. Its page says when it was written: it ends 24 hours later.
    """
    numeros = list(Dossier.objects.order_by("numero").values_list("numero", flat=True))
    drawn = rng.sample(numeros, min(len(numeros), len(_DEMANDES)))
    chosen = Dossier.objects.filter(numero__in=drawn).select_related("situation").order_by("numero")
    for dossier, (droit, objet, jours, decision, motif) in zip(chosen, _DEMANDES, strict=False):
        recue_le = until - timedelta(days=jours)
        demande = record_demande(
            demande=DemandeSaisie(
                droit=droit, demandeur=dossier.situation.nom_affiche, objet=objet, recue_le=recue_le
            ),
            dossier=dossier,
            by=dpo,
            on=recue_le,
        )
        if decision:
            le = recue_le + timedelta(days=21)
            record_decision(
                demande=demande, decision=decision, motif=motif, repondue_le=le, by=dpo, on=le
            )
    record_acces_exceptionnel(
        numero=numeros[-1],
        motif="Le ménage, que nous ne suivons pas, se présente à notre permanence.",
        by=hors_perimetre,
        at=at,
        on=until,
        plafond=Plafond(),
    )
    return len(drawn) + 1
