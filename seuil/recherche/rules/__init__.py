"""Words, sounds, questions and answers of the search: no database."""
