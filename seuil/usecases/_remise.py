"""Write the pack of a person's data: a page to read and print, and two files for a program."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from html import escape
from itertools import groupby

from seuil.conservation.rules import write_duree
from seuil.usecases.export_acces import Donnee, Remise

_NBSP = "\N{NO-BREAK SPACE}"
# Opened in a spreadsheet, a cell that starts so would be computed.
_FORMULES = ("=", "+", "-", "@", "\t", "\r")
_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%;margin:0 0 1.5rem}"
    "th,td{border:1px solid #666;padding:.3rem .5rem;text-align:left;vertical-align:top;"
    "overflow-wrap:anywhere}"
    "th{width:14rem;background:#f3f3f3}.note{color:#444}"
    "@media print{body{margin:0}}"
)


def list_fichiers(remise: Remise) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each file of the pack."""
    yield "donnees.html", render_html(remise).encode()
    yield "donnees.csv", render_csv(remise).encode("utf-8-sig")
    yield "donnees.json", render_json(remise).encode()


def render_json(remise: Remise) -> str:
    """Write the pack for a program."""
    return json.dumps(
        {
            "dossier": remise.numero,
            "personne": remise.personne,
            "faite_le": remise.faite_le.isoformat(),
            "donnees": [asdict(d) for d in remise.donnees],
            "retenues": list(remise.retenues),
        },
        ensure_ascii=False,
        indent=2,
    )


def render_csv(remise: Remise) -> str:
    """Write one line by value, for a spreadsheet; no cell is computed."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";")
    writer.writerow(["Donnée", "Ligne", "Champ", "Valeur", "Retenu, et pourquoi"])
    for d in remise.donnees:
        cells = [d.libelle_table, d.ligne, d.libelle, d.valeur, d.retenu]
        writer.writerow([
            f"'{c}" if isinstance(c, str) and c.startswith(_FORMULES) else c for c in cells
        ])  # fmt: skip
    return stream.getvalue()


def render_html(remise: Remise) -> str:
    """Write the page that the person reads: plain French, to print or keep as a PDF."""
    e = escape
    parts = [
        "<!doctype html><html lang=fr><head><meta charset=utf-8>",
        f"<title>Vos données, dossier {e(remise.numero)}</title><style>{_STYLE}</style></head>",
        f"<body><h1>Vos données dans le dossier {e(remise.numero)}</h1>",
        f"<p>{e(remise.personne)}, au {remise.faite_le:%d/%m/%Y}. Ce document répond à votre",
        "demande (RGPD, article 15). Il contient tout ce que Seuil garde à votre sujet, et dit",
        "ce qui n’est pas remis et pourquoi.</p>",
        "<h2>Ce que vous pouvez faire</h2><p>Demander qu’une donnée fausse soit corrigée, que",
        "l’usage du dossier soit limité, ou vous y opposer, en écrivant au délégué à la protection",
        "des données. Si la réponse ne vous convient pas, saisissez la CNIL (cnil.fr).</p>",
        "<h2>Ce qui n’est pas remis</h2>",
        _list(remise.retenues, "Rien n’est retenu."),
        "<h2>Qui lit quoi, et pour quoi</h2><table><tr><th>Qui</th><th>Quoi</th>",
        "<th>Pour quoi</th></tr>",
        *(
            f"<tr><th>{e(d.profil)}</th><td>{e(' ; '.join([*d.lit, *d.recoit]))}</td>"
            f"<td>{e(' ; '.join(d.finalites))}</td></tr>"
            for d in remise.destinataires
        ),
        "</table><h2>Organismes qui ont lu votre dossier, ou peuvent le lire</h2>",
        _list([f"{x.organisation}{_NBSP}: {x.pourquoi}" for x in remise.lecteurs], "Aucun."),
        "<h2>Combien de temps</h2>",
        _list([_write_regle(r.libelle, r.mois, r.ensuite, r.source) for r in remise.regles], ""),
        "<h2>Vos données</h2>",
        *_write_tables(remise.donnees),
        "</body></html>",
    ]  # fmt: skip
    return "\n".join(parts)


def _write_regle(libelle: str, mois: int | None, ensuite: str, source: str) -> str:
    duree = write_duree(mois) or ("sans limite" if ensuite == "garder" else "jusque-là")
    return f"{libelle}{_NBSP}: {duree}, puis {ensuite} ({source})"


def _list(items: Sequence[str], empty: str) -> str:
    if not items:
        return f"<p>{escape(empty)}</p>" if empty else ""
    return "<ul>" + "".join(f"<li>{escape(x)}</li>" for x in items) + "</ul>"


def _write_tables(donnees: Sequence[Donnee]) -> Iterator[str]:
    for label, group in groupby(donnees, key=lambda d: d.libelle_table):
        yield f"<h3>{escape(label)}</h3>"
        for ligne, cells in groupby(group, key=lambda d: d.ligne):
            if not ligne:
                yield "<p class=note>Aucune donnée.</p>"
                continue
            yield "<table>"
            for d in cells:
                value = (
                    f"<em>non remis{_NBSP}: {escape(d.retenu)}</em>"
                    if d.retenu
                    else escape(d.valeur)
                )
                yield f"<tr><th>{escape(d.libelle.capitalize())}</th><td>{value or '—'}</td></tr>"
            yield "</table>"
