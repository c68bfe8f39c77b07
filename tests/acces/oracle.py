"""Who reaches what, read again from matrice.yaml by code that shares nothing with the product's.

Written from what the file says, not from how the queries or the policies say it: plain YAML, plain
facts, one decision by row. `CLASSEMENT` is what each table holds, written a second time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

FICHIER = Path(__file__).resolve().parents[2] / "seuil" / "acteurs" / "matrice.yaml"
LIRE, ECRIRE, EFFACER = "lire", "ecrire", "effacer"

# Table → how its rows are reached, category, other categories by the value of a column.
#   fait     : a fact of one dossier          dossier : the dossier itself
#   pays     : of a département, no person    listes  : of a département, names people
#   ligne    : as listes, then as its file once the list is applied
#   deposee  : of a département, read by who deposited it too
#   tache    : told to whom it is due too     acces   : a link     bailleur : by its leases
CLASSEMENT: dict[str, tuple[str, str, tuple[str, dict[str, str]] | None]] = {
    "dossiers_dossier": ("dossier", "", None),
    "dossiers_acces": ("acces", "", None),
    "dossiers_bailleur": ("bailleur", "bail_dette", None),
    "travail_tache": ("tache", "devoirs", None),
    "dossiers_compteur": ("pays", "identite", None),
    "accompagnements_objectif": ("pays", "accompagnement", None),
    "accompagnements_choix": ("pays", "accompagnement", None),
    "actes_lot": ("listes", "listes", None),
    "actes_correspondance": ("listes", "listes", None),
    "actes_proposition": ("deposee", "identite", None),
    "actes_ligne": ("ligne", "listes", None),
    "conservation_demandedroit": ("listes", "droits", None),
    "dossiers_personne": ("fait", "identite", None),
    "dossiers_composition": ("fait", "identite", None),
    "dossiers_logement": ("fait", "identite", None),
    "dossiers_bail": ("fait", "bail_dette", None),
    "dossiers_dette": ("fait", "bail_dette", None),
    "dossiers_aidelogement": ("fait", "ressources", None),
    "dossiers_coordonnee": ("fait", "contact", None),
    "dossiers_garant": ("fait", "bail_dette", None),
    "dossiers_lignedecompte": ("fait", "bail_dette", None),
    "dossiers_ressources": ("fait", "ressources", None),
    "dossiers_mesureprotection": ("fait", "protection", None),
    "dossiers_motifprocedure": ("fait", "procedure", None),
    "dossiers_ouverture": ("fait", "identite", None),
    "dossiers_classement": ("fait", "procedure", None),
    "dossiers_correction": (
        "fait",
        "identite",
        (
            "groupe",
            {
                "coordonnee": "contact",
                **dict.fromkeys(("bail", "bailleur", "garant", "dette", "decompte"), "bail_dette"),
                **dict.fromkeys(("aide", "ressources"), "ressources"),
                "protection": "protection",
                "motif": "procedure",
            },
        ),
    ),
    "dossiers_suivisocial": ("fait", "suivi", None),
    "dossiers_document": ("fait", "documents", None),
    "dossiers_dateannoncee": ("fait", "annonces", None),
    "actes_acte": (
        "fait",
        "procedure",
        (
            "type",
            {
                **dict.fromkeys(("rfp", "cfp", "expulsion"), "concours"),
                "evaluation_police": "evaluation_police",
                "dalo": "dalo",
            },
        ),
    ),
    "echeances_echeance": (
        "fait",
        "procedure",
        (
            "regle",
            {
                **dict.fromkeys(("G3", "G5", "G7", "G10", "G12", "G12c", "G12d"), "concours"),
                **dict.fromkeys(("K1", "K2", "K3"), "dalo"),
                **dict.fromkeys(
                    ("EM1", "EM2", "EM2b", "EM3", "EM4", "EM5", "EM6"), "accompagnement"
                ),
            },
        ),
    ),
    "recherche_mention": (
        "fait",
        "identite",
        (
            "nature",
            {
                "telephone": "contact",
                **dict.fromkeys(("bailleur", "tel_bailleur", "mandataire"), "bail_dette"),
            },
        ),
    ),
    "echeances_situation": ("fait", "identite", None),
    "echeances_situationdette": ("fait", "bail_dette", None),
    "echeances_situationsuivi": ("fait", "suivi", None),
    "travail_diligence": ("fait", "devoirs", None),
    "travail_empreinte": ("fait", "procedure", None),
    "contacts_contact": ("fait", "echanges", None),
    "visites_visite": ("fait", "echanges", None),
    "visites_notesociale": ("fait", "note_sociale", None),
    "accompagnements_prescription": ("fait", "accompagnement", None),
    "accompagnements_choixligne": ("fait", "accompagnement", None),
    "accompagnements_mandat": ("fait", "accompagnement", None),
    "accompagnements_rapport": ("fait", "accompagnement", None),
    "accompagnements_contrat": ("fait", "accompagnement", None),
    "accompagnements_demarche": ("fait", "accompagnement", None),
    "accompagnements_prolongation": ("fait", "accompagnement", None),
    "diagnostics_dsf": ("fait", "dsf", None),
    "diagnostics_constatregularite": ("fait", "regularite", None),
}
# Kept to the organisation that wrote it, whatever the category says.
A_SOI = {"visites_notesociale"}


@dataclass(frozen=True)
class Persona:
    """Whoever asks: an agent of an organisation, or the bearer of a code."""

    nom: str
    profil: str
    departement: str
    agent: str = ""
    organisation: str = ""
    type_organisme: str = ""
    role: str = ""
    communes: frozenset[str] = frozenset()
    dossier: str = ""


@dataclass
class Faits:
    """What decides of the accesses to a dossier."""

    id: str
    departement: str
    rang: int
    commune: str
    limite_le: date | None
    liens: list[Mapping[str, Any]] = field(default_factory=list)
    dus: list[Mapping[str, Any]] = field(default_factory=list)
    rendus: list[Mapping[str, Any]] = field(default_factory=list)
    # What organisations answered themselves: whether they know the household.
    dits: list[Mapping[str, Any]] = field(default_factory=list)


class Oracle:
    """Answers for one matrix; `texte` replaces the file, to try another one."""

    def __init__(self, texte: str = "") -> None:
        data = yaml.load(texte or FICHIER.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        self.stades: list[str] = data["stades"]
        self.categories = list(data["categories"])
        self.profils: dict[str, Any] = data["profils"]
        self.liens = {code for code, r in data["relations"].items() if r.get("lien")}
        self.jours_apres = timedelta(days=data["relations"]["saisine"].get("jours_apres", 0))
        self.sans_commune = set(data["relations"]["secteur"]["sans_commune"])

    def verbes(self, p: Persona) -> set[str]:
        return set(self.profils[p.profil]["verbes"])

    def list_regles(self) -> set[tuple[str, str, str, str, int, int]]:
        """Return the lines of the matrix: profile, category, operation, relation, stages."""
        found = set()
        for code, profil in self.profils.items():
            for regle in profil["regles"]:
                de = self.stades.index(regle.get("des", self.stades[0]))
                a = self.stades.index(regle.get("jusqu_a", self.stades[-1]))
                for operation in (LIRE, ECRIRE, "recevoir"):
                    asked = set(regle.get(operation, ()))
                    # Who writes reads.
                    asked |= set(regle.get(ECRIRE, ())) if operation == LIRE else set()
                    found |= {(code, c, operation, regle["relation"], de, a) for c in asked}
                if self.opens(regle, "dossier", LIRE):
                    found.add((code, "dossier", LIRE, regle["relation"], de, a))
        return found

    def opens(self, regle: Mapping[str, Any], categorie: str, operation: str) -> bool:
        if categorie == "dossier":
            return any(self.opens(regle, c, operation) for c in self.categories if c != "listes")
        ecrit = categorie in regle.get("ecrire", ())
        return ecrit or (operation == LIRE and categorie in regle.get("lire", ()))

    def reaches(
        self, p: Persona, d: Faits, categorie: str, operation: str, on: date, at: datetime
    ) -> bool:
        """Tell whether a persona reaches a category of a dossier for an operation."""
        profil = self.profils[p.profil]
        if p.departement != d.departement or (d.limite_le and not profil.get("limites")):
            return False
        for regle in profil["regles"]:
            if not self.opens(regle, categorie, operation):
                continue
            de = self.stades.index(regle.get("des", self.stades[0]))
            a = self.stades.index(regle.get("jusqu_a", self.stades[-1]))
            if de <= d.rang <= a and self._related(p, d, regle["relation"], on, at):
                return True
        return False

    def _related(self, p: Persona, d: Faits, relation: str, on: date, at: datetime) -> bool:
        if relation == "departement":
            return True
        if relation == "secteur":
            if not p.communes and p.type_organisme in self.sans_commune:
                return d.commune[:2] == p.departement
            return d.commune in p.communes
        if relation == "saisine":
            return (
                any(
                    t["organisation_id"] == p.organisation
                    and t["visible_le"] <= on
                    and (t["caduque_le"] is None or t["caduque_le"] > on)
                    for t in d.dus
                )
                or any(
                    r["organisation_id"] == p.organisation and r["faite_le"] > on - self.jours_apres
                    for r in d.rendus
                )
                or any(
                    s["organisation_id"] == p.organisation
                    and s["constate_le"] > on - self.jours_apres
                    for s in d.dits
                )
            )
        if relation in {"menage", "bailleur_du_code"}:
            return p.dossier == d.id
        assert relation in self.liens, relation
        return any(link["relation"] == relation and holds(link, p, on, at) for link in d.liens)

    def whole(self, p: Persona, categorie: str, operation: str) -> bool:
        """Tell whether a persona reaches a category of all of its département, at any stage."""
        return any(
            r["relation"] == "departement"
            and self.opens(r, categorie, operation)
            and r.get("des", self.stades[0]) == self.stades[0]
            and r.get("jusqu_a", self.stades[-1]) == self.stades[-1]
            for r in self.profils[p.profil]["regles"]
        )

    def row(self, p: Persona, row: "Ligne", operation: str, on: date, at: datetime) -> bool:
        """Tell whether a persona may read, write or erase a row."""
        if operation == EFFACER:
            return False
        sorte, categorie, par_valeur = CLASSEMENT[row.table]
        if sorte in {"pays", "listes", "ligne", "deposee"}:
            return self._of_departement(p, row, operation, on, at)
        if sorte == "bailleur":
            return row.departement == p.departement and (
                self.whole(p, categorie, operation)
                or any(self.reaches(p, d, categorie, operation, on, at) for d in row.dossiers)
            )
        d = row.dossiers[0]
        if sorte == "dossier":
            asked = "dossier" if operation == LIRE else "identite"
            return self.reaches(p, d, asked, operation, on, at)
        if sorte in {"acces", "tache"}:
            return operation == LIRE and self._told(p, d, row, on, at)
        if par_valeur:
            categorie = par_valeur[1].get(row.valeurs[par_valeur[0]], categorie)
        own = row.table not in A_SOI or row.valeurs["organisation_id"] == p.organisation
        return own and self.reaches(p, d, categorie, operation, on, at)

    def _of_departement(
        self, p: Persona, row: "Ligne", operation: str, on: date, at: datetime
    ) -> bool:
        """Rows that hang on no file: of who works there, or has the right, or deposited them."""
        sorte, categorie, _ = CLASSEMENT[row.table]
        free = sorte == "pays" and operation == LIRE
        if sorte == "deposee" and operation == LIRE:
            own = row.valeurs["organisation_id"] == p.organisation
            rules = self.profils[p.profil]["regles"]
            free = own and any(self.opens(r, categorie, LIRE) for r in rules)
        # PostgreSQL changes no row that it does not show.
        told = sorte != "ligne" or self._shows(p, row, on, at)
        here = row.departement == p.departement
        return here and told and (free or self.whole(p, categorie, operation))

    def _shows(self, p: Persona, row: "Ligne", on: date, at: datetime) -> bool:
        """A row of an applied list is read as its file is; without one, by who deposited it."""
        if not row.valeurs["applique"] or not row.dossiers:
            return row.valeurs["organisation_du_lot"] in {None, p.organisation}
        return all(
            self.reaches(p, row.dossiers[0], c, LIRE, on, at)
            for c in ("identite", "bail_dette", "procedure")
        )

    def _told(self, p: Persona, d: Faits, row: "Ligne", on: date, at: datetime) -> bool:
        """Links and tasks are told to whom they name, and to who sees the whole département."""
        profil = self.profils[p.profil]
        if p.departement != d.departement or (d.limite_le and not profil.get("limites")):
            return False
        v = row.valeurs
        if row.table == "dossiers_acces":
            named = bool(p.agent) and (
                v["agent_id"] == p.agent
                or v["organisation_id"] == p.organisation
                or v["role"] == p.role
            )
            follows = any(
                r["relation"] in self.liens
                and self.opens(r, "accompagnement", LIRE)
                and self._related(p, d, r["relation"], on, at)
                for r in profil["regles"]
            )
            return named or follows or self.whole(p, "dossier", LIRE)
        # A task: its addressee if its profile has duties at all, and who reads the duties by a
        # dated link. Duties owed (saisine) and sectors tell of one's own task only: the file's
        # policy asks for the tasks, which may not ask for the file.
        knows = any(self.opens(r, "devoirs", LIRE) for r in profil["regles"])
        mine = p.agent and (v["agent_id"] == p.agent or v["organisation_id"] == p.organisation)
        by_link = any(
            r["relation"] in self.liens
            and self.opens(r, "devoirs", LIRE)
            and self._related(p, d, r["relation"], on, at)
            for r in profil["regles"]
        )
        return bool(knows and mine) or by_link or self.whole(p, "devoirs", LIRE)


def holds(link: Mapping[str, Any], p: Persona, on: date, at: datetime) -> bool:
    """Tell whether a dated link runs and names the persona."""
    runs = (
        link["debut_le"] <= on
        and (link["fin_le"] is None or link["fin_le"] > on)
        and (link["expire_at"] is None or link["expire_at"] > at)
    )
    return (
        runs
        and bool(p.agent)
        and (
            link["agent_id"] == p.agent
            or link["organisation_id"] == p.organisation
            or link["role"] == p.role
        )
    )


@dataclass
class Ligne:
    """A row of a table of facts: its key, what decides, the dossiers it belongs to."""

    table: str
    pk: str
    departement: str
    dossiers: Sequence[Faits]
    valeurs: Mapping[str, Any]
