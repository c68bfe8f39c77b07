"""How tests are shared out between the processes of `make test`."""

from xdist.scheduler import LoadFileScheduling

NAVIGATEUR = "navigateur"
# Where the browser is driven: its site, with the small demonstration, is started once.
_DRIVEN = (
    "tests/browser/", "tests/web/test_script.py", "tests/architecture/test_browser.py",
    "tests/acces/test_textes.py",
)  # fmt: skip


class ParFichier(LoadFileScheduling):
    """Gives each file to one process, and all that drives the browser to one.

    Two files never share a database, a copy of an instance or a port.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        return NAVIGATEUR if file.startswith(_DRIVEN) else file
