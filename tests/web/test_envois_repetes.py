"""Each form that a walk cannot fill by itself, sent twice as it is: the second writes nothing more
and says something true.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from seuil.accompagnements.models import Mandat
from seuil.actes.models import Acte, Lot
from seuil.acteurs.models import Decoupage, Organisation
from seuil.conservation.models import DemandeDroit
from seuil.dossiers.models import Dossier
from seuil.engines import droit
from seuil.usecases.refresh_dossiers import refresh_dossiers
from tests.audit.monde import Monde
from tests.factories.accompagnements import make_mandat
from tests.factories.base import BORDEAUX, make_acces, make_acte, make_agent, make_dossier
from tests.harness.client import StrictClient
from tests.harness.gestes import fill
from tests.harness.html import Element, parse_html, select, select_all
from tests.web.test_deux_envois import ENVOIS_REPETES, read_etat
from tests.web.test_gestes_proposes import make_monde_complet

Valeurs = dict[str, Any]


@dataclass
class Envoi:
    """Who sends what where; `valeurs` makes it anew, for a file is read once; `dit`: what the
    second answer says.
    """

    client: StrictClient
    adresse: str
    valeurs: Callable[[], Valeurs]
    dit: str


@dataclass
class Scene:
    """The small département, and whoever signs in there."""

    monde: Monde
    client_de: Callable[[object], StrictClient]
    on: date
    clients: dict[str, StrictClient] = field(default_factory=dict)

    def client(self, role: str) -> StrictClient:
        """Return the browser of a role: the same, session and all, whenever it is asked."""
        agents = self.monde.agents
        if role not in agents:
            agents[role] = make_agent(role=role, organisation=agents["secretariat"].organisation)
        if role not in self.clients:
            self.clients[role] = self.client_de(agents[role])
        return self.clients[role]

    @property
    def numero(self) -> str:
        return self.monde.canaris[0].dossier.numero

    def send(self, par: str, name: str, /, *args: object, dit: str, **values: Any) -> Envoi:
        """Send values that are written here."""
        return Envoi(self.client(par), reverse(name, args=args), lambda: values, dit)

    def send_page(self, par: str, name: str, /, *args: object, dit: str, **values: Any) -> Envoi:
        """Send the form of a page as it is proposed, `values` typed over it."""
        client, address = self.client(par), reverse(name, args=args)
        shown = fill(find_form(client, address, address), self.on)
        return Envoi(client, address, lambda: {**shown, **values}, dit)


def find_form(client: StrictClient, page: str, action: str) -> Element:
    """Return the form of a page that is sent to an address."""
    tree = parse_html(client.get(page).content.decode())
    forms = [e for e in tree.walk() if e.tag == "form" and e.attrs.get("method") == "post"]
    return next(
        f for f in forms
        if (f.attrs.get("action") or page).partition("?")[0] == action.partition("?")[0]
        and "deconnexion" not in f.attrs.get("action", "")
    )  # fmt: skip


def file(name: str, content: str, kind: str = "text/csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode(), content_type=kind)


# Each try of a number counts: who tries many waits (connexions/operations/essais.py).
_COMPTES_A_CHAQUE_FOIS = {"acces_exceptionnel": {"connexions_essai"}}
SCENES: dict[str, Callable[[Scene], Envoi]] = {}


def scene(make: Callable[[Scene], Envoi]) -> Callable[[Scene], Envoi]:
    SCENES[make.__name__] = make
    return make


# --- The file ------------------------------------------------------------------------------------


@scene
def dette_ajouter(s: Scene) -> Envoi:
    return s.send_page("secretariat", "dette_ajouter", s.numero, montant="3150,75",
                       source="Bailleur", constatee_le=s.on.isoformat(), dit="déjà")  # fmt: skip


@scene
def aide_ajouter(s: Scene) -> Envoi:
    return s.send_page(
        "secretariat", "aide_ajouter", s.numero, constatee_le="2026-06-01", montant="210",
        tiers_payant="oui", source="CAF", dit="déjà",
    )  # fmt: skip


@scene
def bail_completer(s: Scene) -> Envoi:
    return s.send_page("secretariat", "bail_completer", s.numero, loyer="480,00", charges="40,00",
                       dit="Le bail a été modifié depuis")  # fmt: skip


@scene
def coordonnee_ajouter(s: Scene) -> Envoi:
    return s.send_page("secretariat", "coordonnee_ajouter", s.numero, type="telephone",
                       valeur="05 55 00 00 00", source="Bailleur", dit="déjà")  # fmt: skip


@scene
def document_deposer(s: Scene) -> Envoi:
    envoi = s.send_page("secretariat", "document_deposer", s.numero, nature="Bail", dit="déjà")
    plain = envoi.valeurs
    envoi.valeurs = lambda: plain() | {"fichier": file("bail.pdf", "%PDF-1.7 essai",
                                                       "application/pdf")}  # fmt: skip
    return envoi


@scene
def acte_corriger(s: Scene) -> Envoi:
    acte = Acte.objects.get(dossier=s.monde.canaris[0].dossier, type="assignation")
    return s.send_page("secretariat", "acte_corriger", s.numero, acte.pk,
                       audience_heure="14:00", montant="900", motif="saisie",
                       dit="L’acte est corrigé")  # fmt: skip


@scene
def acces_fermer(s: Scene) -> Envoi:
    caf = s.monde.agents["partenaire"].organisation
    found = make_acces(dossier=s.monde.canaris[0].dossier, relation="destinataire",
                       organisation=caf, debut_le=s.on - timedelta(days=3),
                       motif="Essai")  # fmt: skip
    return s.send("secretariat", "acces_fermer", found.pk, dit="fermé")


@scene
def acces_exceptionnel(s: Scene) -> Envoi:
    return s.send("travailleur_social", "acces_exceptionnel", numero=make_dossier().numero,
                  motif="Une personne est en danger immédiat", dit="déjà")  # fmt: skip


@scene
def acces_relire(s: Scene) -> Envoi:
    agent = s.monde.agents["travailleur_social"]
    make_acces(dossier=make_dossier(), relation="bris_de_glace", agent=agent, debut_le=s.on,
               fin_le=s.on + timedelta(days=2), motif="Une personne est en danger",
               expire_at=_tomorrow())  # fmt: skip
    return s.send("dpo", "acces_relire", agent.pk, dit="étaient déjà relus")


def _tomorrow() -> Any:
    from seuil.kernel.clock import now

    return now() + timedelta(days=1)


# --- Lists ---------------------------------------------------------------------------------------

LISTE = (
    "Nom;Prénom;Adresse;Code postal;Commune;Date du commandement;Montant\n"
    "ALPHA;Claude;1 rue de l’Exemple;33000;Bordeaux;02/11/2026;1 234,56\n"
    "CHARLIE;Camille;3 rue de l’Exemple;33000;Bordeaux;02/11/2019;900\n"
)


def _deposit(s: Scene, dit: str) -> Envoi:
    return Envoi(s.client("secretariat"), reverse("liste_deposer"), lambda: {
        "type_acte": "commandement", "source": "Étude", "fichier": file("actes.csv", LISTE),
    }, dit)  # fmt: skip


@scene
def liste_deposer(s: Scene) -> Envoi:
    return _deposit(s, "déjà")


@scene
def liste_confirmer(s: Scene) -> Envoi:
    envoi = _deposit(s, "")
    envoi.client.post(envoi.adresse, envoi.valeurs())
    lot = Lot.objects.get(nom_fichier="actes.csv")
    page = envoi.client.get(reverse("liste", args=[lot.pk]) + "?etat=a_verifier")
    boxes = [e.attrs["value"] for e in select_all(parse_html(page.content.decode()),
                                                  "[name=confirmee]")]  # fmt: skip
    return s.send("secretariat", "liste_confirmer", lot.pk, visible=boxes, confirmee=boxes,
                  dit="lignes")  # fmt: skip


# --- Today ---------------------------------------------------------------------------------------


def _assigne(s: Scene, jours: int) -> Dossier:
    from tests.web.aujourdhui.test_aujourdhui import make_assigne

    return make_assigne(s.on, jours=jours)


@scene
def aujourdhui_classer(s: Scene) -> Envoi:
    return s.send("secretariat", "aujourdhui_classer", dossier=[_assigne(s, -3).numero],
                  dit="classer")  # fmt: skip


def _ask_dsf(s: Scene) -> tuple[Dossier, Element]:
    dossier = _assigne(s, 5)
    page = s.client("secretariat").post(
        reverse("aujourdhui_dsf_demander"),
        {"dossiers": dossier.numero, "organisme": "Département"}, follow=True,
    )  # fmt: skip
    return dossier, parse_html(page.content.decode())


@scene
def aujourdhui_annuler(s: Scene) -> Envoi:
    _, page = _ask_dsf(s)
    return s.send("secretariat", "aujourdhui_annuler", dit="plus rien à annuler",
                  lot=select(page, "[name=lot]").attrs["value"])  # fmt: skip


@scene
def aujourdhui_dsf_noter(s: Scene) -> Envoi:
    dossier, _ = _ask_dsf(s)
    return s.send("secretariat", "aujourdhui_dsf_noter", dossier=dossier.numero, fin="carence",
                  dit="le diagnostic est noté")  # fmt: skip


# --- The board of the week -----------------------------------------------------------------------


def _paste(s: Scene) -> tuple[StrictClient, str]:
    client = s.client("partenaire")
    numero = s.monde.valeurs["numero du devoir"]
    text = f"Dossier\tMénage\tCommune\tConnu ?\tMesure\tDepuis\n{numero}\t\t\tConnu\t\t"
    page = client.post(reverse("tableau_coller"), {"texte": text}).content.decode()
    return client, select(parse_html(page), "[name=confirme]").attrs["value"]


@scene
def tableau_coller(s: Scene) -> Envoi:
    client, sealed = _paste(s)
    return Envoi(client, reverse("tableau_coller"), lambda: {"confirme": sealed}, "déjà")


@scene
def tableau_annuler(s: Scene) -> Envoi:
    client, sealed = _paste(s)
    page = client.post(reverse("tableau_coller"), {"confirme": sealed}, follow=True)
    lot = select(parse_html(page.content.decode()), "[name=lot]").attrs["value"]
    return Envoi(client, reverse("tableau_annuler"), lambda: {"lot": lot}, "lus rien à annuler")


# --- The rights of the people --------------------------------------------------------------------


def _receive(s: Scene, droit: str = "acces") -> Valeurs:
    return {"numero": s.numero, "droit": droit, "demandeur": "Claude FICTIF", "objet": "Tout",
            "recue_le": "2026-11-02"}  # fmt: skip


def _demande(s: Scene, droit: str = "acces") -> DemandeDroit:
    s.client("dpo").post(reverse("droits"), _receive(s, droit))
    return DemandeDroit.objects.get()


@scene
def droits(s: Scene) -> Envoi:
    return s.send("dpo", "droits", **_receive(s), dit="déjà")


@scene
def demande(s: Scene) -> Envoi:
    return s.send("dpo", "demande", _demande(s).pk, decision="refusee", motif="Art. 17.3.b",
                  repondue_le="2026-11-20", dit="déjà")  # fmt: skip


@scene
def demande_prolonger(s: Scene) -> Envoi:
    return s.send("dpo", "demande_prolonger", _demande(s).pk, dit="déjà")


@scene
def demande_limiter(s: Scene) -> Envoi:
    return s.send("dpo", "demande_limiter", _demande(s, "limitation").pk, dit="déjà")


@scene
def demande_rendre(s: Scene) -> Envoi:
    found = _demande(s, "limitation")
    s.client("dpo").post(reverse("demande_limiter", args=[found.pk]))
    return s.send("dpo", "demande_rendre", found.pk, dit="pas")


@scene
def demande_donnees(s: Scene) -> Envoi:
    return s.send("dpo", "demande_donnees", _demande(s).pk, personne="1", dit="")


@scene
def gel_lever(s: Scene) -> Envoi:
    s.client("secretariat").post(reverse("gel", args=[s.numero]), {"motif": "Recours annoncé"})
    return s.send("secretariat", "gel_lever", s.numero, dit="Aucun gel n’est en cours")


# --- The mandates --------------------------------------------------------------------------------


def _know(s: Scene, mandat: Mandat) -> None:
    make_acte(dossier=mandat.dossier, survenu_le=s.on - timedelta(days=10))
    refresh_dossiers(dossier_ids=[mandat.dossier_id], on=s.on)


@scene
def mandat_repondre(s: Scene) -> Envoi:
    operateur = s.monde.agents["chef_equipe"].organisation
    found = make_mandat(operateur=operateur, dossier=make_dossier())
    _know(s, found)
    return s.send("chef_equipe", "mandat_repondre", found.pk, reponse="accepte", dit="déjà")


@scene
def contrat_signer(s: Scene) -> Envoi:
    from tests.web.mandats.test_mandats import contrat_data

    agents = s.monde.agents
    found = make_mandat(
        operateur=agents["chef_equipe"].organisation, dossier=make_dossier(),
        repondu_le=date(2026, 9, 3), referent_social=agents["travailleur_social"],
    )  # fmt: skip
    _know(s, found)
    data = contrat_data(s.on, {"genre": "fsl", "objectif": "Demander le FSL",
                               "acteur": "menage",
                               "pour_le": s.on.isoformat()})  # fmt: skip
    return s.send("travailleur_social", "contrat_signer", found.pk, **data, dit="déjà")


@scene
def prolongation_enregistrer(s: Scene) -> Envoi:
    until = s.on + timedelta(days=90)
    mandat = Mandat.objects.get(pk=s.monde.valeurs["mandat_id"])
    return s.send("secretariat", "prolongation_enregistrer", mandat.pk, avis="poursuite",
                  avis_le=s.on.isoformat(), jusqu_au=until.isoformat(), dit="déjà")  # fmt: skip


# --- The département -----------------------------------------------------------------------------


def _decoupage(s: Scene) -> Envoi:
    return Envoi(s.client("administrateur"), reverse("decoupage_importer"), lambda: {
        "nom": "Agences", "nature": "agence_solidarite",
        "fichier": file("agences.csv", f"secteur,commune\nNord,{BORDEAUX}\n"),
    }, "déjà")  # fmt: skip


@scene
def decoupage_importer(s: Scene) -> Envoi:
    return _decoupage(s)


@scene
def decoupage_modifier(s: Scene) -> Envoi:
    envoi = _decoupage(s)
    envoi.client.post(envoi.adresse, envoi.valeurs())
    found = Decoupage.objects.get(nom="Agences")
    return s.send_page("administrateur", "decoupage_modifier", found.pk, nom="Autres agences",
                       dit="")  # fmt: skip


@scene
def droit_effet(s: Scene) -> Envoi:
    (parameter,) = Path(droit.__file__).parent.glob("parameters/*/A1.yaml")
    text = parameter.read_text(encoding="utf-8")
    return Envoi(s.client("secretariat"), reverse("droit_effet"),
                 lambda: {"fichier": file("A1.yaml", text)}, "")  # fmt: skip


@scene
def compte_inviter(s: Scene) -> Envoi:
    home = s.monde.agents["secretariat"].organisation
    Organisation.objects.filter(pk=home.pk).update(domaines=["x.fr"])
    return s.send("administrateur", "compte_inviter", courriel="neuf@x.fr", nom="Berthelot",
                  prenom="Lise", organisation=str(home.pk), role="secretariat",
                  dit="déjà")  # fmt: skip


@scene
def comptes_domaine(s: Scene) -> Envoi:
    caf = s.monde.agents["partenaire"].organisation
    return s.send_page("dpo", "comptes_domaine", caf.pk, domaines="caf.exemple.fr", dit="")


@pytest.mark.parametrize("name", sorted(SCENES))
def test_a_form_sent_twice_by_hand_writes_once_and_says_what_is_true(
    gironde: str, client_de: Callable[[object], StrictClient], on: date, name: str,
    settings: Any, tmp_path: Any,
) -> None:  # fmt: skip
    settings.SEUIL_DOCUMENTS = tmp_path
    envoi = SCENES[name](Scene(make_monde_complet(on), client_de, on))
    first = envoi.client.post(envoi.adresse, envoi.valeurs(), follow=True)
    before = read_etat()
    second = envoi.client.post(envoi.adresse, envoi.valeurs(), follow=True)
    after = read_etat()

    told = "" if second.streaming else parse_html(second.content.decode(errors="ignore")).text
    assert first.status_code == 200, first.content.decode()[-3000:]
    moved = {t for t in after if after[t] != before[t]}
    assert moved <= _COMPTES_A_CHAQUE_FOIS.get(name, set())
    assert envoi.dit in told


def test_every_form_proved_here_is_in_the_table() -> None:
    assert sorted(SCENES) == sorted(ENVOIS_REPETES.split())
