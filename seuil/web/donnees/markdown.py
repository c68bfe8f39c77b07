"""The register in Markdown: docs/donnees-personnelles.md, and the skeleton of the AIPD."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from seuil.conservation.queries.registre import Registre
from seuil.conservation.rules import POPULATION_MIN, write_duree

_NBSP = "\N{NO-BREAK SPACE}"
_CERTITUDE = {"sure": "", "to_check": " — **à confirmer**"}

_HEAD = """# Données personnelles

<!-- Page écrite par `make docs` à partir du code : ne pas la modifier à la main. -->

Ce que Seuil enregistre, pour quoi, sur quelle base, qui le reçoit et combien de temps. Tout vient
du code : la matrice des accès (`seuil/acteurs/matrice.yaml`), la classe de chaque champ
(`class Privacy` des modèles) et les règles de conservation (`seuil/conservation/regles.yaml`), que
`seuil rgpd purge` applique chaque nuit. La même page est publique dans l’application.
"""

_DROITS = """## Vos droits

Accès, rectification, limitation et opposition (RGPD, art. 15, 16, 18 et 21) : écrivez au délégué
à la protection des données du département. La réponse est due en un mois. L’effacement n’est pas
dû pendant que la mission d’intérêt public dure (art. 17.3.b) : il vient au terme des durées
ci-dessus. La portabilité n’est pas due sur cette base (art. 20). En cas de désaccord, saisissez
la CNIL (cnil.fr).
"""


@dataclass(frozen=True, slots=True)
class Mesure:
    """A measure of the AIPD: what it lowers, the battery's identifier, where it is tried."""

    libelle: str
    epreuves: str
    essais: Sequence[str]


MESURES: Sequence[Mesure] = (
    Mesure(
        "Accès fermé par défaut : profil × catégorie × relation × stade, appliqué par les requêtes"
        " et par PostgreSQL",
        "T01, T03, T06",
        ("tests/acteurs/test_matrice.py", "tests/dossiers/test_acces.py"),
    ),
    Mesure(
        "Chaque page déclare qui l’ouvre",
        "T01, T05",
        ("tests/architecture/test_routes.py",),
    ),
    Mesure(
        "Chaque champ a une classe et une règle de conservation, sinon la construction échoue",
        "T05, T34",
        ("tests/architecture/test_models.py",),
    ),
    Mesure(
        "Effacement au terme, chaque nuit, sans trace hors du journal",
        "T34",
        ("tests/conservation/test_purge.py", "tests/conservation/test_conservation_rules.py"),
    ),
    Mesure(
        "Accès, rectification, limitation ; tiers masqués",
        "T35",
        ("tests/conservation/test_droits.py", "tests/jobs/test_rgpd.py"),
    ),
    Mesure(
        "Journal des actions, en ajout seul",
        "T11, T12, T13",
        ("tests/audit/test_operations.py",),
    ),
    Mesure(
        "Fichiers reçus lus à part, sous limites",
        "T16, T17",
        ("tests/tabular/test_hostile.py",),
    ),
    Mesure(
        "Import tout ou rien, même tué en route",
        "T07",
        ("tests/usecases/test_import_kill.py",),
    ),
    Mesure(
        "Journaux techniques sans donnée personnelle",
        "T36",
        ("tests/kernel/test_logs.py",),
    ),
    Mesure(
        "Aucun script en ligne, aucun hôte étranger",
        "T30, T31",
        ("tests/architecture/test_browser.py", "tests/architecture/test_templates.py"),
    ),
)
# Feared event, where it comes from, what limits it (ranks of MESURES, from one).
_RISQUES = (
    (
        "Accès illégitime",
        "agent curieux, compte volé, sauvegarde perdue, administrateur",
        "révélation d’une expulsion, d’une dette, d’une fragilité ; rejet, pression, violence",
        (1, 2, 6, 9, 10),
    ),
    (
        "Modification non désirée",
        "homonymie, liste mal lue, saisie concurrente, malveillance",
        "mauvaise date, ménage non convoqué, droit perdu",
        (1, 6, 7, 8),
    ),
    (
        "Disparition",
        "panne, effacement trop tôt, chiffrement par un tiers",
        "accompagnement interrompu, preuve perdue",
        (4, 8),
    ),
    (
        "Conservation trop longue",
        "durée non appliquée, copie oubliée",
        "stigmatisation durable du ménage",
        (3, 4),
    ),
    (
        "Droit non respecté",
        "demande perdue, réponse tardive, tiers révélé",
        "impossibilité de se défendre",
        (5,),
    ),
)


def render_donnees(registre: Registre) -> str:
    """Return docs/donnees-personnelles.md."""
    return "\n".join([
        _HEAD, *_write_traitements(registre), *_write_destinataires(registre),
        *_write_regles(registre), *_write_tables(registre), _DROITS,
    ])  # fmt: skip


def render_aipd(registre: Registre) -> str:
    """Return the skeleton of the impact analysis (RGPD, art. 35), to complete with the officer."""
    return "\n".join([
        _AIPD, *_write_traitements(registre), *_write_destinataires(registre), _NECESSITE,
        *_write_regles(registre), *_write_risques(), *_write_mesures(), _DECISION,
    ])  # fmt: skip


_AIPD = """# Analyse d’impact (AIPD) — trame

<!-- Page écrite par `make docs` à partir du code : ne pas la modifier à la main. -->

Trame tirée du code, à compléter et à signer par le responsable de traitement, après avis du délégué
à la protection des données. L’analyse est obligatoire : personnes vulnérables, grande échelle,
croisement de sources (CNIL, délibération n° 2018-327). Ce qui est entre crochets reste à écrire.

## Le traitement

Prévenir les expulsions locatives et coordonner ceux qui en sont chargés (loi n° 90-449 du 31 mai
1990, art. 7-1 et 7-2). Responsable : [préfet du département]. Responsables conjoints : [conseil
départemental, CAF… ; accord à joindre]. Sous-traitants : [hébergeur]. Personnes concernées :
ménages menacés d’expulsion, bailleurs, agents.

Supports : serveur du service, base PostgreSQL, répertoire des pièces jointes, copies de sauvegarde
[où, chiffrées comment, gardées combien de temps].
"""
_NECESSITE = """## Nécessité et proportionnalité

- Base : mission d’intérêt public (RGPD, art. 6.1.e) ; données sociales ou de santé d’un
  diagnostic : [exception de l’art. 9.2, à motiver].
- Minimisation : chaque profil ne lit que les catégories que sa finalité demande ; le chargé de
  mission et la DIHAL ne lisent que des chiffres.
- Exactitude : les faits sont datés et sourcés ; la rectification dit qui a lu l’ancienne valeur
  (`seuil rgpd rectification`).
- Information des personnes (art. 13 et 14) : page publique « Données personnelles » ; [courrier].
- Droits : registre des demandes, un mois pour répondre, page « Droits des personnes ».
"""
_DECISION = """Limites connues, à peser :

- un agent qui a lu peut recopier ;
- les textes libres d’une remise sont relus par une personne, non par la machine ;
- une copie de sauvegarde garde ce qui est effacé jusqu’à son propre terme ;
- qui administre la base peut rapprocher l’instant d’un effacement et la ligne anonyme écrite par la
  même transaction.

## Avis et décision

- Avis du délégué à la protection des données : [date, avis]
- Avis des personnes concernées ou de leurs représentants : [date, avis]
- Décision du responsable de traitement : [date, signature, date de révision]
"""


def _write_risques() -> Iterator[str]:
    yield from ("## Risques", "")
    yield from _head("Redouté", "D’où", "Conséquence", "Mesures", "Gravité", "Vraisemblance")
    for name, source, effect, measures in _RISQUES:
        yield _row(
            name, source, effect, _join((f"M{n}" for n in measures), ", "), "[1 à 4]", "[1 à 4]"
        )
    yield ""


def _write_mesures() -> Iterator[str]:
    yield from ("## Mesures, et ce qui les éprouve", "")
    yield from _head("N°", "Mesure", "Épreuves", "Essais")
    for n, m in enumerate(MESURES, 1):
        yield _row(f"M{n}", m.libelle, m.epreuves, _join((f"`{e}`" for e in m.essais), ", "))
    yield ""


def _write_traitements(registre: Registre) -> Iterator[str]:
    yield from ("## Pour quoi, et sur quelle base", "")
    yield from _head("Finalité", "Base", "Qui agit", "Catégories")
    for t in registre.traitements:
        yield _row(t.finalite, _join(t.bases), _join(t.profils), _join(t.categories) or "aucune")
    yield ""


def _write_destinataires(registre: Registre) -> Iterator[str]:
    yield from ("## Qui reçoit quoi", "")
    yield from _head("Qui", "Lit", "Reçoit sans lire dans Seuil", "Pour quoi")
    for d in registre.destinataires:
        yield _row(d.profil, _join(d.lit), _join(d.recoit) or "—", _join(d.finalites))
    yield ""


def _write_regles(registre: Registre) -> Iterator[str]:
    c = registre.conservation
    yield from ("## Combien de temps", "")
    yield from _head("Règle", "Ce qui fait courir", "Durée", "Ensuite", "Source")
    for regle, evenement, duree in registre.regles:
        yield _row(
            f"{regle.libelle} (`{regle.code}`)",
            evenement,
            duree or "—",
            regle.ensuite,
            f"{regle.source}{_CERTITUDE[regle.certitude]}",
        )
    yield ""
    yield (
        "Un dossier dont la durée est passée est gardé, en archive, tant que la procédure peut"
        " avoir une suite, que l’État peut encore devoir une indemnité, que la personne a"
        " demandé la limitation, ou qu’un gel est posé sur motif :"
    )
    yield ""
    yield from _head("Ce qui retient", "Durée après le dernier acte", "Source")
    for etape in c.etapes.values():
        source = f"{etape.source}{_CERTITUDE[etape.certitude]}"
        yield _row(f"procédure au stade {etape.code}", write_duree(etape.mois), source)
    yield _row(
        "indemnisation après un refus du concours",
        f"{c.indemnisation_ans}{_NBSP}ans, comptés du 1er janvier qui suit",
        f"{c.indemnisation_source}{_CERTITUDE['to_check']}",
    )
    yield ""
    yield (
        "Il reste d’un dossier effacé une ligne anonyme : identifiant tiré au sort, mois"
        " d’ouverture et du dernier fait, commune (ou intercommunalité sous"
        f" {POPULATION_MIN // 1000}{_NBSP}000 habitants, taille des mailles fines de"
        " l’Insee), parc, stade, dénouement, tranche de dette. Les chiffres d’activité des mois"
        " passés ne changent pas : ce que le dossier y comptait est gardé en nombres, par jour"
        " et par opérateur."
    )
    yield ""
    yield "À la personne qui demande ses données :"
    yield ""
    for x in c.communications.values():
        yield f"- {x.motif} ({x.source}){_CERTITUDE[x.certitude]}"
    yield ""


def _write_tables(registre: Registre) -> Iterator[str]:
    yield from ("## Ce qui est enregistré", "")
    yield from _head("Table", "Données", "Règle")
    for table in registre.tables:
        content = "<br>".join(
            f"**{label}** : {_join(names, ', ')}" for label, names in table.contenu
        )
        yield _row(table.nom, content or "rien de personnel", f"`{table.regle.code}`")
    yield ""


def _head(*names: str) -> Iterator[str]:
    yield _row(*names)
    yield "|" + "---|" * len(names)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _join(words: Iterable[str], by: str = " ; ") -> str:
    return by.join(words)
