"""Two landlords of the same name stay two; one told twice stays one."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seuil.acteurs.models import Agent
from seuil.dossiers.models import Bail, Bailleur, Correction, Dossier
from seuil.dossiers.operations.ouverture import complete_dossiers, open_dossiers
from seuil.dossiers.rules import MenageRecu, compute_cle
from tests.factories.base import BORDEAUX, make_dossier
from tests.harness.client import StrictClient

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 21)


def receive(n: int, **bailleur: Any) -> MenageRecu:
    adresse = f"{n} rue de l’Essai"
    return MenageRecu(
        nom=f"ESSAI{n}", prenom="Claude", adresse=adresse, code_postal="33000", commune=BORDEAUX,
        cle=compute_cle(nom=f"ESSAI{n}", prenom="Claude", adresse=adresse, commune=BORDEAUX),
        **bailleur,
    )  # fmt: skip


def open_all(menages: list[MenageRecu]) -> list[Bailleur | None]:
    ids = open_dossiers(departement="33", menages=menages, sources=["liste"] * len(menages), on=ON)
    baux = {b.dossier_id: b.bailleur for b in Bail.objects.select_related("bailleur")}
    return [baux[ids[m.cle]] for m in menages]


def complete(dossier_id: Any, menage: MenageRecu) -> Bailleur:
    complete_dossiers(departement="33", menages={dossier_id: menage})
    return Bail.objects.get(dossier=dossier_id).bailleur


def test_two_people_of_the_same_name_keep_each_its_phone(gironde: str) -> None:
    one, two, again = open_all(
        [
            receive(1, bailleur="MARTIN Jean", bailleur_telephone="0556000001"),
            receive(2, bailleur="Martin Jean", bailleur_telephone="0556000002"),
            receive(3, bailleur="MARTIN JEAN", bailleur_telephone="0556000001"),
        ]
    )

    assert (one.telephone, two.telephone) == ("0556000001", "0556000002")
    assert one == again != two


def test_a_name_alone_is_given_the_phone_of_nobody(gironde: str) -> None:
    known, bare = open_all(
        [
            receive(1, bailleur="MARTIN Jean", bailleur_telephone="0556000001"),
            receive(2, bailleur="MARTIN Jean"),
        ]
    )
    (later,) = open_all([receive(3, bailleur="MARTIN Jean")])

    assert bare != known
    assert bare.telephone == ""
    assert later == bare


def test_a_siret_decides_whatever_the_name(gironde: str) -> None:
    one, two, other = open_all(
        [
            receive(1, bailleur="SCI du Moulin", bailleur_siret="12345678901234"),
            receive(2, bailleur="S.C.I. Moulin", bailleur_siret="12345678901234"),
            receive(3, bailleur="SCI du Moulin", bailleur_siret="99999999901234"),
        ]
    )

    assert one == two != other


def test_a_social_landlord_is_one_and_is_completed(gironde: str) -> None:
    one, two = open_all([
        receive(1, bailleur="Habitat Essai", bailleur_nature="social"),
        receive(2, bailleur="HABITAT ESSAI", bailleur_nature="social",
                bailleur_telephone="0556000009", mandataire="Agence Sud"),
    ])  # fmt: skip

    one.refresh_from_db()
    assert one == two
    assert (one.telephone, one.mandataire) == ("0556000009", "Agence Sud")


def test_landlords_merged_by_their_name_are_told_apart_by_a_list(gironde: str) -> None:
    merged = Bailleur.objects.create(
        departement_id="33", nom="MARTIN Jean", cle="MARTIN JEAN", telephone="0556000001"
    )
    first, second = make_dossier(), make_dossier()
    Bail.objects.filter(dossier__in=[first, second]).update(bailleur=merged)

    own = complete(second.pk, receive(2, bailleur="Martin Jean", bailleur_telephone="0556000002"))
    kept = complete(first.pk, receive(1, bailleur="Martin Jean", bailleur_telephone="0556000001"))

    assert kept == merged
    assert (own.telephone, own != merged) == ("0556000002", True)


def test_a_landlord_of_one_file_is_never_written_over(gironde: str) -> None:
    dossier = make_dossier(bailleur="SCI Seule")
    Bailleur.objects.filter(baux__dossier=dossier).update(telephone="0556000001")

    same = complete(dossier.pk, receive(1, bailleur="SCI Seule", bailleur_telephone="0556000002"))

    assert same.telephone == "0556000001"


_PHONES = st.sampled_from(["", "0556000001", "0556000002", "0556000003"])
_ROWS = st.fixed_dictionaries({
    "bailleur": st.sampled_from(["MARTIN Jean", "Martin  jean", "SCI du Moulin"]),
    "bailleur_telephone": _PHONES,
    "bailleur_nature": st.sampled_from(["physique", "morale", "inconnue"]),
    "bailleur_siret": st.sampled_from(["", "", ""]),
})  # fmt: skip


@given(rows=st.lists(_ROWS, min_size=1, max_size=8), cut=st.integers(0, 8))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_two_landlords_ever_share_a_phone(gironde: str, rows: list[Any], cut: int) -> None:
    with transaction.atomic():
        menages = [receive(n, **row) for n, row in enumerate(rows)]
        # As two lists that come one after the other.
        found = [b for part in (menages[:cut], menages[cut:]) if part for b in open_all(part)]

        for menage, bailleur in zip(menages, found, strict=True):
            assert bailleur.telephone == menage.bailleur_telephone
        told = [(b.cle.partition("|")[0], b.telephone) for b in set(found) if b.telephone]
        assert len(told) == len(set(told))
        transaction.set_rollback(True)


def test_by_hand_a_namesake_is_a_question_and_the_answer_is_kept(
    client_de: Callable[[object], StrictClient], secretaire: Agent, gironde: str
) -> None:
    known = Bailleur.objects.create(
        departement_id="33", nom="MARTIN Jean", cle="MARTIN JEAN|0556000001",
        telephone="0556000001",
    )  # fmt: skip
    dossier: Dossier = make_dossier(bailleur="SCI Fausse")
    client = client_de(secretaire)
    address = reverse("bailleur_changer", args=[dossier.numero])
    sent = {"nom": "Martin Jean", "nature": "physique", "motif": "source"}

    asked = client.post(address, sent)
    assert asked.status_code == 422
    assert "MARTIN Jean (0556000001)" in asked.content.decode()
    assert Bail.objects.get(dossier=dossier).bailleur.nom == "SCI Fausse"

    client.post(address, sent | {"choix": "autre"})
    other = Bail.objects.get(dossier=dossier).bailleur
    assert other != known
    assert other.telephone == ""

    client.post(address, sent | {"choix": str(known.pk)})
    assert Bail.objects.get(dossier=dossier).bailleur == known
    kept = Correction.objects.filter(dossier=dossier, champ="bailleur").order_by("created_at")
    assert kept[0].avant.startswith("SCI Fausse")
    assert kept[1].apres == "MARTIN Jean (0556000001)"
