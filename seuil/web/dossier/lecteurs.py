"""Why the reader sees a dossier, and who else may, in the words of the matrix."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from seuil.acteurs.matrice import Matrice, Regle, load_matrice
from seuil.acteurs.models import Agent, Organisation, Role
from seuil.dossiers.models import Acces, Dossier
from seuil.dossiers.queries import Ouverture, list_acces


@dataclass(frozen=True, slots=True)
class Pourquoi:
    """One reason for which the reader sees the dossier."""

    relation: str
    finalite: str
    base: str
    lit: Sequence[str]
    ecrit: Sequence[str]
    depuis_le: date | None
    jusqu_au: date | None


@dataclass(frozen=True, slots=True)
class Lecteur:
    """Who else may see the dossier, by what, and what of it."""

    qui: str
    profil: str
    par: str
    lit: Sequence[str]
    depuis_le: date | None = None
    jusqu_au: date | None = None
    motif: str = ""
    # The link that the secretariat may end.
    lien: Acces | None = None


def list_pourquoi(ouverture: Ouverture, matrice: Matrice) -> list[Pourquoi]:
    """Return the reasons for which the reader sees the dossier."""
    return [
        Pourquoi(
            relation=raison.relation.libelle,
            finalite=matrice.finalites[raison.regle.finalite],
            base=matrice.bases[raison.regle.base],
            lit=_categories(matrice, raison.regle, "lire", but="ecrire"),
            ecrit=_categories(matrice, raison.regle, "ecrire"),
            depuis_le=raison.depuis_le,
            jusqu_au=raison.jusqu_au,
        )
        for raison in ouverture.raisons
    ]


def list_lecteurs(*, agent: Agent, on: date, dossier: Dossier) -> list[Lecteur]:
    """Return who may see the dossier on that day, one line by person, organisation or service.

    By dated link, by sector, by what an organisation has to do, by whole département.
    """
    matrice = load_matrice()
    links = [
        lecteur
        for link in list_acces(agent=agent, on=on, dossier=dossier)
        for lecteur in _from_link(matrice, link)
    ]
    return [*links, *_from_rules(matrice, dossier, on)]


def _from_link(matrice: Matrice, link: Acces) -> list[Lecteur]:
    """Return the readers that a dated link opens the dossier to."""
    if link.agent:
        named = [(str(link.agent), link.agent.profil)]
    elif link.organisation:
        profils = _profils_of(matrice, link.organisation, link.relation)
        named = [(str(link.organisation), profil) for profil in profils]
    else:
        named = [(str(Role(link.role).label), link.role)]
    found = []
    for qui, code in named:
        profil = matrice.profils.get(code)
        regle = (
            next((r for r in profil.regles if r.relation == link.relation), None)
            if profil
            else None
        )
        if profil and regle:
            found.append(
                Lecteur(
                    qui, profil.libelle, link.get_relation_display().lower(),
                    _categories(matrice, regle, "lire"), link.debut_le, link.fin_le, link.motif,
                    link if link.relation in _ENDED_BY_HAND else None,
                )
            )  # fmt: skip
    return found


_ENDED_BY_HAND = {"destinataire", "bailleur", "bris_de_glace"}


def _profils_of(matrice: Matrice, organisation: Organisation, relation: str) -> list[str]:
    return [
        p.code
        for p in matrice.profils.values()
        if any(r.relation == relation for r in p.regles)
        and not p.code_remis
        and (p.role != Role.PARTENAIRE or matrice.find_profil(p.role, organisation.type) is p)
    ]


def _from_rules(matrice: Matrice, dossier: Dossier, on: date) -> list[Lecteur]:
    """Return the readers that no link names: sector, duty, whole département."""
    here = Organisation.objects.filter(departement=dossier.departement_id)
    owing = {t.organisation_id for t in dossier.taches.filter(visible_le__lte=on)}
    found = []
    for profil in matrice.profils.values():
        for regle in profil.regles:
            lit = _categories(matrice, regle, "lire")
            if (
                not lit
                or not regle.de <= dossier.rang <= regle.a
                or set(regle.operations) == {"listes"}
            ):
                continue
            par = matrice.relations[regle.relation].tiers
            if regle.relation == "departement":
                found.append(Lecteur(profil.libelle, profil.libelle, par, lit))
                continue
            if regle.relation not in {"secteur", "saisine"}:
                continue
            for organisation in here.order_by("nom"):
                if matrice.find_profil(profil.role, organisation.type) is not profil:
                    continue
                concerned = (
                    organisation.pk in owing
                    if regle.relation == "saisine"
                    else organisation.serves(dossier.commune_code)
                )
                if concerned:
                    found.append(Lecteur(str(organisation), profil.libelle, par, lit))
    return found


def _categories(matrice: Matrice, regle: Regle, operation: str, *, but: str = "") -> list[str]:
    """Return the categories of a dossier that a rule opens for an operation, `but` set aside."""
    return [
        libelle
        for code, libelle in matrice.categories.items()
        if code != "listes"
        and regle.allows(code, operation)
        and not (but and regle.allows(code, but))
    ]
