"""The lists of entrusted dossiers, taken away as files."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from seuil.accompagnements.queries.mandats import ETATS, list_mandats, list_suivis_longs
from seuil.echeances.models import Stade
from seuil.engines.tabular import Column
from seuil.web.access import (
    AgentRequest,
    get_agent,
    request_day,
    requires,
    requires_recent_sign_in,
)
from seuil.web.export import send_table
from seuil.web.filtres import read_filtre
from seuil.web.journal import saw

_LIRE = ("mandat.suivre", "choix.preparer")
_MANDATS = (
    Column("Dossier", 18), Column("Ménage", 32), Column("Commune", 26), Column("Opérateur", 32),
    Column("Stade", 28), Column("Confié le", 12, "date"), Column("État", 20),
    Column("Répondu le", 12, "date"), Column("Référent social", 26),
    Column("Référent juridique", 26), Column("Prochaine échéance", 12, "date"),
    Column("Audience", 12, "date"), Column("Dette", 14, "montant"),
    Column("Clos le", 12, "date"), Column("Motif de clôture", 40),
)  # fmt: skip
_SUIVIS = (
    Column("Dossier", 18), Column("Ménage", 32), Column("Opérateur", 32),
    Column("Six mois le", 12, "date"), Column("Demandée le", 12, "date"),
    Column("Motif de la demande", 60), Column("Dernier avis", 36), Column("Avis du", 12, "date"),
    Column("Jusqu’au", 12, "date"),
)  # fmt: skip


@requires(*_LIRE)
@requires_recent_sign_in
@require_POST
def mandats_export(request: AgentRequest) -> HttpResponse:
    """Give the entrusted dossiers of one state, or all of them, as a file."""
    etat = read_filtre(request, "etat", ETATS)
    rows = list_mandats(agent=get_agent(request), on=request_day(request), etat=etat or None)
    saw(dossiers=[row.dossier_id for row in rows])
    stades = dict(Stade.choices)
    return send_table(
        request,
        nom="dossiers-confies",
        titre="Dossiers confiés",
        columns=_MANDATS,
        rows=[
            (
                r.numero, r.nom, r.commune, r.operateur, stades.get(r.stade, r.stade),
                r.transmis_le, r.etat_libelle, r.repondu_le, r.referent_social,
                r.referent_juridique, r.prochaine_le, r.audience_le, r.dette, r.clos_le,
                r.motif_cloture,
            )
            for r in rows
        ],
    )  # fmt: skip


@requires(*_LIRE)
@requires_recent_sign_in
@require_POST
def suivis_longs_export(request: AgentRequest) -> HttpResponse:
    """Give the follow-ups beyond six months as a file, for the session."""
    suivis = list_suivis_longs(agent=get_agent(request), on=request_day(request))
    saw(dossiers=[suivi.mandat.dossier_id for suivi in suivis])
    return send_table(
        request,
        nom="suivis-au-dela-de-six-mois",
        titre="Au-delà de six mois",
        columns=_SUIVIS,
        rows=[
            (
                s.mandat.dossier.numero, s.nom, s.mandat.operateur.nom, s.fin_le,
                s.demande.demande_le if s.demande else None, s.demande.motif if s.demande else "",
                s.avis.get_avis_display() if s.avis else "", s.avis.avis_le if s.avis else None,
                s.avis.jusqu_au if s.avis else None,
            )
            for s in suivis
        ],
    )  # fmt: skip
