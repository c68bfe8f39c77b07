"""T01 and T02: every page, every persona: nothing that the oracle denies, in body or in status."""

import os
import random
from collections import Counter
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from seuil.accompagnements.models import Mandat
from seuil.actes.models import Ligne
from seuil.acteurs.operations.abonnements import create_abonnement
from seuil.indicateurs.rules.activite import INDICATEURS
from seuil.web import journal
from tests.acces.http import Demande, Visite, list_demandes, read_all, write_documents
from tests.acces.oracle import LIRE, Oracle
from tests.acces.treillis import ON, J, Treillis

pytestmark = pytest.mark.django_db

DEMANDES = int(os.environ.get("SEUIL_DEMANDES", "700"))
GRAINE = int(os.environ.get("SEUIL_GRAINE", "7"))
MANDATS = "accompagnements_mandat"


def told(fautes: list[str]) -> str:
    return f"{len(fautes)} fautes\n" + "\n".join(fautes[:60])


def test_pages_show_each_persona_what_the_oracle_opens_and_nothing_else(
    treillis: Treillis, oracle: Oracle
) -> None:
    write_documents(treillis)
    hasard = random.Random(GRAINE)
    demandes = list(list_demandes(treillis, oracle, hasard=hasard))
    hasard.shuffle(demandes)
    # Each route and method first, by whoever comes; then the rest.
    first = {(d.nom, d.methode): d for d in reversed(demandes)}
    demandes.sort(key=lambda d: first[d.nom, d.methode] is not d)
    assert len(first) < DEMANDES

    bilan = Visite(treillis, oracle).run(demandes[:DEMANDES])

    print(bilan.demandes, "demandes sur", len(demandes), bilan.statuts)
    assert not bilan.fautes, told(bilan.fautes)


def test_each_persona_that_reads_finds_the_words_it_may_read(
    treillis: Treillis, oracle: Oracle
) -> None:
    visite = Visite(treillis, oracle)
    for nom in treillis.agents:
        p = treillis.personas[nom]
        reached = [
            d for d in treillis.dossiers.values()
            if oracle.reaches(p, d, "dossier", LIRE, ON, treillis.at)
        ]  # fmt: skip
        if "dossier.lire" not in oracle.verbes(p) or not reached:
            continue
        d = reached[0]
        demande = Demande(
            "dossier", frozenset({"dossier.lire"}), "GET", nom,
            reverse("dossier", args=[treillis.numeros[d.id]]), d.id,
        )  # fmt: skip
        bilan = visite.run([demande])
        assert not bilan.fautes, told(bilan.fautes)
        assert bilan.permis[nom] > 0, nom


def test_a_calendar_shows_what_its_owner_may_read(treillis: Treillis, oracle: Oracle) -> None:
    found: Counter[str] = Counter()
    for nom, agent in treillis.agents.items():
        p = treillis.personas[nom]
        if "dossier.lire" not in oracle.verbes(p) or p.profil == "dpo":
            # Refused when it is asked for (test_abonnement_agenda).
            continue
        _, jeton = create_abonnement(by=agent, on=ON)
        response = Client().get(reverse("agenda_ics", args=[jeton]))
        text = read_all(response).replace("\r\n ", "")
        denied, allowed = treillis.find_forbidden(oracle, p, text)
        found[nom] += allowed
        assert not denied, f"{nom} : {sorted(denied)[:5]}"
        assert response.status_code == 200, nom
    assert found["secretariat"]


def test_a_file_to_open_by_its_number_is_hidden_from_the_lists_of_others(
    treillis: Treillis, oracle: Oracle
) -> None:
    """Lists, whole: every page of the lists of each face of a profile, and their files."""
    visite = Visite(treillis, oracle)
    fautes = []
    for nom in (p.nom for p in treillis.sample() if p.agent):
        for name, donnees in (
            ("dossiers", {}), ("dossiers", {"texte": "CANARI"}), ("dossiers", {"page": "2"}),
            ("dossiers_export", {}), ("a_faire", {}), ("a_faire", {"genre": "devoir"}),
            ("agenda", {}), ("activite", {}), ("choix", {}), ("mandats", {}), ("listes", {}),
            ("acces_exceptionnels", {}), ("choix_fiches", {}), ("accueil", {}),
        ):  # fmt: skip
            demande = Demande(name, frozenset({"signed_in"}), "GET", nom, reverse(name),
                              donnees=donnees)  # fmt: skip
            fautes += visite.run([demande], leaks_only=True).fautes
        day = reverse("agenda_jour", args=[ON.replace(day=30)])
        demande = Demande("agenda_jour", frozenset({"signed_in"}), "GET", nom, day)
        fautes += visite.run([demande], leaks_only=True).fautes
    assert not fautes, told(fautes)


def test_what_stands_behind_a_figure_names_only_what_its_reader_opens(
    treillis: Treillis, oracle: Oracle
) -> None:
    """Each figure, its list, its closures, its workbook; a list's rows: half the mandates ended."""
    mandats = Mandat.objects.filter(pk__in=[r.pk for r in treillis.lignes[MANDATS]][::2])
    mandats.update(clos_le=ON - J, motif_cloture="objectifs", denouement="relogement")
    received = Ligne.objects.exclude(lot__etat="applique").order_by("pk")
    for row, dossier in zip(received, treillis.dossiers, strict=False):
        Ligne.objects.filter(pk=row.pk).update(dossier=dossier)
    visite = Visite(treillis, oracle)
    fautes, opened = [], Counter()
    readers = [n for n in treillis.agents
               if oracle.verbes(treillis.personas[n]) & {"activite.lire", "acte.importer"}]  # fmt: skip
    addresses = [
        ("activite", {}), ("activite_xlsx", {}),
        *(("activite_dossiers", {"code": i.code}) for i in INDICATEURS),
        *(("liste", {"lot_id": lot.pk}) for lot in treillis.lignes["actes_lot"]),
    ]  # fmt: skip
    for nom in readers:
        for name, kwargs in addresses:
            d = Demande(name, frozenset({"signed_in"}), "GET", nom, reverse(name, kwargs=kwargs))
            bilan = visite.run([d], leaks_only=True)
            fautes += bilan.fautes
            opened[name] += bilan.permis[nom]
    assert not fautes, told(fautes)
    assert all(opened[name] for name in dict(addresses)), opened


def test_the_scanner_sees_a_leak(treillis: Treillis, oracle: Oracle) -> None:
    row = treillis.lignes["dossiers_personne"][0]
    word = row.valeurs["nom"]
    etranger = treillis.personas["secretariat_62"]

    assert treillis.find_forbidden(oracle, etranger, f"<b>{word.upper()}</b>")[0]
    assert treillis.find_forbidden(oracle, treillis.personas["secretariat"], word) == (set(), 1)
    assert treillis.find_forbidden(oracle, None, treillis.numeros[row.dossiers[0].id])[0]


def test_a_reading_or_a_refusal_without_its_line_is_seen(
    treillis: Treillis, oracle: Oracle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T11, faults planted in the product: no line, a line of another file, no refusal told."""
    visite = Visite(treillis, oracle)
    p = treillis.personas["secretariat"]
    here = [d for d in treillis.dossiers.values() if d.departement == "33"]
    seen = next(d for d in here if oracle.reaches(p, d, "dossier", LIRE, ON, treillis.at))
    verbes = frozenset({"dossier.lire"})

    def count(numero: str, dossier: str) -> int:
        page = reverse("dossier", args=[numero])
        demande = Demande("dossier", verbes, "GET", "secretariat", page, dossier)
        return len(visite.run([demande]).fautes)

    assert count(treillis.numeros[seen.id], seen.id) == 0
    other = next(d for d in here if d is not seen)
    with monkeypatch.context() as planted:
        planted.setattr(journal.Lecture, "close", lambda _: None)
        assert count(treillis.numeros[seen.id], seen.id) == 1
    with monkeypatch.context() as planted:
        planted.setattr(journal, "_ids", lambda _: [UUID(other.id)])
        assert count(treillis.numeros[seen.id], seen.id) > 0
    with monkeypatch.context() as planted:
        planted.setattr(journal, "record_refus", lambda **_: None)
        assert count("33-2026-999999", "") == 1
