"""Where a duty comes from, in words that an agent of the département may hold for its own."""

# The base is drawn from one département's charter: elsewhere, it is a usage that is proposed.
_CHARTE, _DEPARTEMENT_DE_LA_CHARTE = "charte de la Côte-d’Or", "21"
USAGE_PROPOSE = "usage proposé, sans texte propre au département"


def write_source(source: str, departement: str) -> str:
    """Return the texts of a duty that hold in a département; never the charter of another one."""
    if departement == _DEPARTEMENT_DE_LA_CHARTE:
        return source
    texts = [text.strip() for text in source.split(";")]
    own = [text for text in texts if not text.startswith(_CHARTE)]
    return "\N{NARROW NO-BREAK SPACE}; ".join(own) or USAGE_PROPOSE
