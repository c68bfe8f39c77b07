"""Two years of an équipe mobile, lived day by day through the real use cases.

Each mandate is a generator that yields the next day something happens to it; the agenda wakes
everything in the order of the days, so that nobody ever knows what is still to come.
"""
