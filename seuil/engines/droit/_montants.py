"""Money as a French letter writes it, and the threshold that a tenancy gives."""

from dataclasses import dataclass
from decimal import Decimal

from seuil.engines.droit._impaye_model import CENT, Palier, SituationLocative

NBSP, NNBSP = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Seuil:
    """A threshold in euros, how it was reached, and the facts that were missing to be sure."""

    montant: Decimal | None
    calcul: str
    base: str
    manque: tuple[str, ...]

    def is_reached(self, dette: Decimal, version: Palier) -> bool:
        """Tell whether a debt reaches it; no debt never does."""
        if self.montant is None or dette <= 0:
            return False
        if version.plafond is not None:
            return dette > self.montant
        return dette >= self.montant


def write_montant(montant: Decimal) -> str:
    """Write « 1 234,56 € »."""
    return f"{montant:,.2f}".replace(",", NNBSP).replace(".", ",") + f"{NBSP}€"


def is_net(situation: SituationLocative) -> bool:
    """Tell whether the aid is known to be paid to the landlord."""
    return bool(situation.aide) and situation.tiers_payant is True


def compute_depense(situation: SituationLocative, *, rls: bool) -> tuple[Decimal, str] | None:
    """Give what the household owes each month, and how; None while the rent is not known."""
    if situation.loyer is None:
        return None
    parts = _parts(situation, charges=True, rls=rls, net=is_net(situation))
    total = max(sum((montant for montant, _ in parts), Decimal(0)), Decimal(0))
    return total, f"{_write_parts(parts)} = {write_montant(total)}"


def compute_seuil(situation: SituationLocative, version: Palier) -> Seuil:
    """Give the threshold of a version for a tenancy, gross or net of the aid."""
    if version.plafond is not None:
        calcul = f"plus de {write_montant(version.plafond)}, quel que soit le loyer"
        return Seuil(version.plafond, calcul, "", ())
    net = is_net(situation)
    manque = list_manques(situation, charges=version.charges)
    base = "net" if net else "brut"
    if situation.loyer is None or version.multiple is None:
        return Seuil(None, "", base, manque)
    parts = _parts(situation, charges=version.charges, rls=version.rls, net=net)
    mensuel = max(sum((montant for montant, _ in parts), Decimal(0)), Decimal(0))
    montant = (version.multiple * mensuel).quantize(CENT)
    written = f"({_write_parts(parts)})" if len(parts) > 1 else _write_parts(parts)
    return Seuil(
        montant, f"{version.multiple} × {written} = {write_montant(montant)}", base, manque
    )


def list_manques(situation: SituationLocative, *, charges: bool) -> tuple[str, ...]:
    """Name the facts of a tenancy that its threshold lacks."""
    manque = []
    if situation.loyer is None:
        manque.append("le montant du loyer")
    if charges and situation.charges is None:
        manque.append("le montant des charges")
    if situation.aide is None:
        manque.append("le montant de l’aide au logement, et à qui elle est versée")
    elif situation.aide and situation.tiers_payant is None:
        manque.append("à qui l’aide au logement est versée")
    return tuple(manque)


def _parts(
    situation: SituationLocative, *, charges: bool, rls: bool, net: bool
) -> list[tuple[Decimal, str]]:
    parts = [(situation.loyer or Decimal(0), "de loyer" if charges else "de loyer hors charges")]
    if rls and situation.rls:
        parts.append((-situation.rls, "de réduction de loyer de solidarité"))
    if charges and situation.charges:
        parts.append((situation.charges, "de charges"))
    if net and situation.aide:
        parts.append((-situation.aide, "d’aide versée au bailleur"))
    return parts


def _write_parts(parts: list[tuple[Decimal, str]]) -> str:
    text = ""
    for montant, quoi in parts:
        sign = "" if not text else " + " if montant >= 0 else " − "
        text += f"{sign}{write_montant(abs(montant))} {quoi}"
    return text
