"""Invented households, dwellings and landlords, in the real communes of a département."""

import csv
import unicodedata
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from pathlib import Path
from random import Random

from seuil import acteurs

NOMS = (
    "Martin", "Bernard", "Thomas", "Petit", "Robert", "Richard", "Durand", "Dubois", "Moreau",
    "Laurent", "Simon", "Michel", "Lefèvre", "Leroy", "Roux", "David", "Bertrand", "Morel",
    "Fournier", "Girard", "Bonnet", "Dupont", "Lambert", "Fontaine", "Rousseau", "Vincent",
    "Muller", "Faure", "André", "Mercier", "Blanc", "Guérin", "Boyer", "Garnier", "Chevalier",
    "François", "Legrand", "Gauthier", "Garcia", "Perrin", "Robin", "Clément", "Morin", "Nicolas",
    "Henry", "Roussel", "Mathieu", "Gautier", "Masson", "Marchand", "Duval", "Denis", "Dumont",
    "Marie", "Lemaire", "Noël", "Meyer", "Dufour", "Meunier", "Brun", "Blanchard", "Giraud",
    "Joly", "Rivière", "Lucas", "Brunet", "Gaillard", "Barbier", "Arnaud", "Martinez", "Gérard",
    "Roche", "Renard", "Schmitt", "Roy", "Leroux", "Colin", "Vidal", "Caron", "Picard", "Roger",
    "Fabre", "Aubert", "Lemoine", "Renaud", "Dumas", "Lacroix", "Olivier", "Philippe", "Bourgeois",
    "Pierre", "Benoît", "Rey", "Leclerc", "Payet", "Rolland", "Leclercq", "Guillaume", "Lecomte",
    "Lopez", "Jean", "Dupuy", "Guillot", "Hubert", "Berger", "Carpentier", "Sanchez", "Dupuis",
    "Moulin", "Louis", "Deschamps", "Huet", "Vasseur", "Perez", "Boucher", "Fleury", "Royer",
    "Klein", "Jacquet", "Adam", "Paris", "Poirier", "Marty", "Aubry", "Guyot", "Carré", "Charles",
    "Renault", "Charpentier", "Ménard", "Maillard", "Baron", "Bertin", "Bailly", "Hervé",
    "Schneider", "Fernandez", "Le Gall", "Collet", "Léger", "Bouvier", "Julien", "Prévost",
    "Millet", "Perrot", "Daniel", "Le Roux", "Cousin", "Germain", "Breton", "Besson", "Langlois",
    "Rémy", "Le Goff", "Pelletier", "Lévêque", "Perrier", "Leblanc", "Barré", "Lebrun", "Marchal",
    "Weber", "Mallet", "Hamon", "Boulanger", "Jacob", "Monnier", "Michaud", "Rodriguez", "Guichard",
    "Gillet", "Étienne", "Grondin", "Poulain", "Tessier", "Chevallier", "Collin", "Chauvin",
    "Da Silva", "Bouchet", "Gay", "Lemaître", "Bénard", "Maréchal", "Humbert", "Reynaud", "Antoine",
    "Hoarau", "Perret", "Barthélemy", "Cordier", "Pichon", "Lejeune", "Gilbert", "Lamy", "Delaunay",
    "Pasquier", "Carlier", "Laporte", "Ferreira", "Pereira", "Santos", "Gomes", "Rodrigues",
    "Lopes", "Fernandes", "Alves", "Costa", "Teixeira", "Benali", "Bouzid", "Haddad", "Mansouri",
    "Belkacem", "Saidi", "Cherif", "Amrani", "El Idrissi", "Benmoussa", "Ziani", "Rahmani",
    "Traoré", "Diallo", "Coulibaly", "Keita", "Camara", "Sow", "Barry", "Konaté", "Ndiaye", "Diop",
    "Fall", "Mbaye", "Kouassi", "Mendy", "Nguyen", "Tran", "Pham", "Yilmaz", "Kaya", "Demir",
    "Öztürk", "Popescu", "Ionescu", "Kowalski", "Nowak", "Petrović", "Hosseini", "Chen", "Singh",
)  # fmt: skip
PRENOMS = (
    "Marie", "Jean", "Nathalie", "Philippe", "Isabelle", "Michel", "Sylvie", "Alain", "Catherine",
    "Patrick", "Martine", "Nicolas", "Christine", "Christophe", "Françoise", "Pierre", "Valérie",
    "Christian", "Sandrine", "Éric", "Stéphanie", "Frédéric", "Véronique", "Laurent", "Sophie",
    "Stéphane", "Céline", "David", "Chantal", "Pascal", "Patricia", "Daniel", "Anne", "Julien",
    "Brigitte", "Sébastien", "Julie", "Thierry", "Aurélie", "Olivier", "Émilie", "Bruno",
    "Laurence", "Thomas", "Karine", "Jérôme", "Monique", "Alexandre", "Virginie", "Dominique",
    "Élodie", "Guillaume", "Mélanie", "Antoine", "Laetitia", "Romain", "Audrey", "Maxime",
    "Delphine", "Anthony", "Caroline", "Kevin", "Jennifer", "Jérémy", "Amandine", "Mickaël",
    "Marion", "Benjamin", "Charlotte", "Florian", "Pauline", "Quentin", "Camille", "Clément",
    "Léa", "Lucas", "Manon", "Hugo", "Chloé", "Théo", "Inès", "Enzo", "Sarah", "Mehdi", "Fatima",
    "Mohamed", "Yasmina", "Karim", "Samira", "Rachid", "Nadia", "Ahmed", "Leïla", "Youssef",
    "Aminata", "Mamadou", "Fatou", "Ibrahima", "Aïssata", "Moussa", "Maria", "José", "Ana",
    "Manuel", "Paula", "António", "Thi Lan", "Minh", "Elif", "Mehmet", "Ayşe", "Murat", "Elena",
    "Ion", "Agnieszka", "Piotr", "Jasmina", "Milan", "Jean-Pierre", "Marie-Claude", "Anne-Sophie",
    "Jean-Luc", "Marie-Christine", "Jean-François", "Lou-Anne", "Jean-Baptiste",
)  # fmt: skip
# cp1252, the encoding of half of the lists, has no room for these letters.
_SANS_CP1252 = str.maketrans({"ć": "c", "ş": "s"})

_TYPES_DE_VOIE = ("rue", "rue", "rue", "rue", "avenue", "allée", "impasse", "cours", "chemin",
                  "place", "résidence", "quai")  # fmt: skip
_MOTS_DE_VOIE = (
    "des Tonneliers Bleus", "du Puits Neuf", "des Trois Cormorans", "de la Palombe Grise",
    "des Vieux Pressoirs", "du Pin Penché", "de la Gabare", "des Mimosas d’Hiver", "du Mascaret",
    "de la Dune Claire", "des Résiniers", "du Port aux Huîtres", "des Cerisiers Sauvages",
    "de la Tuilerie Basse", "du Moulin Sec", "des Chais Dorés", "de la Source Froide",
    "des Aubépines", "du Four à Pain", "de la Croix de Bruyère", "des Hirondelles Blanches",
    "du Bois Flotté", "de la Levée", "des Colverts", "du Marais Doux", "des Lavandières",
    "de la Fontaine aux Merles", "du Cerf-Volant", "des Pêcheurs d’Aloses", "de la Vigne Haute",
    "des Sabotiers", "du Grand Chêne Vert", "de la Passerelle", "des Quatre Saisons", "du Lavoir",
    "de l’Étoile du Sud", "des Filles de l’Air", "de la Petite Lande", "du Vieux Cadran",
    "des Peupliers d’Argent", "de la Belle Étape", "des Oyats", "du Clos Perdu", "des Jonquilles",
    "de la Barrique", "du Héron Cendré", "des Capucines", "de l’Ancienne Forge", "du Rivage",
    "des Girolles",
)  # fmt: skip
_SCI_MOTS = (
    "du Héron", "des Glycines", "Belle Rive", "des Deux Pins", "du Cloître Blanc", "Les Palombes",
    "de la Treille", "du Pressoir", "Bel Horizon", "des Quinconces Verts", "Vent d’Ouest",
    "des Acacias", "La Gabare", "du Petit Port", "Le Nid", "des Embruns", "Horizon Garonne",
    "du Verger", "Les Oyats", "Saint-Fiacre",
)  # fmt: skip
_SOCIETES = (
    "Foncière des Trois Tours", "Immobilière de la Lune Bleue", "Patrimoine Sud-Estuaire",
    "Résidences Cormoran SAS", "Locagestion du Mascaret", "Pierre & Palombe SARL",
    "Compagnie foncière du Pertuis", "Domus Estuaria SAS", "Habitat et Rendement SARL",
    "Société des Chais rénovés",
)  # fmt: skip
_SOCIAUX = (
    "Office Les Deux Rives (fictif)", "Logis de la Dune (fictif)", "Habitat Mascaret (fictif)",
    "Coopérative du Pin Vert (fictive)", "Toits de l’Estuaire (fictif)",
)  # fmt: skip
_COMPLEMENTS = ("", "", "", "", "Bât. A, 2e étage", "Appt 12", "Bât. C", "Résidence, porte 34",
                "Rez-de-chaussée", "3e étage gauche", "Appt 207", "Escalier B")  # fmt: skip

# loi n° 2023-668: leases signed since that day write six weeks in their clause résolutoire.
LOI_2023 = date(2023, 7, 29)


@dataclass(frozen=True, slots=True)
class Ville:
    """A commune, as the generator needs it."""

    nom: str
    codes_postaux: tuple[str, ...]
    arrondissement: str
    population: int


@dataclass(frozen=True, slots=True)
class Proprietaire:
    nom: str
    nature: str
    telephone: str


@dataclass(frozen=True, slots=True)
class Menage:
    """A household as every list will write it, letter for letter."""

    numero: int
    nom: str
    prenom: str
    adresse: str
    complement: str
    code_postal: str
    commune: str
    arrondissement: str
    telephone: str
    courriel: str
    loyer: Decimal
    charges: Decimal
    dette: Decimal
    bail_le: date
    clause: str
    parc: str
    proprietaire: Proprietaire
    adultes: int
    enfants: int
    suivi: str
    cause: str


class Population:
    """Draws households; two populations of the same seed draw the same ones."""

    def __init__(self, *, rng: Random, departement: str) -> None:
        self._rng = rng
        self._villes = load_villes(departement)
        self._cumul = list(accumulate(_poids(ville) for ville in self._villes))
        self._previous: list[tuple[str, str]] = []
        self._proprietaires: dict[str, list[Proprietaire]] = {"physique": [], "sci_familiale": []}
        self._morales = [Proprietaire(nom, "morale", self._telephone_fixe()) for nom in _SOCIETES]
        self._sociaux = [Proprietaire(nom, "social", self._telephone_fixe()) for nom in _SOCIAUX]

    def draw(self, *, numero: int, le: date, parc: str) -> Menage:
        """Draw a household whose first arrears come before `le`."""
        rng = self._rng
        nom, prenom = self._identite()
        ville = self._villes[bisect(self._cumul, rng.random() * self._cumul[-1])]
        loyer = _loyer(rng, ville, parc)
        bail_le = le - timedelta(days=int(rng.triangular(240, 4200, 900)))
        adultes = 1 if rng.random() < 0.58 else 2
        return Menage(
            numero=numero,
            nom=nom,
            prenom=prenom,
            adresse=self._adresse(),
            complement=rng.choice(_COMPLEMENTS),
            code_postal=rng.choice(ville.codes_postaux),
            commune=ville.nom,
            arrondissement=ville.arrondissement,
            telephone="" if rng.random() < 0.35 else f"06 39 98 {_pair(rng)} {_pair(rng)}",
            courriel=_courriel(prenom, nom, rng) if rng.random() < 0.4 else "",
            loyer=loyer,
            charges=Decimal(rng.randrange(25, 121, 5)),
            dette=_dette(rng),
            bail_le=bail_le,
            clause=_clause(rng, bail_le),
            parc=parc,
            proprietaire=self._proprietaire(parc),
            adultes=adultes,
            enfants=rng.choices((0, 1, 2, 3, 4), (46, 22, 18, 10, 4))[0],
            suivi=rng.choices(("inconnu", "connu", "sans réponse", ""), (38, 30, 12, 20))[0],
            cause=rng.choices(_CAUSES, _POIDS_DES_CAUSES)[0],
        )

    def _identite(self) -> tuple[str, str]:
        rng = self._rng
        if self._previous and rng.random() < 0.012:
            return rng.choice(self._previous)  # a homonym
        nom = rng.choice(NOMS).translate(_SANS_CP1252).upper()
        if rng.random() < 0.04:
            nom = f"{nom}-{rng.choice(NOMS).translate(_SANS_CP1252).upper()}"
        identite = (nom, rng.choice(PRENOMS).translate(_SANS_CP1252))
        if len(self._previous) < 500:
            self._previous.append(identite)
        return identite

    def _adresse(self) -> str:
        rng = self._rng
        suffixe = rng.choices(("", " bis", " ter"), (92, 7, 1))[0]
        voie = f"{rng.choice(_TYPES_DE_VOIE)} {rng.choice(_MOTS_DE_VOIE)}"
        return f"{rng.randrange(1, 190)}{suffixe} {voie}"

    def _proprietaire(self, parc: str) -> Proprietaire:
        rng = self._rng
        if parc == "social":
            return rng.choice(self._sociaux)
        nature = rng.choices(("physique", "sci_familiale", "morale"), (62, 20, 18))[0]
        if nature == "morale":
            return rng.choice(self._morales)
        known = self._proprietaires[nature]
        if known and rng.random() < 0.25:
            return rng.choice(known)
        nom = rng.choice(NOMS).translate(_SANS_CP1252)
        if nature == "physique":
            nom = f"{rng.choice(PRENOMS).translate(_SANS_CP1252)} {nom}"
        else:
            nom = f"SCI {rng.choice(_SCI_MOTS)} {nom}"
        new = Proprietaire(nom, nature, self._telephone_fixe() if rng.random() < 0.7 else "")
        known.append(new)
        return new

    def _telephone_fixe(self) -> str:
        # 05 36 49 and 06 39 98 are reserved by ARCEP for works of fiction.
        return f"05 36 49 {_pair(self._rng)} {_pair(self._rng)}"


def load_villes(departement: str) -> Sequence[Ville]:
    """Return the communes of the official geography, in its order."""
    path = Path(acteurs.__file__).parent / "data" / "communes.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Ville(
                nom=row["nom"],
                codes_postaux=tuple(row["codes_postaux"].replace("|", " ").split()),
                arrondissement=row["arrondissement"],
                population=int(row["population"] or 0),
            )
            for row in csv.DictReader(file)
            if row["departement"] == departement and row["codes_postaux"]
        ]


def _poids(ville: Ville) -> float:
    # Rented dwellings are in towns: a city counts more than its inhabitants, a village less.
    return float(ville.population**1.15)


def _loyer(rng: Random, ville: Ville, parc: str) -> Decimal:
    if parc == "social":
        loyer = rng.triangular(290, 540, 390)
    else:
        loyer = rng.triangular(430, 1150, 640 if ville.population > 20_000 else 560)
    return Decimal(round(loyer)) + (Decimal("0.50") if rng.random() < 0.2 else 0)


# Counselled households of the sources (around 2010), raised by 30 %.
_DETTES = ((500, 2_600, 23), (2_600, 6_500, 40), (6_500, 10_400, 20), (10_400, 13_000, 11),
           (13_000, 26_000, 6))  # fmt: skip


def _dette(rng: Random) -> Decimal:
    low, high, _ = rng.choices(_DETTES, [part for *_, part in _DETTES])[0]
    return Decimal(rng.randrange(low * 100, high * 100)) / 100


def _clause(rng: Random, bail_le: date) -> str:
    if rng.random() < 0.2:
        return ""
    if bail_le < LOI_2023:
        return "2 mois"
    return "2 mois" if rng.random() < 0.08 else "6 semaines"


_CAUSES = (
    "Perte d’emploi", "Baisse de revenus", "Séparation", "Maladie ou accident",
    "Aide au logement suspendue", "Charges trop élevées", "Litige avec le bailleur", "Non connue",
)  # fmt: skip
_POIDS_DES_CAUSES = (22, 20, 14, 12, 9, 9, 5, 9)


def _courriel(prenom: str, nom: str, rng: Random) -> str:
    plain = unicodedata.normalize("NFKD", f"{prenom}.{nom}").encode("ascii", "ignore").decode()
    kept = "".join(c for c in plain.lower() if c.isalnum() or c in ".-")
    return f"{kept}{rng.randrange(100)}@menage.example"


def _pair(rng: Random) -> str:
    return f"{rng.randrange(100):02d}"
