"""Second factors in plain Python: codes of an application, passkeys, what hides their secrets.

The libraries that know the standards are imported only here. Nothing is stored, nothing is decided
about a person."""

from seuil.engines.facteurs._codes import (
    TOLERANCE,
    Lecture,
    compute_pas,
    make_codes_secours,
    make_secret,
    read_code,
    render_qr,
    write_adresse,
)
from seuil.engines.facteurs._coffre import CoffreIllisible, hide, reveal
from seuil.engines.facteurs._passkeys import (
    CleRefusee,
    CleVerifiee,
    Site,
    find_identifiant,
    prepare_enregistrement,
    prepare_presentation,
    read_enregistrement,
    read_presentation,
)

__all__ = [
    "TOLERANCE",
    "CleRefusee",
    "CleVerifiee",
    "CoffreIllisible",
    "Lecture",
    "Site",
    "compute_pas",
    "find_identifiant",
    "hide",
    "make_codes_secours",
    "make_secret",
    "prepare_enregistrement",
    "prepare_presentation",
    "read_code",
    "read_enregistrement",
    "read_presentation",
    "render_qr",
    "reveal",
    "write_adresse",
]
