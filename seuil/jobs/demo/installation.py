"""Install the demonstration: geography, partners, then two years month by month."""

import shutil
import time
from calendar import monthrange
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from django.db import connection, transaction
from psycopg import sql

from config.database import DATA_DIR
from seuil.accompagnements.operations.objectifs import create_objectif
from seuil.accompagnements.rules.choix import ObjectifSaisi
from seuil.actes.models import Acte, Lot, TypeActe
from seuil.actes.rules.listes import ListeSaisie
from seuil.acteurs.models import Arrondissement
from seuil.acteurs.operations.territoires import import_geography
from seuil.audit.models import Event
from seuil.audit.operations import record_event
from seuil.dossiers.models import Dossier
from seuil.engines import droit
from seuil.jobs.demo.activite.agenda import Agenda, Vie
from seuil.jobs.demo.activite.equipe import EquipeMobile
from seuil.jobs.demo.faits import FaitsDeProcedure
from seuil.jobs.demo.listes import SEED, TAILLES, FichierListe, generate_lists
from seuil.jobs.demo.organisations import (
    DEPARTEMENT,
    MACHINE,
    create_acteurs,
    refresh_comptes,
    renew_acteurs,
)
from seuil.jobs.demo.parcours import Volumes
from seuil.jobs.demo.registres import keep_registres
from seuil.jobs.demo.services import answer_devoirs, answer_tableaux
from seuil.jobs.migrer import migrate
from seuil.kernel import clock
from seuil.kernel.accord import write_pluriel
from seuil.kernel.bulk import paused_collector
from seuil.kernel.cartes import list_domain_models
from seuil.kernel.refusal import Refusal
from seuil.kernel.tables import get_table
from seuil.usecases.import_liste import deposit_liste, import_liste
from seuil.usecases.refresh_dossiers import refresh_postponed

COMMENCEE = "demo.commencee"
INSTALLEE = "demo.installee"

_ARRONDISSEMENT_DE_BORDEAUX = "332"
# What was due before has no object any more: nobody would see it done.
_MOIS_DE_DEVOIRS = 4
# Left in their list on the last day, so that the preview has something to show.
_A_VERIFIER = {TypeActe.JUGEMENT.value, TypeActe.EXPULSION.value}


class InstanceReelle(Refusal):
    message = (
        "Cette base contient des données qui ne viennent pas de la démonstration : rien n’a été"
        " effacé ni ajouté. Pour essayer Seuil à côté, donnez un autre dossier de données, par"
        " exemple : SEUIL_DATA=/tmp/seuil-demo make demo."
    )


@dataclass(slots=True)
class Bilan:
    """What the installation did; `refus` counts what the use cases refused."""

    listes: int
    lignes: Counter[str]
    faits: Counter[str]
    refus: Counter[str]


class Progression:
    """Tells each step that lasts: its name, its count, the time since the beginning."""

    def __init__(self, write: Callable[[str], None] | None = None) -> None:
        self._debut = time.monotonic()
        self._write = write or (lambda line: print(line, flush=True))

    def tell(self, etape: str) -> None:
        minutes, secondes = divmod(int(time.monotonic() - self._debut), 60)
        self._write(f"[{minutes:02d}:{secondes:02d}] {etape}")


def ensure_demo(*, taille: str, until: date, neuf: bool) -> None:
    """Make the demonstration instance unless it is already there; `neuf` makes it again.

    Raises InstanceReelle when the database holds something else.
    """
    progression = Progression()
    progression.tell("Préparation de la base de données")
    state = _read_state()
    if state == "reelle":
        raise InstanceReelle
    if state == INSTALLEE and not neuf:
        migrate()
        refresh_comptes(on=until)
        details = Event.objects.filter(kind=INSTALLEE).latest("created_at").details
        asked = "" if taille == details["taille"] else f" TAILLE={taille}"
        progression.tell(
            f"Démonstration déjà installée (taille {details['taille']}, jusqu’au"
            f" {date.fromisoformat(details['until']):%d/%m/%Y})."
            f" « make demo-neuf{asked} » recommence."
        )
        return
    if state in {COMMENCEE, INSTALLEE}:
        progression.tell("Effacement de la démonstration précédente")
        _erase()
    migrate()
    bilan = install(
        taille=taille, until=until, directory=DATA_DIR / "demo" / "listes", progression=progression
    )
    for sentence, count in bilan.refus.most_common():
        progression.tell(f"Refusé {count} fois : {sentence}")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    progression.tell("Démonstration installée")


def install(
    *,
    taille: str | Volumes,
    until: date,
    directory: Path,
    progression: Progression,
    seed: int = SEED,
) -> Bilan:
    """Fill an empty database: partners, lists imported month by month, life of the équipe mobile.

    Two marks in the journal, at the beginning and at the end, say that it is a demonstration.
    """
    volumes = TAILLES[taille] if isinstance(taille, str) else taille
    named = taille if isinstance(taille, str) else "sur mesure"
    _mark(COMMENCEE, named, until)
    progression.tell("Géographie officielle")
    import_geography(departements=[DEPARTEMENT])
    progression.tell("Écriture des listes d’actes")
    if directory.exists():
        shutil.rmtree(directory)
    fichiers = generate_lists(directory=directory, taille=volumes, until=until, seed=seed)
    progression.tell(f"{write_pluriel(len(fichiers), 'liste écrite')} dans {directory}")
    histoire = _Histoire(volumes=volumes, fichiers=fichiers, until=until, seed=seed)
    # Months grow heavier: the last three tell best how long the next ones will take.
    instants = deque([time.monotonic()], maxlen=4)
    for left, mois in zip(reversed(range(len(histoire.months))), histoire.months, strict=True):
        told = histoire.live(mois)
        instants.append(time.monotonic())
        pace = (instants[-1] - instants[0]) / (len(instants) - 1)
        progression.tell(f"{told} ; {_tell_left(left, left * pace)}")
    histoire.keep_registres()
    _mark(INSTALLEE, named, until)
    return histoire.bilan


class _Histoire:
    """The two years of the département, in the order of the days."""

    def __init__(
        self, *, volumes: Volumes, fichiers: list[FichierListe], until: date, seed: int
    ) -> None:
        self._volumes = volumes
        self._rng = Random(seed + 1)
        self._agenda = Agenda(until=until)
        first = min(f.depose_le for f in fichiers)
        self._acteurs = create_acteurs(on=first)
        # Two years have passed since: whoever is shown was renewed.
        renew_acteurs(on=max(first, until - timedelta(days=45)))
        self._create_objectifs(first)
        self._equipe = EquipeMobile(acteurs=self._acteurs, agenda=self._agenda, rng=self._rng)
        self._faits = FaitsDeProcedure(
            acteurs=self._acteurs,
            agenda=self._agenda,
            rng=self._rng,
            par_liste=max(6, volumes.mandats_par_mois // 2),
            faits=self._equipe.faits,
            refus=self._equipe.refus,
        )
        self._total = len(fichiers)
        self.months = _months(first, until)
        self.bilan = Bilan(0, Counter(), self._equipe.faits, self._equipe.refus)
        for fichier in fichiers:
            self._agenda.add(fichier.depose_le, self._receive(fichier), rang=0)
        for mois in self.months[-volumes.mois_equipe - 1 :]:
            sign = mois != self.months[-1]
            le = _first_ouvre(_first_ouvre(mois) + timedelta(days=1))
            self._agenda.add(le, self._equipe.live_month(mois, sign=sign))

    def live(self, mois: date) -> str:
        """Live one month in one transaction; return the line that tells it."""
        before = self.bilan.lignes["acceptes"]
        mandats = self._equipe.faits["answer_mandat"]
        faits = sum(self._equipe.faits.values())
        with paused_collector(), transaction.atomic():
            last = mois.replace(day=monthrange(mois.year, mois.month)[1])
            # The lists come on the first working day; the choice, on the next, reads them.
            for day in (_first_ouvre(mois), last):
                le = min(day, self._agenda.until)
                with refresh_postponed(on=le):
                    self._agenda.run_until(le)
            if mois in self.months[-_MOIS_DE_DEVOIRS:]:
                self._answer_devoirs(le)
        if mois in self.months[:4] or mois.month % 4 == 0:
            # Plans made on empty tables would not do on full ones.
            _analyze()
        return (
            f"{mois:%m/%Y} : {write_pluriel(self.bilan.listes, 'liste')} sur {self._total},"
            f" {write_pluriel(self.bilan.lignes['acceptes'] - before, 'acte')},"
            f" {write_pluriel(self._equipe.faits['answer_mandat'] - mandats, 'ménage confié')},"
            f" {write_pluriel(sum(self._equipe.faits.values()) - faits, 'fait')} des équipes"
        )

    def keep_registres(self) -> None:
        """Fill what the data protection officer reads."""
        with transaction.atomic():
            self.bilan.faits["registres"] += keep_registres(
                dpo=self._acteurs.dpo,
                hors_perimetre=self._acteurs.sociaux[0],
                until=self._agenda.until,
                at=clock.now(),
                rng=self._rng,
            )

    def _answer_devoirs(self, le: date) -> None:
        with refresh_postponed(on=le):
            services = self._acteurs.services
            self._equipe.faits["record_diligence"] += answer_devoirs(
                services=services, le=le, rng=self._rng
            )
            self._equipe.faits["record_reponses"] += answer_tableaux(
                services=services, le=le, rng=self._rng
            )

    def _create_objectifs(self, first: date) -> None:
        par_mois = self._volumes.mandats_par_mois
        for annee in range(first.year, self._agenda.until.year + 1):
            create_objectif(
                operateur=self._acteurs.operateur,
                saisie=ObjectifSaisi(
                    annee=annee,
                    cible_annuelle=par_mois * 12,
                    volume_mensuel=par_mois,
                    part_arrondissement=80,
                    part_cql_min=15,
                    part_cql_max=20,
                ),
                arrondissement=Arrondissement.objects.get(pk=_ARRONDISSEMENT_DE_BORDEAUX),
                by=MACHINE,
                on=first,
            )

    def _receive(self, fichier: FichierListe) -> Vie:
        """The secretariat imports a list; the last ones wait for a look."""
        self.bilan.listes += 1
        by, on = self._acteurs.secretariat, fichier.depose_le
        liste = ListeSaisie(
            fichier=fichier.path,
            nom_fichier=fichier.path.name,
            type_acte=fichier.type,
            source=fichier.source,
            departement=DEPARTEMENT,
        )
        if self._is_left(fichier):
            deposit_liste(liste=liste, by=by, on=on)
            return
        done = import_liste(liste=liste, by=by, on=on)
        self.bilan.lignes.update(done.compte)
        if fichier.type == TypeActe.ASSIGNATION:
            self._ask_dsf(done.lot)
        self._faits.follow(done.lot)
        yield from ()

    def _is_left(self, fichier: FichierListe) -> bool:
        return fichier.depose_le == self._agenda.until and fichier.type in _A_VERIFIER

    def _ask_dsf(self, lot: Lot) -> None:
        le = self._agenda.le
        ids = Acte.objects.en_vigueur().filter(lot=lot, audience_le__gt=le + timedelta(days=35))
        chosen = list(ids.order_by("dossier__numero").values_list("dossier_id", flat=True))
        count = min(len(chosen), self._volumes.mandats_par_mois // 3 + 1)
        for dossier in Dossier.objects.filter(pk__in=self._rng.sample(chosen, count)).order_by(
            "numero"
        ):
            self._agenda.add(le + timedelta(days=2), self._equipe.live_dsf(dossier))


def _analyze() -> None:
    """Read the statistics of the product's tables; of the whole server, they would be locked."""
    tables = sorted(map(get_table, list_domain_models(liens=True)))
    names = sql.SQL(", ").join(map(sql.Identifier, tables))
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("ANALYZE {}").format(names))


def _tell_left(months: int, seconds: float) -> str:
    """Say what remains of the history, by what the months already lived took."""
    if not months:
        return "il reste à ranger la base"
    wait = f"{round(seconds / 60)} min" if seconds >= 90 else f"{max(5, round(seconds, -1)):.0f} s"
    return f"encore {months} mois, environ {wait}"


def _months(first: date, last: date) -> list[date]:
    months = []
    mois = first.replace(day=1)
    while mois <= last:
        months.append(mois)
        mois = (mois + timedelta(days=32)).replace(day=1)
    return months


def _first_ouvre(le: date) -> date:
    while not droit.is_ouvre(le):
        le += timedelta(days=1)
    return le


def _mark(kind: str, taille: str, until: date) -> None:
    record_event(
        kind=kind,
        by=MACHINE,
        on=until,
        target_type="departement",
        target_id=DEPARTEMENT,
        details={"taille": taille, "until": until.isoformat()},
    )


def _read_state() -> str:
    """Tell what the database holds: nothing (""), a demonstration, begun or whole, or real data."""
    if "audit_event" not in connection.introspection.table_names():
        return ""
    kinds = set(
        Event.objects.filter(kind__in=(COMMENCEE, INSTALLEE)).values_list("kind", flat=True)
    )
    if INSTALLEE in kinds:
        return INSTALLEE
    if COMMENCEE in kinds:
        return COMMENCEE
    return "reelle" if Event.objects.exists() or Dossier.objects.exists() else ""


def _erase() -> None:
    """Drop everything; the schemas belong to the owner of the database, who need not be root."""
    _drop_schemas()
    connection.close()


def _drop_schemas() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(nspname), ', ') FROM pg_namespace"
            " WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
        )
        # All of them, whoever named them: a table left in one of ours would stop the migrations.
        cursor.execute(f"DROP SCHEMA {cursor.fetchone()[0]} CASCADE")
        cursor.execute("CREATE SCHEMA public")
