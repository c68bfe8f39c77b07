"""The rights of the people: register of requests, pack of data, limitation, hold of a file."""

AIDE = "donnees-personnelles"
