"""T29: what is read by GET writes nothing but the journal; HEAD answers as GET; no body is a form."""

import random
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.acces import sql
from tests.acces.http import Demande, Visite, list_demandes, read_body, write_documents
from tests.acces.oracle import Oracle
from tests.acces.treillis import Treillis

pytestmark = pytest.mark.django_db

# Who opens the most addresses, and who opens the fewest.
LECTEURS = ("secretariat", "chef_equipe", "travailleur_social", "dpo", "administrateur", "caf")
# The journal; the session and its last sign of life; who asks, signed, for one transaction.
JOURNAL = ("public.audit_", "journal.")
ADMISES = {
    "public.django_session", "public.connexions_connexion", "droits.seance", "droits.ouverture",
}  # fmt: skip
GRAINE = 29


def count_writes() -> Counter[str]:
    """Return how many rows each table had added, changed or erased in this transaction."""
    return Counter(dict(sql.query(
        "SELECT schemaname || '.' || relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
    )))  # fmt: skip


def list_lectures(t: Treillis, oracle: Oracle) -> Iterator[Demande]:
    """Yield every address that each reader may ask for, on some files that it opens or not."""
    for d in list_demandes(t, oracle, hasard=random.Random(GRAINE), personas=LECTEURS):
        if d.methode == "GET":
            yield d


def test_a_get_writes_nothing_but_the_journal(treillis: Treillis, oracle: Oracle) -> None:
    write_documents(treillis)
    visite = Visite(treillis, oracle)
    for nom in LECTEURS:
        visite.client(nom)
    written: dict[str, set[str]] = {}
    read: Counter[str] = Counter()
    for d in list_lectures(treillis, oracle):
        before = count_writes()
        status = visite.send(d).status_code
        for table in count_writes() - before:
            written.setdefault(table, set()).add(d.nom)
        read[d.nom] += status == 200

    assert sum(1 for n in read.values() if n) > 60, read
    journal = {t for t in written if t.startswith(JOURNAL)}
    apart = {t: names for t, names in written.items() if t not in journal | ADMISES}
    assert apart == {}
    assert journal


def test_a_write_would_be_seen(treillis: Treillis) -> None:
    before = count_writes()
    with sql.undone():
        sql.query("UPDATE dossiers_dossier SET numero = numero WHERE numero = %s",
                  [next(iter(treillis.numeros.values()))])  # fmt: skip

    assert (count_writes() - before)["public.dossiers_dossier"] == 1


def test_head_answers_as_get_without_a_body(treillis: Treillis, oracle: Oracle) -> None:
    write_documents(treillis)
    visite = Visite(treillis, oracle)
    client = visite.client("secretariat")
    apart = []
    for d in list_lectures(treillis, oracle):
        if d.persona != "secretariat":
            continue
        expected = visite.send(d).status_code
        with sql.undone():
            found = client.head(d.adresse)
            body = read_body(found)
        if found.status_code != expected or body:
            apart.append(f"{d.nom} : {expected}, {found.status_code}")
    assert apart == []


def test_a_body_that_holds_no_field_is_refused_in_french(
    treillis: Treillis, oracle: Oracle
) -> None:
    visite = Visite(treillis, oracle)
    client = visite.client("secretariat")
    apart, tried = [], 0
    for d in list_demandes(
        treillis, oracle, hasard=random.Random(GRAINE), personas=["secretariat"]
    ):
        if d.methode != "POST":
            continue
        tried += 1
        for kind in ("multipart/form-data; boundary=x", "multipart/form-data", "text/plain"):
            with sql.undone():
                response = client.post(d.adresse, data=b"\x00\xff, rien d'utile", content_type=kind)
            if response.status_code != 400 or "Demande incomprise" not in response.text:
                apart.append(f"{d.nom}, {kind} : {response.status_code}")
    assert tried > 60
    assert apart == []
