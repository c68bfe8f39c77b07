"""Who acts when nobody does: the machine, and who may be named as author."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine as an author of the journal: a command or a background task, by its name."""

    name: str
    departement_id: str = ""

    @property
    def author_id(self) -> str:
        return f"machine:{self.name}"

    @property
    def author_label(self) -> str:
        return f"Seuil ({self.name})"
