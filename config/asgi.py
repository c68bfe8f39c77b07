"""What the web server runs (granian): requests received whole, then given to Django's threads."""

from multiprocessing import parent_process

from config.reception import Reception
from config.wsgi import application as django
from seuil.jobs.supervision import follow
from seuil.web.reception import find_limit, write_refusal

# Of each process: while one waits for the database, the other works. More of them share the same
# processor, and make each page wait longer (docs/epreuves/2026-11-30-pages.md).
THREADS = 2

# A process of a server that was killed would keep its port.
_server = parent_process()
if _server is not None and _server.pid:
    follow(_server.pid)

application = Reception(django, find_limit=find_limit, write_refusal=write_refusal, threads=THREADS)
