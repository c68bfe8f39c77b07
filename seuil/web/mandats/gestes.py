"""What may be done about a mandate, in the order of its life: its page and the dossier's tab."""

from collections.abc import Callable, Iterator

from django.urls import reverse

from seuil.accompagnements.models import Mandat
from seuil.accompagnements.queries.mandats import get_etat

# What each reader sees first; one that ended, or was refused, is only read.
OUVERTS = ("a_repondre", "a_affecter", "en_cours", "en_veille")


def may_watch(mandat: Mandat) -> bool:
    """Tell whether the démarches of a running mandate are over."""
    contrat = getattr(mandat, "contrat", None)
    if get_etat(mandat) != "en_cours":
        return False
    return contrat is None or all(d.etat != "a_faire" for d in contrat.demarches.all())


def list_gestes(mandat: Mandat, may: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """Yield the label and the address of each page that will accept what is done there."""
    etat = get_etat(mandat)
    if etat not in OUVERTS:
        return
    contrat = getattr(mandat, "contrat", None)
    suit = bool(mandat.reponse) and may("mandat.suivre")
    pages = (
        ("Répondre", "mandat_repondre", etat == "a_repondre" and may("mandat.repondre")),
        ("Affecter", "mandat_affecter", etat == "a_affecter" and may("mandat.repondre")),
        ("Changer l’affectation", "mandat_affecter",
         etat in ("en_cours", "en_veille") and may("mandat.repondre")),
        ("Dire si la situation est simple ou complexe", "mandat_complexite",
         suit and not mandat.complexite),
        ("Rendre compte", "rapport_rendre", suit),
        ("Enregistrer le contrat", "contrat_signer", suit and contrat is None),
        ("Ajouter une démarche", "demarche_ajouter", suit and contrat is not None),
        ("Enregistrer l’avis de la CCAPEX", "prolongation_enregistrer",
         bool(mandat.reponse) and may("mandat.prolonger")),
        ("Mettre en veille", "mandat_veille", suit and may_watch(mandat)),
        ("Demander une prolongation", "prolongation_demander", suit),
        ("Clore l’accompagnement", "cloture", suit),
    )  # fmt: skip
    for libelle, page, offered in pages:
        if offered:
            yield libelle, reverse(page, args=[mandat.pk])
