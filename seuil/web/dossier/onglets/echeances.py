"""What the law says will happen, when and why; what was told of it; the acts it starts from."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

from seuil.actes.models import Acte
from seuil.actes.queries import list_actes_et_retraits
from seuil.actes.rules.types import CATEGORIE_PAR_TYPE
from seuil.dossiers.models import Classement, DateAnnoncee
from seuil.dossiers.queries import list_classements, list_dates_annoncees, list_motifs
from seuil.echeances.queries.echeances import list_echeances
from seuil.echeances.queries.pauses import list_pauses_of
from seuil.engines import droit
from seuil.web.dates import CATEGORIES_DES_DATES, list_dates
from seuil.web.dossier.annonces import EcheanceAnnoncee, join_annonces, list_orphelines
from seuil.web.dossier.onglet import Evenement, Fil, Geste, Lecture, Onglet, join, list_reserves
from seuil.web.templatetags.seuil import heure, montant


def _read(lecture: Lecture) -> dict[str, Any]:
    annonces = list_dates_annoncees(**lecture.key)
    listed = list_echeances(**lecture.key)
    echeances = join_annonces(listed, annonces, on=lecture.on)
    return {
        "motifs": list_motifs(**lecture.key),
        "pauses": list_pauses_of(**lecture.key),
        # The same list as the header says, and beside each computed date its why.
        "fixees": [d for d in list_dates(**lecture.key) if d.fixee],
        "a_venir": [e for e in echeances if is_to_come(e, lecture.on)],
        "anciennes": list(_group_anciennes(echeances, lecture.on)),
        "a_determiner": [e for e in echeances if e.vue.le is None],
        "orphelines": list_orphelines(listed, annonces),
        "a_prevenir": sum(a.a_prevenir for e in echeances for a in e.annonces),
        "peut_completer": lecture.writes("dossier.completer", "annonces"),
        "reserves": list_reserves(lecture.ouverture, CATEGORIES_DES_DATES),
        "certitudes": {
            "sure": "Date certaine",
            "contested": "Date discutée : plusieurs lectures se défendent",
            "to_check": "Date à vérifier",
        },
    }


def is_to_come(echeance: EcheanceAnnoncee, on: date) -> bool:
    """Tell whether a date is still waited for: neither done nor without object."""
    vue = echeance.vue
    return vue.le is not None and vue.le >= on and not _tell_fin(echeance, on)


# In the order of the page: what became of the dates that are to come no more.
_FINS = (("faite", "Faites"), ("passee", "Passées, rien n’est noté"), ("caduque", "Sans objet"))


def _tell_fin(echeance: EcheanceAnnoncee, on: date) -> str:
    """Return what became of a date; nothing while it is waited for."""
    vue = echeance.vue
    if vue.faite_le:
        return "faite"
    if vue.caduque_le and vue.caduque_le <= on:
        return "caduque"
    return "passee" if vue.le and vue.le < on else ""


def _group_anciennes(
    echeances: Sequence[EcheanceAnnoncee], on: date
) -> Iterator[tuple[str, str, list[EcheanceAnnoncee]]]:
    """Yield the dates that are to come no more by what became of them, the latest first."""
    dated = [e for e in reversed(echeances) if e.vue.le]
    for fin, titre in _FINS:
        if found := [e for e in dated if _tell_fin(e, on) == fin]:
            yield fin, titre, found


def _write_actes(actes: Sequence[Acte]) -> Iterator[Evenement]:
    replaced = {a.remplace_id for a in actes}
    for a in _order_versions(actes):
        source = a.source
        if a.lot:
            source += f", liste « {a.lot.nom_fichier} », ligne {a.ligne}"
        yield Evenement(
            a.survenu_le,
            a.get_type_display(),
            _write_detail(a),
            source,
            retrait=_write_retrait(a, "Corrigé" if a.pk in replaced else "Retiré"),
            gestes=() if a.retire_le else tuple(_list_gestes(a)),
        )


def _order_versions(actes: Sequence[Acte]) -> list[Acte]:
    """Return the latest day first; each act, then what it said before, the latest version first."""
    by_pk, replaced = {a.pk: a for a in actes}, {a.remplace_id for a in actes}
    places: dict[UUID, tuple[str, int]] = {}
    for head in (a for a in actes if a.pk not in replaced):
        version: Acte | None = head
        for depth in count():
            if version is None:
                break
            places[version.pk] = str(head.pk), depth
            version = by_pk.get(version.remplace_id) if version.remplace_id else None
    newest = sorted(actes, key=lambda a: places[a.pk][1])
    return sorted(newest, key=lambda a: (a.survenu_le, places[a.pk][0]), reverse=True)


def _write_detail(a: Acte) -> str:
    return join(
        [
            a.get_sens_display() if a.sens else "",
            f"audience le {a.audience_le:%d/%m/%Y}" if a.audience_le else "",
            heure(a.audience_heure),
            a.juridiction,
            f"montant réclamé {montant(a.montant)}" if a.montant else "",
            f"reçu par le préfet le {a.recu_le:%d/%m/%Y}" if a.recu_le else "",
            f"délai jusqu’au {a.delai_jusqu_au:%d/%m/%Y}" if a.delai_jusqu_au else "",
            f"référence {a.reference}" if a.reference else "",
        ]
    )


def _write_retrait(a: Acte, participe: str) -> str:
    """Write « Retiré le 30/11/2026 par Camille Exemple : erreur de saisie. »."""
    if not a.retire_le:
        return ""
    motif = join([a.get_retire_motif_display().lower(), a.retire_precision])
    return f"{participe} le {a.retire_le:%d/%m/%Y} par {a.retire_par}\N{NO-BREAK SPACE}: {motif}."


def _list_gestes(a: Acte) -> Iterator[Geste]:
    categorie = CATEGORIE_PAR_TYPE.get(a.type, "procedure")
    for libelle, page in (("Corriger", "acte_corriger"), ("Retirer", "acte_retirer")):
        yield Geste(libelle, page, a.pk, "acte.enregistrer", categorie)


def _write_annonces(annonces: Iterable[DateAnnoncee]) -> Iterator[Evenement]:
    for a in annonces:
        titre = f"Date annoncée {a.get_a_qui_display()} : {droit.write_date(a.annoncee_le)}"
        regle = droit.regles().get(a.regle)
        detail = join([regle.libelle if regle else a.regle, a.get_moyen_display().lower()])
        yield Evenement(a.dite_le, titre, detail, f"{a.source}, noté par {a.notee_par}")


def _write_classements(classements: Sequence[Classement]) -> Iterator[Evenement]:
    for c in classements:
        detail = join([c.get_motif_display(), c.precision])
        yield Evenement(c.classe_le, "Dossier classé", detail, str(c.par))
        if c.rouvert_le:
            who = str(c.rouvert_par or "")
            yield Evenement(c.rouvert_le, "Dossier rouvert", c.rouvert_motif, who)


ONGLET = Onglet(
    libelle="Échéances",
    rang=20,
    template="dossier/onglets/echeances.html",
    read=_read,
    categories=("procedure",),
    fils=(
        Fil("acte", "Actes", 10, "procedure", Acte, list_actes_et_retraits, _write_actes),
        Fil(
            "classement", "Classements", 12, "procedure", Classement, list_classements,
            _write_classements,
        ),
        Fil(
            "annonce", "Dates annoncées", 70, "annonces", DateAnnoncee, list_dates_annoncees,
            _write_annonces,
        ),
    ),
)  # fmt: skip
