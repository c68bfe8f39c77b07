"""Stage a list, decide its rows, and write acts."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from uuid import UUID

from django.db import connection, transaction

from seuil.actes.models import Acte, Correspondance, Ligne, Lot
from seuil.actes.rules.lignes import ActeRecu, LigneLue
from seuil.actes.rules.listes import ListeSaisie
from seuil.audit.operations import Author, record_event
from seuil.engines.tabular import Cell, Row, Table
from seuil.kernel.bulk import copy_new_rows, copy_rows
from seuil.kernel.models import new_key
from seuil.kernel.refusal import Refusal

# What the journal says of a list that comes to a state.
_EVENTS = {
    Lot.Etat.A_VALIDER: "liste.lue",
    Lot.Etat.APPLIQUE: "liste.appliquee",
    Lot.Etat.ABANDONNE: "liste.abandonnee",
}


class ListeDejaAppliquee(Refusal):
    message = "Cette liste est déjà appliquée : elle ne peut plus être modifiée."


def lock_import(*, departement: str) -> None:
    """Wait for the other imports of the département, until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"import:{departement}"])


def is_en_attente(*, liste: ListeSaisie) -> bool:
    """Tell whether the same file, of the same source, waits already: neither applied nor given up.

    Two clicks at once wait for one another.
    """
    empreinte = _read_empreinte(liste.fichier)
    with connection.cursor() as cursor:
        key = f"depot:{liste.departement}:{empreinte}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    return Lot.objects.filter(
        departement=liste.departement,
        type=liste.type_acte,
        source=liste.source,
        empreinte=empreinte,
        etat__in=[Lot.Etat.A_MAPPER, Lot.Etat.A_VALIDER],
    ).exists()


def _read_empreinte(fichier: Path) -> str:
    """Return what stands for the bytes of a file."""
    return hashlib.sha256(fichier.read_bytes()).hexdigest()


@transaction.atomic
def create_lot(
    *,
    liste: ListeSaisie,
    table: Table,
    correspondance: Mapping[int, str],
    organisation_id: UUID | None,
    by: Author,
    on: date,
) -> Lot:
    """Stage a list as read; its rows follow with add_lignes. Writes the audit line.

    `organisation_id`: whose agents may apply it or give it up.
    """
    lot = Lot.objects.create(
        departement_id=liste.departement,
        type=liste.type_acte,
        source=liste.source,
        nom_fichier=liste.nom_fichier[:200],
        empreinte=_read_empreinte(liste.fichier),
        etat=Lot.Etat.A_MAPPER,
        lecture={
            "entetes": list(table.headers),
            "ligne_entete": table.header_line,
            "feuille": table.sheet,
            "avertissements": list(table.warnings),
            "ecartees": [[s.line, s.kind] for s in table.skipped],
            "correspondance": {str(i): champ for i, champ in correspondance.items()},
        },
        depose_le=on,
        depose_par=by.author_label,
        organisation_id=organisation_id,
    )
    record_event(kind="liste.deposee", by=by, on=on, target_type="lot", target_id=lot.pk)
    return lot


def add_lignes(
    *,
    lot: Lot,
    rows: Sequence[Row],
    lues: Sequence[LigneLue] | None = None,
    dossiers: Mapping[int, UUID] | None = None,
) -> None:
    """Write the rows of a list, as read, with what was decided of each when it is known.

    `dossiers` are the files they went to, when the list is applied at once.
    """
    Ligne.objects.filter(lot=lot).delete()
    states = lues or [LigneLue(row.line, Ligne.Etat.LUE) for row in rows]
    places = dossiers or {}
    copy_rows(
        Ligne,
        ("lot_id", "numero", "etat", "cellules", "motifs", "confirmee", "dossier_id"),
        (
            (
                lot.pk,
                row.line,
                lue.etat,
                _write_cells(row.cells),
                _write_motifs(lue),
                False,
                places.get(row.line),
            )
            for row, lue in zip(rows, states, strict=True)
        ),
    )


def adjust_lignes(
    *,
    lot: Lot,
    lues: Sequence[LigneLue],
    dossiers: Mapping[int, UUID],
    confirmees: Iterable[int],
) -> None:
    """Write the final state of each row of a list, and the dossier it went to."""
    confirmed = set(confirmees)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS etat_ligne"
            " (numero int, etat text, motifs jsonb, confirmee bool, dossier_id uuid)"
            " ON COMMIT DROP"
        )
        cursor.execute("TRUNCATE etat_ligne")
        with cursor.copy("COPY etat_ligne FROM STDIN") as copy:
            for lue in lues:
                copy.write_row(
                    (
                        lue.numero,
                        lue.etat,
                        _write_motifs(lue),
                        lue.numero in confirmed,
                        dossiers.get(lue.numero),
                    )
                )
        cursor.execute(
            "UPDATE actes_ligne l SET etat = e.etat, motifs = e.motifs,"
            " confirmee = e.confirmee, dossier_id = e.dossier_id"
            " FROM etat_ligne e WHERE l.lot_id = %s AND l.numero = e.numero",
            [lot.pk],
        )


def set_lot_state(
    *,
    lot: Lot,
    etat: Lot.Etat,
    compte: Mapping[str, int],
    by: Author,
    on: date,
    correspondance: Mapping[int, str] | None = None,
) -> Lot:
    """Move a list to a state with its count, and write the audit line."""
    lot.etat = etat
    lot.compte = dict(compte)
    if etat == Lot.Etat.APPLIQUE:
        lot.applique_le = on
    if correspondance is not None:
        lot.lecture = {
            **lot.lecture,
            "correspondance": {str(i): champ for i, champ in correspondance.items()},
        }
    lot.save(update_fields=["etat", "compte", "applique_le", "lecture"])
    record_event(
        kind=_EVENTS[etat],
        by=by,
        on=on,
        target_type="lot",
        target_id=lot.pk,
        details=dict(compte),
    )
    return lot


def record_correspondance(
    *, lot: Lot, correspondance: Mapping[int, str], entetes: Sequence[str]
) -> None:
    """Keep what a person decided of each column, for the next list of the same source."""
    Correspondance.objects.bulk_create(
        [
            Correspondance(
                departement_id=lot.departement_id,
                source=lot.source,
                type=lot.type,
                entete=entetes[index][:200],
                champ=champ,
            )
            for index, champ in correspondance.items()
        ],
        update_conflicts=True,
        unique_fields=["departement", "source", "type", "entete"],
        update_fields=["champ"],
    )


def record_actes(
    *,
    actes: Sequence[tuple[UUID, ActeRecu, int]],
    type_acte: str,
    lot: Lot,
    nouveaux: bool = False,
) -> None:
    """Write the acts of a list, in bulk: dossier, act, line. One already there is left alone.

    `nouveaux`: nothing is known of these files yet, and each has one act.
    """
    copy = copy_rows if nouveaux else copy_new_rows
    copy(
        Acte,
        (
            "id", "dossier_id", "type", "survenu_le", "recu_le", "audience_le",
            "audience_heure", "juridiction", "montant", "sens", "delai_jusqu_au", "reference",
            "lot_id", "ligne", "source", "annonce_le",
        ),
        (
            (
                new_key(), dossier_id, type_acte, a.survenu_le, a.recu_le, a.audience_le,
                a.audience_heure, a.juridiction, a.montant, a.sens, a.delai_jusqu_au, a.reference,
                lot.pk, numero, lot.source, lot.depose_le,
            )
            for dossier_id, a, numero in actes
        ),
    )  # fmt: skip


def _write_motifs(lue: LigneLue) -> str:
    return json.dumps([m.as_dict() for m in lue.motifs]) if lue.motifs else "[]"


def _encode(cell: object) -> dict[str, str]:
    """Return what JSON has no word for as {kind: ISO text}, see actes.queries.decode."""
    if isinstance(cell, datetime):
        return {"instant": cell.isoformat()}
    if isinstance(cell, date):
        return {"date": cell.isoformat()}
    if isinstance(cell, time):
        return {"heure": cell.isoformat()}
    raise TypeError(f"{type(cell).__name__} in a cell")


_write_cells: Callable[[Sequence[Cell]], str] = json.JSONEncoder(default=_encode).encode
