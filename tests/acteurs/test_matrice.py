"""The matrix of accesses: read strictly, closed by default, faithful to what the law says."""

import pytest

from seuil.acteurs.matrice import (
    list_lignes,
    list_portees,
    load_matrice,
    parse_matrice,
)
from seuil.acteurs.models import Role, TypeOrganisation
from seuil.dossiers.models import Acces
from seuil.echeances.models import Stade
from seuil.strict_yaml import FichierIllisible

GOOD = """
version: 3
categories:
  identite: identité
  bail_dette: dette
  listes: listes reçues
stades: [commandement, cql, cfp]
relations:
  departement:
    libelle: de votre département
  mandat:
    libelle: confié
    lien: true
bases:
  loi: une loi
finalites:
  instruire: instruire
verbes:
  dossier.lire: consulter
profils:
  secretariat:
    libelle: Secrétariat
    role: secretariat
    verbes: [dossier.lire]
    regles:
      - relation: departement
        des: cql
        lire: [identite]
        ecrire: [bail_dette]
        finalite: instruire
        base: loi
      - relation: mandat
        lire: [identite]
        finalite: instruire
        base: loi
  autre:
    libelle: Autre
    role: partenaire
    organismes: [caf, msa]
    verbes: []
    regles: []
    finalite: instruire
    base: loi
"""


def test_a_well_formed_text_is_read() -> None:
    matrice = parse_matrice(GOOD)
    regle = matrice.profils["secretariat"].regles[0]

    assert matrice.version == 3
    assert (regle.de, regle.a) == (1, 2)
    assert regle.allows("bail_dette", "lire"), "whoever writes reads"
    assert regle.allows("bail_dette", "ecrire")
    assert not regle.allows("identite", "ecrire")
    assert not regle.allows("inconnue", "lire")


def test_the_profile_of_an_agent_comes_from_its_role_and_its_organisation() -> None:
    matrice = parse_matrice(GOOD)

    assert matrice.find_profil("partenaire", "caf").code == "autre"  # type: ignore[union-attr]
    assert matrice.find_profil("secretariat", "caf").code == "secretariat"  # type: ignore[union-attr]
    assert matrice.find_profil("partenaire", "adil") is None
    assert matrice.find_profil("inconnu", "") is None


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("version: 3", "version: trois", "ligne 2", "un nombre entier"),
        ("version: 3", "version: 3\nautre: 1", "ligne 3", "clé inconnue"),
        ("  bail_dette: dette\n", "", "ligne 28", "catégorie inconnue, bail_dette"),
        ("lire: [identite]\n        ecrire", "lire: [tout]\n        ecrire", "ligne 28", "tout"),
        ("relation: mandat", "relation: voisin", "ligne 32", "voisin"),
        ("base: loi\n      - relation", "base: us\n      - relation", "ligne 31", "us"),
        ("des: cql", "des: toujours", "ligne 27", "toujours"),
        ("des: cql", "des: cfp\n        jusqu_a: cql", "ligne 28", "vient avant"),
        (
            "relation: mandat\n", "relation: mandat\n        des: cql\n", "ligne 32", "lien daté",
        ),
        ("[dossier.lire]", "[dossier.lire, dossier.voir]", "ligne 24", "dossier.voir"),
        ("    role: secretariat\n", "", "ligne 22", "un rôle"),
        ("  - relation: mandat", "  - relation: departement", "ligne 25", "deux règles"),
        ("lire: [identite]\n        ecrire", "ecrire", "ligne 25", "sans son identité"),
        (
            "        lire: [identite]\n        finalite: instruire\n        base: loi\n  autre",
            "        finalite: instruire\n        base: loi\n  autre", "ligne 32", "ne donne rien",
        ),
        ("    role: partenaire", "    role: secretariat", "", "deux fois|a déjà ce rôle"),
        ("    finalite: instruire\n    base: loi\n", "", "ligne 37", "un texte est attendu"),
    ],
)  # fmt: skip
def test_a_matrix_that_is_not_well_formed_is_refused_and_the_line_named(
    old: str, new: str, place: str, message: str
) -> None:
    assert GOOD.count(old) >= 1
    text = GOOD.replace(old, new, 1)
    if "secretariat" in new and "role" in new:
        text = text.replace("    organismes: [caf, msa]\n", "")

    with pytest.raises(FichierIllisible, match=message) as refused:
        parse_matrice(text, fichier="m.yaml")

    assert place in str(refused.value)


def test_every_role_has_a_profile_and_every_type_of_partner_too() -> None:
    matrice = load_matrice()

    for role in Role.values:
        for organisme in TypeOrganisation.values:
            assert matrice.find_profil(role, organisme), (role, organisme)


def test_the_file_names_only_types_of_organisation_that_exist() -> None:
    named = {o for p in load_matrice().profils.values() for o in p.organismes or ()}

    assert named <= set(TypeOrganisation.values)


def test_links_and_stages_are_those_of_the_database() -> None:
    matrice = load_matrice()

    assert {r.code for r in matrice.relations.values() if r.lien} == set(Acces.Relation.values)
    assert list(matrice.stades) == Stade.values


def test_each_rule_says_what_for_and_on_what_basis() -> None:
    for profil in load_matrice().profils.values():
        assert profil.finalite or profil.regles
        for regle in profil.regles:
            assert regle.finalite
            assert regle.base


@pytest.mark.parametrize(
    ("profil", "categorie"),
    [
        # No derogation to secrecy names a landlord, a commissaire or the police.
        *(
            (profil, categorie)
            for profil in ("bailleur_social", "bailleur_prive", "commissaire", "police")
            for categorie in ("ressources", "suivi", "echanges", "note_sociale", "protection")
        ),
        ("secretariat", "note_sociale"),
        ("secretariat", "evaluation_police"),
        ("gestionnaire", "note_sociale"),
        ("gestionnaire", "echanges"),
        ("caf", "note_sociale"),
        ("siao", "bail_dette"),
        ("menage", "evaluation_police"),
        ("menage", "note_sociale"),
        ("bailleur_du_code", "identite"),
    ],
)
def test_what_nobody_may_ever_open(profil: str, categorie: str) -> None:
    assert list_portees(profil, categorie) == ()


@pytest.mark.parametrize("profil", ["commissaire", "banque_de_france", "bailleur_prive"])
def test_a_recipient_receives_and_does_not_browse(profil: str) -> None:
    found = load_matrice().profils[profil]

    assert "dossier.lire" not in found.verbes
    assert {c for r in found.regles for c in r.operations if r.allows(c, "recevoir")}
    assert {
        c for r in found.regles for c in r.operations if r.allows(c, "lire")
    } == {"identite", "devoirs"}  # fmt: skip


@pytest.mark.parametrize("profil", ["charge_mission", "dihal", "administrateur"])
def test_who_has_figures_only_opens_no_category(profil: str) -> None:
    assert load_matrice().profils[profil].regles == ()


def test_the_lines_given_to_postgresql_say_all_of_it() -> None:
    matrice = load_matrice()
    lines = set(list_lignes(matrice))

    for profil in matrice.profils.values():
        for categorie in matrice.categories:
            for operation in ("lire", "ecrire", "recevoir"):
                told = {
                    line[3:] for line in lines if line[:3] == (profil.code, categorie, operation)
                }
                asked = list_portees(profil.code, categorie, operation)
                assert told == {(p.relation, p.de, p.a) for p in asked}
