"""How the answers of a checklist are shown."""

from collections.abc import Mapping

from seuil.diagnostics.models import ConstatRegularite

REPONSES: Mapping[str, str] = dict(ConstatRegularite.Reponse.choices)
# Red is kept for the dates of the law that are lost.
TONS: Mapping[str, str] = {
    "regulier": "success",
    "irregulier": "warning",
    "a_verifier": "info",
    "sans_objet": "",
}
CERTITUDES: Mapping[str, str] = {
    "sure": "Règle certaine",
    "contested": "Règle discutée\N{NO-BREAK SPACE}: plusieurs lectures se défendent",
    "to_check": "Règle ou fait à vérifier",
}
