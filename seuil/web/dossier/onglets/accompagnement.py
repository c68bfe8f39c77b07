"""What the équipe mobile does: mandate, contract and démarches, reports, extensions, closure."""

from collections.abc import Iterable, Iterator
from typing import Any

from seuil.accompagnements.models import Mandat
from seuil.accompagnements.queries.mandats import list_dossier_mandats
from seuil.web.dossier.onglet import Evenement, Fil, Lecture, Onglet, join
from seuil.web.mandats.gestes import list_gestes


def _read(lecture: Lecture) -> dict[str, Any]:
    mandats = list_dossier_mandats(**lecture.key)
    mandat = mandats[0] if mandats else None
    contrat = getattr(mandat, "contrat", None)
    return {
        "mandat": mandat,
        "precedents": mandats[1:],
        "gestes": list(list_gestes(mandat, lecture.may)) if mandat else [],
        "suit": lecture.may("mandat.suivre") or lecture.may("choix.preparer"),
        "contrat": contrat,
        "demarches": list(contrat.demarches.all()) if contrat else [],
        "rapports": list(mandat.rapports.all()) if mandat else [],
        "prolongations": list(mandat.prolongations.all()) if mandat else [],
    }


def _write_mandats(mandats: Iterable[Mandat]) -> Iterator[Evenement]:
    for mandat in mandats:
        yield from _write_mandat(mandat)


def _write_mandat(mandat: Mandat) -> Iterator[Evenement]:
    operateur = str(mandat.operateur)
    yield Evenement(mandat.transmis_le, "Confié à l’équipe mobile", operateur, "DDETS")
    if mandat.repondu_le:
        titre = f"{mandat.get_reponse_display()} par l’opérateur"
        yield Evenement(mandat.repondu_le, titre, mandat.motif_refus, operateur)
    contrat = getattr(mandat, "contrat", None)
    if contrat:
        titre = "Contrat d’engagement signé"
        yield Evenement(contrat.signe_le, titre, contrat.objectif, operateur)
        for d in contrat.demarches.all():
            if d.terminee_le:
                titre = f"Démarche {d.get_etat_display().lower()}"
                detail = join([d.get_genre_display(), d.objectif])
                yield Evenement(d.terminee_le, titre, detail, d.get_acteur_display())
    for rapport in mandat.rapports.all():
        yield Evenement(rapport.rendu_le, rapport.get_genre_display(), "", str(rapport.par))
    for avis in mandat.prolongations.all():
        yield Evenement(avis.avis_le, "Avis de la CCAPEX", avis.get_avis_display(), "")
    if mandat.clos_le:
        detail = join([mandat.get_motif_cloture_display(), mandat.get_denouement_display()])
        yield Evenement(mandat.clos_le, "Accompagnement clos", detail, operateur)


ONGLET = Onglet(
    libelle="Accompagnement",
    rang=70,
    template="dossier/onglets/accompagnement.html",
    read=_read,
    categories=("accompagnement",),
    fils=(
        Fil(
            "mandat", "Équipe mobile", 40, "accompagnement", Mandat, list_dossier_mandats,
            _write_mandats,
        ),
    ),
)  # fmt: skip
