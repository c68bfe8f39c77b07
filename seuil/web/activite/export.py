"""The month's activity as a workbook: the figures of the screen, read from the same query."""

from collections.abc import Sequence
from datetime import date, time

from seuil.engines.droit import write_date
from seuil.engines.tabular import Column, Sheet
from seuil.indicateurs.queries.activite import Clotures
from seuil.indicateurs.rules.activite import INDICATEURS, Activite
from seuil.indicateurs.rules.tendances import COMMANDEMENTS, Tendance
from seuil.kernel.accord import write_heure, write_pluriel
from seuil.web.activite.presentation import Lieux

# So few that motive and outcome together could name somebody.
_REUNIS = "réunis : moins de cinq ménages chacun"
_LIEUX_REUNIS = "Autres lieux, réunis\N{NO-BREAK SPACE}: trop petits pour être dits à part"
_JOURS_REUNIS = "Une case vide réunit des jours de moins de cinq : le total du mois les compte."


def list_sheets(
    *,
    activite: Activite,
    tendances: Sequence[Tendance],
    lieux: Sequence[Lieux],
    clotures: Clotures,
    mois: str,
    operateur: str,
    on: date,
    a: time,
) -> Sequence[Sheet]:
    """Return the sheets; closures are counted only, where one may not be named."""
    ouvres = write_pluriel(activite.jours_ouvres, "jour ouvré")
    notes = (
        f"Équipe mobile de prévention des expulsions — {mois} — {operateur}",
        f"Calculé le {write_date(on)} à {write_heure(a)}.",
        f"Jusqu’au {write_date(activite.arretee_le)} : {ouvres}.",
    )
    return (
        _indicateurs(activite, notes),
        _douze_mois(tendances, notes),
        _par_lieu(lieux, notes),
        _par_jour(activite, notes),
        _clotures(clotures, notes),
        _definitions(notes),
    )


def _indicateurs(activite: Activite, notes: Sequence[str]) -> Sheet:
    return Sheet(
        "Indicateurs",
        (
            Column("Indicateur", 44),
            Column("Total du mois", 14, "entier"),
            Column("Moyenne par jour", 14, "nombre"),
        ),
        [(line.indicateur.libelle, line.total, line.moyenne) for line in activite.lignes],
        notes,
    )


def _douze_mois(tendances: Sequence[Tendance], notes: Sequence[str]) -> Sheet:
    months = [p.mois for p in tendances[0].points]
    return Sheet(
        "Douze mois",
        (
            Column("Indicateur", 44),
            Column("Même mois, un an avant", 14, "entier"),
            *(Column(f"{month:%m/%Y}", 10, "entier") for month in months),
            Column("Objectif par mois", 14, "entier"),
        ),
        [
            (t.indicateur.libelle, t.an_dernier, *(p.nombre for p in t.points), t.cible)
            for t in tendances
        ],
        notes,
    )


def _par_lieu(lieux: Sequence[Lieux], notes: Sequence[str]) -> Sheet:
    rows: list[tuple[str, str, int, float | None]] = []
    for told in lieux:
        rows += [(told.libelle, z.nom, z.nombre, z.pour_mille) for z in told.repartition.zones]
        if told.repartition.reunis:
            rows.append((told.libelle, _LIEUX_REUNIS, told.repartition.reunis, None))
        if told.repartition.sans_lieu:
            rows.append((told.libelle, "Commune inconnue", told.repartition.sans_lieu, None))
    return Sheet(
        "Par lieu",
        (
            Column("Chiffre", 36),
            Column("Lieu du logement", 44),
            Column("Nombre", 10, "entier"),
            Column("Pour 1\u202f000 habitants", 14, "nombre"),
        ),
        rows,
        notes,
    )


def _par_jour(activite: Activite, notes: Sequence[str]) -> Sheet:
    is_hidden = any(None in line.par_jour for line in activite.lignes)
    return Sheet(
        "Par jour",
        (
            Column("Jour", 12, "date"),
            *(Column(line.indicateur.libelle, 14, "entier") for line in activite.lignes),
        ),
        [
            (jour, *(line.par_jour[index] for line in activite.lignes))
            for index, jour in enumerate(activite.jours)
        ],
        (*notes, *([_JOURS_REUNIS] if is_hidden else [])),
    )


def _clotures(clotures: Clotures, notes: Sequence[str]) -> Sheet:
    """Write the closures one by one; counted, as soon as one of them may not be named."""
    if clotures.fermes or not clotures.lignes:
        return Sheet(
            "Clôtures",
            (Column("Motif", 44), Column("Dénouement", 44), Column("Nombre", 10, "entier")),
            [
                *((c.motif, c.denouement, c.nombre) for c in clotures.comptes),
                *([("Autres motifs", _REUNIS, clotures.autres)] if clotures.autres else []),
            ],
            notes,
        )
    return Sheet(
        "Clôtures",
        (
            Column("Dossier", 18),
            Column("Stade à la transmission", 30),
            Column("Transmis le", 12, "date"),
            Column("Accepté le", 12, "date"),
            Column("Clos le", 12, "date"),
            Column("Durée en jours", 10, "entier"),
            Column("Motif", 44),
            Column("Dénouement", 36),
            Column("Fin notifiée le", 12, "date"),
        ),
        [
            (
                c.numero, c.stade, c.transmis_le, c.repondu_le, c.clos_le, c.duree_jours, c.motif,
                c.denouement, c.notifie_le,
            )
            for c in clotures.lignes
        ],
        notes,
    )  # fmt: skip


def _definitions(notes: Sequence[str]) -> Sheet:
    return Sheet(
        "Définitions",
        (Column("Indicateur", 44), Column("Définition", 110)),
        [
            *((indicateur.libelle, indicateur.definition) for indicateur in INDICATEURS),
            ("Commandements de payer", COMMANDEMENTS),
        ],
        notes,
    )
