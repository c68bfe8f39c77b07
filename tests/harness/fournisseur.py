"""A real OpenID Provider (Authlib) on loopback, with ProConnect's profile, that can be told to lie.

It is right by default. `id_token`, `userinfo`, `decouverte` change claims before they are signed;
`cle_id_token` and `cle_userinfo` sign with another key, `alg_…` by another algorithm.
"""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo, UserInfoEndpoint
from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "seuil-essai", "secret-essai-du-client"
Lie = Callable[[dict[str, Any]], dict[str, Any]]


def _honest(claims: dict[str, Any]) -> dict[str, Any]:
    return claims


@dataclass
class Personne:
    """Who signs in at the provider."""

    sub: str = "sujet-1"
    email: str = "simone@ddets.exemple"
    siret: str = "13002526500013"
    email_verified: object = True
    acr: str = "eidas1"
    amr: tuple[str, ...] = ("pwd", "mfa")

    def get_user_id(self) -> str:
        return self.sub


@dataclass
class Code:
    """An authorization code and what it was asked with."""

    code: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    user: Personne
    auth_time: int = field(default_factory=lambda: int(time.time()))

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.auth_time

    def get_acr(self) -> str:
        return self.user.acr

    def get_amr(self) -> list[str]:
        return list(self.user.amr)


class _Client:
    client_id = CLIENT
    client_metadata = {
        "userinfo_signed_response_alg": "RS256",
        "id_token_signed_response_alg": "RS256",
    }

    def __init__(self, redirect_prefix: str) -> None:
        self.redirect_prefix = redirect_prefix

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self.redirect_prefix

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri.endswith("/connexion/proconnect/retour/")

    def check_client_secret(self, secret: str) -> bool:
        return secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in {"client_secret_post", "client_secret_basic"}

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class _Token:
    value: str
    user: Personne
    scope: str
    client: _Client

    def get_client(self) -> _Client:
        return self.client

    def get_user(self) -> Personne:
        return self.user

    def is_expired(self) -> bool:
        return False

    def is_revoked(self) -> bool:
        return False

    def get_scope(self) -> str:
        return self.scope


class Fournisseur:
    """The provider: its address, who signs in there, and how it lies."""

    def __init__(self) -> None:
        self.cle = RSAKey.generate_key(2048, {"kid": "1", "use": "sig"}, private=True)
        self.autre_cle = RSAKey.generate_key(2048, {"kid": "1", "use": "sig"}, private=True)
        self.emetteur = ""
        self.reset()

    def reset(self) -> None:
        """Be honest again, and forget everyone."""
        self.personne = Personne()
        self.id_token: Lie = _honest
        self.userinfo: Lie = _honest
        self.decouverte: Lie = _honest
        self.cle_id_token: Any = self.cle
        self.cle_userinfo: Any = self.cle
        self.alg_id_token = self.alg_userinfo = "RS256"
        self.userinfo_signe = True
        self.codes: dict[str, Code] = {}
        self.tokens: dict[str, _Token] = {}
        self.demandes: list[dict[str, str]] = []
        self.sorties: list[dict[str, str]] = []

    def sign(self, claims: dict[str, Any], key: Any, alg: str) -> str:
        """Return a token, signed as the provider lies."""
        if alg == "none":
            return jwt.encode({"alg": "none"}, claims, OctKey.import_key(""), algorithms=["none"])
        if alg == "HS256":
            # The old attack: the public key used as a shared secret.
            secret = OctKey.import_key(self.cle.as_pem(private=False))
            return jwt.encode({"alg": "HS256"}, claims, secret, algorithms=["HS256"])
        return jwt.encode({"alg": alg, "kid": "1"}, claims, key, algorithms=[alg])

    def go_through(self, address: str) -> str:
        """Open the authorization address as a browser would; return where it sends back."""
        parts = urlsplit(address)
        connection = HTTPConnection(parts.hostname, parts.port, timeout=10)
        connection.request("GET", f"{parts.path}?{parts.query}")
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        assert answer.status == 302, (answer.status, body[:500])
        return answer.headers["Location"]


class _IdToken(OpenIDCode):
    def __init__(self, op: Fournisseur) -> None:
        super().__init__(require_nonce=True)
        self.op = op

    def exists_nonce(self, nonce: str, request: object) -> bool:
        return any(c.nonce == nonce for c in self.op.codes.values())

    def get_jwt_config(self, grant: object) -> dict[str, Any]:
        return {"key": self.op.cle, "alg": "RS256", "iss": self.op.emetteur, "exp": 600}

    def resolve_client_private_key(self, client: object) -> Any:
        return KeySet([self.op.cle])

    def get_client_algorithm(self, client: object) -> str:
        return "RS256"

    def get_client_claims(self, client: object) -> dict[str, Any]:
        return {"iss": self.op.emetteur, "aud": [CLIENT]}

    def get_encode_header(self, client: object) -> dict[str, str]:
        return {"alg": "RS256", "kid": "1"}

    def generate_user_info(self, user: Personne, scope: str) -> UserInfo:
        return UserInfo(sub=user.sub)

    def encode_id_token(self, token: Any, request: Any) -> str:
        honest = super().encode_id_token(token, request)
        claims = jwt.decode(honest, self.op.cle, algorithms=["RS256"]).claims
        return self.op.sign(self.op.id_token(claims), self.op.cle_id_token, self.op.alg_id_token)


class _UserInfo(UserInfoEndpoint):
    op: Fournisseur

    def get_issuer(self) -> str:
        return self.op.emetteur

    def generate_user_info(self, user: Personne, scope: str) -> UserInfo:
        return UserInfo(
            sub=user.sub,
            given_name="Simone",
            usual_name="Exemple",
            email=user.email,
            siret=user.siret,
            email_verified=user.email_verified,
            uid="1",
            idp_id="essai",
        )

    def resolve_private_key(self) -> Any:
        return self.op.cle


def _make_app(op: Fournisseur) -> Flask:  # noqa: C901 - one small function per address
    app = Flask("fournisseur")
    client = _Client("")

    class CodeGrant(grants.AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_post", "client_secret_basic"]

        def save_authorization_code(self, code: str, request: Any) -> None:
            data = request.payload.data
            op.codes[code] = Code(
                code,
                data["redirect_uri"],
                data["scope"],
                data.get("nonce", ""),
                data.get("code_challenge", ""),
                data.get("code_challenge_method", ""),
                request.user,
            )

        def query_authorization_code(self, code: str, client: object) -> Code | None:
            return op.codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            op.codes.pop(authorization_code.code, None)

        def authenticate_user(self, authorization_code: Code) -> Personne:
            return authorization_code.user

    def save_token(token: dict[str, Any], request: Any) -> None:
        value = token["access_token"]
        op.tokens[value] = _Token(value, request.user, token.get("scope", ""), client)

    server = AuthorizationServer(
        app, query_client=lambda i: client if i == CLIENT else None, save_token=save_token
    )
    server.register_grant(CodeGrant, [CodeChallenge(required=True), _IdToken(op)])

    class Validator(BearerTokenValidator):
        def authenticate_token(self, token_string: str) -> _Token | None:
            return op.tokens.get(token_string)

    protector = ResourceProtector()
    protector.register_token_validator(Validator())
    endpoint = _UserInfo(resource_protector=protector)
    endpoint.op = op
    server.register_endpoint(endpoint)

    @app.get("/.well-known/openid-configuration")
    def discovery() -> Response:
        base = op.emetteur
        return jsonify(
            op.decouverte(
                {
                    "issuer": base,
                    "authorization_endpoint": f"{base}/authorize",
                    "token_endpoint": f"{base}/token",
                    "userinfo_endpoint": f"{base}/userinfo",
                    "jwks_uri": f"{base}/jwks",
                    "end_session_endpoint": f"{base}/session/end",
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                }
            )
        )

    @app.get("/jwks")
    def jwks() -> Response:
        return jsonify({"keys": [op.cle.as_dict(private=False)]})

    @app.get("/authorize")
    def authorize() -> Any:
        op.demandes.append(dict(request.args))
        grant = server.get_consent_grant(end_user=op.personne)
        return server.create_authorization_response(grant_user=op.personne, grant=grant)

    @app.post("/token")
    def token() -> Any:
        return server.create_token_response()

    @app.get("/userinfo")
    def userinfo() -> Any:
        answer = server.create_endpoint_response("userinfo")
        if answer.status_code != 200:
            return answer
        honest = jwt.decode(answer.get_data(), op.cle, algorithms=["RS256"]).claims
        claims = op.userinfo(honest)
        if not op.userinfo_signe:
            return Response(json.dumps(claims), content_type="application/json")
        signed = op.sign(claims, op.cle_userinfo, op.alg_userinfo)
        return Response(signed, content_type="application/jwt")

    @app.get("/session/end")
    def end() -> Any:
        op.sorties.append(dict(request.args))
        return redirect(request.args["post_logout_redirect_uri"])

    return app


@contextmanager
def open_fournisseur() -> Iterator[Fournisseur]:
    """Serve a provider on loopback until the end of the block."""
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    op = Fournisseur()
    server = make_server("127.0.0.1", 0, _make_app(op), threaded=True)
    op.emetteur = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield op
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
