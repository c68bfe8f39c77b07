"""The list of dossiers: filters, order, export."""
