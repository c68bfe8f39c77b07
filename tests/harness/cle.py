"""A passkey in software: what a phone would answer, and what a forger would."""

import base64
import hashlib
import json
import os
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def write(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Cle:
    """One credential, bound to a domain; `compteur` grows at each use."""

    def __init__(self, domaine: str = "testserver", origine: str = "http://testserver") -> None:
        self.domaine, self.origine = domaine, origine
        self.identifiant = os.urandom(32)
        self.privee = ec.generate_private_key(ec.SECP256R1())
        self.compteur = 0

    def enroll(self, options: dict[str, Any], **lies: Any) -> str:
        """Answer an enrolment."""
        point = self.privee.public_key().public_numbers()
        x, y = (n.to_bytes(32, "big") for n in (point.x, point.y))
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        credential = bytes(16) + len(self.identifiant).to_bytes(2, "big") + self.identifiant + cose
        data = self._data(ATTESTED, **lies) + credential
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(
            "webauthn.create", options, {"attestationObject": write(attestation)}, **lies
        )

    def present(self, options: dict[str, Any], **lies: Any) -> str:
        """Answer a sign-in."""
        self.compteur += 1
        data = self._data(0, **lies)
        client = self._client("webauthn.get", options, **lies)
        signed = lies.get("signataire", self.privee).sign(
            data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256())
        )
        return self._answer(
            "webauthn.get",
            options,
            {"authenticatorData": write(data), "signature": write(signed), "userHandle": None},
            **lies,
        )

    def _data(self, flags: int, **lies: Any) -> bytes:
        flags |= lies.get("drapeaux", PRESENT | VERIFIED)
        domaine = lies.get("domaine", self.domaine)
        compteur = lies.get("compteur", self.compteur)
        return (
            hashlib.sha256(domaine.encode()).digest() + bytes([flags]) + compteur.to_bytes(4, "big")
        )

    def _client(self, kind: str, options: dict[str, Any], **lies: Any) -> bytes:
        return json.dumps(
            {
                "type": lies.get("type", kind),
                "challenge": lies.get("defi", options["challenge"]),
                "origin": lies.get("origine", self.origine),
                "crossOrigin": False,
            }
        ).encode()

    def _answer(self, kind: str, options: dict[str, Any], response: Any, **lies: Any) -> str:
        client = write(self._client(kind, options, **lies))
        key = write(lies.get("identifiant", self.identifiant))
        response = {"clientDataJSON": client, **response}
        return json.dumps({"id": key, "rawId": key, "type": "public-key", "response": response})
