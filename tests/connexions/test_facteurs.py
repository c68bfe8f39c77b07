"""The engine of second factors: codes, what hides them, passkeys and their forgeries."""

import json
from datetime import UTC, datetime
from typing import Any

import pyotp
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from seuil.engines.facteurs import (
    CleRefusee,
    CleVerifiee,
    CoffreIllisible,
    Site,
    compute_pas,
    find_identifiant,
    hide,
    make_codes_secours,
    make_secret,
    prepare_enregistrement,
    prepare_presentation,
    read_code,
    read_enregistrement,
    read_presentation,
    render_qr,
    reveal,
    write_adresse,
)
from tests.harness.cle import PRESENT, Cle

AT = datetime(2026, 11, 21, 9, 0, 10, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SITE = Site("testserver", "http://testserver")


def code_at(steps: int) -> str:
    return pyotp.TOTP(SECRET).generate_otp(compute_pas(AT) + steps)


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_code_of_the_minute_is_accepted(steps: int) -> None:
    lecture = read_code(secret=SECRET, code=code_at(steps), at=AT)

    assert lecture.accepte
    assert lecture.pas == compute_pas(AT) + steps


@pytest.mark.parametrize("steps", [-2, -3, -10])
def test_a_code_of_the_past_tells_that_the_clock_is_late(steps: int) -> None:
    lecture = read_code(secret=SECRET, code=code_at(steps), at=AT)

    assert not lecture.accepte
    assert lecture.ecart == steps


@pytest.mark.parametrize("steps", [2, 3, 10])
def test_a_code_to_come_is_recognised_only_at_the_enrolment(steps: int) -> None:
    assert read_code(secret=SECRET, code=code_at(steps), at=AT).pas is None
    enrolment = read_code(secret=SECRET, code=code_at(steps), at=AT, enrolement=True)
    assert not enrolment.accepte
    assert enrolment.ecart == steps


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "1234567", "000000 1", "٠١٢٣٤٥"])
def test_what_is_not_a_code_is_nobodys(code: str) -> None:
    assert read_code(secret=SECRET, code=code, at=AT).pas is None


@pytest.mark.parametrize("steps", [-11, 11, 100, -100])
def test_a_code_of_another_hour_is_nobodys(steps: int) -> None:
    assert read_code(secret=SECRET, code=code_at(steps), at=AT, enrolement=True).pas is None


def test_a_code_may_be_typed_with_spaces() -> None:
    code = code_at(0)

    assert read_code(secret=SECRET, code=f" {code[:3]} {code[3:]} ", at=AT).accepte


def test_secrets_and_paper_codes_are_long_and_never_twice_the_same() -> None:
    codes = make_codes_secours()

    assert len(make_secret()) == 32
    assert make_secret() != make_secret()
    assert len(set(codes)) == len(codes) == 10
    assert all(len(c.replace("-", "")) == 12 for c in codes)


def test_the_drawing_holds_the_address_in_itself() -> None:
    adresse = write_adresse(secret=SECRET, compte="simone@x.fr", site="Seuil")

    assert adresse.startswith("otpauth://totp/Seuil:simone%40x.fr?secret=")
    assert render_qr(adresse).startswith("data:image/svg+xml")


def test_a_hidden_secret_is_read_with_its_key_only() -> None:
    hidden = hide(SECRET, cle="clé de l’instance")

    assert SECRET not in hidden
    assert reveal(hidden, cle="clé de l’instance") == SECRET
    with pytest.raises(CoffreIllisible):
        reveal(hidden, cle="autre clé")
    with pytest.raises(CoffreIllisible):
        reveal(hidden[:-2] + "AA", cle="clé de l’instance")


def options_of(prepared: tuple[str, str]) -> tuple[dict[str, Any], str]:
    return json.loads(prepared[0]), prepared[1]


def enrolment() -> tuple[dict[str, Any], str]:
    return options_of(
        prepare_enregistrement(site=SITE, agent_id=b"1", compte="s@x.fr", nom="Simone", connues=())
    )


def enrolled() -> tuple[Cle, CleVerifiee]:
    key = Cle()
    options, defi = enrolment()
    return key, read_enregistrement(reponse=key.enroll(options), defi=defi, site=SITE)


def present(key: Cle, kept: CleVerifiee, **lies: Any) -> CleVerifiee:
    options, defi = options_of(prepare_presentation(site=SITE, connues=[kept.identifiant]))
    return read_presentation(
        reponse=key.present(options, **lies),
        defi=defi,
        site=SITE,
        cle_publique=kept.cle_publique,
        compteur=kept.compteur,
    )


def test_a_passkey_is_enrolled_then_presented() -> None:
    key, kept = enrolled()

    assert kept.compteur == 0
    assert present(key, kept).compteur == 1


LIES = {
    "autre site": {"domaine": "voleur.example"},
    "autre origine": {"origine": "http://voleur.example"},
    "origine en https": {"origine": "https://testserver"},
    "autre défi": {"defi": "AAAA"},
    "sans vérification du porteur": {"drapeaux": PRESENT},
    "sans présence": {"drapeaux": 0},
    "autre cérémonie": {"type": "webauthn.autre"},
}


@pytest.mark.parametrize("lies", LIES.values(), ids=LIES)
def test_a_forged_enrolment_is_refused(lies: dict[str, Any]) -> None:
    options, defi = enrolment()

    with pytest.raises(CleRefusee):
        read_enregistrement(reponse=Cle().enroll(options, **lies), defi=defi, site=SITE)


@pytest.mark.parametrize("lies", LIES.values(), ids=LIES)
def test_a_forged_presentation_is_refused(lies: dict[str, Any]) -> None:
    key, kept = enrolled()

    with pytest.raises(CleRefusee):
        present(key, kept, **lies)


def test_another_key_or_a_clone_is_refused() -> None:
    key, kept = enrolled()

    with pytest.raises(CleRefusee):
        present(key, kept, signataire=ec.generate_private_key(ec.SECP256R1()))
    used = CleVerifiee(kept.identifiant, kept.cle_publique, 40)
    with pytest.raises(CleRefusee):
        present(key, used, compteur=40)


@pytest.mark.parametrize("reponse", ["", "{}", "[]", "null", "{", '{"id": 3}', '{"id": "x"}'])
def test_what_is_no_answer_of_a_passkey_is_refused(reponse: str) -> None:
    _, kept = enrolled()

    assert find_identifiant(reponse) in {"", "x"}
    with pytest.raises(CleRefusee):
        read_enregistrement(reponse=reponse, defi="AAAA", site=SITE)
    with pytest.raises(CleRefusee):
        read_presentation(
            reponse=reponse, defi="AAAA", site=SITE, cle_publique=kept.cle_publique, compteur=0
        )


def test_the_options_ask_for_the_holder_and_name_the_known_keys() -> None:
    options, _ = enrolment()
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "required"
