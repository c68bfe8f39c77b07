"""Forms of the choice of the month."""

from django import forms

from seuil.web.components.forms import DateField, Formulaire


class PrescriptionForm(Formulaire):
    """A household proposed to the équipe mobile by a service."""

    service = forms.CharField(
        label="Service qui propose",
        max_length=150,
        help_text="Par exemple : MDS de Bacalan, CCAS de Lormont.",
    )
    motif = forms.CharField(
        label="Pourquoi",
        max_length=300,
        help_text="Pourquoi le contact n’est pas ou plus possible par les moyens habituels.",
    )
    propose_le = DateField(label="Proposé le")
