"""Read where procedures stand: the list of dossiers, and the explained deadlines of one."""
