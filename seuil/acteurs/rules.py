"""Who may do what, drawn from the matrix of accesses; the configuration of a département."""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from seuil.acteurs.matrice import list_portees, load_matrice
from seuil.kernel.texte import fold_alphabet
from seuil.strict_yaml import Table, read_table


def reads_whole(profil: str, categorie: str, operation: str = "lire") -> bool:
    """Tell whether a profile reaches a category of every file of its département."""
    whole = (0, len(load_matrice().stades) - 1)
    return any(
        p.relation == "departement" and (p.de, p.a) == whole
        for p in list_portees(profil, categorie, operation)
    )


def is_reached_by(profil: str, categorie: str, *relations: str) -> bool:
    """Tell whether one of those relations opens a category to a profile, at whatever stage."""
    return any(p.relation in relations for p in list_portees(profil, categorie))


def is_operateur(profil: str) -> bool:
    """Tell whether a profile follows the households that are entrusted to its organisation."""
    return is_reached_by(profil, "accompagnement", "mandat", "affectation")


def why_not(profil: str, verbe: str) -> str | None:
    """Return the French reason why a profile may not do `verbe`, or None when it may."""
    found = load_matrice().profils.get(profil)
    if found and verbe in found.verbes:
        return None
    return "Votre rôle ne permet pas cette action. Le secrétariat de la CCAPEX peut vous orienter."


def fold_courriel(texte: str) -> str:
    """Return the one spelling of an address: what is kept, looked for, and counted at each try.

    A long s or a dotless i reads like the letter: it is that letter, or another account.
    """
    folded = unicodedata.normalize("NFKC", texte.strip()).casefold()
    return unicodedata.normalize("NFKC", folded)


# Of two roles, the one that reads or decides more: nobody gives, manages or wakes above its own.
_RANGS: Mapping[str, int] = {
    "partenaire": 1, "charge_mission": 1, "dihal": 1, "travailleur_social": 1, "juriste": 1,
    "gestionnaire": 1, "chef_equipe": 2, "secretariat": 2, "dpo": 3, "administrateur": 4,
}  # fmt: skip


def is_above(role: str, autre: str) -> bool:
    """Tell whether a role is above another; a role that is not known is above all of them."""
    return _RANGS.get(role, 9) > _RANGS.get(autre, 0)


def reads_files(profil: str) -> bool:
    """Tell whether a profile reads the situation of some household."""
    found = load_matrice().profils.get(profil)
    return bool(found and found.regles)


_DOMAINE = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")


def read_domaines(texte: str) -> list[str]:
    """Return the domains of addresses that a text lists, sorted; see why_bad_domaine."""
    return sorted({fold_courriel(d).lstrip("@") for d in re.split(r"[\s,;]+", texte) if d})


def why_bad_domaine(domaine: str) -> str | None:
    """Return why a text is not the domain of an address, in French, or None."""
    if _DOMAINE.fullmatch(domaine):
        return None
    return f"« {domaine} » n’est pas un domaine : écrivez ce qui suit @, comme gironde.fr."


_ADRESSE_LISIBLE = re.compile(r"[A-Za-z0-9._'+-]+@[A-Za-z0-9.-]+")


def why_not_adresse(*, courriel: str, domaines: Collection[str]) -> str | None:
    """Return why an address may not be that of an agent of an organisation, in French, or None.

    A letter that only looks like another, or quotes around a second @: nobody could tell by reading
    whose mailbox it is.
    """
    if not _ADRESSE_LISIBLE.fullmatch(courriel.strip()):
        return (
            "Cette adresse ne s’écrit pas ainsi : des lettres sans accent, des chiffres, des points"
            " et des tirets, puis un seul @. Recopiez-la du carnet d’adresses de l’organisme."
        )
    if fold_courriel(courriel).rpartition("@")[2] in domaines:
        return None
    if not domaines:
        return (
            "Aucun domaine d’adresses n’est encore écrit pour cet organisme. Demandez au délégué à"
            " la protection des données de l’écrire (Comptes, Domaines d’adresses)."
        )
    return (
        "Cette adresse n’est pas de cet organisme. Domaines acceptés"
        f" : {', '.join(sorted(domaines))}."
    )


_DOMAINE_DEMO = "@demo.example"


def is_demonstration(courriel: str) -> bool:
    """Tell whether an account was made by the demonstration: everyone knows its password."""
    return fold_courriel(courriel).endswith(_DOMAINE_DEMO)


DEMONSTRATION_FERMEE = (
    "Ce compte est celui d’une démonstration : il ne s’ouvre pas ici. Demandez un compte à"
    " l’administrateur de votre département."
)


RAPPEL_HABILITATION = timedelta(days=30)


def compute_fin_habilitation(*, on: date) -> date:
    """Return the last day of an habilitation given or renewed that day: a year, then renewed."""
    # 29 February: the next one is four years away.
    return on.replace(year=on.year + 1, day=min(on.day, 28) if on.month == 2 else on.day)


def why_not_habilite(*, actif: bool, suspendu: str, debut: date, fin: date, on: date) -> str | None:
    """Return the French reason why an account may not be used that day, or None."""
    if not actif:
        return "Ce compte est fermé. Adressez-vous à l’administrateur de votre département."
    if suspendu == "sommeil":
        return (
            "Ce compte est suspendu : il n’a pas servi depuis longtemps. Demandez à votre"
            " administrateur de le réveiller."
        )
    if suspendu:
        return "Ce compte est suspendu. Adressez-vous à l’administrateur de votre département."
    if on < debut:
        return f"Votre habilitation commence le {debut:%d/%m/%Y}. Revenez ce jour-là."
    if on > fin:
        return (
            f"Votre habilitation a pris fin le {fin:%d/%m/%Y}. Demandez à votre administrateur de"
            " la renouveler."
        )
    return None


def is_fin_proche(*, fin: date, on: date) -> bool:
    """Tell whether an habilitation that runs ends within thirty days."""
    return on <= fin < on + RAPPEL_HABILITATION


def why_bad_siret(siret: str) -> str | None:
    """Return why a SIRET cannot be one, in French; None when its key is right."""
    if not (len(siret) == 14 and siret.isascii() and siret.isdigit()):
        return "Un SIRET a 14 chiffres."
    digits = [int(c) for c in siret]
    # The offices of La Poste have a key of their own: the sum of the figures, not Luhn's.
    if siret.startswith("356000000") and siret != "35600000000048":
        return None if sum(digits) % 5 == 0 else "Ce SIRET est mal recopié : sa clé est fausse."
    doubled = [d * 2 if i % 2 == 0 else d for i, d in enumerate(digits)]
    if sum(d - 9 if d > 9 else d for d in doubled) % 10:
        return "Ce SIRET est mal recopié : sa clé est fausse."
    return None


def compute_empreinte(jeton: str) -> str:
    """Return what is kept of a secret address: its SHA-256.

    No salt, no slow hash: the token is 256 random bits, and nobody tries them one by one.
    """
    return hashlib.sha256(jeton.encode()).hexdigest()


# Longest name of a division and of a secteur.
LONGUEUR_NOM = 100
_INSEE = re.compile(r"[0-9][0-9AB][0-9]{3}")


@dataclass(frozen=True, slots=True)
class AgentSaisi:
    """A person to whom an account is opened."""

    courriel: str
    nom: str
    prenom: str
    role: str


# What an organisation writes of itself; the rest decides of what its agents read.
COORDONNEES = frozenset({"telephone", "courriel", "adresse", "horaires"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganismeSaisi:
    """The sheet of an organisation as typed or read; `communes` None leaves the perimeter."""

    type: str
    nom: str
    siret: str = ""
    telephone: str = ""
    courriel: str = ""
    adresse: str = ""
    horaires: str = ""
    communes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InterlocuteurSaisi:
    """Who answers for what in an organisation; no commune: wherever it works."""

    nom: str
    sujet: str
    fonction: str = ""
    telephone: str = ""
    courriel: str = ""
    communes: tuple[str, ...] = ()


def why_not_fiche(*, profil: str, sien: bool, champs: Collection[str]) -> str | None:
    """Return why a profile may not write columns of a sheet, in French, or None.

    `sien`: the sheet is its own organisation's.
    """
    if "domaines" in champs:
        return "Les domaines d’adresses sont écrits par le délégué à la protection des données."
    if why_not(profil, "annuaire.tenir") is None:
        return None
    if sien and why_not(profil, "annuaire.sien") is None and COORDONNEES.issuperset(champs):
        return None
    return (
        "Vous tenez seulement les coordonnées et les interlocuteurs de votre organisme. Pour le"
        " reste, demandez au secrétariat de la CCAPEX."
    )


def fold_nom(nom: str) -> str:
    """Return what two spellings of the name of an organisation share: case, accents, spaces."""
    return " ".join(fold_alphabet(nom).split())


_POSTAL = re.compile(r"[0-9]{5}\s+(?=\D)")
_SEPARATEURS = re.compile(r"\s*[;,|/\n]\s*")


class Noms:
    """The communes of a département, by whatever a person may write for one."""

    def __init__(self, communes: Mapping[str, str]) -> None:
        self.communes = communes
        self._codes: dict[str, list[str]] = defaultdict(list)
        for code, nom in communes.items():
            self._codes[fold_nom(nom)].append(code)

    def find(self, texte: str) -> list[str]:
        """Return the codes of the communes that a text names: several bear some names."""
        code = texte.upper()
        # A spreadsheet that took the code for a number dropped its zero.
        code = code.zfill(5) if code.isdigit() else code
        first = code.partition(" ")[0]
        if (found := code if code in self.communes else first) in self.communes:
            return [found]
        return self._codes.get(fold_nom(_POSTAL.sub("", texte)), [])

    def read(self, texte: str) -> tuple[list[str], list[tuple[str, str]]]:
        """Return the codes that a list names, and each part that names none, or several."""
        codes: set[str] = set()
        refus = []
        for part in split_liste(texte):
            found = self.find(part)
            if len(found) == 1:
                codes.add(found[0])
            elif found:
                refus.append((part, f"Plusieurs communes : écrivez {' ou '.join(found)}."))
            else:
                refus.append((part, "Aucune commune du département : écrivez son nom ou son code."))
        return sorted(codes), refus


def split_liste(texte: str) -> list[str]:
    """Return the parts of a list written on lines, or between commas or semicolons."""
    return [part for part in _SEPARATEURS.split(texte.strip()) if part]


@dataclass(frozen=True, slots=True)
class Division:
    """A way of cutting a département, official or local: each commune in one secteur at most."""

    cle: str
    nom: str
    nature: str
    # Code of a commune → name of its secteur; a commune that is absent is in none.
    secteurs: Mapping[str, str]
    # Name of a secteur → name of the organisation that works there, when one is known.
    organismes: Mapping[str, str] = field(default_factory=dict)

    def list_communes(self) -> dict[str, list[str]]:
        """Return the communes of each secteur, by name of secteur."""
        grouped: dict[str, list[str]] = defaultdict(list)
        for commune, secteur in self.secteurs.items():
            grouped[secteur].append(commune)
        ordered = sorted(grouped, key=fold_alphabet)
        return {secteur: sorted(grouped[secteur]) for secteur in ordered}


@dataclass(frozen=True, slots=True)
class Part:
    """The communes of a secteur that are in one secteur of another division."""

    # Empty: in no secteur of the other.
    nom: str
    communes: tuple[str, ...]
    # How many communes of the other's secteur lie outside.
    ailleurs: int = 0


@dataclass(frozen=True, slots=True)
class Coupure:
    """A secteur of one division whose communes are in several secteurs of another."""

    secteur: str
    # The largest first.
    parts: tuple[Part, ...]

    @property
    def chevauche(self) -> bool:
        """Tell whether a limit is crossed, rather than whole secteurs put together."""
        return any(p.ailleurs or not p.nom for p in self.parts)


def find_coupures(*, a: Division, b: Division) -> list[Coupure]:
    """Return the secteurs of `a` whose communes are not all on the same side in `b`."""
    sizes = {nom: len(communes) for nom, communes in b.list_communes().items()}
    coupures = []
    for secteur, communes in a.list_communes().items():
        sides: dict[str, list[str]] = defaultdict(list)
        for commune in communes:
            sides[b.secteurs.get(commune, "")].append(commune)
        if len(sides) > 1:
            parts = [
                Part(nom, tuple(found), ailleurs=sizes[nom] - len(found) if nom else 0)
                for nom, found in sides.items()
            ]
            parts.sort(key=lambda p: (-len(p.communes), p.nom))
            coupures.append(Coupure(secteur, tuple(parts)))
    return coupures


_ARRONDISSEMENT = re.compile(r"arrondissement (?:de |d’|d')(.+)")


def find_perimetre(
    *, texte: str, communes: Mapping[str, str], divisions: Sequence[Division]
) -> frozenset[str] | None:
    """Return the communes that the perimeter of an instance names; None when nothing bears it.

    `communes` is code → name. It names the département, an arrondissement, an EPCI, a local
    secteur or a commune.
    """
    wanted = " ".join(texte.split()).casefold()
    if wanted == "département":
        return frozenset(communes)
    for division in divisions:
        name = wanted
        if division.cle == "arrondissements":
            found = _ARRONDISSEMENT.fullmatch(wanted)
            # Alone, the name is that of the town.
            name = found[1] if found else ""
        inside = [c for c, secteur in division.secteurs.items() if secteur.casefold() == name]
        if inside:
            return frozenset(inside)
    named = [code for code, nom in communes.items() if nom.casefold() == wanted]
    return frozenset(named) or None


@dataclass(frozen=True, slots=True)
class LigneDecoupage:
    """A line of a file that describes a division: its number in the file, its cells."""

    numero: int
    secteur: str
    commune: str
    organisme: str = ""


@dataclass(slots=True)
class SecteurLu:
    """A secteur as a file describes it."""

    nom: str
    organisme: str = ""
    communes: list[str] = field(default_factory=list)


def read_secteurs(
    *,
    lignes: Sequence[LigneDecoupage],
    departement: str,
    communes: Collection[str],
    organismes: Collection[str],
) -> tuple[list[SecteurLu], list[str]]:
    """Return the secteurs that the lines describe, and the French refusal of each faulty line.

    `communes` and `organismes` are those of the département. Nothing is to be kept of the secteurs
    when a line is refused.
    """
    secteurs: dict[str, SecteurLu] = {}
    # Code of a commune → the line that placed it; name of a secteur → the line that named it.
    placed: dict[str, int] = {}
    named: dict[str, int] = {}
    refus = [] if lignes else ["Le fichier n’a aucune ligne : ajoutez une ligne par commune."]
    for ligne in lignes:
        reason = (
            _why_bad_commune(ligne.commune, departement, communes, placed)
            or _why_bad_secteur(ligne, secteurs, named)
            or _why_bad_organisme(ligne, secteurs, named, organismes)
        )
        if reason:
            refus.append(f"Ligne {ligne.numero} : {reason}")
            continue
        lu = secteurs.setdefault(ligne.secteur.casefold(), SecteurLu(ligne.secteur))
        named.setdefault(ligne.secteur.casefold(), ligne.numero)
        lu.organisme = lu.organisme or ligne.organisme
        lu.communes.append(ligne.commune)
        placed[ligne.commune] = ligne.numero
    return list(secteurs.values()), refus


def _why_bad_commune(
    code: str, departement: str, communes: Collection[str], placed: Mapping[str, int]
) -> str | None:
    if not code:
        return "la commune est vide. Écrivez son code INSEE à cinq caractères."
    if code in placed:
        return (
            f"la commune {code} est déjà à la ligne {placed[code]}. Gardez-la dans un seul secteur."
        )
    if code in communes:
        return None
    if _INSEE.fullmatch(code) and not code.startswith(departement):
        return f"la commune {code} est dans un autre département que le {departement}. Retirez-la."
    return (
        f"aucune commune n’a le code « {code} ». Vérifiez que c’est le code INSEE, et non"
        " le code postal ni le nom."
    )


def _why_bad_secteur(
    ligne: LigneDecoupage, secteurs: Mapping[str, SecteurLu], named: Mapping[str, int]
) -> str | None:
    if not ligne.secteur:
        return "le secteur est vide. Écrivez le nom du secteur de la commune."
    if len(ligne.secteur) > LONGUEUR_NOM:
        return f"le nom du secteur dépasse {LONGUEUR_NOM} caractères. Raccourcissez-le."
    known = secteurs.get(ligne.secteur.casefold())
    if known and known.nom != ligne.secteur:
        first = named[ligne.secteur.casefold()]
        return (
            f"« {ligne.secteur} » s’écrit « {known.nom} » à la"
            f" ligne {first}. Écrivez partout le même nom."
        )
    return None


def _why_bad_organisme(
    ligne: LigneDecoupage,
    secteurs: Mapping[str, SecteurLu],
    named: Mapping[str, int],
    organismes: Collection[str],
) -> str | None:
    if not ligne.organisme:
        return None
    if ligne.organisme not in organismes:
        return (
            f"aucun organisme de l’annuaire ne s’appelle « {ligne.organisme} »."
            " Reprenez le nom de l’annuaire, ou laissez la case vide."
        )
    known = secteurs.get(ligne.secteur.casefold())
    if known and known.organisme and known.organisme != ligne.organisme:
        first = named[ligne.secteur.casefold()]
        return (
            f"le secteur a déjà l’organisme « {known.organisme} » (il commence à la"
            f" ligne {first}). Un secteur n’a qu’un organisme."
        )
    return None


@dataclass(frozen=True, slots=True)
class Formation:
    """A formation of the CCAPEX; what its source does not say is empty."""

    nom: str
    presidence: str = ""
    secretariat: str = ""
    perimetre: str = ""
    frequence: str = ""
    capacite: str = ""
    menage_present: bool | None = None
    missions: str = ""
    membres: tuple[str, ...] = ()


# Where no text of a département says otherwise: the commission that the law itself creates.
CADRE_NATIONAL = (
    Formation(
        nom="CCAPEX",
        presidence="Préfet et président du conseil départemental",
        secretariat="Services de l’État (DDETS)",
        perimetre="département",
        missions="Coordonne, évalue et oriente la prévention des expulsions ; rend des avis sur les"
        " situations individuelles (loi n° 90-449, art. 7-2)",
    ),
)
NATIONAL = "national"


def list_modeles() -> list[tuple[str, str]]:
    """Return the code and the name of each ready-made configuration, the national frame first."""
    found = (load_departement(p.stem) for p in _list_fichiers())
    return [(NATIONAL, "Cadre national"), *((c.code, c.nom) for c in found if c)]


def list_formations_du_modele(modele: str) -> tuple[Formation, ...]:
    """Return the formations of a ready-made configuration, the national ones where it has none.

    None at all of a configuration that does not exist.
    """
    found = load_departement(modele)
    if found or modele == NATIONAL:
        return (found and found.formations) or CADRE_NATIONAL
    return ()


def _list_fichiers() -> list[Path]:
    return sorted((Path(__file__).parent / "departements").glob("*.yaml"))


@dataclass(frozen=True, slots=True)
class Reglage:
    """A local rule, in the words of the text that sets it."""

    objet: str
    valeur: str
    texte: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """What is particular to a département, drawn from its own texts."""

    code: str
    nom: str
    source: str
    formations: tuple[Formation, ...]
    delais: tuple[Reglage, ...]
    seuils: tuple[Reglage, ...]
    regles_de_choix: tuple[Reglage, ...]
    # What the local charter removes from the national duties and adds to them, as written: read
    # by travail, which knows what a duty is.
    devoirs: Table | None = None
    # Durations of retention shorter than the national ones: read by conservation.
    conservation: Table | None = None


@cache
def load_departement(code: str) -> Configuration | None:
    """Return the configuration of a département; None when it has none of its own.

    Raises FichierIllisible, naming file and line, on anything unknown or missing.
    """
    # The code comes from the database, but never becomes a path without being looked up.
    files = {p.stem: p for p in _list_fichiers()}
    if code not in files:
        return None
    return parse_departement(files[code].read_bytes(), code=code)


def parse_departement(text: str | bytes, *, code: str) -> Configuration:
    """Parse the configuration of a département from YAML text; see load_departement."""
    data = read_table(text=text, fichier=f"departements/{code}.yaml")
    optional = {"devoirs", "conservation"}
    data.check_keys(set(Configuration.__dataclass_fields__) - optional, optional)
    if data.text("code") != code:
        data.refuse("code", f"le fichier devrait s’appeler {data['code']}.yaml")
    return Configuration(
        code=code,
        nom=data.text("nom"),
        source=data.text("source"),
        formations=tuple(map(_read_formation, data.tables("formations", default=()))),
        delais=_read_reglages(data, "delais"),
        seuils=_read_reglages(data, "seuils"),
        regles_de_choix=_read_reglages(data, "regles_de_choix"),
        devoirs=_read_devoirs(data),
        conservation=data.table("conservation") if "conservation" in data else None,
    )


def _read_formation(table: Table) -> Formation:
    table.check_keys({"nom"}, set(Formation.__dataclass_fields__) - {"nom"})
    words = ("presidence", "secretariat", "perimetre", "frequence", "capacite", "missions")
    return Formation(
        nom=table.text("nom"),
        menage_present=table.flag("menage_present") if "menage_present" in table else None,
        membres=table.texts("membres", default=()),
        **{key: table.text(key, default="") for key in words},
    )


def _read_devoirs(data: Table) -> Table | None:
    if "devoirs" not in data:
        return None
    devoirs = data.table("devoirs")
    devoirs.check_keys((), ("retirer", "ajouter"))
    devoirs.texts("retirer", default=())
    devoirs.tables("ajouter", default=())
    return devoirs


def _read_reglages(data: Table, key: str) -> tuple[Reglage, ...]:
    reglages = []
    for table in data.tables(key, default=()):
        table.check_keys({"objet", "valeur", "texte"})
        reglages.append(Reglage(table.text("objet"), table.text("valeur"), table.text("texte")))
    return tuple(reglages)
