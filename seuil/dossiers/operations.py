"""Write the facts of a file, and the links that let people reach it."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest

from seuil.acteurs.models import Agent, Departement, Role
from seuil.audit.operations import Author, record_event
from seuil.dossiers.models import (
    Acces,
    AideLogement,
    Bail,
    Bailleur,
    Composition,
    Compteur,
    Coordonnee,
    DateAnnoncee,
    Dette,
    Document,
    Dossier,
    Logement,
    Personne,
    SuiviSocial,
)
from seuil.dossiers.rules import MenageRecu, normalise
from seuil.engines import droit
from seuil.kernel.bulk import copy_new_rows, copy_rows
from seuil.kernel.contexte import acting_as_machine
from seuil.kernel.models import new_id
from seuil.kernel.refusal import Refusal

DOCUMENT_MAX_BYTES = 10 * 1024 * 1024
# First bytes → type: what a file is, whatever its name says.
_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)


class FaitDejaConnu(Refusal):
    message = "Ce fait est déjà enregistré, à la même date et par la même source."


class DateAVenir(Refusal):
    message = "Cette date est à venir : indiquez le jour où le fait a été constaté."


class BailModifie(Refusal):
    message = (
        "Le bail a été modifié depuis que ce formulaire est ouvert\N{NO-BREAK SPACE}: rouvrez-le"
        " pour voir ce qui est connu, puis recommencez."
    )


class BailIncoherent(Refusal):
    message = "Le bail ne peut pas être renouvelé ou reconduit avant d’avoir été signé."


class RegleSansParametre(Refusal):
    message = (
        "Cette échéance n’est pas connue du droit appliqué\N{NO-BREAK SPACE}: choisissez-la dans la"
        " liste du dossier."
    )


class DocumentRefuse(Refusal):
    message = "Ce fichier n’est pas accepté : déposez un PDF, un JPEG ou un PNG de 10 Mo au plus."


def take_numeros(*, departement: str, annee: int, count: int) -> list[str]:
    """Return the next `count` dossier numbers of a year, without gap, locking their counter."""
    Compteur.objects.bulk_create(
        [Compteur(departement_id=departement, annee=annee, dernier=0)], ignore_conflicts=True
    )
    compteur = Compteur.objects.select_for_update().get(departement=departement, annee=annee)
    first = compteur.dernier + 1
    Compteur.objects.filter(pk=compteur.pk).update(dernier=F("dernier") + count)
    return [f"{departement}-{annee}-{n:06d}" for n in range(first, first + count)]


def open_acces(
    *,
    dossier_id: UUID,
    relation: str,
    on: date,
    role: str = "",
    organisation_id: UUID | None = None,
    agent_id: UUID | None = None,
    motif: str = "",
) -> None:
    """Open a link to a file from `on`; a link already open stays as it is."""
    link = Acces(
        dossier_id=dossier_id,
        relation=relation,
        role=role,
        organisation_id=organisation_id,
        agent_id=agent_id,
        motif=motif,
        debut_le=on,
    )
    with acting_as_machine("acces", on=on):
        Acces.objects.bulk_create([link], ignore_conflicts=True)


def close_acces(
    *,
    dossier_id: UUID,
    on: date,
    relation: str | None = None,
    organisation_id: UUID | None = None,
    agent_id: UUID | None = None,
) -> int:
    """End the open links that match, on that day (excluded); return how many were ended."""
    criteria = Q(dossier=dossier_id, fin_le=None)
    if relation:
        criteria &= Q(relation=relation)
    if organisation_id:
        criteria &= Q(organisation=organisation_id)
    if agent_id:
        criteria &= Q(agent=agent_id)
    # A link opened and ended the same day gives access to nothing: [debut, debut).
    with acting_as_machine("acces", on=on):
        return Acces.objects.filter(criteria).update(fin_le=Greatest(F("debut_le"), on))


def close_acces_of(*, acces: Acces, on: date) -> None:
    """End one link on that day (excluded): it opens nothing any more."""
    with acting_as_machine("acces", on=on):
        Acces.objects.filter(pk=acces.pk).update(fin_le=Greatest(F("debut_le"), on))


def grant_acces_exceptionnel(
    *, dossier: Dossier, agent: Agent, motif: str, expire_at: datetime, on: date
) -> None:
    """Let one agent read a file until an instant. The longest one stays when there are several."""
    link = Acces(
        dossier=dossier,
        relation=Acces.Relation.BRIS_DE_GLACE,
        agent=agent,
        debut_le=on,
        # The day after tomorrow: the instant decides.
        fin_le=on + timedelta(days=2),
        expire_at=expire_at,
        motif=motif,
    )
    with acting_as_machine("acces", on=on):
        Acces.objects.bulk_create([link])


def set_limite(*, dossier: Dossier, limite_le: date | None, on: date) -> None:
    """Limit the processing of a file from a day, or lift it: nobody but the officer reads it."""
    with acting_as_machine("limitation", on=on, departement=dossier.departement_id):
        Dossier.objects.filter(pk=dossier.pk).update(limite_le=limite_le)
    dossier.limite_le = limite_le


def set_cle(*, dossier: Dossier, cle: str) -> bool:
    """Give a file the key of its corrected name or address; False when another file has it."""
    if Dossier.objects.filter(departement=dossier.departement_id, cle=cle).exclude(
        pk=dossier.pk
    ).exists():  # fmt: skip
        return False
    Dossier.objects.filter(pk=dossier.pk).update(cle=cle)
    return True


def lock_dossier(dossier: Dossier) -> None:
    """Let nobody else change the same facts of a file before the end of the transaction.

    An advisory lock: to lock the row would ask for the right to write it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(dossier.pk)])


@transaction.atomic
def record_dette(
    *,
    dossier: Dossier,
    constatee_le: date,
    montant: Decimal,
    source: str,
    by: Author,
    on: date,
) -> Dette:
    """Add a dated amount of debt. Raises DateAVenir, FaitDejaConnu."""
    _refuse_future(constatee_le, on)
    dette, created = Dette.objects.get_or_create(
        dossier=dossier, constatee_le=constatee_le, source=source, defaults={"montant": montant}
    )
    if not created:
        raise FaitDejaConnu
    _record("dette.ajoutee", dossier, by, on)
    return dette


@transaction.atomic
def record_aide(
    *,
    dossier: Dossier,
    constatee_le: date,
    montant: Decimal,
    tiers_payant: bool,
    source: str,
    by: Author,
    on: date,
) -> AideLogement:
    """Add the housing aid as a source states it; 0 says that there is none.

    Raises DateAVenir, FaitDejaConnu.
    """
    _refuse_future(constatee_le, on)
    aide, created = AideLogement.objects.get_or_create(
        dossier=dossier,
        constatee_le=constatee_le,
        source=source,
        defaults={"montant": montant, "tiers_payant": tiers_payant},
    )
    if not created:
        raise FaitDejaConnu
    _record("aide.ajoutee", dossier, by, on)
    return aide


@transaction.atomic
def record_bail(
    *,
    dossier: Dossier,
    signe_le: date | None,
    reconduit_le: date | None,
    clause_duree: str,
    terme: str,
    loyer: Decimal | None,
    charges: Decimal | None,
    empreinte: str,
    by: Author,
    on: date,
) -> Bail:
    """Fill or correct the lease; the journal says which fields changed, never their values.

    `empreinte` is that of the lease as the author read it; empty when there was none.
    Raises DateAVenir, BailIncoherent, BailModifie.
    """
    for le in (signe_le, reconduit_le):
        if le is not None:
            _refuse_future(le, on)
    if signe_le and reconduit_le and reconduit_le < signe_le:
        raise BailIncoherent
    lock_dossier(dossier)
    bail = Bail.objects.filter(dossier=dossier).first()
    if (bail.empreinte if bail else "") != empreinte:
        raise BailModifie
    values = {
        "signe_le": signe_le,
        "reconduit_le": reconduit_le,
        "clause_duree": clause_duree,
        "terme": terme,
        "loyer": loyer,
        "charges": charges,
    }
    bail = bail or Bail(dossier=dossier)
    details = _describe_changes(bail, values)
    if details:
        for champ, value in values.items():
            setattr(bail, champ, value)
        bail.save()
        _record("bail.modifie", dossier, by, on, details)
    return bail


def _describe_changes(bail: Bail, values: Mapping[str, object]) -> dict[str, list[str]]:
    """Return the names of the fields that are filled, corrected, emptied; no value."""
    found: dict[str, list[str]] = {}
    for champ, value in values.items():
        before = getattr(bail, champ)
        if before == value:
            continue
        kind = "remplis" if before in (None, "") else "corriges"
        kind = "effaces" if value in (None, "") else kind
        found.setdefault(kind, []).append(champ)
    return found


@transaction.atomic
def record_suivi(
    *,
    dossier: Dossier,
    situation: str,
    service: str,
    mesure: str,
    constate_le: date,
    source: str,
    by: Author,
    on: date,
) -> SuiviSocial:
    """Add what a social service says of the household. Raises DateAVenir, FaitDejaConnu."""
    _refuse_future(constate_le, on)
    suivi, created = SuiviSocial.objects.get_or_create(
        dossier=dossier,
        constate_le=constate_le,
        source=source,
        defaults={"situation": situation, "service": service, "mesure": mesure},
    )
    if not created:
        raise FaitDejaConnu
    _record("suivi.ajoute", dossier, by, on)
    return suivi


@transaction.atomic
def record_coordonnee(
    *,
    dossier: Dossier,
    type: str,  # noqa: A002 - the noun of the model
    valeur: str,
    source: str,
    by: Author,
    on: date,
) -> Coordonnee:
    """Add a phone number or an e-mail address. Raises FaitDejaConnu."""
    coordonnee, created = Coordonnee.objects.get_or_create(
        dossier=dossier, type=type, valeur=valeur, defaults={"valide_du": on, "source": source}
    )
    if not created:
        raise FaitDejaConnu("Cette coordonnée est déjà connue.")
    _record("coordonnee.ajoutee", dossier, by, on)
    return coordonnee


@transaction.atomic
def record_date_annoncee(
    *,
    dossier: Dossier,
    regle: str,
    fait_id: UUID,
    annoncee_le: date,
    dite_le: date,
    a_qui: str,
    moyen: str,
    source: str,
    by: Agent,
    on: date,
) -> DateAnnoncee:
    """Keep the date of a deadline as it was told to someone; no recomputation changes it.

    `fait_id` is the fact that starts the deadline (`Echeance.source_id`).
    Raises DateAVenir, FaitDejaConnu, RegleSansParametre.
    """
    _refuse_future(dite_le, on)
    if regle not in droit.regles():
        raise RegleSansParametre
    annonce, created = DateAnnoncee.objects.get_or_create(
        dossier=dossier,
        regle=regle,
        fait_id=fait_id,
        annoncee_le=annoncee_le,
        dite_le=dite_le,
        a_qui=a_qui,
        moyen=moyen,
        defaults={"source": source, "notee_par": by},
    )
    if not created:
        raise FaitDejaConnu(
            "Cette date annoncée est déjà notée, au même jour et par le même moyen."
        )
    _record("date_annoncee.notee", dossier, by, on, {"regle": regle})
    return annonce


@transaction.atomic
def attach_document(
    *, dossier: Dossier, nom: str, nature: str, contenu: bytes, by: Agent, on: date
) -> Document:
    """Keep a file with the dossier, under an opaque name, after looking at what it is.

    Raises DocumentRefuse (too large, empty, not a PDF, JPEG or PNG), FaitDejaConnu (same bytes).
    """
    type_mime = next((t for s, t in _SIGNATURES if contenu.startswith(s)), "")
    if not type_mime or len(contenu) > DOCUMENT_MAX_BYTES:
        raise DocumentRefuse
    empreinte = hashlib.sha256(contenu).hexdigest()
    document, created = Document.objects.get_or_create(
        dossier=dossier,
        empreinte=empreinte,
        defaults={
            "id": new_id(),
            "nom": nom[:150],
            "nature": nature,
            "type_mime": type_mime,
            "taille": len(contenu),
            "depose_le": on,
            "depose_par": by,
        },
    )
    if not created:
        raise FaitDejaConnu("Ce document est déjà dans le dossier.")
    folder = settings.SEUIL_DOCUMENTS / dossier.departement_id
    folder.mkdir(parents=True, exist_ok=True)
    (folder / str(document.pk)).write_bytes(contenu)
    _record("document.depose", dossier, by, on)
    return document


def get_departement(code: str) -> Departement:
    """Return a département. Raises DepartementInconnu with the remedy."""
    departement = Departement.objects.filter(pk=code).first()
    if departement is None:
        raise DepartementInconnu(code)
    return departement


class DepartementInconnu(Refusal):
    def __init__(self, code: str) -> None:
        super().__init__(
            f"Département inconnu : « {code} ». Donnez son code officiel (33, 2A, 974), après avoir"
            " chargé la géographie."
        )


def _refuse_future(le: date, on: date) -> None:
    if le > on:
        raise DateAVenir


def _record(
    kind: str, dossier: Dossier, by: Author, on: date, details: dict[str, Any] | None = None
) -> None:
    record_event(
        kind=kind, by=by, on=on, target_type="dossier", target_id=dossier.pk, details=details
    )


def open_dossiers(
    *, departement: str, menages: Sequence[MenageRecu], sources: Sequence[str], on: date
) -> dict[str, UUID]:
    """Open a file for each household, in bulk; return the new identifiers by key.

    The keys are distinct and none is open in the département: the caller holds the import lock.
    """
    numeros = take_numeros(departement=departement, annee=on.year, count=len(menages))
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
                (new_id(), ids[m.cle], "titulaire", 1, m.nom, m.prenom, m.ne_le),
                (new_id(), ids[m.cle], "co_titulaire", 1, m.nom2, m.prenom2, None),
            )
            if row[4]
        ),
    )
    copy_rows(
        Logement,
        ("id", "dossier_id", "adresse", "complement", "code_postal", "commune_id", "type_logement"),
        (
            (new_id(), ids[m.cle], m.adresse, m.complement, m.code_postal, m.commune, "")
            for m in menages
        ),
    )
    bailleurs = _find_or_create_bailleurs(departement, menages)
    copy_rows(
        Bail,
        ("id", "dossier_id", "bailleur_id", "signe_le", "clause_duree", "loyer", "charges"),
        (
            (
                new_id(),
                ids[m.cle],
                bailleurs.get(_cle_bailleur(m)),
                m.bail_le,
                m.clause,
                m.loyer,
                m.charges,
            )
            for m in menages
        ),
    )
    add_faits(faits=[(ids[m.cle], m, on, s) for m, s in zip(menages, sources, strict=True)])
    return ids


def complete_dossiers(*, departement: str, menages: Mapping[UUID, MenageRecu]) -> None:
    """Fill what was empty in files that new rows describe again; nothing known is overwritten."""
    bailleurs = _find_or_create_bailleurs(departement, list(menages.values()))
    baux = []
    for bail in Bail.objects.filter(dossier__in=menages):
        menage = menages[bail.dossier_id]
        found = (
            bail.bailleur_id or bailleurs.get(_cle_bailleur(menage)),
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
        known = [pk for pk, menage in menages.items() if menage.parc == parc]
        Dossier.objects.filter(pk__in=known, parc="inconnu").update(parc=parc)


def add_faits(*, faits: Sequence[tuple[UUID, MenageRecu, date, str]]) -> None:
    """Add the dated facts that rows bring (contacts, composition, social follow-up), in bulk.

    Each item is the file, the row, the day it was said and its source. A fact already known is
    left as it is.
    """
    copy_new_rows(
        Coordonnee,
        ("id", "dossier_id", "type", "valeur", "valide_du", "source"),
        (
            (new_id(), pk, kind, value, le, source)
            for pk, m, le, source in faits
            for kind, value in (("telephone", m.telephone), ("courriel", m.courriel))
            if value
        ),
    )
    copy_new_rows(
        Composition,
        ("id", "dossier_id", "adultes", "enfants", "constatee_le", "source"),
        (
            (new_id(), pk, m.adultes, m.enfants, le, source)
            for pk, m, le, source in faits
            if m.adultes is not None or m.enfants is not None
        ),
    )
    copy_new_rows(
        SuiviSocial,
        ("id", "dossier_id", "situation", "service", "mesure", "constate_le", "source"),
        (
            (new_id(), pk, m.suivi, m.service_social, "", le, source)
            for pk, m, le, source in faits
            if m.suivi
        ),
    )


def add_dettes(*, dettes: Sequence[tuple[UUID, date, Decimal, str]]) -> None:
    """Add dated debts in bulk: file, day, amount, source. A debt already known stays."""
    copy_new_rows(
        Dette,
        ("id", "dossier_id", "constatee_le", "montant", "source"),
        ((new_id(), *dette) for dette in dettes),
    )


def _cle_bailleur(menage: MenageRecu) -> str:
    return normalise(menage.bailleur)[:200]


def _find_or_create_bailleurs(departement: str, menages: Sequence[MenageRecu]) -> dict[str, UUID]:
    described = {cle: m for m in menages if (cle := _cle_bailleur(m))}
    copy_new_rows(
        Bailleur,
        ("id", "departement_id", "nature", "nom", "telephone", "courriel", "mandataire", "cle"),
        (
            (
                new_id(),
                departement,
                m.bailleur_nature,
                m.bailleur,
                m.bailleur_telephone,
                m.bailleur_courriel,
                m.mandataire,
                cle,
            )
            for cle, m in described.items()
        ),
    )
    return dict(
        Bailleur.objects.filter(departement=departement, cle__in=list(described)).values_list(
            "cle", "pk"
        )
    )


def open_instruction(*, dossier_ids: Collection[UUID], on: date) -> None:
    """Let the préfecture's agents reach files, in bulk; a link already open stays as it is."""
    role = Role.GESTIONNAIRE
    with acting_as_machine("acces", on=on):
        copy_new_rows(
            Acces,
            ("id", "dossier_id", "relation", "role", "debut_le"),
            ((new_id(), pk, Acces.Relation.INSTRUCTION, role, on) for pk in dossier_ids),
        )
