"""How a row becomes an act or is refused with a remedy."""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

from seuil.actes.rules.champs import load_titres
from seuil.actes.rules.valeurs import load_mots
from seuil.dossiers.rules import MenageRecu, compute_cle, normalise
from seuil.engines import tabular
from seuil.engines.tabular import Cell, CellRefused

T = TypeVar("T")

# An act older than that in a list of the month is probably a wrong date: a person looks.
_OLD_ACT_DAYS = 3 * 365
# A debt above that is probably a wrong column or a lost comma.
_LARGE_AMOUNT = Decimal(200_000)
# A spreadsheet writes « 2.0 » for a whole number.
_SIRET = re.compile(r"[0-9]{14}")
_ENTIER = re.compile(r"([0-9]{1,9})([.,]0+)?")


@dataclass(frozen=True, slots=True)
class Motif:
    """Why a row is refused or to be looked at: which column, what, and what to do."""

    colonne: str
    motif: str
    remede: str

    def as_dict(self) -> dict[str, str]:
        return {"colonne": self.colonne, "motif": self.motif, "remede": self.remede}


@dataclass(slots=True)
class ActeRecu:
    """An act and its household, as one accepted row gives them."""

    menage: MenageRecu
    survenu_le: date
    recu_le: date | None = None
    audience_le: date | None = None
    audience_heure: time | None = None
    juridiction: str = ""
    montant: Decimal | None = None
    sens: str = ""
    delai_jusqu_au: date | None = None
    reference: str = ""


@dataclass(slots=True)
class LigneLue:
    """What was understood of a row: its state, its reasons, its act when there is one."""

    numero: int
    etat: str
    motifs: list[Motif] = field(default_factory=list)
    acte: ActeRecu | None = None


@dataclass(frozen=True, slots=True)
class Communes:
    """The communes of the département, by name, postal code and official code."""

    par_nom: Mapping[str, str]
    par_code_postal: Mapping[str, Sequence[str]]
    noms: Mapping[str, str]
    codes_postaux: Mapping[str, Sequence[str]]


class LecteurDeLignes:
    """Reads the rows of one list: mapping, kind, département and day are fixed once."""

    def __init__(
        self,
        *,
        type_acte: str,
        correspondance: Mapping[int, str],
        entetes: Sequence[str],
        communes: Communes,
        departement: str,
        on: date,
    ) -> None:
        self.type_acte = type_acte
        self.colonne = {champ: index for index, champ in correspondance.items()}
        self.entetes = entetes
        self.communes = communes
        self.departement = departement
        self.on = on
        self.mots = load_mots()

    def read(self, *, numero: int, cells: Sequence[Cell]) -> LigneLue:
        """Return the act of a row, or the reasons of its refusal; every defect is reported."""
        row = _Row(self, cells)
        nom = row.texte("nom", 100)
        if not nom and not row.refused("nom"):
            row.refuse("nom", "Le nom est vide.", "Complétez le nom du locataire.")
        prenom = row.texte("prenom", 100)
        adresse = row.texte("adresse", 200)
        if not adresse and not row.refused("adresse"):
            row.refuse("adresse", "L’adresse est vide.", "Complétez l’adresse du logement.")
        commune, code_postal = row.commune()
        acte = self._read_acte(row)
        menage = self._read_menage(row, nom, prenom, adresse, commune, code_postal)
        if row.refus:
            return LigneLue(numero, "refuse", row.refus + row.doutes + row.avertissements)
        acte.menage = menage
        etat = "a_verifier" if row.doutes else "accepte"
        return LigneLue(numero, etat, row.doutes + row.avertissements, acte)

    def _read_acte(self, row: "_Row") -> ActeRecu:
        survenu_le = row.date("acte_le")
        if survenu_le is None and not row.refused("acte_le"):
            row.refuse("acte_le", "La date de l’acte est vide.", "Complétez la date de l’acte.")
        audience_le = row.date("audience_le")
        recu_le = row.date("recu_le")
        delai = row.date("delai_jusqu_au")
        montant = row.montant("montant")
        if survenu_le:
            self._check_dates(row, survenu_le, audience_le, recu_le)
        if montant is not None and montant > _LARGE_AMOUNT:
            row.doubt("montant", "Ce montant est très élevé.", "Vérifiez la colonne et la virgule.")
        return ActeRecu(
            menage=_NOBODY,
            survenu_le=survenu_le or self.on,
            recu_le=recu_le,
            audience_le=audience_le,
            audience_heure=row.heure("audience_heure"),
            juridiction=row.texte("juridiction", 150),
            montant=montant,
            sens=self._read_sens(row),
            delai_jusqu_au=delai,
            reference=row.texte("reference", 60),
        )

    def _check_dates(
        self, row: "_Row", survenu_le: date, audience_le: date | None, recu_le: date | None
    ) -> None:
        if self.type_acte != "audience" and survenu_le > self.on:
            row.refuse(
                "acte_le",
                f"La date de l’acte ({survenu_le:%d/%m/%Y}) est à venir.",
                "Corrigez la date : un acte déjà signifié ne peut pas être daté du futur.",
            )
        elif (self.on - survenu_le).days > _OLD_ACT_DAYS:
            row.doubt(
                "acte_le",
                f"L’acte a plus de trois ans ({survenu_le:%d/%m/%Y}).",
                "Vérifiez l’année ; confirmez la ligne si elle est exacte.",
            )
        if audience_le and audience_le < survenu_le:
            row.refuse(
                "audience_le",
                f"L’audience ({audience_le:%d/%m/%Y}) précède l’acte ({survenu_le:%d/%m/%Y}).",
                "Corrigez l’une des deux dates : elles sont peut-être inversées.",
            )
        if recu_le and recu_le < survenu_le and self.type_acte != "rfp":
            row.refuse(
                "recu_le",
                f"La réception ({recu_le:%d/%m/%Y}) précède l’acte ({survenu_le:%d/%m/%Y}).",
                "Corrigez l’une des deux dates : elles sont peut-être inversées.",
            )

    def _read_sens(self, row: "_Row") -> str:
        words = self.mots.sens.get(self.type_acte)
        if words is None:
            return ""
        text = row.texte("sens", 80)
        if not text:
            if self.type_acte == "cfp" and not row.refused("sens"):
                row.refuse(
                    "sens",
                    "Le sens de la décision manque.",
                    f"Écrivez {self.mots.sens_attendus['cfp']}.",
                )
            return ""
        sens = words.get(normalise(text))
        if sens is None:
            row.refuse(
                "sens",
                f"Décision non reconnue : « {text} ».",
                f"Écrivez {self.mots.sens_attendus[self.type_acte]}.",
            )
        return sens or ""

    def _read_menage(
        self, row: "_Row", nom: str, prenom: str, adresse: str, commune: str, code_postal: str
    ) -> MenageRecu:
        nature = row.choice("bailleur_nature", self.mots.natures) or "inconnue"
        parc = row.choice("parc", self.mots.parcs)
        if not parc:
            parc = {"social": "social", "inconnue": "inconnu"}.get(nature, "prive")
        bail_le = row.date("bail_le")
        if bail_le and bail_le > self.on:
            row.warn("bail_le", "La date du bail est à venir : elle n’est pas retenue.")
            bail_le = None
        return MenageRecu(
            nom=nom,
            prenom=prenom,
            adresse=adresse,
            code_postal=code_postal,
            commune=commune,
            cle=compute_cle(nom=nom, prenom=prenom, adresse=adresse, commune=commune),
            complement=row.texte("complement", 150),
            ne_le=row.date("ne_le", optional=True),
            nom2=row.texte("nom2", 100),
            prenom2=row.texte("prenom2", 100),
            telephone=row.telephone("telephone"),
            courriel=row.courriel("courriel"),
            adultes=row.entier("adultes"),
            enfants=row.entier("enfants"),
            parc=parc,
            bailleur=row.texte("bailleur", 150),
            bailleur_nature=nature,
            bailleur_telephone=row.telephone("bailleur_telephone"),
            bailleur_courriel=row.courriel("bailleur_courriel"),
            bailleur_siret=row.siret("bailleur_siret"),
            bailleur_adresse=row.texte("bailleur_adresse", 200),
            mandataire=row.texte("mandataire", 150),
            bail_le=bail_le,
            clause=row.choice("clause", self.mots.clauses),
            loyer=row.montant("loyer"),
            charges=row.montant("charges"),
            suivi=row.choice("suivi", self.mots.suivis),
            service_social=row.texte("service_social", 120),
        )


_NOBODY = MenageRecu(nom="", prenom="", adresse="", code_postal="", commune="", cle="")


class _Row:
    """The cells of one row, read by field; collects every defect with its column."""

    __slots__ = ("_cells", "_lecteur", "avertissements", "doutes", "refus")

    def __init__(self, lecteur: LecteurDeLignes, cells: Sequence[Cell]) -> None:
        self._lecteur = lecteur
        count = len(cells)
        self._cells = {
            champ: cells[index] for champ, index in lecteur.colonne.items() if index < count
        }
        self.refus: list[Motif] = []
        self.doutes: list[Motif] = []
        self.avertissements: list[Motif] = []

    def refuse(self, champ: str, motif: str, remede: str) -> None:
        self.refus.append(Motif(self._header(champ), motif, remede))

    def doubt(self, champ: str, motif: str, remede: str) -> None:
        self.doutes.append(Motif(self._header(champ), motif, remede))

    def warn(self, champ: str, motif: str) -> None:
        self.avertissements.append(Motif(self._header(champ), motif, ""))

    def refused(self, champ: str) -> bool:
        header = self._header(champ)
        return any(m.colonne == header for m in self.refus)

    def texte(self, champ: str, max_length: int) -> str:
        cell = self._cells.get(champ)
        if cell is None or cell == "":
            return ""
        try:
            return tabular.parse_texte(cell, max_length=max_length)
        except CellRefused as refusal:
            self.refuse(champ, refusal.motif, refusal.remede)
            return ""

    def date(self, champ: str, *, optional: bool = False) -> date | None:
        earliest = _BIRTH if champ == "ne_le" else _EARLIEST
        return self._parse(
            champ, lambda cell: tabular.parse_date(cell, earliest=earliest), optional=optional
        )

    def heure(self, champ: str) -> time | None:
        return self._parse(champ, tabular.parse_heure, optional=True)

    def montant(self, champ: str) -> Decimal | None:
        return self._parse(champ, tabular.parse_montant)

    def telephone(self, champ: str) -> str:
        return self._parse(champ, tabular.parse_telephone, optional=True) or ""

    def courriel(self, champ: str) -> str:
        text = self.texte(champ, 150)
        if text and ("@" not in text or " " in text):
            self.warn(champ, f"Adresse électronique illisible, non retenue : « {text} ».")
            return ""
        return text.lower()

    def siret(self, champ: str) -> str:
        cell = self._cells.get(champ)
        if cell is None or cell == "":
            return ""
        # A spreadsheet holds it as a number.
        text = re.sub(r"\s", "", f"{cell:.0f}" if isinstance(cell, float) else str(cell))
        if not _SIRET.fullmatch(text):
            self.warn(champ, f"SIRET illisible, non retenu : « {cell} ».")
            return ""
        return text

    def entier(self, champ: str) -> int | None:
        cell = self._cells.get(champ)
        if cell is None or cell == "":
            return None
        found = _ENTIER.fullmatch(str(cell).strip())
        value = int(found[1]) if found else -1
        if not 0 <= value <= 30:
            self.warn(champ, f"Nombre illisible, non retenu : « {cell} ».")
            return None
        return value

    def choice(self, champ: str, words: Mapping[str, str]) -> str:
        text = self.texte(champ, 80)
        if not text:
            return ""
        value = words.get(normalise(text), "")
        if not value:
            self.warn(champ, f"Valeur non reconnue, non retenue : « {text} ».")
        return value

    def commune(self) -> tuple[str, str]:
        """Return the official code and the postal code of the dwelling's commune."""
        communes = self._lecteur.communes
        code_postal = self._parse("code_postal", tabular.parse_code_postal) or ""
        insee = self.texte("code_commune", 5)
        nom = self.texte("commune", 100)
        if insee in communes.noms:
            code: str | None = insee
        elif nom:
            code = communes.par_nom.get(normalise_commune(nom))
        else:
            candidates = communes.par_code_postal.get(code_postal, ())
            code = candidates[0] if len(candidates) == 1 else None
        if code is None:
            if not self.refused("code_postal"):
                self._refuse_commune(nom, code_postal)
            return "", code_postal
        known = communes.codes_postaux[code]
        if not code_postal:
            return code, known[0] if known else ""
        if code_postal not in known and code_postal[:2] != self._lecteur.departement[:2]:
            self.doubt(
                "code_postal",
                f"Le code postal {code_postal} n’est pas dans le département de {nom or code}.",
                "Vérifiez la commune et le code postal ; confirmez la ligne si elle est exacte.",
            )
        return code, code_postal

    def _refuse_commune(self, nom: str, code_postal: str) -> None:
        communes = self._lecteur.communes
        if not nom and not code_postal:
            self.refuse("commune", "La commune est vide.", "Complétez la commune du logement.")
            return
        if not nom:
            names = [communes.noms[c] for c in communes.par_code_postal.get(code_postal, ())]
            self.refuse(
                "code_postal",
                f"Le code postal {code_postal} ne suffit pas à trouver la commune.",
                "Ajoutez la commune"
                + (f" : {', '.join(names[:5])}." if names else " du logement."),
            )
            return
        close = difflib.get_close_matches(normalise_commune(nom), communes.par_nom, n=1, cutoff=0.8)
        names = [communes.noms[communes.par_nom[close[0]]]] if close else []
        names += [communes.noms[c] for c in communes.par_code_postal.get(code_postal, ())]
        self.refuse(
            "commune",
            f"Commune inconnue dans le département {self._lecteur.departement} : « {nom} ».",
            f"Peut-être {names[0]} ? Écrivez le nom officiel."
            if names
            else "Écrivez le nom officiel de la commune, ou vérifiez le département.",
        )

    def _parse(
        self, champ: str, parse: Callable[[Cell], T | None], *, optional: bool = False
    ) -> T | None:
        cell = self._cells.get(champ)
        if cell is None or cell == "":
            return None
        try:
            return parse(cell)
        except CellRefused as refusal:
            if optional:
                self.warn(champ, f"{refusal.motif} Valeur non retenue.")
            else:
                self.refuse(champ, refusal.motif, refusal.remede)
            return None

    def _header(self, champ: str) -> str:
        index = self._lecteur.colonne.get(champ)
        if index is None or index >= len(self._lecteur.entetes):
            return load_titres().champs[champ].libelle
        return self._lecteur.entetes[index]


_EARLIEST = date(1950, 1, 1)
_BIRTH = date(1900, 1, 1)


@lru_cache(maxsize=4_096)
def normalise_commune(text: str) -> str:
    """Return the name of a commune normalised: no CEDEX, no article sign, SAINT in full."""
    words = [w for w in normalise(text).split() if w != "CEDEX" and not w.isdigit()]
    return " ".join({"ST": "SAINT", "STE": "SAINTE"}.get(w, w) for w in words)
