"""Rebuild the two projections of dossiers: deadlines, and where the procedure stands."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import connection

from seuil.dossiers.rules import normalise_nom
from seuil.echeances.models import Echeance, Situation, SituationDette, SituationSuivi
from seuil.echeances.queries.faits import list_actes
from seuil.echeances.rules.accomplies import (
    Cle,
    JoursEnAval,
    compute_caduques,
    compute_faites,
)
from seuil.echeances.rules.actes import list_faits
from seuil.echeances.rules.avancement import compute_avancement
from seuil.echeances.rules.calculs import Contexte, EcheanceCalculee, compute_echeances
from seuil.echeances.rules.faits import Fait
from seuil.echeances.rules.pauses import Acte
from seuil.kernel.bulk import Keyed, as_array, replace_projection


def refresh_echeances(
    *,
    dossier_ids: Collection[UUID],
    faits_en_aval: Iterable[Fait] = (),
    jours_en_aval: JoursEnAval = MappingProxyType({}),
) -> list[EcheanceCalculee]:
    """Replace the deadlines and the situation of dossiers by what their facts and the law entail.

    `faits_en_aval` are the facts that packages downstream hold (DSF, mandate, exchanges);
    `jours_en_aval`, those that make a step done.
    Idempotent: rows whose content is unchanged are not written. Returns the deadlines.
    """
    ids = list(dossier_ids)
    if not ids:
        return []
    actes = list_actes(dossier_ids=ids)
    fiches = _read_fiches(ids)
    faits = [fait for pk in ids for fait in list_faits(pk, actes.get(pk, ()))]
    faits += [f for f in faits_en_aval if f.dossier_id in fiches]
    echeances = compute_echeances(faits, {pk: fiche["contexte"] for pk, fiche in fiches.items()})
    replace_projection(
        Echeance,
        scope="dossier_id",
        scope_ids=ids,
        key=("dossier_id", "regle", "source_id"),
        content=(
            "departement", "source_type", "debut_le", "le", "autres", "certitude", "parametre",
            "arguments", "a_obtenir", "faite_le", "caduque_le",
        ),
        rows=_iter_rows(
            echeances,
            fiches,
            compute_faites(echeances, actes, jours_en_aval),
            compute_caduques(echeances, actes, jours_en_aval),
        ),
    )  # fmt: skip
    delais: dict[UUID, date] = {}
    for e in echeances:
        if e.regle == "A1" and e.le:
            delais[e.dossier_id] = max(e.le, delais.get(e.dossier_id, e.le))
    _replace_situations(ids, actes, fiches, delais)
    return echeances


def delete_projections(*, dossier_ids: Collection[UUID]) -> None:
    """Empty the projections of files whose processing is limited: no list, no date, no figure."""
    ids = list(dossier_ids)
    for model in (Echeance, Situation, SituationDette, SituationSuivi):
        model.objects.filter(dossier__in=ids).delete()


def _iter_rows(
    echeances: Iterable[EcheanceCalculee],
    fiches: Mapping[UUID, Mapping[str, Any]],
    faites: Mapping[Cle, date],
    caduques: Mapping[Cle, date],
) -> Iterator[Keyed]:
    """Yield the rows of deadlines; those of one computation share their content."""
    contents: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for dossier_id, regle, source_type, source_id, calcul in echeances:
        faite_le = faites.get((dossier_id, regle, source_id))
        caduque_le = caduques.get((dossier_id, regle, source_id))
        key = fiches[dossier_id]["departement"], source_type, id(calcul), faite_le, caduque_le
        content = contents.get(key)
        if content is None:
            content = contents[key] = (
                *key[:2], calcul.debut_le, calcul.le, as_array(calcul.autres),
                calcul.certitude, calcul.parametre, _dump(calcul.arguments), calcul.a_obtenir,
                faite_le, caduque_le,
            )  # fmt: skip
        yield (dossier_id, regle, source_id), content


@lru_cache(maxsize=65_536)
def _dump(arguments: tuple[tuple[str, str], ...]) -> str:
    """Write arguments as PostgreSQL gives them back: shortest keys first, then alphabetical."""
    ordered = sorted(arguments, key=lambda pair: (len(pair[0].encode()), pair[0]))
    return json.dumps(dict(ordered), ensure_ascii=False)


def _replace_situations(
    ids: Sequence[UUID],
    actes: Mapping[UUID, Sequence[Acte]],
    fiches: Mapping[UUID, Mapping[str, Any]],
    delais: Mapping[UUID, date],
) -> None:
    rows = []
    for pk in ids:
        fiche = fiches.get(pk)
        avancement = compute_avancement(actes.get(pk, ()), fiche["ouvert_le"] if fiche else None)
        if avancement is None or fiche is None:
            continue
        rows.append(
            (
                (pk,),
                (
                    fiche["departement"],
                    avancement.stade,
                    avancement.stade_le,
                    avancement.audience_le,
                    fiche["nom_affiche"],
                    fiche["nom_recherche"],
                    fiche["parc"],
                    fiche["enfants"],
                    fiche["bailleur"],
                    delais.get(pk),
                    fiche["commune"],
                    fiche["arrondissement"],
                ),
            )
        )
    replace_projection(
        Situation,
        scope="dossier_id",
        scope_ids=ids,
        key=("dossier_id",),
        content=(
            "departement", "stade", "stade_le", "audience_le",
            "nom_affiche", "nom_recherche", "parc", "enfants", "bailleur", "delai_le",
            "commune_code", "arrondissement_code",
        ),
        rows=rows,
    )  # fmt: skip
    shown = [(pk, fiches[pk]) for (pk,), _ in rows]
    replace_projection(
        SituationDette,
        scope="dossier_id",
        scope_ids=ids,
        key=("dossier_id",),
        content=("departement", "montant", "constatee_le"),
        rows=[
            ((pk,), (fiche["departement"], fiche["dette"], fiche["dette_le"]))
            for pk, fiche in shown
            if fiche["dette"] is not None
        ],
    )
    replace_projection(
        SituationSuivi,
        scope="dossier_id",
        scope_ids=ids,
        key=("dossier_id",),
        content=("departement", "suivi"),
        rows=[
            ((pk,), (fiche["departement"], fiche["suivi"])) for pk, fiche in shown if fiche["suivi"]
        ],
    )


def _read_fiches(ids: list[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return, per dossier, what selects its rules and what its situation shows."""
    with connection.cursor() as cursor:
        cursor.execute(_READ_FICHES, [as_array(ids)])
        rows = cursor.fetchall()
    return {
        pk: {
            "departement": departement,
            "commune": commune or "",
            "arrondissement": arrondissement or "",
            "nom_affiche": f"{(nom or '').upper()} {prenom or ''}".strip(),
            "nom_recherche": f"{normalise_nom(nom or '')} {normalise_nom(prenom or '')}".strip(),
            "dette": dette,
            "dette_le": dette_le,
            "suivi": suivi or "",
            "parc": parc,
            "enfants": enfants or 0,
            "bailleur": bailleur or "",
            "ouvert_le": ouvert_le,
            "contexte": Contexte(
                departement, commune or "", bail_le, clause or "", reconduit_le
            ),
        }
        for (
            pk, departement, commune, arrondissement, bail_le, clause, nom, prenom, dette,
            dette_le, suivi, parc, enfants, bailleur, reconduit_le, ouvert_le,
        ) in rows
    }  # fmt: skip


# Each table is asked about one dossier at a time, by its index, and cannot be joined as a whole
# (LIMIT): the planner that believes the tables small, as during an import, would read each of them
# as often as there are files.
_READ_FICHES = """
SELECT d.id, d.departement_id, l.commune_id, c.arrondissement_id, b.signe_le, b.clause_duree,
  p.nom, p.prenom, dette.montant, dette.constatee_le, suivi.situation,
  d.parc, composition.enfants, bailleur.nature, b.reconduit_le, ouverture.ouverte_le
FROM dossiers_dossier d
LEFT JOIN LATERAL (
  SELECT x.commune_id FROM dossiers_logement x WHERE x.dossier_id = d.id LIMIT 1
) l ON true
LEFT JOIN acteurs_commune c ON c.code = l.commune_id
LEFT JOIN LATERAL (
  SELECT x.signe_le, x.clause_duree, x.reconduit_le, x.bailleur_id FROM dossiers_bail x
  WHERE x.dossier_id = d.id LIMIT 1
) b ON true
LEFT JOIN LATERAL (
  SELECT x.nature FROM dossiers_bailleur x WHERE x.id = b.bailleur_id LIMIT 1
) bailleur ON true
LEFT JOIN LATERAL (
  SELECT x.nom, x.prenom FROM dossiers_personne x
  WHERE x.dossier_id = d.id AND x.qualite = 'titulaire' AND x.rang = 1 LIMIT 1
) p ON true
LEFT JOIN LATERAL (
  SELECT x.enfants FROM dossiers_composition x WHERE x.dossier_id = d.id
  ORDER BY x.constatee_le DESC, x.created_at DESC LIMIT 1
) composition ON true
LEFT JOIN LATERAL (
  SELECT x.montant, x.constatee_le FROM dossiers_dette x WHERE x.dossier_id = d.id
  ORDER BY x.constatee_le DESC, x.created_at DESC LIMIT 1
) dette ON true
LEFT JOIN LATERAL (
  -- Of each organisation its last answer, and the last word of third parties. A social service
  -- that knows the household prevails for a year over those that do not; whom the CAF pays is known
  -- to no social service, unless it is followed.
  SELECT y.situation FROM (
    SELECT x.situation, x.organisation_id, x.constate_le, x.created_at,
      max(x.constate_le) OVER () AS dernier
    FROM dossiers_suivisocial x LEFT JOIN acteurs_organisation o ON o.id = x.organisation_id
    WHERE x.dossier_id = d.id AND x.situation <> ''
      AND (x.organisation_id IS NULL OR ((x.accompagne
          OR o.type IN ('conseil_departemental', 'metropole', 'ccas'))
        AND NOT EXISTS (SELECT 1 FROM dossiers_suivisocial z WHERE z.remplace_id = x.id)))
  ) y ORDER BY (y.organisation_id IS NOT NULL AND y.situation = 'connu'
    AND y.constate_le > y.dernier - 365) DESC, y.constate_le DESC, y.created_at DESC LIMIT 1
) suivi ON true
LEFT JOIN LATERAL (
  SELECT x.ouverte_le FROM dossiers_ouverture x WHERE x.dossier_id = d.id LIMIT 1
) ouverture ON true
WHERE d.id = ANY(%s::uuid[])
"""
