"""Settings, driven by the environment; every value has a safe default for one machine."""

import os
from pathlib import Path

from config.database import DATA_DIR, ROOT, django_database


def _flag(name: str, *, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "oui", "yes"}


def _secret_key() -> str:
    """Return the secret of the environment, or one made once and kept beside the data."""
    given = os.environ.get("SEUIL_SECRET_KEY")
    if given:
        return given
    kept = DATA_DIR / "secret.key"
    if not kept.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(os.urandom(48).hex(), encoding="ascii")
    return kept.read_text(encoding="ascii")


DEBUG = _flag("SEUIL_DEBUG")
SECRET_KEY = _secret_key()
ALLOWED_HOSTS = os.environ.get("SEUIL_HOSTS", "127.0.0.1,localhost,testserver").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("SEUIL_ORIGINS", "").split(",") if o]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# True in an instance made by `make demo`: the sign-in page then shows the demonstration accounts.
SEUIL_DEMO = _flag("SEUIL_DEMO")
# The State's brand (logo, Marianne typeface) is reserved to its services: off by default.
SEUIL_STATE_BRAND = _flag("SEUIL_STATE_BRAND")
# Tells, in each answer, the time the server spent on it: for `make bench` only.
SEUIL_MESURE = _flag("SEUIL_MESURE")
# The journal: months it is kept (CNIL: 6 to 12, 36 at most), where its daily anchors go, whether
# the copy given to a household names the agents. Strict: an undeclared reading fails (tests).
SEUIL_JOURNAL_MOIS = int(os.environ.get("SEUIL_JOURNAL_MOIS", "12"))
SEUIL_JOURNAL_NOMS = _flag("SEUIL_JOURNAL_NOMS")
SEUIL_JOURNAL_STRICT = _flag("SEUIL_JOURNAL_STRICT")
# Lines that refusals of visitors may add, in a minute and in each process of the server: of one
# address, and of all together. Beyond, one line says how many were not written.
SEUIL_REFUS_ADRESSE = int(os.environ.get("SEUIL_REFUS_ADRESSE", "30"))
SEUIL_REFUS_TOUS = int(os.environ.get("SEUIL_REFUS_TOUS", "300"))
SEUIL_ANCRES = Path(os.environ.get("SEUIL_ANCRES", DATA_DIR / "ancres"))
SEUIL_DEPARTEMENT = os.environ.get("SEUIL_DEPARTEMENT", "33")
SEUIL_DOCUMENTS = Path(os.environ.get("SEUIL_DOCUMENTS", DATA_DIR / "documents"))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "dsfr",
    "django_htmx",
    "procrastinate.contrib.django",
    "seuil.audit",
    "seuil.acteurs",
    "seuil.connexions",
    "seuil.dossiers",
    "seuil.recherche",
    "seuil.actes",
    "seuil.echeances",
    "seuil.travail",
    "seuil.contacts",
    "seuil.accompagnements",
    "seuil.visites",
    "seuil.diagnostics",
    "seuil.conservation",
    "seuil.web",
    "seuil.jobs",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "seuil.web.journal.JournalMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "seuil.web.middleware.DemandeComprise",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "seuil.web.session.ConnexionForte",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "seuil.web.middleware.ContentSecurityPolicy",
    "seuil.web.middleware.CorpsCompris",
]
if SEUIL_MESURE:
    MIDDLEWARE.insert(0, "seuil.web.middleware.ServerTiming")

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "seuil.web.context.site",
            ],
            "builtins": ["django.templatetags.static", "seuil.web.templatetags.seuil"],
        },
    }
]

DATABASES = {"default": django_database()}

AUTH_USER_MODEL = "acteurs.Agent"
LOGIN_URL = "connexion"
LOGIN_REDIRECT_URL = "accueil"
LOGOUT_REDIRECT_URL = "connexion"
AUTHENTICATION_BACKENDS = ["seuil.web.backend.AgentBackend"]
# CNIL 2022: fifty bits and slowed tries; no class of characters, no periodic change.
AUTH_PASSWORD_VALIDATORS = [{"NAME": "seuil.web.passwords.MotDePasseValidator"}]
CSRF_FAILURE_VIEW = "seuil.web.errors.csrf_failure"
SESSION_ENGINE = "seuil.web.sessions"
SESSION_COOKIE_AGE = 8 * 3600
# Minutes without a page, and days without a sign-in.
SEUIL_INACTIVITE = int(os.environ.get("SEUIL_INACTIVITE", "30"))
SEUIL_SOMMEIL = int(os.environ.get("SEUIL_SOMMEIL", "90"))
# Exceptional accesses of one agent: how many in a day before the officer must act, and before the
# officer is told that it repeats; minutes since the last proof of who asks.
SEUIL_EXCEPTIONNELS = int(os.environ.get("SEUIL_EXCEPTIONNELS", "5"))
SEUIL_EXCEPTIONNELS_ALERTE = int(os.environ.get("SEUIL_EXCEPTIONNELS_ALERTE", "3"))
SEUIL_EXCEPTIONNELS_PREUVE = int(os.environ.get("SEUIL_EXCEPTIONNELS_PREUVE", "3"))
# From how much on one person's hour, or day, alerts: files opened, seen, exports, refusals.
SEUIL_ALERTES_HEURE = os.environ.get("SEUIL_ALERTES_HEURE", "")
SEUIL_ALERTES_JOUR = os.environ.get("SEUIL_ALERTES_JOUR", "")
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _flag("SEUIL_HTTPS")
if SESSION_COOKIE_SECURE:
    # Bound by the browser to this very host.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-seuil", "__Host-seuil-csrf"
SECURE_SSL_REDIRECT = _flag("SEUIL_HTTPS")
# Asked from the machine itself, which has no certificate to show.
SECURE_REDIRECT_EXEMPT = [r"^sante/$"]
SECURE_HSTS_SECONDS = 31_536_000 if _flag("SEUIL_HTTPS") else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _flag("SEUIL_PROXY") else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# ProConnect, or another OpenID Connect provider; nothing until all three are given.
SEUIL_OIDC_ISSUER = os.environ.get("SEUIL_OIDC_ISSUER", "")
SEUIL_OIDC_CLIENT_ID = os.environ.get("SEUIL_OIDC_CLIENT_ID", "")
SEUIL_OIDC_CLIENT_SECRET = os.environ.get("SEUIL_OIDC_CLIENT_SECRET", "")
SEUIL_OIDC_NOM = os.environ.get("SEUIL_OIDC_NOM", "ProConnect")
# ProConnect does not say whether an e-mail is verified: its providers own the addresses they give.
SEUIL_OIDC_COURRIEL_SUR = _flag("SEUIL_OIDC_COURRIEL_SUR")

# Without a mail server the inviter hands the link over.
SEUIL_COURRIEL = os.environ.get("SEUIL_COURRIEL", "")
EMAIL_BACKEND = "django.core.mail.backends." + (
    "smtp.EmailBackend" if SEUIL_COURRIEL else "dummy.EmailBackend"
)
EMAIL_HOST, _, _port = SEUIL_COURRIEL.partition(":")
EMAIL_PORT = int(_port or 25)
EMAIL_HOST_USER = os.environ.get("SEUIL_COURRIEL_COMPTE", "")
EMAIL_HOST_PASSWORD = os.environ.get("SEUIL_COURRIEL_SECRET", "")
EMAIL_USE_TLS = _flag("SEUIL_COURRIEL_TLS", default=True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("SEUIL_COURRIEL_DE", "seuil@localhost")

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("SEUIL_STATIC", DATA_DIR / "static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Gathered, named by their content and compressed when the server starts (seuil.jobs.servir).
STATICFILES_FINDERS = ["seuil.web.statiques.finder.UtilesFinder"]
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# No request body, no SQL parameter, no personal data in the logs: names of routes and errors only.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "seuil.kernel.logs.DiscreetFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "seuil": {"level": "INFO"},
        # Django's own handlers would write whole addresses, the secret ones too.
        "django": {"level": "WARNING", "handlers": []},
        "django.server": {"level": "INFO", "handlers": [], "propagate": True},
        "django.request": {"level": "ERROR"},
    },
}
PROJECT_ROOT = ROOT
