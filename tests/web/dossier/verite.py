"""What two places of a file say of one date, compared: header, Échéances, duties, queue."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Q

from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dossier
from seuil.echeances.queries.echeances import EcheanceVue, list_echeances
from seuil.travail.models import Tache
from seuil.travail.rules.vues import DevoirVu
from seuil.web.dates import list_dates
from seuil.web.dossier.annonces import join_annonces
from seuil.web.dossier.onglets.devoirs import read_devoirs
from seuil.web.dossier.onglets.echeances import is_to_come

_CLOSED = frozenset({"fait", "sans_objet", "non_note"})


def list_contradictions(*, agent: Agent, on: date, dossier: Dossier) -> Iterator[str]:
    """Yield what a place shows to come that another shows as done, missed or without object."""
    key = {"agent": agent, "on": on, "dossier": dossier}
    listed = list_echeances(**key)
    to_come = [e.vue for e in join_annonces(listed, [], on=on) if is_to_come(e, on)]
    for contradiction in (
        *_compare_header(key, to_come),
        *_compare_duties(key, to_come),
        *_compare_queue(dossier, on, listed),
    ):
        yield f"{dossier.numero} : {contradiction}"


def _compare_header(key: dict[str, object], to_come: list[EcheanceVue]) -> Iterator[str]:
    # Those computed for the tab alone have no row.
    header = {(d.le, d.libelle) for d in list_dates(**key) if not d.fixee}
    tab = {(e.le, e.libelle) for e in to_come if e.legale and e.id}
    for le, libelle in header ^ tab:
        yield f"{libelle} ({le}) à venir en tête ou dans Échéances, pas aux deux"


def _compare_duties(key: dict[str, object], to_come: list[EcheanceVue]) -> Iterator[str]:
    days = {e.regle: e.le for e in to_come}
    # One organisation's duty is another's too: the rule is open while one of them is.
    par_regle: dict[str, list[DevoirVu]] = {}
    for table in read_devoirs(**key):
        for acteur in table.acteurs:
            for vu in (ligne.vu for ligne in acteur.lignes):
                if vu.devoir.regle:
                    par_regle.setdefault(vu.devoir.regle, []).append(vu)
    for regle, vus in par_regle.items():
        done = [vu for vu in vus if vu.etat == "fait"]
        # Made by another body, it is still to be made.
        closed = all(vu.etat in _CLOSED and "confié" not in vu.precision for vu in vus)
        if regle in days and (done or closed):
            yield f"{regle} à venir, mais {[(vu.devoir.id, vu.etat) for vu in vus]}"


def _compare_queue(dossier: Dossier, on: date, listed: list[EcheanceVue]) -> Iterator[str]:
    closed = {
        (e.regle, e.source_id): e
        for e in listed
        if e.faite_le or (e.caduque_le and e.caduque_le <= on)
    }
    regles = {regle for regle, _ in closed}
    still_open = {e.regle for e in listed if (e.regle, e.source_id) not in closed}
    asked = Tache.objects.filter(Q(caduque_le=None) | Q(caduque_le__gt=on), dossier=dossier)
    # A diagnosis that is made is still to be sent.
    asked = asked.exclude(regle="").exclude(genre="dsf_a_transmettre")
    for regle in asked.order_by("pk").values_list("regle", flat=True):
        if regle in regles - still_open:
            yield f"{regle} demandé à quelqu’un, alors que fait ou sans objet"
