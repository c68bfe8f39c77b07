"""When to wait, what a password must be, how long a session lasts, who may invite whom."""

import csv
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from ipaddress import ip_address, ip_network
from pathlib import Path

from seuil.acteurs.rules import is_above

# --- tries that failed --------------------------------------------------------------------------

FENETRE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Lieu:
    """From where a secret is tried: the network's address, the browser, and whether it is known."""

    adresse: str
    poste: str
    connu: bool


@dataclass(frozen=True, slots=True)
class Navigateur:
    """With what a session is opened: words to recognise it, and the digest of the browser's key."""

    nom: str
    appareil: str
    poste: str


@dataclass(frozen=True, slots=True)
class SecretPresente:
    """What an application that is being tied shows: its secret, and a code drawn from it."""

    secret: str
    code: str


@dataclass(frozen=True, slots=True)
class Bareme:
    """How long to wait after so many failures in the last hour: `libres` cost nothing."""

    libres: int
    attentes: tuple[timedelta, ...]


def _minutes(*values: int) -> tuple[timedelta, ...]:
    return tuple(timedelta(minutes=v) for v in values)


# Any hour holds at most 7 tries from one place and 12 from all the places that the account does
# not know: 19 tries on an account, whoever guesses (battery T28: 20).
PAR_LIEU = Bareme(3, _minutes(2, 5, 15, 30, 60))
PAR_COMPTE = Bareme(8, _minutes(5, 10, 15, 30, 60))
# A whole office shares an address: it is slowed only when it tries account after account.
PAR_ADRESSE = Bareme(30, _minutes(1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 5))


def compute_attente(*, echecs: Sequence[datetime], at: datetime, bareme: Bareme) -> timedelta:
    """Return how long to wait before the next try; zero when it may be made now."""
    recents = [e for e in echecs if at - FENETRE < e <= at]
    beyond = len(recents) - bareme.libres
    if beyond < 0:
        return timedelta(0)
    wait = bareme.attentes[min(beyond, len(bareme.attentes) - 1)]
    return max(max(recents) + wait - at, timedelta(0))


def compute_cle(*, genre: str, valeur: str, secret: str) -> str:
    """Return what stands for an account or an address among the tries: nothing can be read back."""
    message = f"{genre}\0{valeur.strip().lower()}".encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def write_cle_du_brouillon(adresse: str, *, secret: str) -> str:
    """Return what stands for the page of a form whose content is kept."""
    return compute_cle(genre="brouillon", valeur=adresse, secret=secret)


def normalise_adresse(adresse: str) -> str:
    """Return the network address that counts: a household has a whole /64 of IPv6."""
    try:
        found = ip_address(adresse.strip())
    except ValueError:
        return "inconnue"
    if found.version == 6:
        return str(ip_network((found, 64), strict=False).network_address)
    return str(found)


# --- sessions -----------------------------------------------------------------------------------

PREUVE_RECENTE = timedelta(minutes=10)
# Between a first factor and the second.
ATTENTE_SECOND = timedelta(minutes=10)
# What was typed when a session ended is kept for its author.
BROUILLON = timedelta(hours=24)
POSTE_CONNU = timedelta(days=180)
# The time a page was last seen is written at most this often.
VUE_TOUTES_LES = timedelta(minutes=1)


def why_session_over(
    *, debut: datetime, vue: datetime, at: datetime, inactivite: timedelta, duree: timedelta
) -> str | None:
    """Return `duree` or `inactivite` when the session is over, or None."""
    if at >= debut + duree:
        return "duree"
    if at >= vue + inactivite:
        return "inactivite"
    return None


def is_recent(*, preuve: datetime, at: datetime, delai: timedelta = PREUVE_RECENTE) -> bool:
    """Tell whether the last proof is recent enough for what leaves the site or opens it."""
    return preuve <= at < preuve + delai


_NAVIGATEURS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Chromium", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_APPAREILS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS X", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def read_appareil(agent_utilisateur: str) -> tuple[str, str]:
    """Return the families of the browser and of the device: nothing finer is kept."""
    return (
        next((name for mark, name in _NAVIGATEURS if mark in agent_utilisateur), "autre"),
        next((name for mark, name in _APPAREILS if mark in agent_utilisateur), "autre"),
    )


# --- passwords ----------------------------------------------------------------------------------

LONGUEUR = 12
_DISTINCTS = 6
# What is left once the words that everyone could guess are taken away.
_RESTE = 6
_MOTS = "Choisissez plutôt quatre ou cinq mots sans rapport entre eux ni avec vous."
_LEET = str.maketrans("013457@$!€", "oieastasie")
_SUITES = (
    "abcdefghijklmnopqrstuvwxyz", "azertyuiopqsdfghjklmwxcvbn", "qwertyuiopasdfghjklzxcvbnm",
    "01234567890123456789", "aqwzsxedcrfvtgbyhnujikolpm",
)  # fmt: skip


def why_weak(
    *, mot_de_passe: str, mots: Iterable[str] = (), repandus: Collection[str] = ()
) -> str | None:
    """Return why a password is too easy to guess, with what to do; None when it serves.

    `mots` are the words of the person: name, address, organisation. CNIL 2022: at least 50 bits
    when tries are limited; no class of characters is imposed, no periodic change.
    """
    plain = _plain(mot_de_passe)
    if len(mot_de_passe) < LONGUEUR:
        return f"Ce mot de passe est trop court : il faut au moins {LONGUEUR} caractères. {_MOTS}"
    if len(set(plain)) < _DISTINCTS or _is_suite(plain):
        return "Ce mot de passe suit une suite ou se répète. " + _MOTS
    if _is_repandu(plain, frozenset(repandus) | load_repandus()):
        return "Ce mot de passe est dans les listes que les pirates essaient en premier. " + _MOTS
    if _is_personnel(plain, mots):
        return (
            "Ce mot de passe ressemble à votre nom, à votre adresse, à votre organisme ou au nom du"
            f" site. {_MOTS}"
        )
    return None


def _plain(texte: str) -> str:
    decomposed = unicodedata.normalize("NFKD", texte.lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _letters(texte: str) -> str:
    return re.sub(r"[^a-z]", "", texte)


def _is_suite(plain: str) -> bool:
    solid = re.sub(r"[\W_]", "", plain)
    if re.fullmatch(r"(.{1,6}?)\1+.{0,3}", solid):
        return True
    runs = {s[i : i + 4] for row in _SUITES for s in (row, row[::-1]) for i in range(len(s) - 3)}
    covered = {
        k for i in range(len(solid) - 3) if solid[i : i + 4] in runs for k in range(i, i + 4)
    }
    return len(solid) - len(covered) < 4


def _is_repandu(plain: str, repandus: frozenset[str]) -> bool:
    """Tell whether what is left without figures and signs is one or two words that everyone uses.

    Figures may stand for letters (m0tdep@sse) or end a word (bordeaux2026): both are read.
    """
    if plain in repandus or re.sub(r"[^a-z0-9]", "", plain) in repandus:
        return True
    for letters in {_letters(plain), _letters(plain.strip("0123456789 .!?*-_").translate(_LEET))}:
        if letters in repandus:
            return True
        cuts = range(3, len(letters) - 2)
        if any(letters[:i] in repandus and letters[i:] in repandus for i in cuts):
            return True
    return False


def _is_personnel(plain: str, mots: Iterable[str]) -> bool:
    rest = plain
    words = {w for m in mots for w in re.split(r"[^a-z]+", _plain(m)) if len(w) > 2} | {"seuil"}
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, " ")
    return rest != plain and len(_letters(rest)) < _RESTE


@cache
def load_repandus() -> frozenset[str]:
    """Return the words of French passwords, and the names of the communes of some size."""
    here = Path(__file__).parent
    words = {_letters(_plain(r["mot"])) for r in _rows(here / "data" / "repandus.csv")}
    communes = here.parent / "acteurs" / "data" / "communes.csv"
    words |= {
        _letters(_plain(r["nom"])) for r in _rows(communes) if int(r["population"] or 0) >= 5000
    }
    return frozenset(words - {""})


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# --- invitations --------------------------------------------------------------------------------

DUREE_INVITATION = timedelta(days=7)

_EQUIPE = ("chef_equipe", "travailleur_social", "juriste")
_ROLES_PAR_TYPE = {
    "ddets": ("secretariat", "charge_mission"),
    "prefecture": ("gestionnaire", "secretariat"),
    "sous_prefecture": ("gestionnaire",),
    "dihal": ("dihal",),
    "operateur": _EQUIPE,
    # Who runs the programme may be employed by them; it never opens a file (matrice.yaml).
    "conseil_departemental": ("partenaire", "charge_mission"),
    "association": ("partenaire", "charge_mission"),
    "adil": ("partenaire", "charge_mission"),
}


def list_roles_invitables(
    *, type_organisation: str, departement: bool, roles: Collection[str], par: str
) -> list[str]:
    """Return the roles that `par`, a role, may give in an organisation: never one above its own.

    `departement` is true for the administrator of the département, who alone names another one and
    the data protection officer.
    """
    wanted = _ROLES_PAR_TYPE.get(type_organisation, ("partenaire",))
    if departement and type_organisation in {"ddets", "prefecture"}:
        wanted = (*wanted, "dpo", "administrateur")
    return [role for role in wanted if role in roles and not is_above(role, par)]


def compute_empreinte(jeton: str) -> str:
    """Return what is kept of a secret link: its SHA-256. The link holds 256 random bits."""
    return hashlib.sha256(jeton.encode()).hexdigest()


# --- mails to agents ----------------------------------------------------------------------------

# After that, nobody waits for it any more: who must know is told that it never left.
ABANDON_COURRIEL = timedelta(days=2)
# How long a mail may wait before it is said.
RETARD_COURRIEL = timedelta(minutes=30)
_ATTENTES_COURRIEL = _minutes(1, 2, 4, 8, 15, 30, 60)


def compute_prochain_essai(*, essais: int, at: datetime) -> datetime:
    """Return when to try a mail again, after so many tries: later and later, an hour at most."""
    return at + _ATTENTES_COURRIEL[min(essais, len(_ATTENTES_COURRIEL)) - 1]
