"""Correct what is wrong about a person (RGPD, art. 16), and say who must be told (art. 19)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from seuil.acteurs.models import Agent
from seuil.audit.operations import Author, record_event
from seuil.conservation.models import DemandeDroit
from seuil.conservation.operations import MotifManquant, rectify_champ
from seuil.conservation.queries.demandes import list_personnes
from seuil.conservation.queries.lecteurs import Lecteur, list_lecteurs
from seuil.conservation.queries.tables import (
    get_categorie,
    list_personnelles,
    list_rows,
    list_rows_du_dossier,
    name_field,
)
from seuil.dossiers.models import Bailleur, Dossier
from seuil.dossiers.operations.corrections import delete_corrections
from seuil.dossiers.operations.dossiers import set_cle
from seuil.dossiers.queries import list_dossiers_du_bailleur
from seuil.dossiers.rules import compute_cle
from seuil.kernel.cartes import read_carte
from seuil.kernel.contexte import acting_as_machine
from seuil.kernel.refusal import Refusal
from seuil.kernel.tables import get_column
from seuil.recherche.operations import refresh_mentions
from seuil.usecases._habilitation import require_verbe
from seuil.usecases.limit_dossier import record_exercice
from seuil.usecases.refresh_dossiers import refresh_dossiers

# Not the person's word, nor said of them.
_APART = frozenset({"dossier", "gel", "acces"})
# Columns that place a row among others, and keys of matching.
_STRUCTURE = frozenset({"dossier", "rang", "cle"})


class TableInconnue(Refusal):
    """No such table of the file, or one that is computed."""


class ChampInconnu(Refusal):
    """No such column, or one that is not the person's data."""


class LigneInconnue(Refusal):
    """No row, or several among which to choose."""


class ValeurRefusee(Refusal):
    """The column does not take that value."""


@dataclass(frozen=True, slots=True)
class Rectification:
    """What was corrected, and who read or received the old value."""

    champ: str
    lecteurs: Sequence[Lecteur]
    cle_inchangee: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationSaisie:
    """Which value is wrong, the right one, and why.

    `ligne` is the identifier of the row when the table has several for the file.
    """

    table: str
    champ: str
    valeur: str
    motif: str
    ligne: str = ""


@transaction.atomic
def rectify_fait(
    *, dossier: Dossier, saisie: RectificationSaisie, by: Author, on: date
) -> Rectification:
    """Write the right value in place of the wrong one; the wrong one is kept nowhere.

    Raises HabilitationRefusee, MotifManquant, TableInconnue, ChampInconnu, LigneInconnue,
    ValeurRefusee.
    """
    if isinstance(by, Agent):
        require_verbe(by=by, verbe="rgpd.exercer")
    if not saisie.motif.strip():
        raise MotifManquant
    with acting_as_machine("rgpd", on=on, departement=dossier.departement_id):
        tables = _list_rectifiables(dossier)
        model = _find_table(tables, saisie.table)
        _check_champ(model, saisie.champ)
        row = _find_row(model, tables[model], saisie.ligne)
        categorie = get_categorie(row=row)
        since = getattr(row, "created_at", None)
        lecteurs = list_lecteurs(
            dossier=dossier,
            categorie=categorie,
            depuis=since.date() if since else dossier.ouvert_le,
            on=on,
        )
        _write(row, saisie.champ, saisie.valeur)
        delete_corrections(ligne=row.pk, champ=saisie.champ)
        cle_kept = (
            not _refresh_cle(dossier) if model.__name__ in {"Personne", "Logement"} else False
        )
        refresh_dossiers(dossier_ids=[dossier.pk], on=on)
        if isinstance(row, Bailleur):
            # Shared: each file where it has a lease is found by it.
            refresh_mentions(dossier_ids=list_dossiers_du_bailleur(bailleur=row))
        record_event(
            kind="fait.rectifie",
            by=by,
            on=on,
            target_type="dossier",
            target_id=dossier.pk,
            details={
                "table": model.__name__.lower(),
                "champ": saisie.champ,
                "ligne": str(row.pk),
                "organismes": [str(x.id) for x in lecteurs if x.id],
            },
        )
    record_exercice(
        dossier=dossier, droit=DemandeDroit.Droit.RECTIFICATION, motif=saisie.motif, by=by, on=on
    )
    return Rectification(name_field(model=model, field=saisie.champ), lecteurs, cle_kept)


def _list_rectifiables(dossier: Dossier) -> dict[type[models.Model], list[Any]]:
    rows = list_rows_du_dossier(dossier_id=dossier.pk)
    tables = {m: keys for m, keys in rows.items() if _is_rectifiable(m)}
    bail = getattr(dossier, "bail", None)
    tables[Bailleur] = [bail.bailleur_id] if bail and bail.bailleur_id else []
    return tables


def _is_rectifiable(model: type[models.Model]) -> bool:
    """Tell whether a table holds facts: what the journal does not follow is computed."""
    return model.__name__.lower() not in _APART and not read_carte(model).rls.non_suivie


def _find_table(tables: dict[type[models.Model], list[Any]], name: str) -> type[models.Model]:
    known = {m.__name__.lower(): m for m in tables}
    if name.lower() not in known:
        raise TableInconnue(
            f"La table «\N{NO-BREAK SPACE}{name}\N{NO-BREAK SPACE}» n’est pas de celles qu’on"
            f" rectifie. Choisissez parmi\N{NO-BREAK SPACE}: {', '.join(sorted(known))}."
        )
    return known[name.lower()]


def _check_champ(model: type[models.Model], champ: str) -> None:
    allowed = [
        name
        for name in list_personnelles(model=model)
        if name not in _STRUCTURE and not get_column(model, name).is_relation
    ]
    if champ not in allowed:
        raise ChampInconnu(
            f"Le champ «\N{NO-BREAK SPACE}{champ}\N{NO-BREAK SPACE}» ne se rectifie pas dans cette"
            f" table. Choisissez parmi\N{NO-BREAK SPACE}: {', '.join(allowed)}."
        )


def _find_row(model: type[models.Model], keys: Sequence[Any], ligne: str) -> models.Model:
    rows = list_rows(model=model, keys=keys)
    if ligne:
        rows = [r for r in rows if str(r.pk) == ligne or str(r.pk).replace("-", "") == ligne]
    if len(rows) == 1:
        return rows[0]
    if not rows:
        raise LigneInconnue(
            "Ce dossier n’a pas cette ligne\N{NO-BREAK SPACE}: vérifiez la table et --ligne."
        )
    choices = " ; ".join(f"--ligne {row.pk}" for row in rows)
    raise LigneInconnue(
        f"Ce dossier a {len(rows)} lignes dans cette table\N{NO-BREAK SPACE}: donnez {choices}"
    )


def _write(row: models.Model, champ: str, valeur: str) -> None:
    field: Any = get_column(row, champ)
    try:
        value = None if valeur == "" and field.null else field.clean(valeur, row)
        setattr(row, champ, value)
        row.validate_constraints()
        with transaction.atomic():
            rectify_champ(row=row, champ=champ, valeur=value)
    except (ValidationError, IntegrityError, ValueError) as error:
        told = " ".join(error.messages) if isinstance(error, ValidationError) else ""
        raise ValeurRefusee(
            f"Cette valeur n’est pas acceptée pour «\N{NO-BREAK SPACE}{champ}\N{NO-BREAK SPACE}»."
            f" {told or 'Une date s’écrit AAAA-MM-JJ, un montant 1234.56.'}"
        ) from error


def _refresh_cle(dossier: Dossier) -> bool:
    """Give the file the key of its corrected name and address; False when another has it."""
    people = list_personnes(dossier=dossier)
    home = getattr(dossier, "logement", None)
    if not people or home is None:
        return True
    home.refresh_from_db()
    cle = compute_cle(
        nom=people[0].nom, prenom=people[0].prenom, adresse=home.adresse, commune=home.commune_id
    )
    return set_cle(dossier=dossier, cle=cle)
