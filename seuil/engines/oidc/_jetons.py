"""Read the two signed answers; a claim that is missing or odd makes the whole answer false."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from seuil.engines.oidc._transport import Client, ReponseRefusee

# Asymmetric only: a symmetric algorithm would let the holder of a public key sign, "none" anyone.
_ALGORITHMES = ["RS256", "ES256", "PS256"]
_TOLERANCE = 60
_DUREE_MAX = 3600
# Levels that ask two factors by definition (eIDAS, ProConnect).
_ACR_DEUX_FACTEURS = {
    "eidas2",
    "eidas3",
    "https://proconnect.gouv.fr/assurance/self-asserted-2fa",
    "https://proconnect.gouv.fr/assurance/consistency-checked-2fa",
}


@dataclass(frozen=True, slots=True)
class Identite:
    """Whom the provider vouches for."""

    emetteur: str
    sujet: str
    acr: str
    amr: tuple[str, ...]
    courriel: str = ""
    courriel_verifie: bool | None = None
    siret: str = ""

    @property
    def deux_facteurs(self) -> bool:
        """Whether the provider asked two factors; what it does not say is held false."""
        return self.acr in _ACR_DEUX_FACTEURS or "mfa" in self.amr


def read_id_token(
    *, jeton: str, cles: KeySet, client: Client, nonce: str, at: datetime
) -> Identite:
    """Return who signed in there. Raises ReponseRefusee naming the claim that is wrong."""
    claims = _decode(jeton, cles, client, at, essential=("exp", "iat", "sub", "nonce"))
    if not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
        raise ReponseRefusee("id_token : nonce")
    if claims["exp"] - claims["iat"] > _DUREE_MAX or claims["iat"] < at.timestamp() - _DUREE_MAX:
        raise ReponseRefusee("id_token : durée")
    audience = claims["aud"]
    if isinstance(audience, list) and audience != [client.identifiant]:
        raise ReponseRefusee("id_token : aud")
    if claims.get("azp", client.identifiant) != client.identifiant:
        raise ReponseRefusee("id_token : azp")
    acr, amr = claims.get("acr", ""), claims.get("amr", [])
    if not isinstance(acr, str):
        raise ReponseRefusee("id_token : acr")
    if not (isinstance(amr, list) and all(isinstance(m, str) for m in amr)):
        raise ReponseRefusee("id_token : amr")
    return Identite(client.emetteur, _subject(claims), acr, tuple(amr))


def read_userinfo(
    *, jeton: str, cles: KeySet, client: Client, identite: Identite, at: datetime
) -> Identite:
    """Return the identity with its e-mail and SIRET. Raises ReponseRefusee."""
    claims = _decode(jeton, cles, client, at, essential=("sub",))
    if not hmac.compare_digest(_subject(claims).encode(), identite.sujet.encode()):
        raise ReponseRefusee("userinfo : sub")
    courriel, siret = claims.get("email", ""), claims.get("siret", "")
    verifie = claims.get("email_verified")
    if not (isinstance(courriel, str) and isinstance(siret, str)):
        raise ReponseRefusee("userinfo : email ou siret")
    return Identite(
        identite.emetteur,
        identite.sujet,
        identite.acr,
        identite.amr,
        courriel=courriel.strip(),
        # Anything but true or nothing at all is a no.
        courriel_verifie=None if verifie is None else verifie is True,
        siret="".join(siret.split()),
    )


def _decode(
    jeton: str, cles: KeySet, client: Client, at: datetime, *, essential: tuple[str, ...]
) -> Mapping[str, Any]:
    required: dict[str, Any] = {name: {"essential": True} for name in essential}
    registry = jwt.JWTClaimsRegistry(
        now=int(at.timestamp()),
        leeway=_TOLERANCE,
        iss={"essential": True, "value": client.emetteur},
        aud={"essential": True, "value": client.identifiant},
        **required,
    )
    try:
        token = jwt.decode(jeton, cles, algorithms=_ALGORITHMES)
        registry.validate(token.claims)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        claim = getattr(error, "claim", "") or type(error).__name__
        raise ReponseRefusee(f"jeton : {claim}") from None
    return token.claims


def _subject(claims: Mapping[str, Any]) -> str:
    sub = claims["sub"]
    if not (isinstance(sub, str) and sub and len(sub) <= 255):
        raise ReponseRefusee("jeton : sub")
    return sub
