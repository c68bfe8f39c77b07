"""WSGI entry point (granian)."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# What is loaded lives as long as the process: walking it again during a request would hold that
# request for tens of milliseconds.
gc.collect()
gc.freeze()
