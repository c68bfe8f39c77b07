"""Find a landlord among those known, or create it: two of the same name stay two."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Count

from seuil.acteurs.models import Agent
from seuil.dossiers.models import Bail, Bailleur, Dossier
from seuil.dossiers.operations._journal import record_line
from seuil.dossiers.operations.corrections import Pourquoi, ValeursChangees, record_corrections
from seuil.dossiers.operations.dossiers import lock_dossier
from seuil.dossiers.rules import (
    BailleurConnu,
    BailleurDit,
    compute_cle_bailleur,
    find_same,
    list_namesakes,
    normalise,
)
from seuil.kernel.contexte import acting_as_machine
from seuil.kernel.models import new_id
from seuil.kernel.refusal import Refusal

K = TypeVar("K")
# What a source may add to a landlord that is known: never in place of what is.
_COMPLETES = ("siret", "adresse", "telephone", "courriel", "mandataire")


def find_or_create_bailleurs(
    *, departement: str, dits: Mapping[K, BailleurDit | None]
) -> dict[K, UUID | None]:
    """Return, for each description, the landlord that is surely the same, or a new one.

    The caller writes as the machine: a landlord may be that of files closed to whoever asks.
    """
    said = [dit for dit in dits.values() if dit]
    known = _read_known(departement, said)
    by_name: dict[str, list[Bailleur]] = {}
    by_siret: dict[str, Bailleur] = {}
    for row in known:
        by_name.setdefault(normalise(row.nom), []).append(row)
        if row.siret:
            by_siret[row.siret] = row
    found: dict[K, UUID | None] = {}
    created: list[Bailleur] = []
    completed: dict[UUID, Bailleur] = {}
    for key, dit in dits.items():
        if dit is None:
            found[key] = None
            continue
        same = _find(dit, by_name, by_siret)
        row = same or _make(departement, dit)
        if same is None:
            created.append(row)
            by_name.setdefault(normalise(dit.nom), []).append(row)
        elif _complete(row, dit):
            completed[row.pk] = row
        if row.siret:
            by_siret[row.siret] = row
        found[key] = row.pk
    _save(created, completed)
    return found


def _find(
    dit: BailleurDit, by_name: Mapping[str, list[Bailleur]], by_siret: Mapping[str, Bailleur]
) -> Bailleur | None:
    if dit.siret in by_siret:
        return by_siret[dit.siret]
    rows = {row.pk: row for row in by_name.get(normalise(dit.nom), ())}
    same = find_same(dit, [BailleurConnu(pk, row.dit) for pk, row in rows.items()])
    return rows[same.pk] if same else None


def _make(departement: str, dit: BailleurDit) -> Bailleur:
    pk = new_id()
    row = Bailleur(pk=pk, departement_id=departement, nom=dit.nom, nature=dit.nature)
    _complete(row, dit)
    row.cle = compute_cle_bailleur(dit)
    return row


def _complete(row: Bailleur, dit: BailleurDit) -> bool:
    """Fill what was empty of a landlord; tell whether something was."""
    before = [getattr(row, c) for c in (*_COMPLETES, "nature")]
    for champ in _COMPLETES:
        if not getattr(row, champ):
            setattr(row, champ, getattr(dit, champ))
    if row.nature == Bailleur.Nature.INCONNUE:
        row.nature = dit.nature
    return before != [getattr(row, c) for c in (*_COMPLETES, "nature")]


def _save(created: Collection[Bailleur], completed: Mapping[UUID, Bailleur]) -> None:
    taken = set(
        Bailleur.objects.filter(cle__in=[b.cle for b in created]).values_list(
            "departement_id", "cle"
        )
    )
    for row in created:
        if (row.departement_id, row.cle) in taken:
            # Its name or its phone was corrected since: the key is another's by now.
            row.cle = f"{row.cle[:160]}|{row.pk}"
        taken.add((row.departement_id, row.cle))
    Bailleur.objects.bulk_create(created, batch_size=1000)
    olds = [row for pk, row in completed.items() if pk not in {c.pk for c in created}]
    Bailleur.objects.bulk_update(olds, [*_COMPLETES, "nature"], batch_size=1000)


def _read_known(departement: str, dits: Collection[BailleurDit]) -> list[Bailleur]:
    names = {normalise(d.nom)[:100] for d in dits}
    sirets = {d.siret for d in dits if d.siret}
    if not names:
        return []
    return list(Bailleur.objects.raw(_CONNUS, [departement, sorted(names), sorted(sirets)]))


# The key begins with the name, whatever tells it apart.
_CONNUS = """
SELECT * FROM dossiers_bailleur WHERE departement_id = %s
  AND (split_part(cle, '|', 1) = ANY(%s::text[]) OR siret <> '' AND siret = ANY(%s::text[]))
ORDER BY created_at, id
"""


def list_bailleurs_partages(*, ids: Collection[UUID]) -> set[UUID]:
    """Return, of some landlords, those of several files."""
    if not ids:
        return set()
    rows = Bail.objects.filter(bailleur__in=ids).values("bailleur").annotate(n=Count("id"))
    return set(rows.filter(n__gt=1).values_list("bailleur", flat=True))


def list_homonymes(*, departement: str, dit: BailleurDit, on: date) -> list[Bailleur]:
    """Return the landlords known that may be the one described, the same name first."""
    with acting_as_machine("bailleur", on=on, departement=departement):
        rows = {row.pk: row for row in _read_known(departement, [dit])}
    kept = list_namesakes(dit, [BailleurConnu(pk, row.dit) for pk, row in rows.items()])
    return [rows[k.pk] for k in kept]


def set_cle_bailleur(*, bailleur: Bailleur) -> None:
    """Give a landlord the key of its corrected name; one that is taken is told apart."""
    cle = compute_cle_bailleur(bailleur.dit)
    namesakes = Bailleur.objects.filter(departement=bailleur.departement_id, cle=cle)
    if namesakes.exclude(pk=bailleur.pk).exists():
        cle = f"{cle[:160]}|{bailleur.pk}"
    Bailleur.objects.filter(pk=bailleur.pk).update(cle=cle)


def create_bailleur(*, departement: str, dit: BailleurDit) -> UUID:
    """Create a landlord that a person says to be none of its namesakes."""
    row = _make(departement, dit)
    _save([row], {})
    return row.pk


class BailleurAChoisir(Refusal):
    """Landlords of that name are known: a person says whether it is one of them."""

    def __init__(self, homonymes: list[Bailleur]) -> None:
        super().__init__(
            "Un bailleur de ce nom est déjà connu\N{NO-BREAK SPACE}: dites si c’est lui, ou un"
            " autre de même nom."
        )
        self.homonymes = homonymes


@transaction.atomic
def replace_bailleur(
    *, dossier: Dossier, bailleur_id: UUID, pourquoi: Pourquoi, by: Agent, on: date
) -> Bail:
    """Say that the landlord of a file is another one; the former is kept in its history."""
    lock_dossier(dossier)
    bail = Bail.objects.select_related("bailleur").filter(dossier=dossier).first()
    bail = bail or Bail(dossier=dossier)
    before, after = bail.bailleur, Bailleur.objects.get(pk=bailleur_id)
    if bail.bailleur_id == bailleur_id:
        return bail
    bail.bailleur = after
    bail.save()
    changees = ValeursChangees(
        "bail", bail.pk, {"bailleur": before.ligne if before else ""}, {"bailleur": after.ligne}
    )
    record_corrections(dossier=dossier, changees=changees, pourquoi=pourquoi, by=by, on=on)
    record_line("bailleur.change", dossier, by, on)
    return bail
