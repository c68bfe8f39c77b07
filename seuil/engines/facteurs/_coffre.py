"""Hide a secret from whoever reads the database without the key of the instance."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class CoffreIllisible(ValueError):
    """The secret was hidden under another key, or was changed."""


def hide(texte: str, *, cle: str) -> str:
    """Return the text encrypted and sealed under a key drawn from `cle`."""
    return _fernet(cle).encrypt(texte.encode()).decode()


def reveal(cache: str, *, cle: str) -> str:
    """Return the hidden text. Raises CoffreIllisible."""
    try:
        return _fernet(cle).decrypt(cache.encode()).decode()
    except InvalidToken:
        raise CoffreIllisible("secret illisible sous la clé de cette instance") from None


def _fernet(cle: str) -> Fernet:
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"seuil second facteur 1")
    return Fernet(base64.urlsafe_b64encode(kdf.derive(cle.encode())))
