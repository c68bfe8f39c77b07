"""What the browser carries to the provider: state, nonce, and the proof of the same browser."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

from seuil.engines.oidc._transport import Client, Fournisseur

_PORTEE = "openid given_name usual_name email uid siret idp_id"
# ProConnect: eidas1 is what everyone reaches; amr says whether a second factor was asked there.
_ACR = "eidas1"
_CLAIMS = {"id_token": {"amr": {"essential": True}, "acr": {"essential": True}}}


@dataclass(frozen=True, slots=True)
class Demande:
    """The three secrets of one sign-in, kept in the session until the answer."""

    etat: str
    nonce: str
    verifieur: str


def make_demande() -> Demande:
    """Return the secrets of a new sign-in."""
    return Demande(*(secrets.token_urlsafe(48) for _ in range(3)))


def write_demande(
    *, demande: Demande, fournisseur: Fournisseur, client: Client, encore: bool = False
) -> str:
    """Return the address to which the browser goes; `encore` asks to prove oneself anew."""
    defi = hashlib.sha256(demande.verifieur.encode()).digest()
    fields = {
        "response_type": "code",
        "client_id": client.identifiant,
        "redirect_uri": client.retour,
        "scope": _PORTEE,
        "state": demande.etat,
        "nonce": demande.nonce,
        "code_challenge": base64.urlsafe_b64encode(defi).decode().rstrip("="),
        "code_challenge_method": "S256",
        "acr_values": _ACR,
        "claims": json.dumps(_CLAIMS, separators=(",", ":")),
        **({"prompt": "login"} if encore else {}),
    }
    return f"{fournisseur.autorisation}?{urlencode(fields)}"


def write_sortie(*, fournisseur: Fournisseur, id_token: str, retour: str, etat: str) -> str:
    """Return the address that ends the provider's own session; empty when it has none."""
    if not fournisseur.sortie:
        return ""
    fields = {"id_token_hint": id_token, "post_logout_redirect_uri": retour, "state": etat}
    return f"{fournisseur.sortie}?{urlencode(fields)}"
