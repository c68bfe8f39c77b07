"""Lists of acts received: deposit, columns, preview, application."""

AIDE = "importer-une-liste"
