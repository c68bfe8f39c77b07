"""Duties as the page of a dossier shows them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from seuil.kernel.accord import write_a
from seuil.travail.rules.annuaire import Annuaire, Destinataire
from seuil.travail.rules.devoirs import (
    ACTEURS,
    CONDITIONS,
    ETAPES,
    PAR_LIEN,
    SANS_COMPTE,
    Devoir,
    load_devoirs,
)
from seuil.travail.rules.etapes import EtapeLue, applies, find_fait, is_sans_objet
from seuil.travail.rules.sources import write_source
from seuil.travail.rules.taches import (
    ROLES,
    date_devoir,
    find_destinataire,
    is_confie_ailleurs,
    is_legale,
)


@dataclass(frozen=True, slots=True)
class Reponse:
    """What an organisation said of a duty: see Diligence."""

    devoir: str
    source_id: UUID
    faite_le: date
    preuve: str
    sans_objet: bool
    motif: str
    organisation: str


@dataclass(frozen=True, slots=True)
class DevoirVu:
    """A duty of a dossier, and where it stands.

    `etat`: fait, sans_objet, permanent, a_faire, en_retard, a_determiner, non_note (nobody said).
    """

    devoir: Devoir
    acteur: str
    # The organisation of the directory whose it is; empty: the actor is not one of them.
    organisation: str
    # Several organisations might owe it, or none is known: the secretariat must find whom.
    a_qui: bool
    condition: str
    etat: str
    le: date | None
    # The proof, the reason, or who makes it instead.
    precision: str
    legale: bool
    # The texts that hold in the département of the dossier.
    source: str


@dataclass(frozen=True, slots=True)
class EtapeVue:
    """A stage that a dossier reached, with what each actor owes there."""

    code: str
    libelle: str
    acte_id: UUID
    le: date
    courante: bool
    devoirs: tuple[DevoirVu, ...]


def compute_etapes_vues(
    etapes: Sequence[EtapeLue],
    *,
    annuaire: Annuaire,
    echeances: Mapping[tuple[UUID, str], date],
    reponses: Iterable[Reponse],
    on: date,
) -> list[EtapeVue]:
    """Return the stages with their duties, by actor; the first of `etapes` is the current one."""
    said = {(r.devoir, r.source_id): r for r in reponses}
    order = {acteur: i for i, acteur in enumerate(ACTEURS)}
    vues = []
    for rank, etape in enumerate(etapes):
        if etape.is_over:
            continue
        devoirs = [
            _show(devoir, etape, annuaire, echeances, said.get((devoir.id, etape.acte_id)), on)
            for devoir in load_devoirs(etape.departement).at(etape.etape, etape.parc)
            if applies(devoir, etape) and not _is_out_of_reach(devoir, etape, annuaire)
        ]
        if rank:
            devoirs = [_passed(vu) for vu in devoirs]
        vues.append(
            EtapeVue(
                code=etape.etape,
                libelle=ETAPES[etape.etape],
                acte_id=etape.acte_id,
                le=etape.le,
                courante=rank == 0,
                # What is to be done first, then the standing commitments.
                devoirs=tuple(
                    sorted(devoirs, key=lambda v: (order[v.devoir.acteur], v.devoir.permanent))
                ),
            )
        )
    return vues


def _is_out_of_reach(devoir: Devoir, etape: EtapeLue, annuaire: Annuaire) -> bool:
    return devoir.acteur not in PAR_LIEN and annuaire.is_out_of_reach(
        departement=etape.departement, type_organisation=devoir.acteur, commune=etape.commune
    )


def _passed(vu: DevoirVu) -> DevoirVu:
    """A later act ends what was still to do."""
    if vu.etat in {"a_faire", "en_retard", "a_determiner"}:
        return replace(vu, etat="non_note")
    return vu


def _show(
    devoir: Devoir,
    etape: EtapeLue,
    annuaire: Annuaire,
    echeances: Mapping[tuple[UUID, str], date],
    reponse: Reponse | None,
    on: date,
) -> DevoirVu:
    owner = find_destinataire(devoir, etape, annuaire)
    etat, le, precision = _stand(devoir, etape, owner, annuaire, reponse)
    if not etat:
        etat, le = _wait(devoir, etape, owner, echeances, on)
    return DevoirVu(
        devoir=devoir,
        acteur=ACTEURS[devoir.acteur],
        organisation=owner.nom if owner and devoir.acteur not in ROLES else "",
        a_qui=devoir.makes_task and owner is None and not {devoir.acteur} & {*ROLES, *PAR_LIEN},
        condition=devoir.si or CONDITIONS.get(devoir.condition, ""),
        etat=etat,
        le=le,
        precision=precision,
        legale=is_legale(devoir, etape, echeances),
        source=write_source(devoir.source, etape.departement),
    )


def _stand(
    devoir: Devoir,
    etape: EtapeLue,
    owner: Destinataire | None,
    annuaire: Annuaire,
    reponse: Reponse | None,
) -> tuple[str, date | None, str]:
    """Return where a duty stands, since or until when, and what is to be said of it."""
    done_le = find_fait(devoir, etape)
    if done_le and devoir.closing_fait:
        # Where a fact alone closes a duty, nothing said by hand stands beside it.
        return "fait", done_le, ""
    if reponse and (reponse.sans_objet or not devoir.closing_fait):
        etat = "sans_objet" if reponse.sans_objet else "fait"
        return etat, reponse.faite_le, f"{reponse.organisation}, {reponse.motif or reponse.preuve}"
    if done_le:
        return "fait", done_le, ""
    if is_sans_objet(devoir, etape):
        asked = devoir.fait == "dsf_demande"
        return "sans_objet", None, f"diagnostic {'déjà demandé' if asked else 'terminé'}"
    if is_confie_ailleurs(devoir, etape, owner, annuaire):
        return "sans_objet", None, f"diagnostic confié {write_a(etape.dsf_organisme)}"
    return "permanent" if devoir.permanent else "", None, ""


def _wait(
    devoir: Devoir,
    etape: EtapeLue,
    owner: Destinataire | None,
    echeances: Mapping[tuple[UUID, str], date],
    on: date,
) -> tuple[str, date | None]:
    """Return how a duty that nothing shows to be done is waited for, and until when."""
    dates = date_devoir(devoir, etape, echeances)
    if dates is None:
        return "a_determiner", None
    _, due_le, caduque_le = dates
    # Nobody records what those without account do, nor what is done by the list: nothing noted is
    # not late.
    if caduque_le <= on or (due_le < on and _is_unrecorded(devoir, owner)):
        return "non_note", due_le
    return "en_retard" if due_le < on else "a_faire", due_le


def _is_unrecorded(devoir: Devoir, owner: Destinataire | None) -> bool:
    if devoir.acteur in PAR_LIEN:
        return owner is None
    return devoir.par_liste or devoir.acteur in SANS_COMPTE
