"""Sign-in through an OpenID Connect provider, in plain Python: the questions, and their answers.

ProConnect's profile: code flow with PKCE, signed userinfo, assurance in acr and amr. Every answer
is held false until each of its claims is checked. Who the person is here, others decide."""

from seuil.engines.oidc._demande import Demande, make_demande, write_demande, write_sortie
from seuil.engines.oidc._jetons import Identite, read_id_token, read_userinfo
from seuil.engines.oidc._transport import (
    Client,
    Fournisseur,
    ReponseRefusee,
    exchange_code,
    fetch_cles,
    fetch_fournisseur,
    fetch_userinfo,
    why_bad_client,
)

__all__ = [
    "Client",
    "Demande",
    "Fournisseur",
    "Identite",
    "ReponseRefusee",
    "exchange_code",
    "fetch_cles",
    "fetch_fournisseur",
    "fetch_userinfo",
    "make_demande",
    "read_id_token",
    "read_userinfo",
    "why_bad_client",
    "write_demande",
    "write_sortie",
]
