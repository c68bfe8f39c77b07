"""Each address that writes, sent twice: the second changes nothing more, or is refused.

The table says of each address how it is proved; a new one that it does not name fails.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urljoin

import pytest
from django.db import connection, transaction
from django.urls import get_resolver, resolve, reverse

from seuil.kernel.cartes import list_cartes
from tests.factories.base import make_agent
from tests.harness.client import StrictClient
from tests.harness.gestes import Parcours, fill
from tests.harness.html import Element
from tests.web.test_gestes_proposes import make_monde_complet

# What tells that somebody read or asked, and grows at each request.
_JOURNAL = {"journal", "technique"}

# Sent twice by this test, by the role whose pages propose them.
PARCOURUES = {
    "secretariat": (
        "acces_ouvrir acte_enregistrer acte_retirer agenda_abonnement_arreter"
        " agenda_abonnement_creer application aujourdhui_dsf aujourdhui_dsf_demander choix_ligne"
        " choix_signer cle_ajouter codes_secours contact_noter date_annoncee_noter devoir_rendre"
        " dossier_classer fait_ajouter fait_corriger"
        " dossiers_export dsf_demander dsf_noter et_si gel liste_abandonner liste_appliquer"
        " liste_colonnes prescription_enregistrer regularite_constater suivi_ajouter"
    ),
    "chef_equipe": (
        "cloture demarche_ajouter demarche_terminer mandat_affecter rapport_rendre visite_noter"
    ),
    "service_social": "tableau_autres tableau_export tableau_repondre",
    "administrateur": "compte_geste",
}
# Sent twice by the tests of their own page: their boxes lie outside the form.
PROUVEES_CHEZ_ELLES = (
    "aujourdhui_mandats aujourdhui_affecter alerte_traiter annuaire_importer comptes_inviter_lot"
    " formation_ajouter formation_corriger formation_terminer formations_reprendre"
    " interlocuteur_ajouter interlocuteur_corriger interlocuteur_retirer objectif_corriger"
    " objectif_fixer objectif_terminer organisme_ajouter organisme_corriger"
    " organisme_ouverture organisme_perimetre secteur_ajouter"
    " bailleur_changer decompte dossier_ouvrir"
    " dossier_rouvrir proposition proposition_deposer proposition_refuser"
)
# Sent twice by test_envois_repetes.py: a walk cannot fill them, or must do something before.
ENVOIS_REPETES = (
    "aujourdhui_dsf_noter aujourdhui_classer aujourdhui_annuler tableau_annuler tableau_coller"
    " acces_exceptionnel acces_relire acces_fermer droits demande demande_prolonger"
    " demande_limiter demande_rendre demande_donnees gel_lever acte_corriger dette_ajouter"
    " aide_ajouter bail_completer coordonnee_ajouter document_deposer liste_deposer"
    " liste_confirmer mandat_repondre contrat_signer prolongation_enregistrer decoupage_importer"
    " decoupage_modifier droit_effet compte_inviter comptes_domaine"
)
# Sent twice by connexion/test_envois_connexion.py, before any agent is signed in or on its factors.
ENVOIS_CONNEXION = (
    "connexion second_facteur cle_entrer cle_defi activer activer_cle cle_creer_defi confirmer"
    " invitation deconnexion connexions_fermer mot_de_passe application_retirer cle_ajouter_defi"
    " cle_retirer"
)
# Codes asked again are other codes, and those before open nothing any more.
_RENOUVELLE = {"codes_secours": {"connexions_codesecours"}}


def list_routes_post() -> Iterator[str]:
    """Yield the name of each address that a form may be sent to."""
    for name, callback in _walk(get_resolver()):
        if "POST" in _list_methods(callback):
            yield name


def _walk(resolver: Any) -> Iterator[tuple[str, Any]]:
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _walk(pattern)
        else:
            yield pattern.name or str(pattern.pattern), pattern.callback


def _list_methods(view: Any) -> set[str]:
    """Return the methods that a view's decorators let in; their closures hold them."""
    found, seen, waiting = set(), set(), [view]
    while waiting:
        current = waiting.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        for cell in getattr(current, "__closure__", None) or ():
            held = cell.cell_contents
            if isinstance(held, list | tuple) and all(isinstance(x, str) for x in held):
                found |= set(held)
            elif callable(held):
                waiting.append(held)
    return found


def read_etat() -> dict[str, str]:
    """Return what each followed table holds."""
    tables = sorted({c.table for c in list_cartes() if c.rls.portee not in _JOURNAL})
    asked = " UNION ALL ".join(
        f"SELECT '{t}', md5(coalesce(string_agg(l, '|' ORDER BY l), ''))"
        f" FROM (SELECT (to_jsonb(x) - 'id' - 'created_at')::text AS l FROM \"{t}\" x) r"
        for t in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return dict(cursor.fetchall())


@dataclass
class DeuxEnvois(Parcours):
    """Every form that a page proposes, sent twice as it is."""

    proved: Counter[str] = field(default_factory=Counter)
    changed: list[str] = field(default_factory=list)

    def _send(self, address: str, form: Element) -> None:
        target = urljoin(address, form.attrs.get("action", "") or address)
        name = resolve(target.partition("?")[0]).url_name or ""
        if name == "deconnexion" or self.sent[name] >= 4 or self.proved[name]:
            return
        self.sent[name] += 1
        values = fill(form, self.on)
        with transaction.atomic():
            first = self.client.post(target, values)
            before = read_etat()
            second = self.client.post(target, values)
            after = read_etat()
            transaction.set_rollback(True)
        if first.status_code not in {200, 204, 302, 303}:
            return
        self.proved[name] += 1
        moved = {t for t in after if after[t] != before[t]} - _RENOUVELLE.get(name, set())
        if moved:
            self.changed.append(f"{name} ({second.status_code}) : {sorted(moved)}")


def test_each_address_that_a_form_is_sent_to_is_in_the_table() -> None:
    told = [
        n
        for names in (*PARCOURUES.values(), PROUVEES_CHEZ_ELLES, ENVOIS_REPETES, ENVOIS_CONNEXION)
        for n in names.split()
    ]

    assert sorted(told) == sorted(set(list_routes_post()))


@pytest.mark.parametrize("role", PARCOURUES)
def test_a_form_sent_twice_writes_once(
    gironde: str, client_de: Callable[[object], StrictClient], on: date, role: str
) -> None:
    agents = make_monde_complet(on).agents
    agents["dpo"] = make_agent(role="dpo", organisation=agents["secretariat"].organisation)
    client = client_de(agents[role])

    walked = DeuxEnvois(client, on, 1)
    walked.walk(reverse("accueil"))

    assert not walked.changed, "\n".join(walked.changed)
    assert set(PARCOURUES[role].split()) <= set(walked.proved)
