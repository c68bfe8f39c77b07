"""The rules as a jurist reads them: themes, values in words, periods."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from seuil.dossiers.rules import normalise
from seuil.echeances.rules.effets import EffetDuDroit
from seuil.engines import droit
from seuil.web.templatetags.seuil import ecart_jours

# Folder of the parameters → title; the order is that of the procedure.
THEMES: Mapping[str, str] = {
    "signalement": "Signalement du commandement",
    "commandement": "Commandement de payer",
    "impaye": "Impayé et aide au logement",
    "assignation": "Assignation",
    "audience": "Audience et diagnostic social et financier",
    "jugement": "Jugement et recours",
    "expulsion": "Commandement de quitter les lieux et expulsion",
    "treve": "Trêve hivernale",
    "concours": "Concours de la force publique",
    "surendettement": "Surendettement",
    "protocole": "Protocole de cohésion sociale",
    "dalo": "Droit au logement opposable",
    "autres": "Autres procédures",
    "equipe_mobile": "Convention de l’équipe mobile",
}
CERTITUDES: Mapping[str, str] = {
    "sure": "certaine",
    "contested": "discutée",
    "to_check": "à vérifier",
}
TONS: Mapping[str, str] = {"sure": "success", "contested": "info", "to_check": "warning"}
REPORTS: Mapping[str, str] = {
    "aucun": "Sans effet sur cette date (article 642 du code de procédure civile).",
    "note": "Non appliqué ; signalé, il peut être plaidé (article 642).",
    "alternative": "Donné comme seconde date : son application est discutée (article 642).",
    "oui": "Appliqué : jour ouvrable suivant (article 642).",
}


@dataclass(frozen=True, slots=True)
class VersionVue:
    """A version in words."""

    version: droit.Version
    parametre: str
    # « En vigueur depuis le … », « Ancienne version, jusqu’au … ».
    titre: str
    valeur: Sequence[str]
    # en_vigueur, passee or a_venir.
    etat: str
    variantes: Sequence[tuple[str, str, str, str]]
    annuelles: Sequence[str]


@dataclass(frozen=True, slots=True)
class RegleVue:
    """A rule with what it is worth on the day of the reader."""

    regle: droit.Regle
    versions: Sequence[VersionVue]
    # The version to show in a list: in force, else the next one, else the last one.
    actuelle: VersionVue


def read_regle(regle: droit.Regle, *, on: date) -> RegleVue:
    """Return a rule and its versions, newest first."""
    versions = [_read_version(regle, v, on=on) for v in regle.versions]
    ranked = {"en_vigueur": 0, "a_venir": 1, "passee": 2}
    current = min(reversed(versions), key=lambda v: ranked[v.etat])
    if current.etat == "a_venir":
        current = next(v for v in versions if v.etat == "a_venir")
    return RegleVue(regle, versions[::-1], current)


def _read_version(regle: droit.Regle, version: droit.Version, *, on: date) -> VersionVue:
    if version.covers(on):
        etat = "en_vigueur"
    else:
        etat = "passee" if version.valid_to and version.valid_to < on else "a_venir"
    return VersionVue(
        version=version,
        parametre=version.parametre(regle.id),
        titre=_write_titre(version, etat),
        valeur=droit.write_valeur(regle, version),
        etat=etat,
        variantes=[
            (
                _write_titre_variante(v),
                droit.write_duree(v.n, v.unit),
                v.motif,
                v.certainty,
            )
            for v in version.variantes
        ],
        annuelles=[droit.write_annuelle(version.periode)] if version.periode else [],
    )


def _write_titre_variante(variante: droit.Variante) -> str:
    if variante.bailleur:
        return f"Bailleur {droit.BAILLEURS[variante.bailleur]}"
    return f"Département {', '.join(sorted(variante.departements))}"


def _write_titre(version: droit.Version, etat: str) -> str:
    periode = droit.write_periode(version).removeprefix("en vigueur").lstrip(" ,")
    if etat == "en_vigueur":
        return f"En vigueur {periode}"
    if etat == "passee":
        return f"Ancienne version, {periode}"
    return f"À venir, {periode.replace('depuis le', 'à partir du')}"


@dataclass(frozen=True, slots=True)
class Theme:
    """A title and its rules."""

    code: str
    libelle: str
    regles: Sequence[RegleVue]


def list_themes(*, on: date, texte: str = "", certitude: str = "") -> list[Theme]:
    """Return the rules that match, by theme, in the order of the procedure."""
    words = normalise(texte).split()
    found: dict[str, list[RegleVue]] = {}
    for regle in droit.regles().values():
        vue = read_regle(regle, on=on)
        if certitude and vue.actuelle.version.certainty != certitude:
            continue
        known = _write_cherchable(vue) if words else ""
        if all(word in known for word in words):
            found.setdefault(regle.theme, []).append(vue)
    return [
        Theme(code, libelle, found[code]) for code, libelle in THEMES.items() if found.get(code)
    ]


def _write_cherchable(vue: RegleVue) -> str:
    regle = vue.regle
    texts = [regle.id, regle.libelle, regle.description, regle.debut_libelle, THEMES[regle.theme]]
    for v in vue.versions:
        texts += [v.version.ligne, v.version.note, *v.valeur]
        texts += [r.titre for r in v.version.references]
    return normalise(" ".join(texts))


@dataclass(frozen=True, slots=True)
class EffetVu:
    """What a trial does to the dates of one rule, in words."""

    effet: EffetDuDroit
    dans_le_fichier: bool
    avant: Sequence[str]
    apres: Sequence[str]
    mouvement: str


def list_effets_vus(
    effets: Iterable[EffetDuDroit], essai: Mapping[str, droit.Regle], *, on: date
) -> list[EffetVu]:
    """Return the lines of the table, the rules of the file first."""
    essayees = droit.list_essayees(essai)
    return [
        EffetVu(
            effet=effet,
            dans_le_fichier=effet.regle in essayees,
            avant=_write_valeur(droit.regles().get(effet.regle), on),
            apres=_write_valeur(essai[effet.regle], on),
            mouvement=write_mouvement(effet),
        )
        for effet in effets
    ]


def _write_valeur(regle: droit.Regle | None, on: date) -> Sequence[str]:
    if regle is None:
        return ("règle nouvelle",)
    actuelle = read_regle(regle, on=on).actuelle
    prefix = "" if actuelle.etat == "en_vigueur" else f"{actuelle.titre} : "
    return [f"{prefix}{line}" for line in actuelle.valeur]


def write_mouvement(effet: EffetDuDroit) -> str:
    """Write « 14 jours plus tard », « de 2 jours plus tôt à 30 jours plus tard »."""
    if effet.minimum is None or effet.maximum is None or effet.mediane is None:
        return "—"
    if effet.minimum == effet.maximum:
        return ecart_jours(effet.minimum)
    return (
        f"de {ecart_jours(effet.minimum)} à {ecart_jours(effet.maximum)} ; "
        f"médiane : {ecart_jours(effet.mediane)}"
    )
