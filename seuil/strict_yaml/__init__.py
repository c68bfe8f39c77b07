"""The one reading of YAML: what is not understood is refused, with file, line, key and remedy.

People edit these files, so the refusals are in French. Whatever bytes are given, the answer is a
`Table` or FichierIllisible. Knows neither Django nor what the files are about.
"""

from seuil.strict_yaml._read import read_file, read_table, read_tables, read_text
from seuil.strict_yaml._table import FichierIllisible, Table

__all__ = ["FichierIllisible", "Table", "read_file", "read_table", "read_tables", "read_text"]
