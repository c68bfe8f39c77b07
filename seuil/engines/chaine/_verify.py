"""The walk along one chain."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

# The values of a line, in the order of its seal.
COLONNES = (
    "id", "created_at", "nature", "kind", "by_id", "by_label", "organisation", "role",
    "departement", "target_type", "target_id", "dossiers", "objets", "categories", "colonnes",
    "motif", "canal", "requete", "txid", "effect_le", "details",
)  # fmt: skip
_ORIGINE = bytes(32)
# Bytes of each seal that an anchor keeps: enough to say which line was changed.
COURT = 8


@dataclass(frozen=True, slots=True)
class Ancrage:
    """What was copied outside the database: the head after `rang`, and a part of each seal.

    A removal at term (`retrait`) has no seals: the chain starts again from its head.
    """

    rang_debut: int
    rang: int
    tete: bytes
    empreintes: bytes = b""
    retrait: bool = False


@dataclass(frozen=True, slots=True)
class Orpheline:
    """A line without a seal."""

    ligne: str
    txid: int


@dataclass(frozen=True, slots=True)
class Faute:
    """The first rank that is not what it was, and why; `ligne` when it is known."""

    rang: int
    raison: str
    ligne: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a chain is worth: how many lines hold, its head, how many anchors agree."""

    nombre: int
    rang: int
    tete: bytes
    ancres: int
    en_attente: int
    faute: Faute | None = None


# Rank, line, transaction of the seal, seal, values of the line (None when the line is missing).
Rangee = tuple[int, str, int, bytes, Sequence[str | None] | None]


def verify_chain(
    *,
    rangees: Iterable[Rangee],
    orphelines: Iterable[Orpheline] = (),
    retraits: Iterable[Ancrage] = (),
    ancres: Iterable[Ancrage] | None = None,
) -> Verdict:
    """Walk along the seals of one département and stop at the first that does not hold.

    `retraits` is what the database says was removed; `ancres`, when given, is what was copied
    outside of it, removals too: a removal that was not copied did not take place.
    """
    walk = _Walk(list(orphelines), list(retraits), None if ancres is None else list(ancres))
    for rangee in rangees:
        why = walk.step(rangee)
        if why:
            return walk.conclude(why)
    return walk.conclude(walk.end())


class _Walk:
    def __init__(
        self,
        orphelines: list[Orpheline],
        retraits: list[Ancrage],
        ancres: list[Ancrage] | None,
    ) -> None:
        self.orphelines = sorted(orphelines, key=lambda o: (o.txid, o.ligne))
        self.known = ancres
        start = max(retraits, key=lambda a: a.rang, default=None)
        self.start = start
        self.rang = start.rang if start else 0
        self.tete = start.tete if start else _ORIGINE
        self.txid = -1
        self.ligne = ""
        self.nombre = 0
        self.checked = 0
        kept = [a for a in ancres or () if not a.retrait and a.rang > self.rang]
        self.ancres = sorted(kept, key=lambda a: a.rang_debut)
        self.next_ancre = 0

    def step(self, rangee: Rangee) -> Faute | None:
        rang, ligne, txid, empreinte, values = rangee
        expected = self.rang + 1
        if self.nombre == 0:
            why = self._why_bad_start()
            if why:
                return why
        # The place where a line put there afterwards would have been sealed.
        if self.orphelines and (self.orphelines[0].txid, self.orphelines[0].ligne) < (txid, ligne):
            return Faute(expected, "ligne ajoutée après coup", self.orphelines[0].ligne)
        if rang != expected:
            return Faute(expected, "sceau retiré ou déplacé")
        head = sha256(self.tete + _canonical(values or ())).digest()
        reason = ""
        if values is None:
            reason = "ligne retirée"
        elif head != empreinte:
            reason = "ligne modifiée, déplacée ou ajoutée"
        elif not self._agrees(rang, head):
            reason = "différente de ce qui a été ancré"
        elif (txid, ligne) <= (self.txid, self.ligne):
            reason = "ordre changé"
        if reason:
            return Faute(rang, reason, ligne)
        self.rang, self.tete, self.txid, self.ligne = rang, head, txid, ligne
        self.nombre += 1
        return None

    def end(self) -> Faute | None:
        if self.nombre == 0:
            why = self._why_bad_start()
            if why:
                return why
        if self.next_ancre < len(self.ancres):
            return Faute(self.rang + 1, "fin de la chaîne coupée")
        late = [o for o in self.orphelines if o.txid <= self.txid]
        if late:
            return Faute(self.rang + 1, "ligne ajoutée après coup", late[0].ligne)
        return None

    def conclude(self, faute: Faute | None) -> Verdict:
        return Verdict(
            nombre=self.nombre,
            rang=self.rang,
            tete=self.tete,
            ancres=self.checked,
            en_attente=len(self.orphelines) if faute is None else 0,
            faute=faute,
        )

    def _why_bad_start(self) -> Faute | None:
        if self.known is None:
            return None
        told = [a for a in self.known if a.retrait]
        if self.start and not any(
            (a.rang, a.tete) == (self.start.rang, self.start.tete) for a in told
        ):
            first = max((a.rang for a in told), default=0) + 1
            return Faute(first, "début retiré sans que le retrait ait été ancré")
        if any(a.rang > self.rang for a in told):
            return Faute(self.rang + 1, "lignes remises après leur retrait")
        return None

    def _agrees(self, rang: int, head: bytes) -> bool:
        while self.next_ancre < len(self.ancres):
            ancre = self.ancres[self.next_ancre]
            if rang < ancre.rang_debut:
                return True
            if ancre.empreintes:
                at = (rang - ancre.rang_debut) * COURT
                if ancre.empreintes[at : at + COURT] != head[:COURT]:
                    return False
            if rang < ancre.rang:
                return True
            self.next_ancre += 1
            self.checked += 1
            if rang == ancre.rang:
                return head == ancre.tete
        return True


def _canonical(values: Sequence[str | None]) -> bytes:
    return "".join("-," if v is None else f"{len(v)}:{v}," for v in values).encode()
