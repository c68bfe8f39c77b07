"""The headers and the words of the lists are data, read strictly."""

from collections.abc import Callable
from pathlib import Path

import pytest

from seuil.actes.rules import champs, valeurs
from seuil.actes.rules.champs import load_titres, parse_titres
from seuil.actes.rules.valeurs import load_mots, parse_mots
from seuil.dossiers.models.bail import Bail, Bailleur
from seuil.dossiers.models.dossier import Parc
from seuil.dossiers.models.menage import SuiviSocial
from seuil.dossiers.rules import normalise
from seuil.engines import tabular
from seuil.strict_yaml import FichierIllisible, Table, read_table

TITRES = champs.FICHIER.read_text(encoding="utf-8")
MOTS = valeurs.FICHIER.read_text(encoding="utf-8")


def test_each_word_is_known_as_lists_write_it_and_says_a_value_that_exists() -> None:
    mots = load_mots()

    assert set(mots.natures.values()) <= set(Bailleur.Nature.values)
    assert set(mots.parcs.values()) <= set(Parc.values)
    assert set(mots.suivis.values()) <= set(SuiviSocial.Situation.values)
    assert set(mots.clauses.values()) <= set(Bail.Clause.values)
    words = [mots.natures, mots.parcs, mots.suivis, mots.clauses, *mots.sens.values()]
    assert all(normalise(word) == word for known in words for word in known)
    assert mots.natures["BAILLEUR PRIVE"] == "physique"
    assert mots.clauses["6 SEM"] == "6 semaines"
    assert mots.sens["jugement"]["EXPULSION CONDITIONNELLE"] == "delais"


def test_the_reader_of_rows_knows_every_field_of_the_file_and_no_other() -> None:
    source = Path(champs.__file__).with_name("lignes.py").read_text(encoding="utf-8")
    derived = {"code_postal", "code_commune", "commune"}

    assert {code for code in load_titres().champs if f'"{code}"' not in source} <= derived
    assert load_titres().champs["nom"].obligatoire
    assert "cdp" in load_titres().dates["commandement"]


def test_no_header_is_given_to_two_fields() -> None:
    headers = [
        tabular.normalise_header(header)
        for champ in load_titres().champs.values()
        for header in champ.synonymes
    ]

    assert len(headers) == len(set(headers)) > 200


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  nom2:\n", "  nom3:\n", "ligne {line}, « nom3 » : clé inconnue, retirez-la ou écrivez"),
        ("titres: [date de naissance", "titres: [nom, date", "« titres » : le titre « nom » est"),
        ("titres: [date de naissance", "titres: [naissance, date", "le titre « naissance » est"),
        ("obligatoire: true", "obligatoire: oui", "« obligatoire » : true ou false est attendu"),
        ("libelle: Date de naissance", "libelle: 12", "« libelle » : un texte est attendu"),
        ("  cfp: [", "  cgp: [", "« cgp » : clé inconnue"),
        ("dates:\n", "jours:\n", "« jours » : clé inconnue, retirez-la ou écrivez"),
        ("champs:\n", "champs: [\n", "« YAML » : écriture illisible"),
    ],
)
def test_a_faulty_heading_is_refused_with_its_line(old: str, new: str, message: str) -> None:
    assert message in why_refused(parse_titres, TITRES, old, new)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("natures:\n", "nature:\n", "ligne {line}, « nature » : clé inconnue, retirez-la ou"),
        ("[bailleur social, social", "[physique, social", "« social » : le mot « physique » est"),
        ("delais: [", "delai: [", "« delai » : clé inconnue, retirez-la ou écrivez « delais »"),
        ("    attendu: signé ou rompu\n", "    mots: {}\n", "« attendu » : la clé manque"),
        ('"6", 6s', "6, 6s", "« 6 semaines » : une liste de textes est attendue"),
        ("  pcs:\n", "  signification:\n", "« signification » : clé inconnue"),
    ],
)
def test_a_faulty_word_is_refused_with_its_line(old: str, new: str, message: str) -> None:
    assert message in why_refused(parse_mots, MOTS, old, new)


def why_refused(parse: Callable[[Table], object], text: str, old: str, new: str) -> str:
    assert old in text
    line = text[: text.index(old)].count("\n") + 1
    with pytest.raises(FichierIllisible, match=r"lu\.yaml, ligne \d+, «") as refusal:
        parse(read_table(text=text.replace(old, new, 1), fichier="lu.yaml"))
    return str(refusal.value).replace("\xa0", " ").replace(f"ligne {line},", "ligne {line},")
