"""What a typed text asks, and how well a file answers it."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from seuil.recherche.rules.mots import LIAISONS, list_voisins, read_telephone, split_question
from seuil.recherche.rules.sons import write_son

# More words than anybody types of one file; each of them is looked for.
_MOTS = 7
_COURT = 2
_NUMERO = re.compile(r"(?:0?\d{2}|2[AB]|97\d)-\d{4}-\d{1,6}", re.IGNORECASE)
_CHIFFRES = re.compile(r"[\d\s.\-/()+]+")
_TELEPHONE = 6
_ANNEES = 20


@dataclass(frozen=True, slots=True)
class Jeton:
    """One or more words that follow each other, taken as one: `places` are theirs."""

    texte: str
    places: frozenset[int]
    # The last word may still be being typed.
    dernier: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A text, read: a number of file, a phone number, or words."""

    numeros: tuple[str, ...] = ()
    telephone: str = ""
    jetons: tuple[Jeton, ...] = ()
    # The places that an answer must fill.
    places: frozenset[int] = frozenset()

    @property
    def vide(self) -> bool:
        """Nothing that can be looked for."""
        return not (self.numeros or self.telephone or self.places)


@dataclass(frozen=True, slots=True)
class Mot:
    """A word of a file that answers a part of the question."""

    nature: str
    source: UUID
    mot: str
    son: str


@dataclass(frozen=True, slots=True)
class Reponse:
    """How a file answers: exactly or not, and by which of its things."""

    exacte: bool
    sources: tuple[tuple[str, UUID], ...]


@dataclass(slots=True)
class _Remplie:
    """What one thing of a file answers: the places it fills, exactly or nearly."""

    exactes: set[int] = field(default_factory=set)
    proches: set[int] = field(default_factory=set)


def read_question(text: str, *, departement: str, on: date) -> Question:
    """Return what a text asks."""
    text = text.strip()
    if _NUMERO.fullmatch(text.replace(" ", "")):
        return Question(numeros=(_complete(text.replace(" ", "").upper()),))
    if text and _CHIFFRES.fullmatch(text):
        digits = read_telephone(text)
        if (len(digits) >= _TELEPHONE and digits.startswith("0")) or text.startswith("+"):
            return Question(telephone=digits, numeros=_list_numeros(digits, departement, on))
        if digits:
            return Question(numeros=_list_numeros(digits, departement, on))
        return Question()
    return _read_mots(split_question(text)[:_MOTS])


def _complete(numero: str) -> str:
    departement, annee, rang = numero.split("-")
    return f"{departement}-{annee}-{rang.zfill(6)}"


def _list_numeros(digits: str, departement: str, on: date) -> tuple[str, ...]:
    """Return the numbers that end so, of any year: the database compares them one by one."""
    if len(digits) > _TELEPHONE:
        return ()
    years = range(on.year + 1, on.year - _ANNEES, -1)
    return tuple(f"{departement}-{year}-{digits.zfill(6)}" for year in years)


def _read_mots(words: Sequence[str]) -> Question:
    wanted = {i for i, w in enumerate(words) if w not in LIAISONS and (len(w) > 1 or w.isdigit())}
    if not wanted or all(len(words[i]) < _COURT and words[i].isalpha() for i in wanted):
        wanted = set(range(len(words))) if "".join(words)[_COURT - 1 :] else set()
    jetons = [
        Jeton("".join(words[a:b]), frozenset(range(a, b)), dernier=b == len(words))
        for a in range(len(words))
        for b in range(a + 1, min(len(words), a + 5) + 1)
    ]
    return Question(jetons=tuple(jetons), places=frozenset(wanted))


def list_jetons(question: Question, place: int) -> list[Jeton]:
    """Return the tokens that may fill a place."""
    return [j for j in question.jetons if place in j.places]


def rank_places(question: Question) -> list[int]:
    """Return the places, the one that finds fewest files first: the longest word, not a number."""
    alone = {min(j.places): j.texte for j in question.jetons if len(j.places) == 1}
    return sorted(question.places, key=lambda p: (alone[p].isdigit(), -len(alone[p])))


def list_proches(jetons: Iterable[Jeton]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words at one letter from tokens, and their sounds."""
    few = [j.texte for j in jetons if len(j.places) < 3]
    voisins = {v for texte in few for v in list_voisins(texte)}
    sons = {son for texte in few if (son := write_son(texte))}
    return tuple(sorted(voisins)), tuple(sorted(sons))


def judge(question: Question, mots: Collection[Mot]) -> Reponse | None:
    """Tell how a file answers by the words of it that were found; None: it does not.

    Exactly: one thing says all, or one thing and the commune. A first name and a name of two
    people, or of a tenant and of a landlord, are a likeness.
    """
    remplies: dict[tuple[str, UUID], _Remplie] = {}
    for mot in mots:
        _fill(remplies.setdefault((mot.nature, mot.source), _Remplie()), question, mot)
    communes = {k for k in remplies if k[0] == "commune"}
    where = set().union(*(remplies[k].exactes for k in communes)) if communes else set()
    wanted = set(question.places)
    for key, filled in _rank(remplies):
        if wanted <= filled.exactes:
            return Reponse(exacte=True, sources=(key,))
        if wanted <= filled.exactes | where:
            return Reponse(exacte=True, sources=(key, *communes))
    return _judge_proche(wanted, remplies)


def _judge_proche(
    wanted: set[int], remplies: Mapping[tuple[str, UUID], _Remplie]
) -> Reponse | None:
    kept, missing = [], set(wanted)
    for key, filled in _rank(remplies):
        here = (filled.exactes | filled.proches) & missing
        if here:
            kept.append(key)
            missing -= here
    return None if missing else Reponse(exacte=False, sources=tuple(kept))


def _rank(
    remplies: Mapping[tuple[str, UUID], _Remplie],
) -> list[tuple[tuple[str, UUID], _Remplie]]:
    """Return the things of a file, the one that says most first."""

    def weigh(item: tuple[tuple[str, UUID], _Remplie]) -> tuple[int, int, str, UUID]:
        key, filled = item
        return (-len(filled.exactes | filled.proches), -len(filled.exactes), key[0], key[1])

    return sorted(remplies.items(), key=weigh)


def _fill(filled: _Remplie, question: Question, mot: Mot) -> None:
    for jeton in question.jetons:
        if mot.mot == jeton.texte or (jeton.dernier and mot.mot.startswith(jeton.texte)):
            filled.exactes |= jeton.places
        elif len(jeton.places) < 3 and _is_proche(jeton.texte, mot):
            filled.proches |= jeton.places


def _is_proche(texte: str, mot: Mot) -> bool:
    return (mot.son != "" and mot.son == write_son(texte)) or mot.mot in _voisins(texte)


def _voisins(texte: str) -> frozenset[str]:
    return frozenset(list_voisins(texte))
