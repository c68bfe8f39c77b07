"""The lists of acts of an invented département, as files that enter by the real import."""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Literal

from seuil.engines import droit, tabular
from seuil.jobs.demo.gabarits import GABARITS, Gabarit
from seuil.jobs.demo.parcours import GIRONDE, PETITE, ActePrevu, Volumes, draw_actes

SEED = 33
_MOIS_AU_PLUS = {"commandement": 3, "assignation": 2}
TAILLES = {"petite": PETITE, "gironde": GIRONDE}

Valeur = str | int | Decimal | date | time | None


@dataclass(frozen=True, slots=True)
class FichierListe:
    """A list as its sender made it, and the day the secretariat receives it."""

    path: Path
    type: str
    source: str
    depose_le: date


@dataclass(frozen=True, slots=True)
class _Periode:
    """The months [debut, fin) of one list."""

    debut: date
    fin: date
    depose_le: date


def generate_lists(
    *, directory: Path, taille: str | Volumes, until: date, seed: int = SEED
) -> list[FichierListe]:
    """Write two years of lists that end on `until`; return them in the order of their arrival.

    The same arguments give the same bytes.
    """
    volumes = TAILLES[taille] if isinstance(taille, str) else taille
    directory.mkdir(parents=True, exist_ok=True)
    rng = Random(seed)
    depuis = _month(until, -volumes.mois)
    actes = draw_actes(rng=rng, volumes=volumes, departement="33", depuis=depuis, jusqu_a=until)
    fichiers = []
    for type_acte, gabarits in GABARITS.items():
        du_type = [acte for acte in actes if acte.type == type_acte]
        # Commandements and assignations come more often, so that the choice always has some.
        step = min(volumes.mois_par_liste, _MOIS_AU_PLUS.get(type_acte, volumes.mois_par_liste))
        for rang, periode in enumerate(_periodes(depuis, until, step)):
            lignes = [a for a in du_type if periode.debut <= a.connu_le < periode.fin]
            if lignes:
                gabarit = gabarits[rang % len(gabarits)]
                fichiers.append(_write(directory, type_acte, gabarit, periode, lignes, rng))
    fichiers.sort(key=lambda f: (f.depose_le, list(GABARITS).index(f.type)))
    return fichiers


def _month(le: date, shift: int) -> date:
    months = le.year * 12 + le.month - 1 + shift
    return date(months // 12, months % 12 + 1, 1)


def _periodes(depuis: date, until: date, step: int) -> Iterator[_Periode]:
    debut = depuis
    while debut <= until:
        fin = min(_month(debut, step), until + timedelta(days=1))
        depose_le = fin
        while not droit.is_ouvre(depose_le):
            depose_le += timedelta(days=1)
        yield _Periode(debut, fin, min(depose_le, until))
        debut = fin


def _write(
    directory: Path,
    type_acte: str,
    gabarit: Gabarit,
    periode: _Periode,
    actes: Sequence[ActePrevu],
    rng: Random,
) -> FichierListe:
    rows = list(_rows(gabarit, actes, rng))
    extension = gabarit.format.split("-", maxsplit=1)[0]
    name = f"{periode.fin - timedelta(days=1):%Y-%m}_{type_acte}_{_slug(gabarit.source)}"
    path = directory / f"{name}.{extension}"
    if extension == "csv":
        path.write_bytes(_csv(gabarit, rows))
    else:
        path.write_bytes(_classeur(type_acte, gabarit, periode, rows))
    return FichierListe(path, type_acte, gabarit.source, periode.depose_le)


def _rows(gabarit: Gabarit, actes: Sequence[ActePrevu], rng: Random) -> Iterator[list[Valeur]]:
    """Yield the rows, with the defects of real lists: duplicates, slips, impossible rows."""
    champs = list(gabarit.colonnes)
    spoiled = rng.randrange(len(actes)) if rng.random() < 0.4 else -1
    for index, acte in enumerate(actes):
        values = _valeurs(acte)
        if acte.type != "commandement" and rng.random() < 0.004:
            values["nom"] = _slip(acte.menage.nom, rng)
        wrong = _spoil(values, acte, rng) if index == spoiled else None
        if wrong:
            yield [wrong[champ] for champ in champs]
        row = [values[champ] for champ in champs]
        yield row
        if rng.random() < 0.008:
            yield row


def _spoil(values: dict[str, Valeur], acte: ActePrevu, rng: Random) -> dict[str, Valeur]:
    """Return the row with a day that does not exist, no name, or a comma lost in the amount."""
    defect = rng.choice(("jour", "nom", "montant"))
    if defect == "jour":
        return {**values, "acte_le": f"31/02/{acte.survenu_le.year}"}
    if defect == "nom":
        return {**values, "nom": ""}
    return {**values, "montant": (acte.montant or Decimal(0)) * 100}


def _valeurs(acte: ActePrevu) -> dict[str, Valeur]:
    menage = acte.menage
    return {
        "reference": acte.reference,
        "acte_le": acte.survenu_le,
        "recu_le": acte.recu_le,
        "audience_le": acte.audience_le,
        "audience_heure": acte.heure,
        "juridiction": acte.tribunal,
        "nom": menage.nom,
        "prenom": menage.prenom,
        "adresse": menage.adresse,
        "complement": menage.complement,
        "code_postal": menage.code_postal,
        "commune": menage.commune,
        "telephone": menage.telephone,
        "courriel": menage.courriel,
        "montant": acte.montant,
        "loyer": menage.loyer,
        "charges": menage.charges,
        "bail_le": menage.bail_le,
        "clause": menage.clause,
        "bailleur": menage.proprietaire.nom,
        "bailleur_nature": _NATURES[menage.proprietaire.nature],
        "bailleur_telephone": menage.proprietaire.telephone,
        "parc": "Privé" if menage.parc == "prive" else "Social",
        "adultes": menage.adultes,
        "enfants": menage.enfants,
        "suivi": menage.suivi,
        "sens": _SENS.get(acte.sens, ""),
        "delai_jusqu_au": acte.delai_jusqu_au,
        "observations": menage.cause,
    }


_NATURES = {
    "physique": "Personne physique",
    "sci_familiale": "SCI familiale",
    "morale": "Personne morale",
    "social": "Bailleur social",
}
_SENS = {
    "resiliation": "Résiliation du bail et expulsion",
    "delais": "Délais de paiement",
    "rejet": "Rejet",
    "desistement": "Désistement",
    "accord": "Accordé",
    "refus": "Refusé",
    "report": "Reporté",
}
_KINDS: dict[str, Literal["date", "heure", "montant", "entier"]] = {
    "acte_le": "date",
    "recu_le": "date",
    "audience_le": "date",
    "bail_le": "date",
    "delai_jusqu_au": "date",
    "audience_heure": "heure",
    "montant": "montant",
    "loyer": "montant",
    "charges": "montant",
    "adultes": "entier",
    "enfants": "entier",
}


def _csv(gabarit: Gabarit, rows: Sequence[Sequence[Valeur]]) -> bytes:
    """Return semicolons in the sender's encoding; the senders' exports have no BOM."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow(gabarit.colonnes.values())
    writer.writerows([_plain(value, euros=gabarit.euros) for value in row] for row in rows)
    return buffer.getvalue().encode("utf-8" if gabarit.format == "csv-utf8" else "cp1252")


def _plain(value: Valeur, *, euros: bool) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, Decimal):
        if euros:
            return f"{value:,.2f} €".replace(",", " ").replace(".", ",")
        return f"{value:.2f}".replace(".", ",")
    return "" if value is None else str(value)


def _classeur(
    type_acte: str, gabarit: Gabarit, periode: _Periode, rows: list[list[Valeur]]
) -> bytes:
    """Return a workbook with a title above its header and a TOTAL row below its data."""
    champs = list(gabarit.colonnes)
    dernier = periode.fin - timedelta(days=1)
    title = f"{gabarit.source} – {type_acte} – du {periode.debut:%d/%m/%Y} au {dernier:%d/%m/%Y}"
    if "montant" in champs:
        column = champs.index("montant")
        total: list[Valeur] = [None] * len(champs)
        total[0] = "TOTAL"
        total[column] = sum((v for row in rows if isinstance(v := row[column], Decimal)), Decimal())
        rows = [*rows, total]
    sheet = tabular.Sheet(
        title=type_acte,
        columns=[
            tabular.Column(header, kind=_KINDS.get(champ, "texte"))
            for champ, header in gabarit.colonnes.items()
        ],
        rows=rows,
        notes=[title],
    )
    stream = io.BytesIO()
    if gabarit.format == "ods":
        tabular.write_ods(stream, [sheet])
        return stream.getvalue()
    tabular.write_xlsx(stream, [sheet], title=title)
    return _dated(stream.getvalue(), periode.depose_le)


_INSTANT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def _dated(classeur: bytes, le: date) -> bytes:
    """Return the workbook as if it had been made on that day: its bytes no longer tell the hour."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(classeur)) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy,
    ):
        for info in source.infolist():
            content = source.read(info)
            if info.filename == "docProps/core.xml":
                content = _INSTANT.sub(f"{le}T08:00:00Z".encode(), content)
            copy.writestr(zipfile.ZipInfo(info.filename), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _slip(nom: str, rng: Random) -> str:
    """Return the name with two letters exchanged, as a tired hand types it."""
    if len(nom) < 4:
        return nom
    at = rng.randrange(1, len(nom) - 2)
    return nom[:at] + nom[at + 1] + nom[at] + nom[at + 2 :]


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z]+", plain)[:3])
