"""Erase what has been kept long enough, and keep what names nobody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction

from seuil.acteurs.matrice import load_matrice
from seuil.acteurs.operations.machine import Machine
from seuil.audit.operations import record_event
from seuil.conservation.operations import (
    REGLES_A_TERME,
    Effacement,
    add_comptes,
    create_reste,
    delete_dossier,
    delete_expires,
    delete_fichiers,
    delete_orphelins,
)
from seuil.conservation.queries.dossiers import DossierLu, list_dossiers_lus
from seuil.conservation.queries.expirations import count_expires
from seuil.conservation.queries.tables import list_rows_du_dossier
from seuil.conservation.rules import (
    Retenue,
    compute_issue,
    compute_maille,
    compute_stade,
    write_mois,
    write_tranche,
)
from seuil.dossiers.models import Dossier
from seuil.dossiers.operations.dossiers import lock_dossier
from seuil.indicateurs.queries.activite import count_dossier
from seuil.kernel.contexte import acting_as_machine
from seuil.kernel.tables import get_table


@dataclass(frozen=True, slots=True)
class Retenu:
    """A file whose time has passed, and what holds it."""

    numero: str
    retenues: Sequence[Retenue]


@dataclass(slots=True)
class Bilan:
    """What a purge did, or would do: files and rows by table, rows by rule, what is held."""

    departement: str
    simule: bool
    dossiers: int = 0
    lignes: dict[str, int] = field(default_factory=dict)
    regles: dict[str, int] = field(default_factory=dict)
    fichiers: int = 0
    retenus: list[Retenu] = field(default_factory=list)

    def add(self, lignes: Mapping[str, int], fichiers: int) -> None:
        """Count one file more."""
        self.dossiers += 1
        self.fichiers += fichiers
        for table, nombre in lignes.items():
            self.lignes[table] = self.lignes.get(table, 0) + nombre


def purge_dossiers(*, departement: str, on: date, at: datetime, simulate: bool = False) -> Bilan:
    """Apply the rules of retention to a département, as the machine: one transaction by file.

    `at` is the instant: documents' files without a document, a day old, are removed too. A file is
    read again under its lock: what came meanwhile keeps it. Simulating writes nothing.
    """
    bilan = Bilan(departement, simulate)
    for lu in _list_due(departement, on, bilan):
        if simulate:
            with acting_as_machine("purge", on=on, departement=departement):
                rows = list_rows_du_dossier(dossier_id=lu.id)
            counts = {get_table(m): len(k) for m, k in rows.items() if k}
            bilan.add(counts, counts.get("dossiers_document", 0))
        else:
            effacement = _purge_one(lu, on)
            if effacement:
                bilan.add(effacement.lignes, len(effacement.fichiers))
    with acting_as_machine("purge", on=on, departement=departement):
        if simulate:
            bilan.regles = count_expires(departement=departement, on=on)
            return bilan
        for regle in REGLES_A_TERME:
            nombre = delete_expires(regle=regle, departement=departement, on=on)
            bilan.regles[regle] = nombre
            if nombre:
                record_event(
                    kind="conservation.purge",
                    by=Machine("purge", departement),
                    on=on,
                    target_type="regle",
                    target_id=regle,
                    details={"lignes": nombre},
                )
        bilan.fichiers += delete_orphelins(
            departement=departement, before=(at - timedelta(days=1)).timestamp()
        )
    return bilan


def _list_due(departement: str, on: date, bilan: Bilan) -> list[DossierLu]:
    with acting_as_machine("purge", on=on, departement=departement):
        lus = [lu for lu in list_dossiers_lus(departement=departement, on=on) if lu.sort.is_due(on)]
    for lu in lus:
        retenues = lu.sort.list_retenues(on)
        if retenues:
            bilan.retenus.append(Retenu(lu.numero, retenues))
    return [lu for lu in lus if lu.sort.is_purged(on)]


def _purge_one(lu: DossierLu, on: date) -> Effacement | None:
    """Erase one file in a transaction of its own; None when something came meanwhile."""
    with (
        transaction.atomic(),
        acting_as_machine("purge", on=on, departement=lu.departement),
    ):
        dossier = Dossier.objects.filter(pk=lu.id).first()
        if dossier is None:
            return None
        lock_dossier(dossier)
        fresh = next(list_dossiers_lus(departement=lu.departement, on=on, dossier_id=lu.id), None)
        if fresh is None or not fresh.sort.is_purged(on):
            return None
        comptes = count_dossier(dossier_id=lu.id, departement=lu.departement, on=on)
        reste = _describe_reste(fresh)
        effacement = delete_dossier(dossier=dossier)
        create_reste(**reste)
        add_comptes(departement=lu.departement, comptes=comptes)
        record_event(
            kind="dossier.efface",
            by=Machine("purge", lu.departement),
            on=on,
            target_type="dossier",
            target_id=lu.id,
            details={"regle": "dossier", "lignes": sum(effacement.lignes.values())},
        )
        transaction.on_commit(partial(delete_fichiers, fichiers=effacement.fichiers))
    return effacement


def _describe_reste(lu: DossierLu) -> dict[str, object]:
    """Return what stays of a file: no day, no name, no amount."""
    maille, territoire = compute_maille(commune=lu.commune, epci=lu.epci, population=lu.population)
    return {
        "departement": lu.departement,
        "maille": maille,
        "territoire": territoire,
        "ouverture": write_mois(lu.ouvert_le),
        "fin": write_mois(max((f.le for f in lu.faits), default=lu.ouvert_le)),
        "parc": lu.parc,
        "stade": compute_stade(lu.faits, load_matrice().stades),
        "denouement": compute_issue(lu.faits),
        "dette": write_tranche(lu.dette),
        "accompagne": any(f.nature == "mandat" for f in lu.faits),
    }
