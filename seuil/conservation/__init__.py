"""How long each thing is kept, what holds it longer, and what remains of it afterwards.

Owns the rules of retention (`regles.yaml`), the holds, the register of the people's requests, the
anonymous remnant of what was erased and the figures it left. A remnant never leads back to a
person: random identifier, months instead of days, no free text. Never decides who may see what."""
