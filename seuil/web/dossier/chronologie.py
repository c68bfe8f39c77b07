"""The timeline of a dossier: what happened, by day, and who said it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from seuil.accompagnements.models import Mandat
from seuil.actes.models import Acte
from seuil.contacts.models import Contact
from seuil.diagnostics.models import Dsf
from seuil.dossiers.models import DateAnnoncee, Dette, SuiviSocial
from seuil.engines import droit
from seuil.web.templatetags.seuil import heure, montant

GENRES = {
    "acte": "Actes",
    "contact": "Contacts et visites",
    "dsf": "Diagnostics",
    "mandat": "Équipe mobile",
    "dette": "Dettes",
    "suivi": "Suivi social",
    "annonce": "Dates annoncées",
    "document": "Documents",
}


@dataclass(frozen=True, slots=True)
class Evenement:
    """One line of the timeline."""

    le: date
    genre: str
    titre: str
    detail: str
    source: str


def from_actes(actes: Iterable[Acte]) -> Iterator[Evenement]:
    for a in actes:
        parts = [
            a.get_sens_display() if a.sens else "",
            f"audience le {a.audience_le:%d/%m/%Y}" if a.audience_le else "",
            heure(a.audience_heure),
            a.juridiction,
            f"montant réclamé {montant(a.montant)}" if a.montant else "",
            f"reçu par le préfet le {a.recu_le:%d/%m/%Y}" if a.recu_le else "",
            f"délai jusqu’au {a.delai_jusqu_au:%d/%m/%Y}" if a.delai_jusqu_au else "",
            f"référence {a.reference}" if a.reference else "",
        ]
        source = a.source
        if a.lot:
            source += f", liste « {a.lot.nom_fichier} », ligne {a.ligne}"
        yield Evenement(a.survenu_le, "acte", a.get_type_display(), _join(parts), source)


def from_suivis(suivis: Iterable[SuiviSocial]) -> Iterator[Evenement]:
    for s in suivis:
        detail = _join([s.service, s.mesure])
        yield Evenement(s.constate_le, "suivi", s.get_situation_display(), detail, s.source)


def from_dettes(dettes: Iterable[Dette]) -> Iterator[Evenement]:
    for d in dettes:
        yield Evenement(d.constatee_le, "dette", f"Dette de {montant(d.montant)}", "", d.source)


def from_contacts(contacts: Iterable[Contact]) -> Iterator[Evenement]:
    for c in contacts:
        visite = getattr(c, "visite", None)
        titre = f"{'Visite' if visite else c.get_canal_display()} — {c.get_avec_display().lower()}"
        detail = _join([c.get_resultat_display(), heure(c.heure), c.lieu, c.note])
        yield Evenement(c.survenu_le, "contact", titre, detail, f"{c.par}, {c.organisation}")


def from_dsf(dsf: Iterable[Dsf]) -> Iterator[Evenement]:
    for d in dsf:
        if d.demande_le:
            yield Evenement(
                d.demande_le, "dsf", "Diagnostic social et financier demandé", d.organisme, ""
            )
        if d.termine_le:
            sent = [
                f"transmis au juge le {d.transmis_juge_le:%d/%m/%Y}" if d.transmis_juge_le else "",
                f"à la CCAPEX le {d.transmis_ccapex_le:%d/%m/%Y}" if d.transmis_ccapex_le else "",
            ]
            titre = f"Diagnostic : {d.get_fin_display().lower()}"
            yield Evenement(d.termine_le, "dsf", titre, _join(sent), str(d.par))


def from_mandat(mandat: Mandat | None) -> Iterator[Evenement]:
    if mandat is None:
        return
    operateur = str(mandat.operateur)
    yield Evenement(mandat.transmis_le, "mandat", "Confié à l’équipe mobile", operateur, "DDETS")
    if mandat.repondu_le:
        yield Evenement(
            mandat.repondu_le, "mandat", f"{mandat.get_reponse_display()} par l’opérateur",
            mandat.motif_refus, operateur,
        )  # fmt: skip
    contrat = getattr(mandat, "contrat", None)
    if contrat:
        yield Evenement(
            contrat.signe_le, "mandat", "Contrat d’engagement signé", contrat.objectif, operateur
        )
    for rapport in mandat.rapports.all():
        yield Evenement(
            rapport.rendu_le, "mandat", rapport.get_genre_display(), "", str(rapport.par)
        )
    for avis in mandat.prolongations.all():
        yield Evenement(avis.avis_le, "mandat", "Avis de la CCAPEX", avis.get_avis_display(), "")
    if mandat.clos_le:
        detail = _join([mandat.get_motif_cloture_display(), mandat.get_denouement_display()])
        yield Evenement(mandat.clos_le, "mandat", "Accompagnement clos", detail, operateur)


def from_annonces(annonces: Iterable[DateAnnoncee]) -> Iterator[Evenement]:
    for a in annonces:
        titre = f"Date annoncée {a.get_a_qui_display()} : {droit.write_date(a.annoncee_le)}"
        regle = droit.regles().get(a.regle)
        detail = _join([regle.libelle if regle else a.regle, a.get_moyen_display().lower()])
        yield Evenement(a.dite_le, "annonce", titre, detail, f"{a.source}, noté par {a.notee_par}")


def from_documents(documents: Iterable[Mapping[str, Any]]) -> Iterator[Evenement]:
    for d in documents:
        author = f"{d['depose_par__prenom']} {d['depose_par__nom']}"
        yield Evenement(d["depose_le"], "document", d["nature"], d["nom"], author)


def _join(parts: Iterable[str]) -> str:
    return ", ".join(p for p in parts if p)
