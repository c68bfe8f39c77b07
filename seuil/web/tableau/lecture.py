"""What a spreadsheet says, pasted: which household of the table each line names, which answer."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from seuil.dossiers.rules import SuiviRepondu, normalise, why_not_repondre
from seuil.kernel.accord import NBSP
from seuil.web.tableau.presentation import REPONSES, name_reponse
from seuil.web.tableau.queries import Demande
from seuil.web.templatetags.seuil import mois

MAX_LIGNES = 2000
# Lines above the header: the title and the notes of our own workbook.
_AVANT_ENTETE = 12
_ENTETES: Mapping[str, str] = {
    "DOSSIER": "numero", "NUMERO": "numero", "NUMERO DE DOSSIER": "numero", "N": "numero",
    "N DOSSIER": "numero", "MENAGE": "menage", "NOM PRENOM": "menage", "NOM ET PRENOM": "menage",
    "NOM": "nom", "PRENOM": "prenom", "COMMUNE": "commune", "VILLE": "commune",
    "CONNU": "connu", "REPONSE": "connu", "CONNU SUIVI INCONNU": "connu",
    "MESURE": "mesure", "DEPUIS": "depuis", "DEPUIS LE": "depuis",
}  # fmt: skip
_MOTS: Mapping[str, str] = {
    "CONNU": "connu", "OUI": "connu", "O": "connu", "C": "connu",
    "SUIVI": "suivi", "SUIVIE": "suivi", "ACCOMPAGNE": "suivi", "CONNU ET SUIVI": "suivi",
    "S": "suivi", "INCONNU": "inconnu", "NON": "inconnu", "N": "inconnu", "I": "inconnu",
}  # fmt: skip
_MOIS = re.compile(r"(?:(?:\d{1,2})/)?(?P<m>\d{1,2})/(?P<a>\d{4}|\d{2})")
_MOIS_ISO = re.compile(r"(?P<a>\d{4})-(?P<m>\d{2})(?:-\d{2})?(?: 00:00:00)?")


class MoisIllisible(ValueError):
    """The text is no month; what to write instead is said."""


class TexteRefuse(ValueError):
    """Nothing of the pasted text can be read; what to do is said."""


@dataclass(frozen=True, slots=True)
class LigneLue:
    """A line of the pasted text: what it would record, or what is wrong, where, and the remedy."""

    numero: int
    texte: str
    demande: Demande | None = None
    reponse: SuiviRepondu | None = None
    colonne: str = ""
    refus: str = ""
    # A line above says the same of the same household.
    repetee: bool = False

    @property
    def etat(self) -> str:
        """nouvelle, corrigee, inchangee, vide, refusee."""
        if self.refus:
            return "refusee"
        if self.reponse is None or self.demande is None:
            return "vide"
        if self.repetee:
            return "inchangee"
        known = None if self.demande.a_repondre else self.demande.reponse
        if known is None or not known.situation:
            return "nouvelle"
        return "inchangee" if self._same(known) else "corrigee"

    def _same(self, known: object) -> bool:
        names = ("situation", "accompagne", "mesure", "depuis_le")
        return all(getattr(known, name) == getattr(self.reponse, name) for name in names)

    @property
    def dit(self) -> str:
        """What it says, in words."""
        return write_reponse(self.reponse)

    @property
    def avant(self) -> str:
        """What is recorded already, in words; empty when nothing is."""
        if self.demande is None or self.demande.a_repondre:
            return ""
        return write_reponse(self.demande.reponse)


def write_reponse(reponse: object) -> str:
    """Write « suivi, ASLL, depuis 03/2026 »."""
    word = name_reponse(reponse)  # type: ignore[arg-type]
    if not word:
        return ""
    mesure, depuis = reponse.mesure, reponse.depuis_le  # type: ignore[attr-defined]
    parts = [word, mesure, f"depuis {mois(depuis)}" if depuis else ""]
    return ", ".join(part for part in parts if part)


def parse_mois(text: str) -> date | None:
    """Return the first day of « 03/2026 », « 15/03/2026 », « 2026-03 »; None when empty.

    Raises MoisIllisible.
    """
    text = text.strip()
    if not text:
        return None
    found = _MOIS.fullmatch(text) or _MOIS_ISO.fullmatch(text)
    if found:
        year = int(found["a"])
        month, year = int(found["m"]), year + 2000 if year < 100 else year
        if 1 <= month <= 12 and 1950 <= year <= 2100:
            return date(year, month, 1)
    raise MoisIllisible(f"« {text[:20]} » n’est pas un mois\N{NO-BREAK SPACE}: écrivez 03/2026.")


def read_collage(text: str, demandes: Sequence[Demande], *, on: date) -> list[LigneLue]:
    """Return what each pasted line says of the households of the table, of no other one.

    Raises TexteRefuse when no line names the columns, or there are too many.
    """
    lines = [[cell.strip() for cell in line] for line in _split(text)]
    if len(lines) > MAX_LIGNES:
        raise TexteRefuse(f"Plus de {MAX_LIGNES} lignes\N{NO-BREAK SPACE}: collez par morceaux.")
    at, columns = _find_entete(lines)
    index, read = _Index(demandes), []
    for rank, cells in enumerate(lines[at + 1 :], start=at + 2):
        if not any(cells):
            continue
        values = {name: cells[i] for name, i in columns.items() if i < len(cells)}
        read.append(_read_ligne(rank, values, index, on))
    return _confront(read)


def _confront(lignes: Sequence[LigneLue]) -> list[LigneLue]:
    """Keep no line of those that contradict one another: nobody can tell which one is right."""
    said: dict[UUID, list[LigneLue]] = {}
    for ligne in lignes:
        if ligne.demande and ligne.reponse:
            said.setdefault(ligne.demande.dossier_id, []).append(ligne)
    return [
        _settle(ligne, said[ligne.demande.dossier_id]) if ligne.demande and ligne.reponse else ligne
        for ligne in lignes
    ]


def _settle(ligne: LigneLue, alike: Sequence[LigneLue]) -> LigneLue:
    """Refuse a line that another contradicts; the same answer given twice is one."""
    other = next((x for x in alike if x.reponse != ligne.reponse), None)
    if other is None:
        return replace(ligne, repetee=ligne is not alike[0])
    return replace(
        ligne,
        colonne="Dossier",
        refus=f"Ce ménage est aussi à la ligne {other.numero}, avec une autre réponse{NBSP}:"
        " aucune n’est retenue, gardez-en une.",
    )


def _split(text: str) -> list[list[str]]:
    separator = "\t" if "\t" in text else ";"
    try:
        return list(csv.reader(io.StringIO(text), delimiter=separator))
    except csv.Error:
        raise TexteRefuse(
            "Ce texte ne se lit pas comme un tableau\N{NO-BREAK SPACE}: copiez les cellules depuis"
            " le tableur, titres compris."
        ) from None


def _find_entete(lines: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    for at, cells in enumerate(lines[:_AVANT_ENTETE]):
        named = [_ENTETES.get(normalise(cell), "") for cell in cells]
        columns = {name: i for i, name in reversed(list(enumerate(named))) if name}
        if "connu" in columns and {"numero", "menage", "nom"} & set(columns):
            return at, columns
    raise TexteRefuse(
        "Aucune ligne ne nomme les colonnes\N{NO-BREAK SPACE}: collez aussi la ligne de titres,"
        " avec au moins « Dossier » (ou « Ménage » et « Commune ») et « Connu ? »."
    )


def _read_ligne(rank: int, values: Mapping[str, str], index: "_Index", on: date) -> LigneLue:
    demande, colonne, why = index.find(values)
    if demande is None:
        return _refuse(rank, values, colonne, why)
    word = values.get("connu", "")
    if not word:
        return LigneLue(rank, _tell(values), demande)
    code = _MOTS.get(normalise(word))
    if code is None:
        return _refuse(
            rank, values, "Connu ?",
            f"« {word[:20]} » n’est pas une réponse{NBSP}: écrivez connu, suivi ou inconnu.",
        )  # fmt: skip
    try:
        depuis = parse_mois(values.get("depuis", ""))
    except MoisIllisible as bad:
        return _refuse(rank, values, "Depuis", str(bad))
    situation, accompagne = REPONSES[code]
    reponse = SuiviRepondu(
        dossier_id=demande.dossier_id,
        situation=situation,
        accompagne=accompagne,
        mesure=values.get("mesure", ""),
        depuis_le=depuis,
        vu=demande.reponse.pk if demande.reponse else None,
    )
    if why := why_not_repondre(reponse, on=on):
        return _refuse(rank, values, "Mesure", why)
    return LigneLue(rank, _tell(values), demande, reponse)


def _refuse(rank: int, values: Mapping[str, str], colonne: str, why: str) -> LigneLue:
    return LigneLue(rank, _tell(values), colonne=colonne, refus=why)


def _tell(values: Mapping[str, str]) -> str:
    names = ("numero", "menage", "nom", "prenom", "commune")
    return " ".join(values[name] for name in names if values.get(name))[:120]


class _Index:
    """The households of the table, by number, and by name and commune."""

    def __init__(self, demandes: Sequence[Demande]) -> None:
        self._by_numero = {d.numero: d for d in demandes}
        self._by_name: dict[tuple[str, str], dict[UUID, Demande]] = {}
        for d in demandes:
            key = (normalise(d.menage), normalise(d.commune))
            self._by_name.setdefault(key, {})[d.dossier_id] = d

    def find(self, values: Mapping[str, str]) -> tuple[Demande | None, str, str]:
        """Return the household that a line names; else the column at fault, and the remedy."""
        numero = values.get("numero", "")
        if numero:
            found = self._by_numero.get(numero)
            return (
                found,
                "Dossier",
                ""
                if found
                else (f"Aucun ménage de votre tableau n’a ce numéro{NBSP}: vérifiez-le."),
            )
        name = values.get("menage") or f"{values.get('nom', '')} {values.get('prenom', '')}"
        commune = values.get("commune", "")
        if not name.strip() or not commune:
            return (
                None,
                "Ménage",
                (
                    f"Donnez le numéro du dossier, ou le nom, le prénom et la commune{NBSP}:"
                    " l’un d’eux manque."
                ),
            )
        alike = [*self._list(name, commune)]
        if len(alike) == 1:
            return alike[0], "", ""
        if alike:
            return (
                None,
                "Ménage",
                (
                    f"Deux ménages de votre tableau ont ce nom dans cette commune{NBSP}: donnez le"
                    " numéro du dossier."
                ),
            )
        return (
            None,
            "Ménage",
            (
                f"Aucun ménage de votre tableau n’a ce nom dans cette commune{NBSP}: vérifiez"
                " l’orthographe, ou donnez le numéro du dossier."
            ),
        )

    def _list(self, name: str, commune: str) -> Iterator[Demande]:
        words, place = normalise(name), normalise(commune)
        exact = self._by_name.get((words, place))
        if exact:
            yield from exact.values()
            return
        # The first name before the name.
        turned = sorted(words.split())
        for (known, where), found in self._by_name.items():
            if where == place and sorted(known.split()) == turned:
                yield from found.values()
