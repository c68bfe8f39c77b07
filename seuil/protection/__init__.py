"""What PostgreSQL enforces by itself: who reads and writes which row, and what the journal follows.

Written from what each model says of its table (`class Rls`) and from the matrix of accesses; put in
the database by `seuil migrer`. Stands above every table that it names; nothing asks it at run time.
"""
