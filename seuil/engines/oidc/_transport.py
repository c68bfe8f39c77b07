"""Speak to the provider: four addresses, short answers, no redirection, HTTPS but on loopback."""

import base64
import json
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from typing import Any
from urllib.error import URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from joserfc.jwk import KeySet

_SECONDES = 10
_TAILLE = 1_000_000
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_ADRESSES = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")


class ReponseRefusee(ValueError):
    """The provider's answer is not usable; the message names what is wrong, for the journal."""


@dataclass(frozen=True, slots=True)
class Client:
    """What the provider knows of this instance."""

    emetteur: str
    identifiant: str
    secret: str
    retour: str


@dataclass(frozen=True, slots=True)
class Fournisseur:
    """What the provider says of itself, at its well-known address."""

    emetteur: str
    autorisation: str
    jeton: str
    userinfo: str
    cles: str
    sortie: str = ""
    methodes: tuple[str, ...] = ()


class _SansRedirection(HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """A provider that sends elsewhere is not the one that was configured."""


_opener = build_opener(_SansRedirection)


def why_bad_client(client: Client) -> str | None:
    """Return why the configuration cannot serve, in French; None when it can."""
    if not (client.emetteur and client.identifiant and client.secret):
        return "il faut l’émetteur, l’identifiant et le secret"
    if not _is_safe(client.emetteur):
        return "l’émetteur doit être une adresse https://"
    return None


def fetch_fournisseur(client: Client) -> Fournisseur:
    """Return the provider's addresses. Raises ReponseRefusee when it is not the issuer asked."""
    address = f"{client.emetteur.rstrip('/')}/.well-known/openid-configuration"
    found = _read_json(_call(Request(address)))
    if found.get("issuer") != client.emetteur:
        raise ReponseRefusee("découverte : émetteur différent")
    autorisation, jeton, userinfo, cles = (str(found.get(name, "")) for name in _ADRESSES)
    if not all(map(_is_safe, (autorisation, jeton, userinfo, cles))):
        raise ReponseRefusee("découverte : adresse absente ou sans HTTPS")
    sortie = found.get("end_session_endpoint", "")
    return Fournisseur(
        client.emetteur,
        autorisation,
        jeton,
        userinfo,
        cles,
        sortie=sortie if isinstance(sortie, str) and _is_safe(sortie) else "",
        methodes=tuple(found.get("token_endpoint_auth_methods_supported", ())),
    )


def fetch_cles(fournisseur: Fournisseur) -> KeySet:
    """Return the public keys of the provider. Raises ReponseRefusee."""
    found = _read_json(_call(Request(fournisseur.cles)))
    try:
        return KeySet.import_key_set(found)  # type: ignore[arg-type]
    except (ValueError, KeyError, TypeError):
        raise ReponseRefusee("clés publiques illisibles") from None


def exchange_code(
    *, fournisseur: Fournisseur, client: Client, code: str, verifieur: str
) -> tuple[str, str]:
    """Return the id_token and the access token of an authorization code. Raises ReponseRefusee."""
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.retour,
        "code_verifier": verifieur,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    if fournisseur.methodes and "client_secret_post" not in fournisseur.methodes:
        pair = f"{quote(client.identifiant, safe='')}:{quote(client.secret, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        fields |= {"client_id": client.identifiant, "client_secret": client.secret}
    request = Request(fournisseur.jeton, urlencode(fields).encode(), headers)
    found = _read_json(_call(request))
    id_token, access = found.get("id_token"), found.get("access_token")
    if not (isinstance(id_token, str) and isinstance(access, str)):
        raise ReponseRefusee("échange : jeton absent")
    return id_token, access


def fetch_userinfo(*, fournisseur: Fournisseur, acces: str) -> str:
    """Return the signed userinfo. Raises ReponseRefusee when it is not signed."""
    request = Request(fournisseur.userinfo, headers={"Authorization": f"Bearer {acces}"})
    content, kind = _call(request)
    if kind.partition(";")[0].strip().lower() != "application/jwt":
        raise ReponseRefusee("userinfo : réponse non signée")
    return content.decode("ascii", errors="replace").strip()


def _call(request: Request) -> tuple[bytes, str]:
    if not _is_safe(request.full_url):
        raise ReponseRefusee("adresse sans HTTPS")
    try:
        with _opener.open(request, timeout=_SECONDES) as answer:
            content = answer.read(_TAILLE + 1)
            status, kind = answer.status, answer.headers.get("Content-Type", "")
    except (URLError, HTTPException, OSError) as error:
        code = getattr(error, "code", "")
        raise ReponseRefusee(
            f"le fournisseur ne répond pas comme attendu ({type(error).__name__} {code})".rstrip()
        ) from None
    if status != HTTPStatus.OK or len(content) > _TAILLE:
        raise ReponseRefusee("réponse anormale du fournisseur")
    return content, kind


def _read_json(answer: tuple[bytes, str]) -> dict[str, Any]:
    try:
        found = json.loads(answer[0])
    except ValueError:
        raise ReponseRefusee("réponse illisible du fournisseur") from None
    if not isinstance(found, dict):
        raise ReponseRefusee("réponse illisible du fournisseur")
    return found


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
