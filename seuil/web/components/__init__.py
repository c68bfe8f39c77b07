"""Building blocks of the pages: forms and their fields in the DSFR's classes.

The other blocks are tags (templatetags/seuil.py) and templates (templates/composants/).
"""
