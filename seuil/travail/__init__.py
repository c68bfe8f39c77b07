"""The work queue: what is due, for whom, why, by when: a projection of deadlines and needs.

A task disappears when the thing is done; nobody ticks it. Never reads what lies downstream: needs
are handed to it as values."""
