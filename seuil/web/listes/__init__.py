"""Lists of acts received: deposit, columns, preview, application."""
