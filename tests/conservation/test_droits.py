"""The rights of the people: access, rectification, limitation; register of their requests."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from seuil.accompagnements.models import Choix, ChoixLigne
from seuil.acteurs.models import Agent, Organisation
from seuil.acteurs.operations.machine import Machine
from seuil.audit.models import Event
from seuil.conservation import operations
from seuil.conservation.models import DemandeDroit, Gel
from seuil.conservation.operations import MotifManquant, end_gel, record_demande, record_gel
from seuil.conservation.queries.demandes import list_demandes
from seuil.conservation.queries.dossiers import get_gel, get_sort
from seuil.conservation.queries.lecteurs import list_lecteurs
from seuil.conservation.queries.tables import list_personnelles, list_tables_du_dossier
from seuil.conservation.rules import DemandeSaisie
from seuil.dossiers.models import Bailleur, Dossier, Personne
from seuil.echeances.models import Echeance, Situation, SituationDette, SituationSuivi
from seuil.indicateurs.queries.activite import get_activite, list_clotures, list_dossiers_indicateur
from seuil.travail.models import Tache
from seuil.usecases._habilitation import HabilitationRefusee
from seuil.usecases._remise import list_fichiers, render_csv, render_html
from seuil.usecases.export_acces import PersonneInconnue, Remise, export_acces
from seuil.usecases.limit_dossier import DejaLimite, PasLimite, lift_limite, limit_dossier
from seuil.usecases.rectify_fait import (
    ChampInconnu,
    LigneInconnue,
    RectificationSaisie,
    TableInconnue,
    ValeurRefusee,
    rectify_fait,
)
from seuil.usecases.refresh_dossiers import refresh_dossiers
from tests.factories.accompagnements import make_contact, make_mandat, make_objectif
from tests.factories.base import make_acces, make_dossier, make_organisation
from tests.factories.conservation import JETON, TIERS, make_dossier_complet
from tests.harness.tailles import get_taille

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 21)
BY = Machine("rgpd", "33")


@pytest.fixture
def complet(operateur: Organisation, chef_equipe: Agent, settings: object, tmp_path) -> Dossier:
    settings.SEUIL_DOCUMENTS = tmp_path
    chef_equipe.nom = f"{TIERS}AGENT"
    chef_equipe.save()
    return make_dossier_complet(operateur=operateur, agent=chef_equipe, tiers=TIERS)


def remit(dossier: Dossier, personne: int = 1, **options: object) -> Remise:
    return export_acces(dossier=dossier, personne=personne, by=BY, on=ON, **options)


# Access


def test_the_pack_has_every_personal_column_of_every_table(complet: Dossier) -> None:
    remise = remit(complet)

    models = [m for m, _ in list_tables_du_dossier()] + [Bailleur, DemandeDroit]
    declared = {(m.__name__.lower(), f) for m in models for f in list_personnelles(model=m)}
    assert {(d.table, d.champ) for d in remise.donnees} == declared
    assert len(declared) > 150
    written = {(d.table, d.champ) for d in remise.donnees if d.valeur or d.retenu}
    free = {(d.table, d.champ) for d in remise.donnees if JETON.lower() in d.valeur.lower()}
    assert len(free) > 20
    assert {("rapport", "texte"), ("notesociale", "texte"), ("contact", "note")} <= written


def test_no_other_person_is_in_the_pack(complet: Dossier) -> None:
    remise = remit(complet)

    for name, content in list_fichiers(remise):
        assert TIERS.lower() not in content.decode("utf-8-sig").lower(), name
    texte = next(d.valeur for d in remise.donnees if (d.table, d.champ) == ("rapport", "texte"))
    assert texte == f"{JETON} rapport, en présence de [autre personne] et de [chef d’équipe]"
    # The child of the holder of the lease is no third party.
    assert "Zoé" in render_html(remise)


def test_what_is_withheld_says_why(complet: Dossier) -> None:
    remise = remit(complet)

    html = render_html(remise)
    assert f"{JETON}-police" not in html
    assert f"{JETON}V la voisine" not in html
    assert "0556000000" not in html
    assert f"{JETON} confidence" in html, "the internal note is given on request"
    reasons = " ".join(remise.retenues)
    for told in ("police", "autre personne", "d’autres personnes présentes", "coordonnées"):
        assert told in reasons


def test_the_other_adult_gets_theirs_and_not_the_first_s(complet: Dossier) -> None:
    remise = remit(complet, personne=2)

    names = {d.valeur for d in remise.donnees if d.table == "personne" and d.champ == "nom"}
    assert f"{TIERS}NOM" in names
    assert f"{JETON}NOM" not in names


def test_the_officer_masks_what_the_machine_cannot_know(complet: Dossier) -> None:
    remise = remit(complet, masquer=["confidence"])

    assert "confidence" not in render_html(remise)
    assert "[masqué]" in render_html(remise)


def test_recipients_purposes_and_durations_are_told(complet: Dossier) -> None:
    html = render_html(remit(complet))

    for told in ("Secrétariat de la CCAPEX", "2\xa0ans", "CNIL", "Police ou gendarmerie"):
        assert told in html


def test_a_spreadsheet_computes_nothing(complet: Dossier) -> None:
    complet.personnes.filter(qualite="enfant").update(nom="=1+1")

    assert ";'=1+1;" in render_csv(remit(complet))


def test_what_a_person_must_read_before_giving_is_told(complet: Dossier) -> None:
    found = {(d.table, d.champ) for d in remit(complet).donnees if d.a_relire}

    assert {("rapport", "texte"), ("contact", "note"), ("ligne", "cellules")} <= found
    assert ("logement", "code_postal") not in found


def test_the_pack_is_written_to_the_register_and_to_the_journal(complet: Dossier) -> None:
    before = DemandeDroit.objects.count()

    remit(complet)

    assert DemandeDroit.objects.count() == before + 1
    assert Event.objects.filter(kind="dossier.remis", target_id=str(complet.pk)).exists()
    remit(complet, inscrire=False)
    assert DemandeDroit.objects.count() == before + 1


def test_a_person_who_is_not_there_is_refused(complet: Dossier) -> None:
    with pytest.raises(PersonneInconnue, match=r"1 \(titulaire du bail\)"):
        remit(complet, personne=9)


def test_only_the_officer_asks_for_a_pack(complet: Dossier, secretaire: Agent, dpo: Agent) -> None:
    with pytest.raises(HabilitationRefusee):
        export_acces(dossier=complet, personne=1, by=secretaire, on=ON)

    assert export_acces(dossier=complet, personne=1, by=dpo, on=ON).donnees


# Rectification


def rectify(dossier: Dossier, table: str, champ: str, valeur: str, **options: object) -> object:
    return rectify_fait(
        saisie=RectificationSaisie(
            table=table, champ=champ, valeur=valeur, motif="Erreur de saisie", **options
        ),
        dossier=dossier,
        by=BY,
        on=ON,
    )


def test_a_corrected_name_is_the_only_one_kept(gironde: str) -> None:
    dossier = make_dossier(nom="FAUXNOM")
    refresh_dossiers(dossier_ids=[dossier.pk], on=ON)

    done = rectify(dossier, "personne", "nom", "JUSTE")

    assert Personne.objects.get(dossier=dossier).nom == "JUSTE"
    dossier.refresh_from_db()
    assert dossier.cle.startswith("JUSTE|CLAUDE|")
    assert not done.cle_inchangee
    event = Event.objects.get(kind="fait.rectifie")
    assert (event.details["table"], event.details["champ"]) == ("personne", "nom")
    assert "FAUXNOM" not in json.dumps(event.details)
    assert DemandeDroit.objects.get().droit == "rectification"


def test_the_list_of_files_shows_the_corrected_name(complet: Dossier) -> None:
    first = complet.personnes.get(qualite="titulaire")

    rectify(complet, "personne", "nom", "JUSTE", ligne=str(first.pk))

    assert Situation.objects.get(dossier=complet).nom_recherche.startswith("JUSTE")


def test_whoever_may_have_read_the_old_value_is_told(
    secretaire: Agent, chef_equipe: Agent, gestionnaire: Agent, travailleur_social: Agent
) -> None:
    dossier = make_dossier()
    home = chef_equipe.organisation
    make_acces(dossier=dossier, relation="mandat", debut_le=date(2026, 1, 5), organisation=home,
               fin_le=date(2026, 6, 1))  # fmt: skip
    ccas = make_organisation(type="ccas", nom="CCAS de Bordeaux")
    ccas.communes.add("33063")
    elsewhere = make_organisation(type="ccas", nom="CCAS d’ailleurs")
    elsewhere.communes.add("33243")
    Dossier.objects.filter(pk=dossier.pk).update(commune_code="33063")
    # Written before the mandate ended: the operator may have read it.
    dossier.dettes.update(created_at=datetime(2026, 2, 1, tzinfo=UTC))
    dossier.refresh_from_db()

    names = {x.organisation for x in rectify(dossier, "dette", "montant", "10.50").lecteurs}

    assert names == {secretaire.organisation.nom, home.nom, "CCAS de Bordeaux"}
    assert dossier.dettes.get().montant == Decimal("10.50")
    police = list_lecteurs(dossier=dossier, categorie="evaluation_police", depuis=ON, on=ON)
    assert "CCAS de Bordeaux" not in {x.organisation for x in police}


def test_two_files_never_take_the_same_key(gironde: str) -> None:
    kept = make_dossier(nom="JUSTE")
    rectify(kept, "logement", "adresse", "1 rue de l’Exemple")
    other = make_dossier(nom="FAUX")
    rectify(other, "logement", "adresse", "1 rue de l’Exemple")
    before = Dossier.objects.get(pk=other.pk).cle

    done = rectify(other, "personne", "nom", "JUSTE")

    assert done.cle_inchangee
    assert Dossier.objects.get(pk=other.pk).cle == before


@pytest.mark.parametrize(
    ("table", "champ", "valeur", "refusal"),
    [
        ("perdue", "nom", "x", TableInconnue),
        ("situation", "stade", "cql", TableInconnue),
        ("personne", "dossier", "x", ChampInconnu),
        ("personne", "perdu", "x", ChampInconnu),
        ("contact", "note", "x", LigneInconnue),
        ("personne", "ne_le", "31/02/2020", ValeurRefusee),
        ("personne", "nom", "", ValeurRefusee),
        ("personne", "qualite", "roi", ValeurRefusee),
        ("dette", "montant", "-1", ValeurRefusee),
        ("dette", "montant", "beaucoup", ValeurRefusee),
    ],
)
def test_what_cannot_be_corrected_is_refused(
    gironde: str, table: str, champ: str, valeur: str, refusal: type[Exception]
) -> None:
    dossier = make_dossier()

    with pytest.raises(refusal):
        rectify(dossier, table, champ, valeur)

    assert not Event.objects.filter(kind="fait.rectifie").exists()


def test_several_rows_ask_which_one_and_a_motive_is_needed(complet: Dossier) -> None:
    with pytest.raises(LigneInconnue, match="--ligne"):
        rectify(complet, "personne", "nom", "JUSTE")
    with pytest.raises(MotifManquant):
        rectify_fait(
            saisie=RectificationSaisie(table="personne", champ="nom", valeur="x", motif=" "),
            dossier=complet,
            by=BY,
            on=ON,
        )


def test_a_date_is_emptied(gironde: str, secretaire: Agent) -> None:
    dossier = make_dossier()
    dossier.personnes.update(ne_le=date(1980, 1, 1))

    rectify(dossier, "personne", "ne_le", "")

    assert dossier.personnes.get().ne_le is None
    with pytest.raises(HabilitationRefusee):
        rectify_fait(
            saisie=RectificationSaisie(table="personne", champ="nom", valeur="x", motif="m"),
            dossier=dossier,
            by=secretaire,
            on=ON,
        )


# Limitation

PROJECTIONS = (Echeance, Situation, SituationDette, SituationSuivi, Tache)


def freeze(dossier: Dossier) -> list[list[dict[str, object]]]:
    return [
        sorted(
            (
                {k: v for k, v in row.items() if k not in {"id", "change_at"}}
                for row in m.objects.filter(dossier=dossier).order_by("pk").values()
            ),
            key=str,
        )
        for m in PROJECTIONS
    ]


def test_a_limited_file_is_used_for_nothing_and_comes_back_whole(
    complet: Dossier, secretaire: Agent, chef_equipe: Agent, dpo: Agent
) -> None:
    refresh_dossiers(dossier_ids=[complet.pk], on=ON)
    before = freeze(complet)
    april = date(2021, 4, 1)

    def figures() -> list[int]:
        return [x.total for x in get_activite(agent=secretaire, on=ON, mois=april).lignes]

    counted = figures()
    assert sum(counted) > 0

    limit_dossier(dossier=complet, motif="Exactitude contestée", by=dpo, on=ON)

    assert all(rows == [] for rows in freeze(complet))
    assert sum(figures()) == 0
    assert list_clotures(agent=secretaire, on=ON, mois=date(2021, 9, 1)).total == 0
    behind = list_dossiers_indicateur(agent=secretaire, on=ON, mois=april, code="tentatives")
    assert (behind.lignes, behind.fermes) == ((), 0)
    seen = Dossier.objects.visible_to
    assert not seen(secretaire, on=ON).filter(pk=complet.pk).exists()
    assert not seen(chef_equipe, on=ON).filter(pk=complet.pk).exists()
    assert seen(dpo, on=ON).filter(pk=complet.pk).exists()
    # The nightly pass does not bring it back.
    refresh_dossiers(dossier_ids=[complet.pk], on=ON)
    assert all(rows == [] for rows in freeze(complet))

    lift_limite(dossier=complet, by=dpo, on=ON)

    assert freeze(complet) == before
    assert figures() == counted
    assert seen(secretaire, on=ON).filter(pk=complet.pk).exists()
    kinds = list(Event.objects.filter(target_id=str(complet.pk)).values_list("kind", flat=True))
    assert {"dossier.limite", "dossier.rendu"} <= set(kinds)


def test_a_limitation_is_refused_without_motive_twice_or_to_others(
    complet: Dossier, secretaire: Agent, dpo: Agent
) -> None:
    with pytest.raises(MotifManquant):
        limit_dossier(dossier=complet, motif=" ", by=dpo, on=ON)
    with pytest.raises(HabilitationRefusee):
        limit_dossier(dossier=complet, motif="m", by=secretaire, on=ON)
    with pytest.raises(PasLimite):
        lift_limite(dossier=complet, by=dpo, on=ON)
    limit_dossier(dossier=complet, motif="m", by=dpo, on=ON)
    with pytest.raises(DejaLimite):
        limit_dossier(dossier=complet, motif="m", by=dpo, on=ON)


def test_the_pages_of_the_team_stand_without_a_limited_file(
    operateur: Organisation, secretaire: Agent, chef_equipe: Agent, dpo: Agent, client_de
) -> None:
    dossier = make_dossier(nom="LIMITE")
    mandat = make_mandat(
        operateur=operateur, dossier=dossier, transmis_le=date(2026, 10, 5),
        repondu_le=date(2026, 10, 6),
    )  # fmt: skip
    make_objectif(operateur=operateur)
    ChoixLigne.objects.create(choix=mandat.choix, dossier=dossier, retenu=True)
    Choix.objects.filter(pk=mandat.choix_id).update(mois=date(2026, 10, 1))
    make_contact(dossier=dossier, par=chef_equipe, survenu_le=date(2026, 10, 7))
    refresh_dossiers(dossier_ids=[dossier.pk], on=ON)
    limit_dossier(dossier=dossier, motif="m", by=dpo, on=ON)

    for agent in (secretaire, chef_equipe, dpo):
        client = client_de(agent)
        for address in (
            "/aujourdhui/", "/agenda/", "/dossiers/", "/choix-du-mois/?mois=2026-10",
            "/choix-du-mois/fiches/?mois=2026-10", "/activite/?mois=2026-10",
            "/activite/export.xlsx?mois=2026-10", "/mandats/", f"/mandats/{mandat.pk}/",
            "/activite/tentatives/dossiers/?mois=2026-10", f"/dossiers/{dossier.numero}/",
        ):  # fmt: skip
            response = client.get(address)
            assert response.status_code in {200, 302, 403, 404}, address
            if agent is not dpo:
                assert b"LIMITE" not in response.content, address


# Holds


def test_a_hold_is_put_once_and_lifted_once(complet: Dossier, secretaire: Agent) -> None:
    assert get_gel(dossier=complet) is None
    with pytest.raises(operations.AucunGel):
        end_gel(dossier=complet, by=secretaire, on=ON)

    record_gel(dossier=complet, motif=" Recours annoncé ", by=secretaire, on=ON)

    assert get_gel(dossier=complet).motif == "Recours annoncé"
    assert [r.code for r in get_sort(dossier=complet).list_retenues(ON)] == ["gel"]
    with pytest.raises(operations.DejaGele):
        record_gel(dossier=complet, motif="m", by=secretaire, on=ON)
    end_gel(dossier=complet, by=secretaire, on=ON)
    assert get_gel(dossier=complet) is None


def test_a_hold_says_why(complet: Dossier, secretaire: Agent) -> None:
    with pytest.raises(MotifManquant):
        record_gel(dossier=complet, motif=" ", by=secretaire, on=ON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Gel.objects.create(dossier=complet, motif="", pose_le=ON, pose_par="x")


# Register


def receive(dossier: Dossier, by: Agent, **fields: object) -> DemandeDroit:
    return record_demande(
        demande=DemandeSaisie(
            droit=fields.pop("droit", "acces"),
            demandeur="Claude",
            objet="Tout",
            recue_le=fields.pop("recue_le", date(2026, 10, 1)),
        ),
        dossier=dossier,
        by=by,
        on=ON,
    )


def test_a_request_waits_a_month_and_says_when_it_is_late(gironde: str, dpo: Agent) -> None:
    dossier = make_dossier()
    late = receive(dossier, dpo)
    receive(dossier, dpo, recue_le=date(2026, 11, 1))

    found = list_demandes(agent=dpo, on=ON)

    assert [(v.demande.pk == late.pk, v.is_late) for v in found] == [(True, True), (False, False)]
    assert found[0].due_le == date(2026, 11, 1)
    operations.extend_demande(demande=late, by=dpo, on=ON)
    assert not any(v.is_late for v in list_demandes(agent=dpo, on=ON))


def test_a_decision_is_written_once_with_its_motive(gironde: str, dpo: Agent) -> None:
    demande = receive(make_dossier(), dpo)

    def decide(decision: str = "refusee", motif: str = "", le: date = ON) -> None:
        operations.record_decision(
            demande=demande, decision=decision, motif=motif, repondue_le=le, by=dpo, on=ON
        )

    for motif, le, refusal in (
        ("", ON, MotifManquant),
        ("m", date(2026, 9, 1), operations.DemandeMalDatee),
        ("m", date(2026, 12, 1), operations.DemandeMalDatee),
    ):
        with pytest.raises(refusal):
            decide(motif=motif, le=le)
    decide(motif="Mission d’intérêt public (art. 17.3.b)")

    demande.refresh_from_db()
    assert (demande.decision, demande.repondue_le) == ("refusee", ON)
    with pytest.raises(operations.DemandeDejaTraitee):
        decide(motif="m")
    with pytest.raises(operations.DemandeDejaTraitee):
        operations.extend_demande(demande=demande, by=dpo, on=ON)


def test_a_request_to_come_is_refused_and_nobody_else_reads_the_register(
    gironde: str, dpo: Agent, secretaire: Agent
) -> None:
    with pytest.raises(operations.DemandeMalDatee):
        receive(make_dossier(), dpo, recue_le=date(2026, 12, 1))

    receive(make_dossier(), dpo)

    assert list_demandes(agent=secretaire, on=ON) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(decision="accordee"),
        lambda d: d.update(repondue_le=ON),
        lambda d: d.update(demandeur=""),
        lambda d: d.update(dossier=None),
        lambda d: d.update(decision="refusee", repondue_le=ON, motif=""),
    ],
)
def test_the_database_keeps_the_register_whole(
    gironde: str, dpo: Agent, change: Callable[[object], object]
) -> None:
    receive(make_dossier(), dpo)

    with pytest.raises(DatabaseError), transaction.atomic():
        change(DemandeDroit.objects.all())


def test_in_many_households_nobody_reads_another(chef_equipe: Agent) -> None:
    """Shared households: each adult's pack has their own tokens and none of anyone else's."""
    tokens: dict[tuple[int, int], str] = {}
    dossiers = []
    declared = {
        (m.__name__.lower(), f)
        for m in [*(m for m, _ in list_tables_du_dossier()), Bailleur, DemandeDroit]
        for f in list_personnelles(model=m)
    }
    for n in range(-(-get_taille("T35") // 3)):
        dossier = make_dossier(nom=f"QZ{n}AX", prenom=f"Kq{n}zu")
        tokens[n, 1] = f"Kq{n}zu"
        for rang, qualite in ((1, "co_titulaire"), (1, "occupant")):
            place = 2 if qualite == "co_titulaire" else 3
            tokens[n, place] = f"Wx{n}{place}jo"
            Personne.objects.create(
                dossier=dossier, qualite=qualite, rang=rang, nom=f"QZ{n}AX",
                prenom=tokens[n, place], ne_le=date(1980, 1, place),
            )  # fmt: skip
        make_contact(
            dossier=dossier, par=chef_equipe, survenu_le=date(2026, 5, 4),
            note=" ; ".join(tokens[n, p] for p in (1, 2, 3)),
        )  # fmt: skip
        refresh_dossiers(dossier_ids=[dossier.pk], on=ON)
        dossiers.append(dossier)

    for n, dossier in enumerate(dossiers):
        for personne in (1, 2, 3):
            remise = remit(dossier, personne=personne)
            assert {(d.table, d.champ) for d in remise.donnees} == declared
            page = render_html(remise).lower()
            found = {key for key, token in tokens.items() if token.lower() in page}
            assert found == {(n, personne)}
