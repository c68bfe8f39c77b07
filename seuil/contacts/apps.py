from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "seuil.contacts"
    verbose_name = "Contacts"
