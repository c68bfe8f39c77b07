"""Canary dossiers: every stage, every relation to each persona, a token in every text.

`CANARI-<table>-<row>-<column>` names the row that the token betrays. Built by bulk writes, as the
owner of the tables; the personas are one agent or code for each profile of the matrix, and more
where a profile has several faces (sector, colleague, other département).
"""

import os
import random
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.db import connection, models

from seuil.acteurs.models import Agent, Arrondissement, Commune, Organisation
from seuil.kernel.clock import now
from tests.acces.oracle import CLASSEMENT, Faits, Ligne, Oracle, Persona
from tests.factories.lignes import complete_row

ON = date(2026, 11, 21)
J = timedelta(days=1)
ICI, AILLEURS = "33", "62"
BORDEAUX, LIBOURNE, ARRAS = "33063", "33243", "62041"
STADES = ("commandement", "assignation", "jugement", "cql", "rfp", "cfp", "expulsion")
LIENS = ("instruction", "mandat", "affectation", "bailleur", "destinataire", "bris_de_glace")
NUMERO = re.compile(r"(?:33|62)-2026-9\d{5}")
CANARI = re.compile(r"CANARI-([a-z]+_[a-z]+)-(\d+)-([a-z_]+)", re.IGNORECASE)
# Codes, digests and types are not words that anyone types.
_NOT_TEXT = {"empreinte", "type_mime", "devoir", "parametre", "regle", "source_type", "numero"}

# Name → profile, role, type of organisation, communes served.
_AGENTS: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "secretariat": ("secretariat", "secretariat", "ddets", ()),
    "gestionnaire": ("gestionnaire", "gestionnaire", "prefecture", ()),
    "sous_prefet": ("gestionnaire", "gestionnaire", "sous_prefecture", ()),
    "chef_equipe": ("chef_equipe", "chef_equipe", "operateur", ()),
    "travailleur_social": ("travailleur_social", "travailleur_social", "operateur", ()),
    "juriste": ("juriste", "juriste", "operateur", ()),
    "departement": ("service_social", "partenaire", "conseil_departemental", ()),
    "metropole": ("service_social", "partenaire", "metropole", (BORDEAUX,)),
    "ccas": ("service_social", "partenaire", "ccas", (LIBOURNE,)),
    "ccas_sans_commune": ("service_social", "partenaire", "ccas", ()),
    "caf": ("caf", "partenaire", "caf", ()),
    "msa": ("caf", "partenaire", "msa", ()),
    "adil": ("adil", "partenaire", "adil", ()),
    "siao": ("siao", "partenaire", "siao", ()),
    "comed": ("comed", "partenaire", "comed", ()),
    "police": ("police", "partenaire", "police", ()),
    "bailleur_social": ("bailleur_social", "partenaire", "bailleur_social", ()),
    "commissaire": ("commissaire", "partenaire", "commissaire", ()),
    "banque_de_france": ("banque_de_france", "partenaire", "banque_de_france", ()),
    "bailleur_prive": ("bailleur_prive", "partenaire", "bailleur_prive", ()),
    "tribunal": ("autre_partenaire", "partenaire", "tribunal", ()),
    "charge_mission": ("charge_mission", "charge_mission", "ddets", ()),
    "dihal": ("dihal", "dihal", "dihal", ()),
    "dpo": ("dpo", "dpo", "ddets", ()),
    "administrateur": ("administrateur", "administrateur", "ddets", ()),
}
# Same profile, another organisation or another person: no link ever names them.
_COLLEGUES = ("chef_equipe", "travailleur_social", "juriste", "caf", "adil", "police",
              "bailleur_social", "comed")  # fmt: skip
_AILLEURS = ("secretariat", "gestionnaire", "chef_equipe", "travailleur_social", "departement",
             "caf", "siao", "bailleur_social", "dpo")  # fmt: skip


@dataclass
class Treillis:
    """The lattice: personas, dossiers and rows, and where each token comes from."""

    at: datetime
    # What fills a text: table, row, column.
    texte: Callable[[str, int, str], str] = "CANARI-{}-{}-{}".format
    personas: dict[str, Persona] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    dossiers: dict[str, Faits] = field(default_factory=dict)
    numeros: dict[str, str] = field(default_factory=dict)
    sortes: dict[str, str] = field(default_factory=dict)
    lignes: dict[str, list[Ligne]] = field(default_factory=lambda: defaultdict(list))
    jetons: dict[tuple[str, int], Ligne] = field(default_factory=dict)
    par_numero: dict[str, Ligne] = field(default_factory=dict)
    _rows: dict[type[models.Model], list[models.Model]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _others: list[type[models.Model]] = field(default_factory=list)
    _next: int = 0

    def sample(self) -> list[Persona]:
        """Return one persona for each profile and each face of it; all, for the long proofs."""
        if os.environ.get("SEUIL_COMPLET"):
            return list(self.personas.values())
        left = {"sous_prefet", "msa", "juriste_bis", "chef_equipe_bis", "comed_bis", "adil_bis",
                "police_bis", "gestionnaire_62", "departement_62", "bailleur_social_62",
                "travailleur_social_62", "chef_equipe_62", "menage_b", "bailleur_du_code_limite",
                "administrateur", "dihal", "tribunal", "dpo_62", "travailleur_social_bis",
                "bailleur_prive", "banque_de_france", "juriste"}  # fmt: skip
        return [p for n, p in self.personas.items() if n not in left]

    def allows(self, oracle: Oracle, p: Persona, row: Ligne, operation: str = "lire") -> bool:
        return oracle.row(p, row, operation, ON, self.at)

    def expected(self, oracle: Oracle, p: Persona, table: str, operation: str) -> set[str]:
        """Return the keys of the rows of a table that the oracle opens."""
        return {r.pk for r in self.lignes[table] if self.allows(oracle, p, r, operation)}

    def find_forbidden(
        self, oracle: Oracle, p: Persona | None, text: str, *, asked: str = ""
    ) -> tuple[set[str], int]:
        """Return the tokens of a text that the oracle denies, and how many it allows.

        The number that was asked for, sent back in an error, tells nothing.
        """
        denied, allowed = set(), 0
        found = {(m[1].lower(), int(m[2])): m[0] for m in CANARI.finditer(text)}
        rows = [(word, self.jetons[key]) for key, word in found.items() if key in self.jetons]
        rows += [
            (n, self.par_numero[n])
            for n in set(NUMERO.findall(text))
            if n != asked and n in self.par_numero
        ]
        for word, row in rows:
            if p is not None and self.allows(oracle, p, row):
                allowed += 1
            else:
                denied.add(word)
        return denied, allowed

    def find_dossiers(self, text: str) -> set[str]:
        """Return the dossiers that a text names, by their number or by one of their tokens."""
        rows = [self.par_numero[n] for n in set(NUMERO.findall(text)) if n in self.par_numero]
        keys = {(m[1].lower(), int(m[2])) for m in CANARI.finditer(text)}
        rows += [self.jetons[key] for key in keys if key in self.jetons]
        return {d.id for row in rows for d in row.dossiers}

    # --- writing ---

    def add(self, name: str, **fields: Any) -> Any:
        """Keep a row to write, its empty texts filled with tokens."""
        model = apps.get_model(name)
        row = model(**fields)
        self._next += 1
        row._canari = self._next
        table = model._meta.db_table
        for f in model._meta.concrete_fields:
            words = isinstance(f, models.CharField | models.TextField) and not f.choices
            long = (f.max_length or 999) >= 60 or isinstance(f, models.TextField)
            if words and long and f.name not in _NOT_TEXT and f.name not in fields:
                text = self.texte(table, self._next, f.name)
                setattr(row, f.attname, text[: f.max_length])
        self._rows[model].append(row)
        return row

    def write(self) -> None:
        """Write the rows, then read back what decides of each."""
        for model, rows in self._rows.items():
            model.objects.bulk_create(rows)
        with connection.cursor() as cursor:
            # Without statistics, thousands of rows would be joined as if there were ten. Of these
            # tables alone: those of the whole server would be locked as long as the lattice lives.
            tables = connection.introspection.django_table_names(only_existing=True)
            cursor.execute("ANALYZE " + ", ".join(f'"{table}"' for table in tables))
            # Foreign keys are checked here: the mutants change tables afterwards.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self._read_back()

    def _read_back(self) -> None:
        for table in ("dossiers_acces", "travail_tache"):
            for row in self._table(table):
                d = self.dossiers[row["dossier_id"]]
                (d.liens if table == "dossiers_acces" else d.dus).append(row)
        for row in self._table("travail_diligence"):
            self.dossiers[row["dossier_id"]].rendus.append(row)
        for row in self._table("dossiers_suivisocial"):
            if row["par_id"]:
                self.dossiers[row["dossier_id"]].dits.append(row)
        for d in self._table("dossiers_dossier"):
            faits = self.dossiers[d["id"]]
            faits.rang, faits.commune = d["rang"], d["commune_code"]
        through = _Through(self)
        for model, rows in self._rows.items():
            table = model._meta.db_table
            if table not in CLASSEMENT:
                continue
            key = model._meta.pk.column
            by_pk = {str(v[key]): v for v in self._table(table)}
            for row in rows:
                pk = str(row.pk)
                values = by_pk[pk]
                dossiers = through.find(table, values)
                home = through.find_departement(table, values, dossiers)
                if table == "actes_ligne":
                    lot = through.lots[values["lot_id"]]
                    values["applique"] = lot["etat"] == "applique"
                    values["organisation_du_lot"] = lot["organisation_id"]
                line = Ligne(table, pk, home, dossiers, values)
                self.lignes[table].append(line)
                self.jetons[table, row._canari] = line
                if table == "dossiers_dossier":
                    self.par_numero[values["numero"]] = line

    def _table(self, table: str) -> list[dict[str, Any]]:
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [c.name for c in cursor.description]
            rows = cursor.fetchall()
        import uuid

        return [
            {n: str(v) if isinstance(v, uuid.UUID) else v for n, v in zip(names, r, strict=True)}
            for r in rows
        ]


def find_parent(table: str) -> tuple[str, str]:
    """Return the column by which a table hangs on its file, and the table that it names.

    Found in the foreign keys, whatever the card of the table says.
    """
    model = next(m for m in apps.get_models() if m._meta.db_table == table)
    keys = {f.column: f.related_model for f in model._meta.concrete_fields if f.remote_field}
    if "dossier_id" in keys:
        return "dossier_id", "dossiers_dossier"
    for column, parent in keys.items():
        if CLASSEMENT.get(parent._meta.db_table, ("",))[0] == "fait":
            return column, parent._meta.db_table
    raise AssertionError(f"{table} ne mène à aucun dossier")


class _Through:
    """Finds the dossiers of a row by its foreign keys, written here a second time."""

    def __init__(self, t: Treillis) -> None:
        self.t = t
        self.tables: dict[str, dict[str, dict[str, Any]]] = {}
        self.lots = {str(x["id"]): x for x in t._table("actes_lot")}
        self.baux: dict[str, list[Faits]] = defaultdict(list)
        for b in t._table("dossiers_bail"):
            self.baux[b["bailleur_id"]].append(t.dossiers[b["dossier_id"]])

    def find(self, table: str, values: Mapping[str, Any]) -> list[Faits]:
        if table == "dossiers_bailleur":
            return self.baux[values["id"]]
        if CLASSEMENT[table][0] in {"pays", "listes", "deposee"}:
            return []
        if table == "actes_ligne":
            return [self.t.dossiers[values["dossier_id"]]] if values["dossier_id"] else []
        return [self.t.dossiers[self._climb(table, values)]]

    def _climb(self, table: str, values: Mapping[str, Any]) -> str:
        if table == "dossiers_dossier":
            return values["id"]
        column, parent = find_parent(table)
        if column == "dossier_id":
            return values[column]
        if parent not in self.tables:
            self.tables[parent] = {str(row["id"]): row for row in self.t._table(parent)}
        return self._climb(parent, self.tables[parent][values[column]])

    def find_departement(self, table: str, values: Mapping[str, Any], dossiers: list[Faits]) -> str:
        if table == "actes_ligne":
            return str(self.lots[values["lot_id"]]["departement_id"])
        return str(values.get("departement_id") or dossiers[0].departement)


def build(
    *, complet: bool = False, graine: int = 7, texte: Callable[[str, int, str], str] | None = None
) -> Treillis:
    """Write the lattice; `complet` crosses every relation with every stage."""
    t = Treillis(at=now(), **({"texte": texte} if texte else {}))
    hasard = random.Random(graine)
    Arrondissement.objects.get_or_create(
        pk="621", defaults={"nom": "Arras", "departement_id": AILLEURS}
    )
    Commune.objects.get_or_create(
        pk=ARRAS,
        defaults={
            "nom": "Arras", "departement_id": AILLEURS, "arrondissement_id": "621", "epci": "",
            "codes_postaux": ["62000"], "population": 1,
        },
    )  # fmt: skip
    orgs = _build_personas(t)
    plans = _list_plans(complet=complet)
    for index, (sorte, stade, commune, home) in enumerate(plans):
        _build_dossier(t, orgs, index, sorte, stade, commune, home, hasard)
    for home in (ICI, AILLEURS):
        _build_departement(t, orgs, home)
    for nom, sorte in (("a", "rien"), ("b", "tous ouverts"), ("limite", "limite")):
        chosen = next(
            d for d, s in t.sortes.items() if s == sorte and t.dossiers[d].departement == ICI
        )
        for profil in ("menage", "bailleur_du_code"):
            name = f"{profil}_{nom}"
            t.personas[name] = Persona(name, profil, ICI, dossier=chosen)
    t.write()
    return t


def _build_personas(t: Treillis) -> dict[str, Organisation]:
    orgs: dict[str, Organisation] = {}

    def organisation(name: str, type_: str, home: str, communes: tuple[str, ...]) -> Organisation:
        if name not in orgs:
            orgs[name] = Organisation.objects.create(
                departement_id=home, type=type_, nom=f"Organisme {name}"
            )
            orgs[name].communes.set(communes)
        return orgs[name]

    def persona(name: str, kind: str, org: Organisation) -> None:
        profil, role, type_, communes = _AGENTS[kind]
        agent = Agent(
            courriel=f"{name}@exemple.invalid", nom=f"Agent {name}", prenom="P", role=role,
            organisation=org, departement_id=org.departement_id, habilite_le=date(2025, 1, 6), habilite_jusqu_au=date(2027, 1, 6),
            password="!",
        )  # fmt: skip
        agent.save()
        t.agents[name] = agent
        t.personas[name] = Persona(
            name, profil, org.departement_id, str(agent.pk), str(org.pk), type_, role,
            frozenset(c.pk for c in org.communes.all()),
        )  # fmt: skip

    for name, (_, _, type_, communes) in _AGENTS.items():
        home = name if type_ == "ccas" else type_
        persona(name, name, organisation(home, type_, ICI, communes))
    for name in _COLLEGUES:
        type_ = _AGENTS[name][2]
        persona(f"{name}_bis", name, organisation(f"{type_}_bis", type_, ICI, ()))
    # Of the very organisation that holds the mandate, and not assigned.
    persona("travailleur_social_voisin", "travailleur_social", orgs["operateur"])
    for name in _AILLEURS:
        type_ = _AGENTS[name][2]
        persona(f"{name}_62", name, organisation(f"{type_}_62", type_, AILLEURS, ()))
    return orgs


def _list_plans(*, complet: bool) -> list[tuple[str, str, str, str]]:
    ends = ("ouvert", "fini", "futur", "du jour")
    sortes = [
        "rien", "tous ouverts", "limite",
        *(f"{lien} {end}" for lien in LIENS for end in ends),
        "bris_de_glace expire", "du", "du futur", "du caduc", "rendu", "rendu ancien", "dit", "dit ancien",
    ]  # fmt: skip
    plans = [("rien", stade, commune, ICI) for stade in STADES for commune in (BORDEAUX, LIBOURNE)]
    for i, sorte in enumerate(sortes):
        wide = complet or sorte in {"tous ouverts", "limite", "du"}
        stades = STADES if wide else (STADES[i % 5], STADES[5 + i % 2])
        plans += [(sorte, stade, BORDEAUX, ICI) for stade in stades]
    plans += [(sorte, stade, ARRAS, AILLEURS) for sorte in ("rien", "tous ouverts", "limite", "du")
              for stade in (STADES if complet else ("assignation", "cfp"))]  # fmt: skip
    # A file of elsewhere whose links name people of here: the territory is a floor.
    plans += [("liens d'ici", stade, ARRAS, AILLEURS) for stade in ("jugement", "expulsion")]
    return plans


def _build_dossier(
    t: Treillis, orgs: Mapping[str, Organisation], index: int, sorte: str, stade: str,
    commune: str, home: str, hasard: random.Random,
) -> None:  # fmt: skip
    numero = f"{home}-2026-9{index:05d}"
    d = t.add(
        "dossiers.Dossier", numero=numero, departement_id=home, parc="prive",
        ouvert_le=ON - 40 * J, rang=STADES.index(stade), commune_code=commune,
        limite_le=ON - J if sorte == "limite" else None,
    )  # fmt: skip
    pk = str(d.pk)
    t.dossiers[pk] = Faits(pk, home, STADES.index(stade), commune, d.limite_le)
    t.numeros[pk], t.sortes[pk] = numero, sorte
    suffix = "" if home == ICI else "_62"
    _add_links(t, orgs, d, sorte, suffix if sorte != "liens d'ici" else "")
    _add_taches(t, orgs, d, sorte, suffix)
    _add_facts(t, orgs, d, stade, commune, home, suffix)


def _agent(t: Treillis, name: str, suffix: str) -> Agent | None:
    return t.agents.get(f"{name}{suffix}")


def _add_links(
    t: Treillis, orgs: Mapping[str, Organisation], d: Any, sorte: str, suffix: str
) -> None:
    if sorte in {"tous ouverts", "limite", "liens d'ici"}:
        asked = [(lien, "ouvert") for lien in LIENS]
    elif sorte.split(" ", maxsplit=1)[0] in LIENS:
        lien, _, end = sorte.partition(" ")
        asked = [(lien, end)]
    else:
        return
    for lien, end in asked:
        debut, fin = {
            "ouvert": (ON - 10 * J, None), "fini": (ON - 10 * J, ON), "futur": (ON + J, None),
            "du jour": (ON, ON + J), "expire": (ON - J, ON + J),
        }[end]  # fmt: skip
        extra: dict[str, Any] = {"debut_le": debut, "fin_le": fin}
        if lien == "bris_de_glace":
            extra["fin_le"] = fin or ON + 2 * J
            extra["expire_at"] = t.at + timedelta(hours=-1 if end == "expire" else 20)
        names: list[dict[str, Any]]
        if lien == "instruction":
            names = [{"role": "gestionnaire"}]
        elif lien in {"affectation", "bris_de_glace"}:
            named = ("travailleur_social", "juriste", "chef_equipe", "gestionnaire", "departement",
                     "ccas_sans_commune", "caf", "secretariat", "charge_mission")  # fmt: skip
            if lien == "affectation":
                named = ("travailleur_social", "juriste", "dihal")
            names = [{"agent": a} for n in named if (a := _agent(t, n, suffix))]
        elif lien == "mandat":
            names = [{"organisation": orgs[f"operateur{suffix}"]}]
        elif lien == "bailleur":
            names = [
                {"organisation": orgs[k]}
                for k in (f"bailleur_social{suffix}", f"bailleur_prive{suffix}", f"caf{suffix}")
                if k in orgs
            ]
        else:
            names = [
                {"organisation": o}
                for k, o in orgs.items()
                if not k.endswith("_bis") and k.endswith("_62") == bool(suffix)
            ]
        for named_by in names:
            motif = {} if lien in {"bris_de_glace", "destinataire"} else {"motif": ""}
            t.add("dossiers.Acces", dossier=d, relation=lien, role=named_by.pop("role", ""),
                  **named_by, **extra, **motif)  # fmt: skip


def _add_taches(
    t: Treillis, orgs: Mapping[str, Organisation], d: Any, sorte: str, suffix: str
) -> None:
    def tache(**fields: Any) -> None:
        t.add(
            "travail.Tache", dossier=d, departement=d.departement_id, legale=False, regle="",
            **{"genre": "dsf_a_obtenir", "devoir": "", "visible_le": ON - 5 * J,
               "due_le": ON + 3 * J, "caduque_le": None, "source_id": _uuid(), **fields},
        )  # fmt: skip

    tache(role="secretariat", organisation=orgs[f"ddets{suffix}"])
    if (social := _agent(t, "travailleur_social", suffix)) and sorte.startswith("affectation"):
        tache(role="travailleur_social", agent=social)
        # Told to a person whose profile answers no duty.
        tache(role="travailleur_social", agent=social, genre="devoir", devoir="E1-OP-1")
    when: dict[str, Any] = {
        "du": {}, "tous ouverts": {}, "limite": {}, "du futur": {"visible_le": ON + J},
        "du caduc": {"caduque_le": ON},
    }.get(sorte)  # fmt: skip
    for key, org in orgs.items():
        if key.endswith("_bis") or key.endswith("_62") != bool(suffix) or key.startswith("ddets"):
            continue
        if sorte.startswith("rendu"):
            # Done lately, or the very day when it stops opening the file.
            t.add("travail.Diligence", dossier=d, devoir="E1-CAF-2", source_id=_uuid(),
                  faite_le=ON - J if sorte == "rendu" else ON - 30 * J, sans_objet=False, motif="",
                  organisation=org, par=t.agents[f"secretariat{suffix}"])  # fmt: skip
        if sorte.startswith("dit"):
            t.add("dossiers.SuiviSocial", dossier=d, situation="connu", organisation=org,
                  constate_le=ON - J if sorte == "dit" else ON - 30 * J,
                  par=t.agents[f"secretariat{suffix}"])  # fmt: skip
        if when is None:
            continue
        tache(role="partenaire", organisation=org, genre="devoir", devoir="E1-CAF-1", **when)


def _uuid() -> Any:
    from seuil.kernel.models import new_id

    return new_id()


def _add_facts(
    t: Treillis, orgs: Mapping[str, Organisation], d: Any, stade: str, commune: str, home: str,
    suffix: str,
) -> None:  # fmt: skip
    by = t.agents["secretariat" if not suffix else "secretariat_62"]
    operateur = orgs[f"operateur{suffix}"]
    code_postal = {BORDEAUX: "33000", LIBOURNE: "33500", ARRAS: "62000"}[commune]
    key: dict[str, Any] = {"dossier": d}
    for rang, qualite in ((1, "titulaire"), (1, "enfant")):
        t.add("dossiers.Personne", **key, qualite=qualite, rang=rang)
    t.add("dossiers.Composition", **key, adultes=2, enfants=1, constatee_le=ON - 30 * J)
    t.add("dossiers.Logement", **key, code_postal=code_postal, commune_id=commune,
          type_logement="T2")  # fmt: skip
    landlord = t.add("dossiers.Bailleur", departement_id=home, nature="physique")
    t.add("dossiers.Bail", **key, bailleur=landlord, signe_le=date(2024, 2, 1), loyer=650)
    t.add("dossiers.Dette", **key, constatee_le=ON - 30 * J, montant=2400)
    t.add("dossiers.AideLogement", **key, constatee_le=ON - 30 * J, montant=200, tiers_payant=True)
    t.add("dossiers.Coordonnee", **key, type="courriel", valide_du=ON - 30 * J)
    t.add("dossiers.SuiviSocial", **key, situation="connu", constate_le=ON - 30 * J)
    t.add("dossiers.Classement", **key, motif="soldee", classe_le=ON - 9 * J, par=by,
          rouvert_le=ON - 8 * J, rouvert_par=by)  # fmt: skip
    for groupe, champ in (
        ("personne", "nom"), ("coordonnee", "valeur"), ("garant", "nom"), ("ressources", "source"),
        ("protection", "source"), ("motif", "source"),
    ):  # fmt: skip
        t.add("dossiers.Correction", **key, groupe=groupe, champ=champ, ligne=_uuid(),
              motif="saisie", corrigee_le=ON - 3 * J, par=by)  # fmt: skip
    t.add("dossiers.Document", **key, type_mime="text/plain", taille=4, empreinte="0" * 64,
          depose_le=ON - 9 * J, depose_par=by)  # fmt: skip
    actes = [
        t.add("actes.Acte", **key, type=type_, survenu_le=ON - days * J, retire_par="",
              retire_precision="")
        for type_, days in (("commandement", 35), ("rfp", 20), ("evaluation_police", 15),
                            ("dalo", 12))
    ]  # fmt: skip
    # Withdrawn: its words are read on the timeline by who reads the procedure, and nowhere else.
    for type_ in ("audience", "cfp"):
        t.add("actes.Acte", **key, type=type_, survenu_le=ON - 11 * J, retire_le=ON - 2 * J,
              retire_at=datetime.combine(ON - 2 * J, time(9), UTC), retire_motif="saisie",
              sens="")  # fmt: skip
    t.add("dossiers.DateAnnoncee", **key, regle="C1", fait_id=actes[0].pk, annoncee_le=ON + 9 * J,
          dite_le=ON - 3 * J, a_qui="menage", moyen="courrier", notee_par=by)  # fmt: skip
    for regle in ("C1", "G3", "K1", "EM1"):
        t.add("echeances.Echeance", **key, departement=home, regle=regle, source_id=_uuid(),
              source_type="acte", certitude="sure", parametre="C1", arguments={})  # fmt: skip
    t.add("echeances.Situation", **key, departement=home, stade=stade, stade_le=ON - 20 * J,
          audience_le=ON + 9 * J, parc="prive", enfants=1, commune_code=commune,
          arrondissement_code="332" if home == ICI else "621")  # fmt: skip
    t.add("echeances.SituationDette", **key, departement=home, montant=2400,
          constatee_le=ON - 30 * J)  # fmt: skip
    t.add("echeances.SituationSuivi", **key, departement=home, suivi="connu")
    for nature in ("personne", "telephone", "bailleur"):
        t.add("recherche.Mention", **key, departement=home, nature=nature, source=_uuid())
    t.add("travail.Empreinte", **key, cadre="c", faits=1, projections=2, le=ON)
    t.add("travail.Diligence", **key, devoir="E1-DDETS-1", source_id=_uuid(), faite_le=ON - 2 * J,
          sans_objet=False, motif="", organisation=orgs[f"ddets{suffix}"], par=by)  # fmt: skip
    t.add("accompagnements.Prescription", **key, propose_le=ON - 25 * J, par=by)
    choix = _choix(t, operateur, by, home)
    t.add("accompagnements.ChoixLigne", **key, choix=choix, retenu=True, score=1, criteres=[])
    mandat = t.add("accompagnements.Mandat", **key, operateur=operateur, choix=choix, stade=stade,
                   transmis_le=ON - 15 * J, reponse="accepte", repondu_le=ON - 12 * J,
                   motif_refus="", affecte_le=ON - 11 * J,
                   referent_social=_agent(t, "travailleur_social", suffix))  # fmt: skip
    t.add("accompagnements.Rapport", mandat=mandat, genre="premier_retour", rendu_le=ON - 2 * J,
          par=by)  # fmt: skip
    contrat = t.add("accompagnements.Contrat", mandat=mandat, signe_le=ON - 10 * J, par=by)
    t.add("accompagnements.Demarche", contrat=contrat, genre="fsl", acteur="menage",
          pour_le=ON + 5 * J, etat="a_faire")  # fmt: skip
    t.add("accompagnements.Prolongation", mandat=mandat, avis="poursuite", avis_le=ON - 2 * J,
          jusqu_au=ON + 90 * J, par=by)  # fmt: skip
    for org in _list_temoins(t, orgs, d, home, suffix):
        contact = t.add("contacts.Contact", **key, avec="menage", canal="domicile",
                        resultat="echange", survenu_le=ON - 4 * J, par=by,
                        organisation=org)  # fmt: skip
        visite = t.add("visites.Visite", **key, contact=contact, duree_minutes=30)
        t.add("visites.NoteSociale", **key, visite=visite, organisation=org)
    t.add("diagnostics.Dsf", **key, demande_le=ON - 20 * J, fin="", par=by)
    t.add("diagnostics.ConstatRegularite", **key, acte=actes[0], question="C1", par=by,
          reponse="a_verifier", constate_le=ON - J)  # fmt: skip
    _add_others(t, by, operateur)


def _list_temoins(
    t: Treillis, orgs: Mapping[str, Organisation], d: Any, home: str, suffix: str
) -> list[Organisation]:
    """Return who met the household: in a file opened to all, each organisation has its own note."""
    kept = {"operateur", "conseil_departemental", "ccas"}
    if t.sortes[str(d.pk)] in {"tous ouverts", "du"}:
        kept = {key.removesuffix("_62") for key in orgs}
    return [o for key, o in orgs.items()
            if key.removesuffix("_62") in kept and o.departement_id == home]  # fmt: skip


def _add_others(t: Treillis, by: Agent, operateur: Organisation) -> None:
    """Add to the dossier a row of each table of facts that nothing above fills."""
    last: dict[Any, Any] = {model: rows[-1] for model, rows in t._rows.items()}
    parents = {**last, Agent: by, Organisation: operateur}
    t._others = t._others or [
        model for model in apps.get_models()
        if CLASSEMENT.get(model._meta.db_table, ("",))[0] == "fait"
        and model not in last
    ]  # fmt: skip
    for model in t._others:
        # The texts are the tokens of `add`.
        values = complete_row(model, parents=parents, on=ON - J, texte=lambda _: None)
        parents[model] = t.add(model._meta.label, **values)


def _choix(t: Treillis, operateur: Organisation, by: Agent, home: str) -> Any:
    kept = [c for c in t._rows[apps.get_model("accompagnements.Choix")]
            if c.departement_id == home]  # fmt: skip
    if kept:
        return kept[0]
    return t.add("accompagnements.Choix", departement_id=home, operateur=operateur,
                 mois=ON.replace(day=1), signe_le=ON - 15 * J, signe_par=by)  # fmt: skip


def _build_liste_appliquee(
    t: Treillis, home: str, organisation: Organisation, files: list[Any]
) -> None:
    """Write a list whose rows went to files of every stage, and one that went to none."""
    lot = t.add("actes.Lot", departement_id=home, type="commandement", empreinte="0" * 64,
                etat="applique", depose_le=ON - J, applique_le=ON - J, organisation=organisation,
                lecture={"entetes": ["Nom"], "correspondance": {"0": "nom"}, "avertissements": [],
                         "ecartees": []},
                compte={"lus": 7, "acceptes": 6, "refuses": 1, "doublons": 0, "a_verifier": 0,
                        "dossiers_ouverts": 6, "dossiers_rattaches": 0})  # fmt: skip
    here = [d for d in files if d.departement_id == home]
    chosen = here[:: max(1, len(here) // 6)][:6]
    for n, dossier in enumerate([*chosen, None], start=3):
        row = t.add("actes.Ligne", id=9000 + 10 * int(home) + n, lot=lot, numero=n, dossier=dossier,
                    etat="accepte" if dossier else "refuse", cellules=[""], motifs=[])  # fmt: skip
        row.cellules = [f"CANARI-actes_ligne-{row._canari}-cellules"]


def _build_departement(t: Treillis, orgs: Mapping[str, Organisation], home: str) -> None:
    suffix = "" if home == ICI else "_62"
    t.add("dossiers.Compteur", id=900 + int(home), departement_id=home, annee=2026, dernier=9)
    t.add("accompagnements.Objectif", departement_id=home, operateur=orgs[f"operateur{suffix}"],
          annee=2026, cible_annuelle=300, volume_mensuel=25, part_arrondissement=80,
          part_cql_min=15, part_cql_max=20)  # fmt: skip
    lot = t.add("actes.Lot", departement_id=home, type="commandement", empreinte="0" * 64,
                etat="a_valider", depose_le=ON - J,
                lecture={"entetes": ["Nom"], "correspondance": {"0": "nom"}, "avertissements": [],
                         "ecartees": []},
                compte={"lus": 2, "acceptes": 1, "refuses": 0, "doublons": 0, "a_verifier": 1,
                        "dossiers_ouverts": 1, "dossiers_rattaches": 0})  # fmt: skip
    for n in (1, 2):
        row = t.add("actes.Ligne", id=9000 + 10 * int(home) + n, lot=lot, numero=n,
                    etat="a_verifier", cellules=[""], motifs=[])  # fmt: skip
        row.cellules = [f"CANARI-actes_ligne-{row._canari}-cellules"]
    for key in ("caf", "ddets", "operateur"):
        if (org := orgs.get(f"{key}{suffix}")) is not None:
            t.add("actes.Proposition", departement_id=home, organisation=org, genre="appel",
                  par=t.agents[f"secretariat{suffix}"], recue_le=ON - J, champs={},
                  motif="")  # fmt: skip
    files = t._rows[apps.get_model("dossiers.Dossier")]
    _build_liste_appliquee(t, home, orgs[f"ddets{suffix}"], files)
    t.add("conservation.DemandeDroit", departement_id=home, droit="acces", recue_le=ON - J,
          dossier=next(d for d in files if d.departement_id == home), decision="", motif="",
          enregistree_par="essai")  # fmt: skip
    t.add("actes.Correspondance", departement_id=home, type="commandement", champ="nom")
