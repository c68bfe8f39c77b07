"""A refusal: the sentence that tells a person what was not done, and what to do."""


class Refusal(Exception):
    """Base of every named refusal; its text is French and meant for the screen."""

    message = "Cette action n’est pas possible."

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.message)

    def __str__(self) -> str:
        return str(self.args[0])
