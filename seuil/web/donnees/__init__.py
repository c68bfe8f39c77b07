"""What Seuil keeps of people, why, for whom, how long: a public page, and the AIPD."""

AIDE = "donnees-personnelles"
