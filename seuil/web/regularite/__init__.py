"""The regularity of acts: their checklist answered, and the findings as plain text."""

AIDE = "regularite"
