"""Find the files that a typed text may mean, among those that the reader may read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from seuil.acteurs.models import Agent
from seuil.acteurs.rules import why_not
from seuil.dossiers.models import Bailleur, Coordonnee, Dossier, Logement, Personne
from seuil.dossiers.queries import readable
from seuil.recherche.models import Mention
from seuil.recherche.rules.questions import (
    Jeton,
    Mot,
    Question,
    Reponse,
    judge,
    list_jetons,
    list_proches,
    rank_places,
    read_question,
)

# More than that is not read: the sentence asks for another word.
PAR_PAGE = 30
# Above any text that begins so.
_FIN = "\U0010ffff"
_Natures = Mention.Nature
# What says a thing, by what it is: its table and its fields.
_DITS: Sequence[tuple[Collection[str], Any, Sequence[str]]] = (
    ({_Natures.PERSONNE}, Personne, ("nom", "prenom")),
    ({_Natures.TELEPHONE}, Coordonnee, ("valeur",)),
    ({_Natures.ADRESSE, _Natures.COMMUNE}, Logement, ("adresse", "commune__nom")),
    (
        {_Natures.BAILLEUR, _Natures.MANDATAIRE, _Natures.TELEPHONE_BAILLEUR},
        Bailleur,
        ("nom", "mandataire", "telephone"),
    ),
)


@dataclass(frozen=True, slots=True)
class Trouvaille:
    """A file that answers, and the things of it that do: their nature and what they say."""

    dossier_id: UUID
    exacte: bool
    par: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Resultats:
    """What was found: exactly first; `de_plus` when there is more than is shown."""

    exactes: Sequence[Trouvaille] = ()
    ressemblantes: Sequence[Trouvaille] = ()
    de_plus: bool = False
    # Words that people bear, and that nobody bears together.
    separes: Sequence[str] = ()


def list_trouvailles(*, agent: Agent, on: date, texte: str) -> Resultats:
    """Return the files that a text means, exactly then nearly: three to seven queries."""
    if why_not(agent.profil, "dossier.lire"):
        return Resultats()
    question = read_question(texte, departement=agent.departement_id, on=on)
    if question.vide:
        return Resultats()
    lecture = _Lecture(agent, on, question)
    numeros = [Trouvaille(pk, exacte=True) for pk in lecture.list_numeros()]
    if question.telephone:
        return lecture.answer(lecture.list_par_telephone(), numeros)
    if not question.places:
        return Resultats(numeros)
    return lecture.answer_mots()


def filter_dossiers(*, agent: Agent, on: date, texte: str) -> Collection[UUID]:
    """Return the files that a text means exactly, for a list that filters by it."""
    question = read_question(texte, departement=agent.departement_id, on=on)
    if question.vide:
        return []
    lecture = _Lecture(agent, on, question)
    if question.places:
        return lecture.list_ids(proches=False, tous=True)
    found = set(lecture.list_numeros())
    return found | ({pk for pk, _ in lecture.list_par_telephone()} if question.telephone else set())


class _Lecture:
    """One question of one reader: every row is read through its rights."""

    def __init__(self, agent: Agent, on: date, question: Question) -> None:
        self.agent = agent
        self.on = on
        self.question = question

    def list_numeros(self) -> list[UUID]:
        """Return the files of one of the numbers asked."""
        if not self.question.numeros:
            return []
        seen = Dossier.objects.visible_to(self.agent, on=self.on)
        named = seen.filter(numero__parmi=list(self.question.numeros)).order_by("-numero")
        return list(named.values_list("pk", flat=True)[:PAR_PAGE])

    def list_par_telephone(self) -> list[tuple[UUID, list[Mot]]]:
        """Return the files that have a phone number that begins so."""
        digits = self.question.telephone
        rows = self._mentions().filter(
            mot__gte=digits, mot__lt=digits + _FIN, nature__in=["telephone", "tel_bailleur"]
        )
        return self._group(rows.order_by("dossier")[: PAR_PAGE + 1])

    def answer(self, found: list[tuple[UUID, list[Mot]]], numeros: list[Trouvaille]) -> Resultats:
        """Return files found by a phone number, each with the one it was found by."""
        dits = self._name([(m.nature, m.source) for _, mots in found for m in mots])
        told = [
            Trouvaille(pk, exacte=True, par=tuple(dits[m.nature, m.source] for m in mots))
            for pk, mots in found[:PAR_PAGE]
        ]
        return Resultats(numeros + told, de_plus=len(found) > PAR_PAGE)

    def answer_mots(self) -> Resultats:
        """Return the files that have every word, then those that have nearly all of them."""
        ids = self.list_ids(proches=False)
        if len(ids) > _LUS:
            # Whoever bears the name comes before the many files of a landlord who does.
            personnes = self.list_ids(proches=False, nature=_Natures.PERSONNE)
            ids = list(dict.fromkeys([*personnes, *ids]))[:_LUS]
        if len(ids) < PAR_PAGE:
            ids = list(dict.fromkeys([*ids, *self.list_ids(proches=True)[:_LUS]]))
        judged = [
            (pk, reponse)
            for pk, mots in self._group(self._list_mots(ids))
            if (reponse := judge(self.question, mots))
        ]
        judged.sort(key=lambda found: not _is_personne(found[1]))
        dits = self._name([s for _, reponse in judged for s in reponse.sources])
        told = [
            Trouvaille(pk, reponse.exacte, tuple(dits[s] for s in reponse.sources if s in dits))
            for pk, reponse in judged
        ]
        exactes = [t for t in told if t.exacte]
        proches = [t for t in told if not t.exacte]
        more = max(len(exactes), len(proches)) > PAR_PAGE or len(ids) >= _LUS
        together = exactes or any(_is_personne(reponse) for _, reponse in judged)
        separes = () if together else self._list_separes()
        return Resultats(exactes[:PAR_PAGE], proches[:PAR_PAGE], more, separes)

    def _list_separes(self) -> Sequence[str]:
        """Return the words asked, when people bear each of them: nobody bears them together."""
        alone = {min(j.places): j.texte for j in self.question.jetons if len(j.places) == 1}
        words = [alone[place] for place in sorted(self.question.places)]
        if len(words) < 2:
            return ()
        borne = self._mentions().filter(nature=_Natures.PERSONNE, mot__parmi=words)
        return words if set(words) <= set(borne.values_list("mot", flat=True).distinct()) else ()

    def _mentions(self) -> QuerySet[Any]:
        rows = Mention.objects.filter(departement=self.agent.departement_id)
        return readable(rows=rows, agent=self.agent, on=self.on)

    def list_ids(self, *, proches: bool, tous: bool = False, nature: str = "") -> list[UUID]:
        """Return the files that say every word, as typed or nearly: a word at a time.

        The one that few files have comes first; the others are then asked of these alone. Asked
        together, they would be joined on guesses that row-level security makes wrong.
        """
        places = rank_places(self.question)
        said = self._mentions().filter(nature=nature) if nature else self._mentions()
        first, found = self._find_rare(said, places, proches=proches, tous=tous)
        for place in places:
            if place != first and found:
                rows = said.filter(dossier__id__parmi=found)
                found = self._list_distinct(rows.filter(self._tell(place, proches=proches)))
        return found

    def _find_rare(
        self, said: QuerySet[Any], places: Sequence[int], *, proches: bool, tous: bool
    ) -> tuple[int, list[UUID]]:
        """Return a place that few files fill, and these; the first place when all are common."""
        for place in places:
            rows = said.filter(self._tell(place, proches=proches))
            found = self._list_distinct(rows[:_PEU])
            if len(found) < _PEU // 2:
                return place, found
        rows = said.filter(self._tell(places[0], proches=proches))
        return places[0], self._list_distinct(
            rows[: _BEAUCOUP if tous or len(places) > 1 else _PEU]
        )

    def _list_distinct(self, rows: QuerySet[Any]) -> list[UUID]:
        return list(dict.fromkeys(rows.values_list("dossier", flat=True)))

    def _tell(self, place: int, *, proches: bool) -> Q:
        return _any_of(list_jetons(self.question, place), proches=proches)

    def _list_mots(self, ids: Sequence[UUID]) -> QuerySet[Any]:
        """Return the words of some files that answer a part of the question."""
        rows = self._mentions().filter(dossier__id__parmi=list(ids))
        return rows.filter(_any_of(self.question.jetons, proches=True))

    def _group(self, rows: QuerySet[Any]) -> list[tuple[UUID, list[Mot]]]:
        found: dict[UUID, list[Mot]] = {}
        read = rows.values_list("dossier", "nature", "source", "mot", "son")
        for pk, nature, source, mot, son in read:
            found.setdefault(pk, []).append(Mot(nature, source, mot, son))
        return list(found.items())

    def _name(
        self, sources: Collection[tuple[str, UUID]]
    ) -> dict[tuple[str, UUID], tuple[str, str]]:
        """Return, by source, the word for what it is and what it says."""
        told = {}
        for natures, model, fields in _DITS:
            ids = {pk for nature, pk in sources if nature in natures}
            if not ids:
                continue
            for pk, *values in model.objects.filter(pk__in=ids).values_list("pk", *fields):
                for nature in natures:
                    texte = _write(nature, values)
                    told[str(nature), pk] = (_Natures(nature).label, texte)
        return told


# Enough that the exact ones are among them, ranked afterwards.
_LUS = 200
# Rows of a word that few files have; of one that many have, more than a département holds.
_PEU = 1000
_BEAUCOUP = 100_000


def _is_personne(reponse: Reponse) -> bool:
    """Tell whether people of the household, and the commune at most, are what answers."""
    return {nature for nature, _ in reponse.sources} <= _HABITANTS


_HABITANTS = frozenset({str(_Natures.PERSONNE), str(_Natures.COMMUNE)})


def _any_of(jetons: Collection[Jeton], *, proches: bool) -> Q:
    """Keep the mentions that one of the tokens says, as typed or nearly."""
    kept = [Q(mot__parmi=[j.texte for j in jetons])]
    kept += [
        Q(mot__gte=j.texte, mot__lt=j.texte + _FIN)
        for j in jetons
        if j.dernier and len(j.texte) > 1 and not j.texte.isdigit()
    ]
    if proches:
        voisins, sons = list_proches(jetons)
        kept += [Q(mot__parmi=list(voisins))] if voisins else []
        kept += [Q(son__parmi=list(sons))] if sons else []
    return reduce(or_, kept)


def _write(nature: str, values: Sequence[str]) -> str:
    match nature:
        case _Natures.PERSONNE:
            return f"{values[0].upper()} {values[1]}".strip()
        case _Natures.ADRESSE:
            return ", ".join(v for v in values if v)
        case _Natures.COMMUNE | _Natures.MANDATAIRE:
            return values[1]
        case _Natures.TELEPHONE_BAILLEUR:
            return values[2]
        case _:
            return values[0]
