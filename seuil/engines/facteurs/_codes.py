"""Codes of six digits that an application shows (RFC 6238), and codes kept on paper."""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
import segno

# Thirty seconds a step; one step before and one after are accepted (ASVS 6.5.5).
_SECONDES = 30
TOLERANCE = 1
# How far a wrong clock is still recognised: five minutes.
_HORLOGE = 10
_SANS_AMBIGUITE = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class Lecture:
    """What a typed code is: `pas` is the step it belongs to, `ecart` how far from now; or none."""

    pas: int | None
    ecart: int = 0

    @property
    def accepte(self) -> bool:
        return self.pas is not None and abs(self.ecart) <= TOLERANCE


def make_secret() -> str:
    """Return a new secret of 160 bits, in base 32."""
    return pyotp.random_base32(length=32)


def write_adresse(*, secret: str, compte: str, site: str) -> str:
    """Return the address that an application reads in the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=compte, issuer_name=site)


def render_qr(adresse: str) -> str:
    """Return the QR code of an address, as an image held in its own address (data:)."""
    return segno.make(adresse, error="m").svg_data_uri(scale=5, border=4, light="#fff")


def compute_pas(at: datetime) -> int:
    """Return the number of the step of thirty seconds that holds an instant."""
    return int(at.timestamp()) // _SECONDES


def read_code(*, secret: str, code: str, at: datetime, enrolement: bool = False) -> Lecture:
    """Return the step of a code around `at`; a code further than five minutes is nobody's.

    A code still to come is recognised only at the enrolment: elsewhere, saying that it will be
    right in two minutes would help whoever guesses.
    """
    typed = re.sub(r"[^0-9]", "", code)
    now = compute_pas(at)
    otp = pyotp.TOTP(secret)
    found = None
    # Every step is compared, whatever was found: the time it takes says nothing.
    latest = _HORLOGE if enrolement else TOLERANCE
    for ecart in sorted(range(-_HORLOGE, latest + 1), key=abs, reverse=True):
        expected = otp.generate_otp(now + ecart)
        if hmac.compare_digest(expected, typed):
            found = ecart
    return Lecture(None) if found is None else Lecture(now + found, found)


def make_codes_secours(combien: int = 10) -> list[str]:
    """Return codes to keep on paper: 60 random bits each, without look-alike letters."""
    return [
        "-".join("".join(secrets.choice(_SANS_AMBIGUITE) for _ in range(4)) for _ in range(3))
        for _ in range(combien)
    ]
