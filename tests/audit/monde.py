"""A small département where every value that names a household is a canary, and its pages."""

import io
import zipfile
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.urls import NoReverseMatch, URLPattern, reverse

from seuil.accompagnements.models import Demarche, Mandat
from seuil.actes.models import Acte
from seuil.actes.rules.listes import ListeSaisie
from seuil.acteurs.models import Agent
from seuil.acteurs.operations.abonnements import create_abonnement
from seuil.dossiers.models import Bailleur, Dossier, Logement
from seuil.dossiers.operations.documents import attach_document
from seuil.dossiers.operations.menage import record_coordonnee
from seuil.travail.models import Tache
from seuil.usecases.import_liste import deposit_liste
from seuil.usecases.refresh_dossiers import refresh_dossiers
from seuil.usecases.sign_contrat import sign_contrat
from seuil.web.dossier.onglets import load_onglets
from tests.architecture.test_routes import ROUTES
from tests.factories.accompagnements import make_contact, make_mandat, make_objectif, make_saisie
from tests.factories.base import make_acces, make_acte, make_agent, make_dossier, make_organisation
from tests.harness.client import StrictClient

ONGLETS = (*load_onglets(), "consultations")
ROLES = ("secretariat", "chef_equipe", "travailleur_social", "gestionnaire", "partenaire",
         "charge_mission", "administrateur")  # fmt: skip
# Posted, and answered by a page or a file.
PAR_POST = {"dossiers_export": {"format": "xlsx"}}
# Posted, and answered by a page or a file.
PAR_POST = {"dossiers_export": {"format": "xlsx"}}
Pages = list[tuple[str, Any]]


# A journal that cannot be written, and one that can again.
FAIL = """
CREATE FUNCTION pg_temp.fail() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'non' USING ERRCODE = '%s'; END $$;
CREATE TRIGGER essai_panne BEFORE INSERT ON audit_event
  FOR EACH ROW EXECUTE FUNCTION pg_temp.fail();
"""
REPAIR = "DROP TRIGGER essai_panne ON audit_event; DROP FUNCTION pg_temp.fail()"


@dataclass(frozen=True)
class Canari:
    """What a page that shows a dossier may hold: each value belongs to one class of data."""

    dossier: Dossier
    nom: str
    rue: str
    telephone: str

    def seen_in(self, text: str) -> set[str]:
        """Return the classes of data of this household that a text holds; the number is one."""
        found = {"numero"} if self.dossier.numero in text else set()
        found |= {"identite"} if self.nom in text else set()
        return found | ({"contact"} if self.rue in text or self.telephone in text else set())


@dataclass(frozen=True)
class Monde:
    """Four households, those who may open their pages, and what fills the addresses."""

    canaris: tuple[Canari, ...]
    agents: dict[str, Agent]
    valeurs: dict[str, Any]

    def seen_in(self, text: str) -> dict[object, set[str]]:
        """Return the households that a text shows, each with its classes of data."""
        found = {c.dossier.pk: c.seen_in(text) for c in self.canaris}
        return {pk: classes for pk, classes in found.items() if classes}


def make_monde(on: date) -> Monde:
    """Make the households, the mandate and its contract, a list received, a calendar address."""
    ddets = make_organisation(type="ddets", nom="DDETS de la Gironde")
    operateur = make_organisation(type="operateur", nom="Association Le Palier")
    caf = make_organisation(type="caf", nom="CAF de la Gironde")
    agents = {
        role: make_agent(role=role, organisation=home)
        for role, home in (
            ("secretariat", ddets), ("chef_equipe", operateur), ("travailleur_social", operateur),
            ("partenaire", caf), ("charge_mission", ddets), ("administrateur", ddets),
        )
    }  # fmt: skip
    agents["gestionnaire"] = make_agent(
        role="gestionnaire", organisation=make_organisation(type="prefecture")
    )
    make_objectif(operateur=operateur)
    canaris = tuple(_make_menage(n, agents, on) for n in range(4))
    confie, instruit, autre, quitte = (c.dossier for c in canaris)
    mandat = make_mandat(
        operateur=operateur, dossier=confie, repondu_le=date(2026, 9, 3),
        referent_social=agents["travailleur_social"],
    )  # fmt: skip
    # The operator may no longer open it; its activity of the month still shows the number.
    make_mandat(
        operateur=operateur, dossier=quitte, repondu_le=date(2026, 9, 3),
        motif_cloture="objectifs", denouement="maintien", clos_le=on - timedelta(days=2),
    )  # fmt: skip
    make_acces(
        dossier=instruit, relation="instruction", debut_le=on - timedelta(days=9),
        role="gestionnaire",
    )  # fmt: skip
    make_contact(dossier=confie, par=agents["travailleur_social"], survenu_le=on)
    chef = agents["chef_equipe"]
    sign_contrat(
        mandat=mandat, signe_le=on, objectif="Rester dans le logement.",
        demarches=[make_saisie(pour_le=on + timedelta(days=20))], by=chef, on=on,
    )  # fmt: skip
    refresh_dossiers(dossier_ids=[c.dossier.pk for c in canaris], on=on)
    return Monde(canaris, agents, _values(canaris, agents, mandat, autre, on))


def _make_menage(n: int, agents: dict[str, Agent], on: date) -> Canari:
    nom, rue, telephone = f"CANARINOM{n}", f"{n + 1} rue du Canarivoie{n}", f"060700000{n}"
    dossier = make_dossier(nom=nom, bailleur=f"SCI Canari {n}")
    Logement.objects.filter(dossier=dossier).update(adresse=rue)
    Bailleur.objects.filter(cle=f"sci canari {n}").update(telephone=f"055600000{n}")
    record_coordonnee(
        dossier=dossier, type="telephone", valeur=telephone, source="Essai",
        by=agents["secretariat"], on=on,
    )  # fmt: skip
    make_acte(dossier=dossier, survenu_le=on - timedelta(days=10))
    if n != 2:
        # The third stays where a partner has something to do.
        make_acte(
            dossier=dossier, type="assignation", survenu_le=on - timedelta(days=5),
            audience_le=on + timedelta(days=12 + n),
        )  # fmt: skip
    return Canari(dossier, nom, rue, telephone)


def _values(
    canaris: tuple[Canari, ...], agents: dict[str, Agent], mandat: Mandat, autre: Dossier, on: date
) -> dict[str, Any]:
    import tempfile
    from pathlib import Path

    dossier = canaris[0].dossier
    document = attach_document(
        dossier=dossier, nom="piece.pdf", nature="autre", contenu=b"%PDF-1.7 CANARINOM0",
        by=agents["secretariat"], on=on,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "liste.csv"
        path.write_text(
            "Nom;Prénom;Adresse;Code postal;Commune;Date du commandement;Montant\n"
            "CANARILISTE;Claude;1 rue de l’Exemple;33000;Bordeaux;02/11/2026;900\n",
            encoding="utf-8",
        )
        lot = deposit_liste(
            liste=ListeSaisie(
                fichier=path,
                nom_fichier="liste.csv",
                type_acte="commandement",
                source="Essai",
                departement="33",
            ),
            by=agents["secretariat"],
            on=on,
        )
    _, jeton = create_abonnement(by=agents["secretariat"], on=on)
    devoir = Tache.objects.get(devoir="E2-CAF-1", dossier=autre)
    return {
        "numero": dossier.numero,
        "mandat_id": mandat.pk,
        "demarche_id": Demarche.objects.get().pk,
        "lot_id": lot.pk,
        "document_id": document.pk,
        "acte_id": Acte.objects.filter(dossier=dossier, type="commandement").get().pk,
        "jeton": jeton,
        "jour": on + timedelta(days=12),
        "mois": (on + timedelta(days=12)).replace(day=1),
        "code": "tentatives",
        "devoir": devoir.devoir,
        "source_id": devoir.source_id,
        "regle": "A1",
        "numero du devoir": autre.numero,
    }


def list_addresses(pattern: URLPattern, route: str, monde: Monde) -> list[str]:
    """Return the addresses of a route that name what exists."""
    names = [n for n in monde.valeurs if f":{n}>" in route or f"<{n}>" in route]
    values = {n: monde.valeurs[n] for n in names}
    if "devoir>" in route:
        values["numero"] = monde.valeurs["numero du devoir"]
    if "onglet>" in route:
        return [reverse(pattern.name, kwargs={**values, "onglet": o}) for o in ONGLETS]
    if ":identifiant>" in route or ":regle_id>" in route:
        return []
    try:
        return [reverse(pattern.name, kwargs=values)]
    except NoReverseMatch:
        return []


def open_pages(monde: Monde, client: StrictClient) -> Pages:
    """Open every page, as its address is."""
    found = []
    for route, pattern in ROUTES:
        for address in list_addresses(pattern, route, monde):
            if pattern.name == "deconnexion":
                continue
            data = PAR_POST.get(pattern.name)
            response = client.get(address) if data is None else client.post(address, data)
            response.texte = read_text(response)
            found.append((address, response))
    return found


def read_text(response: HttpResponse) -> str:
    """Return what an answer says, in a workbook too."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b" ".join(archive.read(name) for name in archive.namelist())
    return content.decode(errors="replace")
