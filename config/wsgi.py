"""WSGI entry point (granian)."""

import gc
import os

from django.core.checks import Error, run_checks
from django.core.management.base import SystemCheckError
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# A web server runs no check of its own: what must not be served is refused here.
if _faults := [m for m in run_checks() if isinstance(m, Error)]:
    raise SystemCheckError("\n".join(str(m) for m in _faults))

# What is loaded lives as long as the process: walking it again during a request would hold that
# request for tens of milliseconds.
gc.collect()
gc.freeze()
