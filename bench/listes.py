"""Lists of synthetic acts of any size, for the measures."""

import csv
import random
from datetime import date, timedelta
from pathlib import Path

from seuil.actes.queries import get_communes

_NOMS = ("MARTIN", "BERNARD", "DURAND", "PETIT", "LEROY", "MOREAU", "DIALLO", "BENALI", "NGUYEN")
_PRENOMS = ("Alice", "Karim", "Jeanne", "Paul", "Fatou", "Linh", "Louise", "Hugo", "Inès")
_VOIES = ("rue des Lilas", "avenue du Parc", "cours de la Marne", "impasse du Moulin")
ENTETES = (
    "Nom", "Prénom", "Adresse", "Code postal", "Commune", "Téléphone", "Date de l'acte",
    "Date d'audience", "Montant de la dette", "Loyer", "Charges", "Date du bail",
    "Délai de la clause", "Bailleur", "Nature du bailleur", "Parc", "Nombre d'adultes",
    "Nombre d'enfants", "Connu des services sociaux", "Référence",
)  # fmt: skip


def write_list(path: Path, *, type_acte: str, count: int, until: date, seed: int) -> Path:
    """Write `count` acts of the year before `until`; the same seed gives the same households."""
    draw = random.Random(seed)
    communes = get_communes(departement="33")
    codes = [c for c in communes.noms if communes.codes_postaux[c]]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(ENTETES)
        for number in range(count):
            who = random.Random(seed * 1_000_003 + number)
            code = who.choice(codes)
            acte_le = until - timedelta(days=draw.randrange(1, 360))
            hearing = acte_le + timedelta(days=draw.randrange(50, 130))
            writer.writerow(
                (
                    who.choice(_NOMS) + f" {number // 97}",
                    who.choice(_PRENOMS),
                    f"{who.randrange(1, 300)} {who.choice(_VOIES)}",
                    communes.codes_postaux[code][0],
                    communes.noms[code],
                    f"06{who.randrange(10**7, 10**8)}" if who.random() > 0.35 else "",
                    f"{acte_le:%d/%m/%Y}",
                    f"{hearing:%d/%m/%Y}" if type_acte == "assignation" else "",
                    f"{who.randrange(600, 15_000)},{who.randrange(100):02d}",
                    f"{who.randrange(380, 1_100)},00",
                    "45,00",
                    f"{date(2015, 1, 1) + timedelta(days=who.randrange(4_000)):%d/%m/%Y}",
                    who.choice(("2 mois", "6 semaines", "")),
                    f"Bailleur {who.randrange(4_000)}",
                    who.choice(("Personne physique", "SCI familiale", "Bailleur social")),
                    "",
                    who.choice(("1", "2")),
                    who.choice(("0", "1", "2", "3")),
                    who.choice(("oui", "non", "sans réponse")),
                    f"A{seed}-{number}",
                )
            )
    return path
