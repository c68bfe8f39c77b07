#!/usr/bin/env python
"""Django's own commands; the product's are under `seuil`."""

import os
import sys

from django.core.management import execute_from_command_line

from config.database import start_embedded

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # A tool of whoever writes the product: an installation has `seuil`.
    os.environ.setdefault("SEUIL_EMBARQUEE", "1")
    start_embedded()
    execute_from_command_line(sys.argv)
