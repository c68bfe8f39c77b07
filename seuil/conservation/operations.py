"""Hold files, keep the register of requests, erase what is due and write what remains."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models.functions import Cast
from psycopg import sql

from seuil.accompagnements.models import Choix
from seuil.actes.models import Ligne, Lot, Proposition
from seuil.acteurs.models import Agent
from seuil.audit.operations import Author, record_event
from seuil.conservation.models import DemandeDroit, Gel, ResteAnonyme
from seuil.conservation.queries.expirations import list_documents_orphelins, list_expires
from seuil.conservation.queries.tables import list_rows_du_dossier
from seuil.conservation.rules import DemandeSaisie
from seuil.dossiers.models import Bail, Bailleur, Document, Dossier, Logement, Personne
from seuil.kernel.cartes import list_cartes
from seuil.kernel.refusal import Refusal
from seuil.kernel.tables import get_meta, get_table


class MotifManquant(Refusal):
    message = "Dites pourquoi\N{NO-BREAK SPACE}: le motif est obligatoire."


class DejaGele(Refusal):
    message = "La conservation de ce dossier est déjà gelée. Levez d’abord le gel en cours."


class AucunGel(Refusal):
    message = "Aucun gel n’est en cours sur ce dossier\N{NO-BREAK SPACE}: il n’y a rien à lever."


class DemandeMalDatee(Refusal):
    message = "Cette date est à venir, ou précède la demande\N{NO-BREAK SPACE}: vérifiez-la."


class DemandeDejaTraitee(Refusal):
    message = "Cette demande a déjà reçu sa réponse\N{NO-BREAK SPACE}: enregistrez-en une nouvelle."


class DemandeDejaInscrite(Refusal):
    message = (
        "Cette demande est déjà au registre, sans réponse encore : la même personne, le même droit,"
        " le même objet, reçue le même jour."
    )


class DelaiDejaProlonge(Refusal):
    message = "Le délai de cette demande est déjà prolongé : il ne l’est qu’une fois."


@transaction.atomic
def record_gel(*, dossier: Dossier, motif: str, by: Author, on: date) -> Gel:
    """Hold a file: nothing of it is erased until the hold is lifted.

    Raises MotifManquant, DejaGele.
    """
    motif = motif.strip()
    if not motif:
        raise MotifManquant
    if Gel.objects.filter(dossier=dossier, leve_le=None).exists():
        raise DejaGele
    gel = Gel.objects.create(dossier=dossier, motif=motif, pose_le=on, pose_par=by.author_label)
    record_event(
        kind="conservation.gelee", by=by, on=on, target_type="dossier", target_id=dossier.pk
    )
    return gel


@transaction.atomic
def end_gel(*, dossier: Dossier, by: Author, on: date) -> None:
    """Lift the hold of a file. Raises AucunGel."""
    ended = Gel.objects.filter(dossier=dossier, leve_le=None).update(
        leve_le=on, leve_par=by.author_label
    )
    if not ended:
        raise AucunGel
    record_event(
        kind="conservation.degelee", by=by, on=on, target_type="dossier", target_id=dossier.pk
    )


@transaction.atomic
def record_demande(
    *, dossier: Dossier, demande: DemandeSaisie, by: Author, on: date
) -> DemandeDroit:
    """Add a person's request to the register. Raises DemandeMalDatee, DemandeDejaInscrite."""
    if demande.recue_le > on:
        raise DemandeMalDatee
    said = {
        "dossier": dossier,
        "droit": demande.droit,
        "demandeur": demande.demandeur.strip(),
        "objet": demande.objet.strip(),
        "recue_le": demande.recue_le,
    }
    # Two clicks at once wait for one another.
    with connection.cursor() as cursor:
        key = f"demande:{dossier.pk}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    if DemandeDroit.objects.filter(**said, repondue_le=None).exists():
        raise DemandeDejaInscrite
    added = DemandeDroit.objects.create(
        departement_id=dossier.departement_id, enregistree_par=by.author_label, **said
    )
    record_event(
        kind="demande.recue",
        by=by,
        on=on,
        target_type="dossier",
        target_id=dossier.pk,
        details={"droit": demande.droit, "demande": str(added.pk)},
    )
    return added


@transaction.atomic
def extend_demande(*, demande: DemandeDroit, by: Author, on: date) -> None:
    """Give two months more to answer; the person must be told why.

    Raises DemandeDejaTraitee, DelaiDejaProlonge.
    """
    rows = DemandeDroit.objects.filter(pk=demande.pk, repondue_le=None)
    if not rows.filter(prolongee=False).update(prolongee=True):
        raise DelaiDejaProlonge if rows.exists() else DemandeDejaTraitee
    _record_demande("demande.prolongee", demande, by, on, {})


@transaction.atomic
def record_decision(
    *, demande: DemandeDroit, decision: str, motif: str, repondue_le: date, by: Author, on: date
) -> None:
    """Write what was decided of a request, why, and on which day it was answered.

    Raises MotifManquant, DemandeMalDatee, DemandeDejaTraitee.
    """
    motif = motif.strip()
    if not motif and decision != DemandeDroit.Decision.ACCORDEE:
        raise MotifManquant
    if repondue_le > on or repondue_le < demande.recue_le:
        raise DemandeMalDatee
    rows = DemandeDroit.objects.filter(pk=demande.pk, repondue_le=None)
    if not rows.update(decision=decision, motif=motif, repondue_le=repondue_le):
        raise DemandeDejaTraitee
    _record_demande("demande.repondue", demande, by, on, {"decision": decision})


def _record_demande(
    kind: str, demande: DemandeDroit, by: Author, on: date, details: Mapping[str, str]
) -> None:
    record_event(
        kind=kind,
        by=by,
        on=on,
        target_type="demande",
        target_id=demande.pk,
        details={"droit": demande.droit, **details},
    )


@dataclass(frozen=True, slots=True)
class Effacement:
    """What was erased with a file: rows by table, names of the documents' files."""

    lignes: Mapping[str, int]
    fichiers: Sequence[Path]


@transaction.atomic
def delete_dossier(*, dossier: Dossier) -> Effacement:
    """Erase a file: its rows in every table, the staged rows that describe it, its documents' rows.

    The register of requests forgets whose they were. The files of the documents are the caller's to
    remove, once the transaction holds: see `delete_fichiers`.
    """
    keys = list_rows_du_dossier(dossier_id=dossier.pk)
    bailleurs = Bail.objects.filter(dossier=dossier, bailleur__isnull=False)
    landlords = list(bailleurs.order_by("pk").values_list("bailleur", flat=True))
    fichiers = [_locate(dossier.departement_id, str(pk)) for pk in keys[Document]]
    lignes = {"actes_ligne": _delete_lignes_semblables(dossier)}
    DemandeDroit.objects.filter(dossier=dossier).update(
        dossier=None, demandeur="", objet="", motif=""
    )
    for model in reversed(list(keys)):
        table = get_table(model)
        lignes[table] = lignes.get(table, 0) + _delete_rows(model, keys[model])
    lignes["dossiers_bailleur"] = (
        Bailleur.objects.filter(pk__in=landlords, baux=None).delete()[0] if landlords else 0
    )
    return Effacement({t: n for t, n in sorted(lignes.items()) if n}, fichiers)


def _delete_rows(model: type[models.Model], keys: Collection[Any]) -> int:
    """Delete rows by key, without asking each table that might name them: those went before."""
    if not keys:
        return 0
    meta = get_meta(model)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("DELETE FROM {} WHERE {} = ANY(%s)").format(
                sql.Identifier(meta.db_table), sql.Identifier(str(meta.pk.column))
            ),
            [list(keys)],
        )
        return int(cursor.rowcount)


def _delete_lignes_semblables(dossier: Dossier) -> int:
    """Delete the staged rows, refused or known already, that describe the household."""
    people = Personne.objects.filter(dossier=dossier).order_by("qualite", "rang")
    home = Logement.objects.filter(dossier=dossier).first()
    deleted = 0
    for person in people:
        words = [person.nom, person.prenom or (home.adresse if home else "")]
        rows = Ligne.objects.filter(lot__departement=dossier.departement_id, dossier=None)
        rows = rows.annotate(texte=Cast("cellules", models.TextField()))
        for word in filter(None, words):
            rows = rows.filter(texte__icontains=word)
        deleted += rows.delete()[0]
    return deleted


def create_reste(**fields: Any) -> ResteAnonyme:
    """Write what remains of an erased file, under a random identifier."""
    return ResteAnonyme.objects.create(id=uuid4(), **fields)


def add_comptes(*, departement: str, comptes: Iterable[Any]) -> None:
    """Add to the anonymous figures what an erased file counted."""
    with connection.cursor() as cursor:
        cursor.executemany(
            _ADD_COMPTE,
            [
                (
                    uuid4(), departement, c.operateur_id, c.indicateur, c.mois, c.le, c.detail,
                    c.nombre,
                )
                for c in comptes
            ],
        )  # fmt: skip


_ADD_COMPTE = """
INSERT INTO conservation_compteanonyme AS k
  (id, departement, operateur_id, indicateur, mois, le, detail, nombre)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (departement, operateur_id, indicateur, mois, le, detail)
DO UPDATE SET nombre = k.nombre + excluded.nombre
"""


def _locate(departement: str, name: str) -> Path:
    return Path(settings.SEUIL_DOCUMENTS) / departement / name


def delete_fichiers(*, fichiers: Iterable[Path]) -> None:
    """Remove the files of erased documents."""
    for path in fichiers:
        path.unlink(missing_ok=True)


def delete_orphelins(*, departement: str, before: float) -> int:
    """Remove the files that no document bears any more, older than an instant; return how many.

    A process killed between the end of a transaction and the removal of the files leaves some; a
    file that was just written waits for its own transaction.
    """
    folder = _locate(departement, "")
    if not folder.is_dir():
        return 0
    old = {p.name: p for p in folder.iterdir() if p.is_file() and p.stat().st_mtime < before}
    names = list_documents_orphelins(names=old, departement=departement)
    delete_fichiers(fichiers=[old[name] for name in names])
    return len(names)


@transaction.atomic
def delete_expires(*, regle: str, departement: str, on: date) -> int:
    """Erase, or make anonymous, what a rule other than the file's says is due; return how many."""
    keys = list_expires(regle=regle, departement=departement, on=on)
    if keys:
        _EFFACER[regle](keys)
    return len(keys)


def _erase_lots(keys: Collection[Any]) -> None:
    Lot.objects.filter(pk__in=keys).update(
        lecture={}, compte={}, nom_fichier="", depose_par="", source="liste effacée"
    )


def _erase_agents(keys: Collection[Any]) -> None:
    """Take the name off accounts that ended; what they did stays theirs, by identifier."""
    for carte in list_cartes():
        if carte.model is Agent or carte.privacy.retention != "habilitation":
            continue
        for field in carte.meta.concrete_fields:
            if field.related_model is Agent:
                rows = carte.model._base_manager.filter(**{f"{field.name}__in": keys})
                rows.delete()
                break
    for pk in keys:
        Agent.objects.filter(pk=pk).update(
            nom="Ancien agent",
            prenom="",
            courriel=f"{uuid4()}@efface.invalid",
            password="!",  # noqa: S106 - Django's mark of a password that opens nothing
            last_login=None,
            is_active=False,
        )


_EFFACER: Mapping[str, Callable[[Collection[Any]], object]] = {
    "ligne": partial(_delete_rows, Ligne),
    "liste": _erase_lots,
    "proposition": partial(_delete_rows, Proposition),
    "bailleur": partial(_delete_rows, Bailleur),
    "habilitation": _erase_agents,
    "demande": partial(_delete_rows, DemandeDroit),
    "convention": partial(_delete_rows, Choix),
}
# Rules that `delete_expires` applies; the file's own is `delete_dossier`.
REGLES_A_TERME = tuple(_EFFACER)


@transaction.atomic
def rectify_champ(*, row: models.Model, champ: str, valeur: Any) -> None:
    """Write the corrected value of one column of one row, checked by the model's own rules."""
    rows = type(row)._base_manager.filter(pk=row.pk)
    rows.update(**{champ: valeur})
