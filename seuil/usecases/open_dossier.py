"""A file opened by hand: read and compared as a row of a list would be, before anything is kept."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from django.db import transaction

from seuil.actes.operations.listes import lock_import
from seuil.actes.queries import get_actes_connus, get_communes
from seuil.actes.rules.lignes import ActeRecu, LecteurDeLignes
from seuil.actes.rules.saisie import ActeSaisi
from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dossier, Ouverture
from seuil.dossiers.operations.ouverture import add_faits, complete_dossiers, open_dossiers
from seuil.dossiers.operations.vie import record_jonction, record_ouverture, wake_dossier
from seuil.dossiers.queries import get_identites, list_classes
from seuil.dossiers.rules import MenageRecu, OuvertureSaisie, is_proche, read_identite
from seuil.kernel.contexte import acting_as_machine
from seuil.kernel.models import new_id
from seuil.kernel.refusal import Refusal
from seuil.recherche.queries import list_trouvailles
from seuil.usecases._actes import write_source
from seuil.usecases._habilitation import require_dossier, require_verbe
from seuil.usecases.record_acte import record_acte
from seuil.usecases.refresh_dossiers import refresh_dossiers


class SaisieRefusee(Refusal):
    """What is typed would be refused of a row of a list; one line for each reason."""

    def __init__(self, lignes: Sequence[str]) -> None:
        super().__init__(" ".join(lignes))
        self.lignes = lignes


class MenagesProches(Refusal):
    """Files may be about the same household: a person says which one, or that it is another."""

    message = (
        "Des dossiers ressemblent à celui-ci. Choisissez celui du ménage, ou dites pourquoi c’est"
        " un autre ménage\N{NO-BREAK SPACE}: rien n’est encore enregistré."
    )

    def __init__(self, dossier_ids: Sequence[UUID]) -> None:
        super().__init__(self.message)
        self.dossier_ids = dossier_ids


@transaction.atomic
def open_dossier(*, saisie: OuvertureSaisie, by: Agent, on: date) -> Dossier:
    """Open a file, or join what is typed to the one that the author chose.

    Raises HabilitationRefusee, DossierInaccessible, SaisieRefusee, MenagesProches, and what
    record_acte refuses.
    """
    require_verbe(by=by, verbe="dossier.creer")
    recu = get_acte_recu(saisie=saisie, by=by, on=on)
    # A list that is applied meanwhile would open the same file.
    lock_import(departement=by.departement_id)
    if saisie.joindre:
        return _join(saisie, recu, by, on)
    proches = list_proches(menage=recu.menage, by=by, on=on)
    if proches and not saisie.autre_que.strip():
        raise MenagesProches(proches)
    return _open(saisie, recu, by, on)


def get_acte_recu(*, saisie: OuvertureSaisie, by: Agent, on: date) -> ActeRecu:
    """Return what is typed, read as a row of a list. Raises SaisieRefusee."""
    champs = {c: v for c, v in saisie.champs.items() if v not in (None, "")}
    champs.setdefault("acte_le", on)
    lecteur = LecteurDeLignes(
        type_acte=saisie.genre,
        correspondance=dict(enumerate(champs)),
        entetes=(),
        communes=get_communes(departement=by.departement_id),
        departement=by.departement_id,
        on=on,
    )
    lue = lecteur.read(numero=1, cells=list(champs.values()))  # type: ignore[arg-type]
    if lue.acte is None:
        raise SaisieRefusee(
            [f"{m.colonne}\N{NO-BREAK SPACE}: {m.motif} {m.remede}".strip() for m in lue.motifs]
        )
    return lue.acte


def list_proches(*, menage: MenageRecu, by: Agent, on: date) -> list[UUID]:
    """Return the files that may be about a household, the surest first.

    Found as a person would look for it: by name, by phone, by address; then compared.
    """
    connu = get_actes_connus(departement=by.departement_id, cles={menage.cle}).get(menage.cle)
    found: dict[UUID, None] = {connu.dossier_id: None} if connu else {}  # type: ignore[dict-item]
    for texte in _list_questions(menage):
        answers = list_trouvailles(agent=by, on=on, texte=texte)
        found |= dict.fromkeys(t.dossier_id for t in (*answers.exactes, *answers.ressemblantes))
    known = get_identites(dossier_ids=found)
    said = read_identite(menage)
    return [
        pk
        for pk in found
        if (connu and pk == connu.dossier_id) or any(is_proche(said, k) for k in known.get(pk, ()))
    ][:_MONTRES]


# More than that would be read by nobody.
_MONTRES = 12


def _list_questions(menage: MenageRecu) -> Sequence[str]:
    asked = [f"{menage.nom} {menage.prenom}", menage.telephone, f"{menage.nom} {menage.adresse}"]
    return [texte for texte in [*asked, menage.adresse, menage.nom] if texte.strip()]


def _open(saisie: OuvertureSaisie, recu: ActeRecu, by: Agent, on: date) -> Dossier:
    menage = recu.menage
    if get_actes_connus(departement=by.departement_id, cles={menage.cle}):
        # Another household of the same name at the same address: lists go to the first.
        menage = replace(menage, cle=f"{menage.cle[:360]}|{new_id()}")
    with acting_as_machine("ouverture", on=on, departement=by.departement_id):
        ids = open_dossiers(
            departement=by.departement_id, menages=[menage], sources=[write_source(by)], on=on
        )
    dossier = Dossier.objects.get(pk=ids[menage.cle])
    record_ouverture(
        dossier=dossier, genre=saisie.genre, autre_que=saisie.autre_que.strip(), by=by, on=on
    )
    _record_acte(dossier, saisie, recu, by, on)
    return dossier


def _join(saisie: OuvertureSaisie, recu: ActeRecu, by: Agent, on: date) -> Dossier:
    """Add what is typed to a file; nothing that it says is written over."""
    assert saisie.joindre
    require_dossier(
        by=by, on=on, verbe="dossier.creer", dossier_id=saisie.joindre, categorie="identite"
    )
    dossier = Dossier.objects.get(pk=saisie.joindre)
    with acting_as_machine("ouverture", on=on, departement=by.departement_id):
        complete_dossiers(departement=by.departement_id, menages={dossier.pk: recu.menage})
        add_faits(faits=[(dossier.pk, recu.menage, on, write_source(by))])
    record_jonction(dossier=dossier, by=by, on=on)
    if list_classes(dossier_ids=[dossier.pk]):
        # Whoever joins it was shown that it is closed.
        told = Ouverture.Genre(saisie.genre).label
        wake_dossier(dossier=dossier, motif=told, by=by, on=on)
    _record_acte(dossier, saisie, recu, by, on)
    return dossier


def _record_acte(
    dossier: Dossier, saisie: OuvertureSaisie, recu: ActeRecu, by: Agent, on: date
) -> None:
    if saisie.genre == Ouverture.Genre.APPEL:
        refresh_dossiers(dossier_ids=[dossier.pk], on=on)
        return
    acte = ActeSaisi(
        saisie.genre,
        recu.survenu_le,
        recu_le=recu.recu_le,
        montant=recu.montant,
        reference=recu.reference,
    )
    record_acte(dossier=dossier, saisie=acte, by=by, on=on)
