"""Rebuild what files are found by."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db import connection

from seuil.kernel.bulk import Keyed, as_array, replace_projection
from seuil.recherche.models import Mention
from seuil.recherche.rules.mots import (
    join_commune,
    list_mots_de_l_adresse,
    list_mots_du_nom,
    read_telephone,
)
from seuil.recherche.rules.sons import write_son

_LONGUEUR = 100


def refresh_mentions(*, dossier_ids: Collection[UUID]) -> None:
    """Replace the words by which files are found by those of their facts; idempotent."""
    ids = list(dossier_ids)
    if not ids:
        return
    replace_projection(
        Mention,
        scope="dossier_id",
        scope_ids=ids,
        key=("dossier_id", "mot", "nature", "source"),
        content=("departement", "son"),
        rows=_iter_rows(_read(ids)),
    )


def delete_mentions(*, dossier_ids: Collection[UUID]) -> None:
    """Make files found by nothing: their processing is limited."""
    Mention.objects.filter(dossier__in=list(dossier_ids)).delete()


def _read(ids: list[UUID]) -> list[tuple[Any, ...]]:
    """Read the facts, before anything is written: a COPY in progress lets no query through."""
    with connection.cursor() as cursor:
        cursor.execute(_LIRE, [as_array(ids)])
        return list(cursor.fetchall())


def _iter_rows(read: Iterable[tuple[Any, ...]]) -> Iterator[Keyed]:
    """Yield the rows of files; equal contents are shared."""
    contents: dict[tuple[str, str], tuple[str, str]] = {}
    for dossier, departement, nature, source, textes in read:
        nomme = nature in {"personne", "bailleur", "mandataire"}
        for mot in _list_mots(nature, textes):
            content = (departement, write_son(mot) if nomme else "")
            yield (dossier, mot, nature, source), contents.setdefault(content, content)


def _list_mots(nature: str, textes: list[str]) -> Collection[str]:
    if nature.startswith("tel"):
        found: Collection[str] = {read_telephone(textes[0])}
    elif nature == "adresse":
        found = list_mots_de_l_adresse(*textes)
    elif nature == "commune":
        found = {join_commune(textes[0])}
    else:
        found = list_mots_du_nom(*textes)
    return {mot[:_LONGUEUR] for mot in found if mot}


# Of one dossier at a time, by its index (LIMIT), as for the situations: during an import the
# planner believes the tables small.
_LIRE = """
SELECT d.id, d.departement_id, x.nature, x.source, x.textes
FROM dossiers_dossier d CROSS JOIN LATERAL (
  (SELECT 'personne' AS nature, p.id AS source, ARRAY[p.nom, p.prenom]::text[] AS textes
    FROM dossiers_personne p WHERE p.dossier_id = d.id LIMIT 1000)
  UNION ALL
  (SELECT 'telephone', c.id, ARRAY[c.valeur]::text[]
    FROM dossiers_coordonnee c WHERE c.dossier_id = d.id AND c.type = 'telephone' LIMIT 1000)
  UNION ALL
  (SELECT u.nature, l.id, u.textes
    FROM (SELECT * FROM dossiers_logement l WHERE l.dossier_id = d.id LIMIT 1) l
    JOIN acteurs_commune k ON k.code = l.commune_id
    CROSS JOIN LATERAL (VALUES
      ('adresse', ARRAY[l.adresse, l.complement]::text[]),
      ('commune', ARRAY[k.nom]::text[])) u(nature, textes))
  UNION ALL
  (SELECT u.nature, o.id, u.textes
    FROM (SELECT b.bailleur_id FROM dossiers_bail b WHERE b.dossier_id = d.id LIMIT 1) b
    JOIN dossiers_bailleur o ON o.id = b.bailleur_id
    CROSS JOIN LATERAL (VALUES
      ('bailleur', ARRAY[o.nom]::text[]),
      ('tel_bailleur', ARRAY[o.telephone]::text[]),
      ('mandataire', ARRAY[o.mandataire]::text[])) u(nature, textes))
) x
WHERE d.id = ANY(%s::uuid[])
"""
