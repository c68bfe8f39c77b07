"""The accounts of several persons, from a table: refusals are told, the rest opened at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from seuil.acteurs.models import Agent, Organisation, Role
from seuil.acteurs.rules import AgentSaisi, fold_courriel, fold_nom, why_not_adresse
from seuil.connexions.queries import list_organisations_invitables
from seuil.kernel.refusal import Refusal
from seuil.usecases.create_compte import create_compte, list_roles
from seuil.usecases.receive_tableau import Colonnes, Ligne, Refus, Tableau

COLONNES: Colonnes = {
    "nom": ("nom", "nom de famille"),
    "prenom": ("prenom",),
    "courriel": ("courriel", "email", "e mail", "mail", "adresse", "adresse electronique"),
    "role": ("role", "fonction", "profil"),
    "organisme": ("organisme", "organisation", "structure", "service"),
}
EXIGEES = ("nom", "prenom", "courriel")
# As many as a page of links can be handed over.
MAXIMUM = 200
_LONGUEUR = 80


class TropDeComptes(Refusal):
    message = f"Pas plus de {MAXIMUM} comptes à la fois : coupez le tableau en deux."


@dataclass(frozen=True, slots=True)
class CompteSaisi:
    """A person to invite, and where."""

    saisie: AgentSaisi
    organisation: Organisation


@dataclass(slots=True)
class Lecture:
    """What a table of persons says, before anything is written."""

    tableau: Tableau
    acceptes: list[CompteSaisi] = field(default_factory=list)
    # Those who have an account there already.
    connus: int = 0
    refus: list[Refus] = field(default_factory=list)

    @property
    def a_corriger(self) -> str:
        """The refused lines alone, to be mended and sent again; empty without any."""
        numeros = {r.numero for r in self.refus}
        return self.tableau.write(numeros) if numeros else ""


def prepare_comptes(*, tableau: Tableau, by: Agent) -> Lecture:
    """Check a table of persons against what `by` may give; write nothing. Raises TropDeComptes."""
    if len(tableau.lignes) > MAXIMUM:
        raise TropDeComptes
    lecture = Lecture(tableau)
    lecteur = _Lecteur(tableau, by)
    for ligne in tableau.lignes:
        if lecteur.is_known(ligne):
            lecture.connus += 1
        elif found := next(lecteur.refuse(ligne), None):
            lecture.refus.append(Refus(ligne.numero, *found))
        else:
            lecture.acceptes.append(lecteur.read(ligne))
    return lecture


@transaction.atomic
def create_comptes(
    *, comptes: Sequence[CompteSaisi], by: Agent, on: date, at: datetime
) -> list[tuple[Agent, str]]:
    """Open the accounts, all or none; return each with the token of its link.

    Raises as create_compte.
    """
    return [
        create_compte(saisie=c.saisie, organisation=c.organisation, by=by, on=on, at=at)
        for c in comptes
    ]


class _Lecteur:
    """What `by` may give, by what a table may call it."""

    def __init__(self, tableau: Tableau, by: Agent) -> None:
        found = list_organisations_invitables(agent=by)
        self._organismes = {fold_nom(o.nom): o for o in found}
        self._seul = found[0] if len(found) == 1 else None
        self._roles = {o.pk: list_roles(organisation=o, by=by) for o in found}
        self._libelles = {
            fold_nom(text): value
            for value, label in Role.choices
            for text in (value, value.replace("_", " "), str(label))
        } | {"partenaire": Role.PARTENAIRE.value}
        asked = [fold_courriel(ligne["courriel"]) for ligne in tableau.lignes]
        held = Agent.objects.filter(courriel__in=asked).order_by("pk")
        self._tenus = dict(held.values_list("courriel", "organisation"))
        # Address → the line that took it in this very table.
        self._pris: dict[str, int] = {}

    def is_known(self, ligne: Ligne) -> bool:
        """Tell whether that person has an account in that organisation already."""
        organisme = self._find_organisme(ligne)
        held = self._tenus.get(fold_courriel(ligne["courriel"]))
        return organisme is not None and held == organisme.pk

    def refuse(self, ligne: Ligne) -> Iterator[tuple[str, str, str]]:
        """Yield why a person is not invited: column, text, remedy."""
        for colonne in ("nom", "prenom"):
            if not 0 < len(ligne[colonne]) <= _LONGUEUR:
                yield colonne, ligne[colonne][:40], f"De 1 à {_LONGUEUR} caractères."
        organisme = self._find_organisme(ligne)
        if organisme is None:
            yield (
                "organisme",
                ligne["organisme"],
                "Aucun organisme où vous invitez ne porte ce nom : reprenez celui de l’annuaire.",
            )
            return
        courriel = fold_courriel(ligne["courriel"])
        if reason := why_not_adresse(courriel=ligne["courriel"], domaines=organisme.domaines):
            yield "courriel", ligne["courriel"], reason
        if courriel in self._tenus:
            yield "courriel", ligne["courriel"], "Un compte d’un autre organisme a cette adresse."
        if self._pris.setdefault(courriel, ligne.numero) != ligne.numero:
            yield (
                "courriel",
                ligne["courriel"],
                f"Cette adresse est déjà à la ligne {self._pris[courriel]}.",
            )
        roles = self._roles[organisme.pk]
        if self._find_role(ligne, organisme) is None:
            labels = ", ".join(str(Role(r).label) for r in roles) or "aucun"
            yield "role", ligne["role"], f"Rôles que cet organisme peut donner : {labels}."

    def read(self, ligne: Ligne) -> CompteSaisi:
        """Return the person of a line that nothing refuses."""
        organisme = self._find_organisme(ligne)
        assert organisme
        role = self._find_role(ligne, organisme)
        assert role
        saisie = AgentSaisi(ligne["courriel"], ligne["nom"], ligne["prenom"], role)
        return CompteSaisi(saisie, organisme)

    def _find_organisme(self, ligne: Ligne) -> Organisation | None:
        if not ligne["organisme"]:
            return self._seul
        return self._organismes.get(fold_nom(ligne["organisme"]))

    def _find_role(self, ligne: Ligne, organisme: Organisation) -> str | None:
        roles = self._roles[organisme.pk]
        if not ligne["role"]:
            return roles[0] if len(roles) == 1 else None
        asked = self._libelles.get(fold_nom(ligne["role"]))
        return asked if asked in roles else None
