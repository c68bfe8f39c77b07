"""Open and complete files by the thousand, for the import."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from seuil.acteurs.models import Role
from seuil.dossiers.models import (
    Acces,
    Bail,
    Composition,
    Coordonnee,
    Dette,
    Dossier,
    Logement,
    Personne,
    SuiviSocial,
)
from seuil.dossiers.operations.bailleurs import (
    find_or_create_bailleurs,
    list_bailleurs_partages,
)
from seuil.dossiers.operations.dossiers import assign_numeros
from seuil.dossiers.rules import MenageRecu, is_contradicted, read_bailleur
from seuil.kernel.bulk import copy_new_rows, copy_rows
from seuil.kernel.contexte import acting_as_machine
from seuil.kernel.models import new_id, new_key


def open_dossiers(
    *, departement: str, menages: Sequence[MenageRecu], sources: Sequence[str], on: date
) -> dict[str, UUID]:
    """Open a file for each household, in bulk; return the new identifiers by key.

    The keys are distinct and none is open in the département: the caller holds the import lock.
    """
    numeros = assign_numeros(departement=departement, annee=on.year, count=len(menages))
    ids = {menage.cle: new_id() for menage in menages}
    copy_rows(
        Dossier,
        ("id", "numero", "departement_id", "parc", "ouvert_le", "cle"),
        (
            (ids[m.cle], numero, departement, m.parc, on, m.cle)
            for m, numero in zip(menages, numeros, strict=True)
        ),
    )
    copy_rows(
        Personne,
        ("id", "dossier_id", "qualite", "rang", "nom", "prenom", "ne_le"),
        (
            row
            for m in menages
            for row in (
                (new_key(), ids[m.cle], "titulaire", 1, m.nom, m.prenom, m.ne_le),
                (new_key(), ids[m.cle], "co_titulaire", 1, m.nom2, m.prenom2, None),
            )
            if row[4]
        ),
    )
    copy_rows(
        Logement,
        ("id", "dossier_id", "adresse", "complement", "code_postal", "commune_id", "type_logement"),
        (
            (new_key(), ids[m.cle], m.adresse, m.complement, m.code_postal, m.commune, "")
            for m in menages
        ),
    )
    dits = {m.cle: read_bailleur(m) for m in menages}
    bailleurs = find_or_create_bailleurs(departement=departement, dits=dits)
    copy_rows(
        Bail,
        ("id", "dossier_id", "bailleur_id", "signe_le", "clause_duree", "loyer", "charges"),
        (
            (
                new_key(),
                ids[m.cle],
                bailleurs[m.cle],
                m.bail_le,
                m.clause,
                m.loyer,
                m.charges,
            )
            for m in menages
        ),
    )
    faits = [(ids[m.cle], m, on, s) for m, s in zip(menages, sources, strict=True)]
    add_faits(faits=faits, nouveaux=True)
    return ids


def complete_dossiers(*, departement: str, menages: Mapping[UUID, MenageRecu]) -> None:
    """Fill what was empty in files that new rows describe again; nothing known is overwritten."""
    known = list(Bail.objects.filter(dossier__in=menages).select_related("bailleur"))
    bailleurs = _place_bailleurs(departement, known, menages)
    baux = []
    for bail in known:
        menage = menages[bail.dossier_id]
        found = (
            bailleurs.get(bail.dossier_id, bail.bailleur_id),
            bail.signe_le or menage.bail_le,
            bail.clause_duree or menage.clause,
            menage.loyer if bail.loyer is None else bail.loyer,
            menage.charges if bail.charges is None else bail.charges,
        )
        if found != (
            bail.bailleur_id, bail.signe_le, bail.clause_duree, bail.loyer, bail.charges
        ):  # fmt: skip
            (
                bail.bailleur_id, bail.signe_le, bail.clause_duree, bail.loyer, bail.charges
            ) = found  # fmt: skip
            baux.append(bail)
    Bail.objects.bulk_update(
        baux, ["bailleur", "signe_le", "clause_duree", "loyer", "charges"], batch_size=1000
    )
    for parc in ("prive", "social"):
        said = [pk for pk, menage in menages.items() if menage.parc == parc]
        Dossier.objects.filter(pk__in=said, parc="inconnu").update(parc=parc)


def _place_bailleurs(
    departement: str, baux: Sequence[Bail], menages: Mapping[UUID, MenageRecu]
) -> dict[UUID, UUID | None]:
    """Return the landlord of the files that had none, or one that a list now tells apart.

    Merged by their name with a namesake whose phone is another, they get their own.
    """
    shared = list_bailleurs_partages(ids={b.bailleur_id for b in baux if b.bailleur_id})
    dits = {
        bail.dossier_id: dit
        for bail in baux
        if (dit := read_bailleur(menages[bail.dossier_id]))
        and (
            bail.bailleur is None
            or (bail.bailleur_id in shared and is_contradicted(dit, bail.bailleur.dit))
        )
    }
    return find_or_create_bailleurs(departement=departement, dits=dits) if dits else {}


def add_faits(
    *, faits: Sequence[tuple[UUID, MenageRecu, date, str]], nouveaux: bool = False
) -> None:
    """Add the dated facts that rows bring (contacts, composition, social follow-up), in bulk.

    Each item is the file, the row, the day it was said and its source. A fact already known is
    left as it is; `nouveaux`, nothing is known of these files yet, and each has one row.
    """
    copy = copy_rows if nouveaux else copy_new_rows
    copy(
        Coordonnee,
        ("id", "dossier_id", "type", "valeur", "valide_du", "source"),
        (
            (new_key(), pk, kind, value, le, source)
            for pk, m, le, source in faits
            for kind, value in (("telephone", m.telephone), ("courriel", m.courriel))
            if value
        ),
    )
    copy(
        Composition,
        ("id", "dossier_id", "adultes", "enfants", "constatee_le", "source"),
        (
            (new_key(), pk, m.adultes, m.enfants, le, source)
            for pk, m, le, source in faits
            if m.adultes is not None or m.enfants is not None
        ),
    )
    copy(
        SuiviSocial,
        ("id", "dossier_id", "situation", "service", "mesure", "constate_le", "source"),
        (
            (new_key(), pk, m.suivi, m.service_social, "", le, source)
            for pk, m, le, source in faits
            if m.suivi
        ),
    )


def add_dettes(
    *, dettes: Sequence[tuple[UUID, date, Decimal, str]], nouveaux: bool = False
) -> None:
    """Add dated debts in bulk: file, day, amount, source. A debt already known stays.

    `nouveaux`: nothing is known of these files yet, and each has one row.
    """
    copy = copy_rows if nouveaux else copy_new_rows
    copy(
        Dette,
        ("id", "dossier_id", "constatee_le", "montant", "source"),
        ((new_key(), *dette) for dette in dettes),
    )


def open_instruction(*, dossier_ids: Collection[UUID], on: date) -> None:
    """Let the préfecture's agents reach files, in bulk; a link already open stays as it is."""
    role = Role.GESTIONNAIRE
    with acting_as_machine("acces", on=on):
        copy_new_rows(
            Acces,
            ("id", "dossier_id", "relation", "role", "debut_le"),
            ((new_key(), pk, Acces.Relation.INSTRUCTION, role, on) for pk in dossier_ids),
        )
