"""Passkeys (Web Authentication): what the browser is asked, and whether its answer is right."""

import json
from collections.abc import Collection
from dataclasses import dataclass

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)


class CleRefusee(ValueError):
    """The browser's answer proves nothing."""


@dataclass(frozen=True, slots=True)
class Site:
    """The site that a passkey is bound to: its domain, and its origin as the browser writes it."""

    domaine: str
    origine: str


@dataclass(frozen=True, slots=True)
class CleVerifiee:
    """A passkey whose holder has just proved to have it and to be the one who unlocks it."""

    identifiant: str
    cle_publique: bytes
    compteur: int


def prepare_enregistrement(
    *, site: Site, agent_id: bytes, compte: str, nom: str, connues: Collection[str]
) -> tuple[str, str]:
    """Return the options of an enrolment as JSON, and the challenge to keep until the answer."""
    options = generate_registration_options(
        rp_id=site.domaine,
        rp_name="Seuil",
        user_id=agent_id,
        user_name=compte,
        user_display_name=nom,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_describe(connues),
    )
    return options_to_json(options), bytes_to_base64url(options.challenge)


def prepare_presentation(*, site: Site, connues: Collection[str] = ()) -> tuple[str, str]:
    """Return the options of a sign-in as JSON, and the challenge; no key named: any of the site."""
    options = generate_authentication_options(
        rp_id=site.domaine,
        allow_credentials=_describe(connues),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options), bytes_to_base64url(options.challenge)


def read_enregistrement(*, reponse: str, defi: str, site: Site) -> CleVerifiee:
    """Return the new passkey. Raises CleRefusee."""
    try:
        found = verify_registration_response(
            credential=reponse,
            expected_challenge=base64url_to_bytes(defi),
            expected_rp_id=site.domaine,
            expected_origin=site.origine,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise CleRefusee(type(error).__name__) from None
    return CleVerifiee(
        bytes_to_base64url(found.credential_id), found.credential_public_key, found.sign_count
    )


def find_identifiant(reponse: str) -> str:
    """Return the identifier of the passkey that the answer says it is; proves nothing."""
    try:
        found = json.loads(reponse)
    except ValueError:
        return ""
    identifiant = found.get("id") if isinstance(found, dict) else None
    return identifiant if isinstance(identifiant, str) else ""


def read_presentation(
    *, reponse: str, defi: str, site: Site, cle_publique: bytes, compteur: int
) -> CleVerifiee:
    """Return the passkey with its new counter. Raises CleRefusee, also for a cloned key."""
    try:
        found = verify_authentication_response(
            credential=reponse,
            expected_challenge=base64url_to_bytes(defi),
            expected_rp_id=site.domaine,
            expected_origin=site.origine,
            credential_public_key=cle_publique,
            credential_current_sign_count=compteur,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise CleRefusee(type(error).__name__) from None
    return CleVerifiee(bytes_to_base64url(found.credential_id), cle_publique, found.new_sign_count)


def _describe(connues: Collection[str]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(cle)) for cle in connues]
