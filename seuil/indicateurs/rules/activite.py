"""The indicators of the équipe mobile, with their definitions, and how figures are put together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar


@dataclass(frozen=True, slots=True)
class Indicateur:
    """A figure of the convention: what it counts, and how its days add up to its month.

    `unite` is what one unit of the figure is: a household counts once a day and once a month; an
    action counts each time.
    """

    code: str
    libelle: str
    definition: str
    unite: str
    # A state that lasts: its mean is over all the days, not over those worked.
    est_un_stock: bool = False


MENAGE = "ménage"
ACTION = "action"
BAILLEUR = "bailleur"

INDICATEURS: tuple[Indicateur, ...] = (
    Indicateur(
        "mandats_recus",
        "Dossiers confiés",
        "Dossiers transmis à l’opérateur par la signature du choix du mois, le jour de la"
        " signature.",
        ACTION,
    ),
    Indicateur(
        "mandats_amont",
        "Dossiers confiés en amont",
        "Dossiers confiés avant le commandement de quitter les lieux.",
        ACTION,
    ),
    Indicateur(
        "mandats_aval",
        "Dossiers confiés en aval",
        "Dossiers confiés à partir du commandement de quitter les lieux.",
        ACTION,
    ),
    Indicateur(
        "mandats_arrondissement",
        "Dossiers confiés dans l’arrondissement prioritaire",
        "Dossiers confiés dont le logement est dans l’arrondissement que la convention de l’année"
        " désigne.",
        ACTION,
    ),
    Indicateur(
        "tentatives",
        "Tentatives et échanges",
        "Tentatives de contact de l’équipe avec le ménage ou le bailleur, abouties ou non, par"
        " tout moyen. Chacune compte.",
        ACTION,
    ),
    Indicateur(
        "tentatives_decalees",
        "Dont en horaires décalés",
        "Tentatives et échanges avant 9 heures, à partir de 18 heures, le samedi ou le dimanche."
        " Sans heure notée, un jour de semaine ne compte pas.",
        ACTION,
    ),
    Indicateur(
        "menages_rencontres",
        "Ménages rencontrés",
        "Ménages avec lesquels l’équipe a échangé en personne, à domicile ou en lieu neutre. Un"
        " rendez-vous seulement fixé ne compte pas. Un"
        " ménage vu deux fois le même jour compte une fois ce jour-là ; vu plusieurs jours, il"
        " compte une fois dans le total du mois.",
        MENAGE,
    ),
    Indicateur(
        "diagnostics",
        "Diagnostics réalisés",
        "Diagnostics sociaux et financiers terminés par l’équipe, avec le ménage ou sans"
        " rencontre, le jour de leur fin, quel que soit celui qui les transmet ensuite. Une"
        " carence n’est pas un diagnostic réalisé.",
        ACTION,
    ),
    Indicateur(
        "bailleurs_contactes",
        "Bailleurs contactés",
        "Bailleurs que l’équipe a joints, eux ou leur agence. Un bailleur compte une fois par"
        " jour et une fois dans le total du mois, quel que soit le nombre de ses dossiers ; s’il"
        " n’est pas connu, son dossier compte pour lui.",
        BAILLEUR,
    ),
    Indicateur(
        "dossiers_bailleur_contacte",
        "Dossiers dont le bailleur est contacté",
        "Dossiers dont le bailleur ou son agence a été joint par l’équipe. Un dossier compte une"
        " fois par jour, et une fois dans le total du mois.",
        MENAGE,
    ),
    Indicateur(
        "menages_accompagnes",
        "Ménages accompagnés",
        "Ménages dont l’accompagnement est en cours ce jour-là : dossier accepté, pas encore clos."
        " Le total du mois compte chaque ménage accompagné un jour au moins, une seule fois."
        " La moyenne porte sur tous les jours écoulés.",
        MENAGE,
        est_un_stock=True,
    ),
    Indicateur(
        "dispositifs_apurement",
        "Dispositifs d’apurement mobilisés",
        "Démarches faites du contrat d’engagement : plan d’apurement, FSL, dossier de"
        " surendettement, Action Logement, rétablissement de l’aide au logement ; et actes reçus"
        " pendant l’accompagnement (plan d’apurement, surendettement, protocole de cohésion"
        " sociale) qu’aucune démarche ne dit déjà. Chacun compte.",
        ACTION,
    ),
    Indicateur(
        "impayes_resorbes",
        "Situations dont l’impayé est résorbé",
        "Ménages accompagnés dont la dette est constatée nulle pendant l’accompagnement, ou dont"
        " l’accompagnement est clos avec le dénouement « Maintien, dette apurée ». Le premier des"
        " deux jours compte.",
        MENAGE,
    ),
    Indicateur(
        "relogements",
        "Relogements accompagnés",
        "Accompagnements clos avec le dénouement « Relogement », le jour de la clôture.",
        ACTION,
    ),
    Indicateur(
        "orientations_accompagnement",
        "Orientations vers un accompagnement",
        "Démarches faites d’orientation vers un dispositif d’accompagnement social. Chacune"
        " compte.",
        ACTION,
    ),
    Indicateur(
        "orientations_hebergement",
        "Orientations vers l’hébergement",
        "Demandes d’hébergement (SIAO) faites. Chacune compte.",
        ACTION,
    ),
    Indicateur(
        "clotures",
        "Accompagnements clos",
        "Accompagnements clos, le jour de la clôture.",
        ACTION,
    ),
)
PAR_CODE: Mapping[str, Indicateur] = {i.code: i for i in INDICATEURS}


@dataclass(frozen=True, slots=True)
class LigneActivite:
    """One indicator of a month: total, figure of each day, average per working day."""

    indicateur: Indicateur
    total: int
    # In the order of Activite.jours; None for a day that is not told apart.
    par_jour: tuple[int | None, ...]
    moyenne: Decimal
    # Of the days that are not told apart.
    reunis: int = 0


@dataclass(frozen=True, slots=True)
class Activite:
    """The indicators of a month, up to the day of reading when the month is running."""

    mois: date
    jours: tuple[date, ...]
    jours_ouvres: int
    lignes: tuple[LigneActivite, ...]
    arretee_le: date

    def get_ligne(self, code: str) -> LigneActivite:
        return next(ligne for ligne in self.lignes if ligne.indicateur.code == code)


def list_jours(*, mois: date, on: date) -> tuple[date, ...]:
    """Return the days of a month up to `on`; none for a month to come."""
    debut, fin = bounds_of_month(mois)
    fin = min(fin, on + timedelta(days=1))
    return tuple(debut + timedelta(days=n) for n in range(max((fin - debut).days, 0)))


def bounds_of_month(mois: date) -> tuple[date, date]:
    """Return the first day of the month and that of the next one."""
    debut = mois.replace(day=1)
    return debut, (debut + timedelta(days=32)).replace(day=1)


def compute_activite(
    *,
    mois: date,
    on: date,
    jours: tuple[date, ...],
    jours_ouvres: int,
    figures: Iterable[tuple[str, date | None, int]],
) -> Activite:
    """Put the counted figures (indicator, day or None for the month, count) in their places.

    The average is that of the days' figures over the working days elapsed, or over all the days
    elapsed for what lasts.
    """
    counts = {(code, jour): count for code, jour, count in figures}
    lignes = []
    for indicateur in INDICATEURS:
        par_jour = tuple(counts.get((indicateur.code, jour), 0) for jour in jours)
        diviseur = len(jours) if indicateur.est_un_stock else jours_ouvres
        lignes.append(
            LigneActivite(
                indicateur=indicateur,
                total=counts.get((indicateur.code, None), 0),
                par_jour=par_jour,
                moyenne=compute_moyenne(sum(par_jour), diviseur),
            )
        )
    return Activite(
        mois=mois.replace(day=1),
        jours=jours,
        jours_ouvres=jours_ouvres,
        lignes=tuple(lignes),
        arretee_le=jours[-1] if jours else on,
    )


def compute_moyenne(total: int, diviseur: int) -> Decimal:
    """Return an average to one decimal, halves upwards: exact, so that equal counts read alike."""
    exact = Decimal(total) / diviseur if diviseur else Decimal(0)
    return exact.quantize(Decimal("0.1"), ROUND_HALF_UP)


# Below it, a cell that crosses two facts may name somebody to whoever knows the département.
PETIT = 5
# A cell: motive and outcome, a day, or a place.
Cle = TypeVar("Cle", tuple[str, str], date, str)


def group_petits(
    comptes: Mapping[Cle, int],
) -> tuple[dict[Cle, int], int]:
    """Return the cells that may be told apart, and how many units all the others hold together.

    The others hold at least PETIT units, or are all there is: else the total, told beside, would
    give the smallest cell back by subtraction.
    """
    told = dict(sorted(comptes.items(), key=lambda item: -item[1]))
    rest = sum(n for n in told.values() if n < PETIT)
    told = {key: n for key, n in told.items() if n >= PETIT}
    while told and 0 < rest < PETIT:
        rest += told.popitem()[1]
    return dict(sorted(told.items())), rest


def hide_petits(activite: Activite) -> Activite:
    """Return the activity as whoever opens no dossier reads it: no day so small that it names."""
    lignes = tuple(_hide_petits(ligne, activite.jours) for ligne in activite.lignes)
    return replace(activite, lignes=lignes)


def _hide_petits(ligne: LigneActivite, jours: tuple[date, ...]) -> LigneActivite:
    comptes = {jour: n or 0 for jour, n in zip(jours, ligne.par_jour, strict=True)}
    told, reunis = group_petits(comptes)
    return replace(ligne, par_jour=tuple(told.get(jour) for jour in jours), reunis=reunis)
