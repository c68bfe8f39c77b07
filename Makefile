# Seuil : toutes les commandes. « make » seul les liste.
# Rien d'autre à installer que Python 3.11 ou plus, make et l'accès à un dépôt de paquets Python.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := aide
MAKEFLAGS += --no-print-directory

PORT ?= 8000
KILLS ?= 1000
FICHIERS ?= 20000
GRAINE ?= 7
ORACLE ?= 1000000
PROPRIETES ?= test
DEMANDES ?= 150000
ISOLEMENT ?= 200000
PAIRES ?= 2000
FRAUDES ?= 1000
# All at their stated size; « T28=2000,T34=100 » chooses the sizes.
BATTERIES ?= 1
# T05, T27, T28, T35, T34, T12, T33, T31; T11 goes with T01, on every page.
ATTAQUES := tests/acces/test_recensement.py tests/web/connexion tests/conservation/test_droits.py \
	tests/conservation/test_purge.py tests/audit/test_ecritures.py tests/audit/test_lectures.py \
	tests/audit/test_journal_en_panne.py tests/usecases/test_record_alertes.py tests/acces/test_textes.py
UV_VERSION := 0.13.9
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
# In var/, which is never committed: uv for this project alone, whatever the machine has.
OUTILS := var/outils
UV := $(OUTILS)/bin/uv
BIN := .venv/bin
TEMPLATES = $(shell find seuil/web/templates -name '*.html' 2>/dev/null)

# Environments are made from uv.lock only: what runs here is what was tested.
export UV_PYTHON_DOWNLOADS := never
export DJANGO_SETTINGS_MODULE := config.settings
# What make starts, it starts on this machine; a command without DATABASE_URL is otherwise refused.
export SEUIL_EMBARQUEE := 1
# The embedded PostgreSQL asks where run files go; without a session (root, CI) /tmp is right.
export PYTHONWARNINGS := ignore:XDG_RUNTIME_DIR is not set
# Where the environment forbids to keep bytecode, each command would compile all it imports.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: aide demo demo-neuf instance test check fix bench epreuves docs statiques arret chromium

aide: ## Liste les commandes
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

demo: .venv/.produit ## Tout, depuis rien : base, petit département inventé (TAILLE=gironde : un grand), site sur 127.0.0.1 (PORT=8000)
	@echo "→ Démonstration sur le port $(PORT) (Ctrl-C pour arrêter)"
	@exec $(BIN)/seuil demo --servir --port $(PORT) $(if $(TAILLE),--taille $(TAILLE))

demo-neuf: .venv/.produit ## Efface les données de démonstration, puis recommence
	@if [ -n "$${DATABASE_URL:-}" ]; then \
		echo "Refus : DATABASE_URL désigne une base extérieure ; « make demo-neuf » n’efface que la base embarquée." >&2; exit 1; fi
	@echo "→ Démonstration neuve sur le port $(PORT) (Ctrl-C pour arrêter)"
	@exec $(BIN)/seuil demo --neuf --servir --port $(PORT) $(if $(TAILLE),--taille $(TAILLE))

instance: .venv/.produit ## Un vrai département sur la base embarquée, sans rien inventer ; le lien du premier administrateur (DEPARTEMENT=21 ARGS="…")
	@echo "→ Instance sur le port $(PORT) (Ctrl-C pour arrêter)"
	@exec $(BIN)/seuil instance --servir --port $(PORT) $(if $(DEPARTEMENT),--departement $(DEPARTEMENT)) $(ARGS)

test: .venv/.complet chromium ## Tous les essais, navigateur compris (ARGS="tests/kernel -x" pour choisir)
	@echo "→ Essais"
	@$(BIN)/pytest --cout $(or $(ARGS),-n 2 --dist loadfile)

check: .venv/.complet ## Tout ce qui se vérifie sans lancer les essais
	@echo "→ Mise en forme (ruff format)" && $(BIN)/ruff format --check .
	@echo "→ Règles de code (ruff check)" && $(BIN)/ruff check .
	@echo "→ Types (mypy)" && $(BIN)/mypy
	@echo "→ Sens des dépendances (import-linter)" && $(BIN)/lint-imports
	@echo "→ Migrations à jour" && $(BIN)/python manage.py makemigrations --check --dry-run
	@echo "→ Réglages (manage.py check)" && $(BIN)/python manage.py check --fail-level WARNING
	@echo "→ Gabarits (djade)" && if [ -n "$(TEMPLATES)" ]; then $(BIN)/djade --check --target-version 5.2 $(TEMPLATES); fi
	@echo "→ Verrou des dépendances (uv lock)" && $(UV) lock --check
	@echo "✓ Tout est en ordre"

fix: .venv/.complet ## Corrige ce qui se corrige seul
	@$(BIN)/ruff check --fix . || true
	@$(BIN)/ruff format .
	@if [ -n "$(TEMPLATES)" ]; then $(BIN)/djade --target-version 5.2 $(TEMPLATES); fi

bench: .venv/.complet ## Mesures de vitesse, chiffres et rapports imprimés (ARGS=recalcul pour choisir)
	@echo "→ Mesures" && $(BIN)/python -m bench $(ARGS)

epreuves: .venv/.complet ## Preuves longues (des heures) : arrêts brutaux, fichiers abîmés, propriétés
	@echo "→ Imports tués au hasard ($(KILLS))" && SEUIL_KILLS=$(KILLS) $(BIN)/pytest -q tests/usecases/test_import_kill.py
	@echo "→ Fichiers abîmés ($(FICHIERS), graine $(GRAINE))" && $(BIN)/python -m tests.tabular.epreuve_fichiers $(GRAINE) $(FICHIERS)
	@echo "→ Droit : le moteur contre l’oracle ($(ORACLE) cas, graine $(GRAINE))" && $(BIN)/python -m tests.droit.epreuve_oracle $(GRAINE) $(ORACLE)
	@echo "→ Journal : une chaîne ancrée, modifiée au hasard ($(FRAUDES), graine $(GRAINE))" && $(BIN)/python -m tests.audit.epreuve_journal $(GRAINE) $(FRAUDES)
	@echo "→ Sauvegarde remise en place sur un autre serveur" && $(BIN)/python -m tests.jobs.epreuve_sauvegarde
	@echo "→ Accès : défauts plantés un par un" && $(BIN)/python -m tests.acces.epreuve_mutants $(GRAINE)
	@echo "→ Accès : toutes les pages ($(DEMANDES) demandes)" && $(BIN)/python -m tests.acces.epreuve_pages $(GRAINE) $(DEMANDES)
	@echo "→ Accès : isolement ($(ISOLEMENT) demandes)" && $(BIN)/python -m tests.acces.isolement $(GRAINE) $(ISOLEMENT)
	@echo "→ Accès : chaque personne, chaque table" && SEUIL_COMPLET=1 SEUIL_PAIRES=$(PAIRES) $(BIN)/pytest -q -s tests/acces -m "not navigateur"
	@echo "→ Gestes : tout ce que les pages proposent, essayé" && $(BIN)/pytest -q tests/web/epreuve_gestes.py
	@echo "→ Batteries d’attaque à leur taille (graine $(GRAINE))" && SEUIL_BATTERIES=$(BATTERIES) SEUIL_GRAINE=$(GRAINE) \
		$(BIN)/pytest -q -s -p no:randomly -o junit_family=xunit1 --junitxml=var/batteries.xml $(ATTAQUES)
	@echo "→ Propriétés, dix mille exemples chacune" && $(BIN)/pytest -q --hypothesis-profile=epreuves -m "not navigateur" -k "$(PROPRIETES)" $(ARGS)

docs: .venv/.complet chromium ## Refait ce que la documentation tire du code : tableaux, captures d’écran
	@echo "→ Tableaux tirés du code" && $(BIN)/python docs/generer.py
	@echo "→ Captures d’écran du guide" && SEUIL_CAPTURES=1 $(BIN)/pytest -m navigateur $(ARGS)

statiques: .venv/.complet ## Refait la feuille de style tirée du DSFR (seuil/web/statiques/dsfr.yaml)
	@echo "→ Feuille de style du DSFR" && $(BIN)/python -m seuil.web.statiques.dsfr

arret: ## Arrête le PostgreSQL embarqué (ses données restent)
	@if [ -x $(BIN)/python ]; then $(BIN)/python -c 'from config.database import stop_embedded; stop_embedded()'; fi

# --- environment ------------------------------------------------------------------------------

$(UV):
	@if [ -z "$(PYTHON)" ]; then \
		echo "Il faut Python 3.11 ou plus (commande python3). Installez-le, puis recommencez." >&2; exit 1; fi
	@echo "→ Préparation de l’outil d’installation (uv $(UV_VERSION))"
	@rm -rf $(OUTILS)
	@$(PYTHON) -m venv $(OUTILS) || { \
		echo "Python est là, mais pas de quoi créer un environnement (venv, ensurepip)." >&2; \
		echo "Sous Debian ou Ubuntu : apt-get install python3-venv, puis recommencez." >&2; \
		rm -rf $(OUTILS); exit 1; }
	@$(OUTILS)/bin/python -m pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)" || { \
		echo "Le dépôt de paquets Python ne répond pas : vérifiez le réseau ou PIP_INDEX_URL." >&2; \
		rm -rf $(OUTILS); exit 1; }

# --inexact: preparing the demonstration never removes the developer's tools.
.venv/.produit: pyproject.toml uv.lock | $(UV)
	@echo "→ Installation de Seuil et de ses dépendances dans .venv"
	@$(UV) sync --frozen --no-dev --inexact --compile-bytecode --python "$(PYTHON)"
	@$(BIN)/python -m compileall -q seuil config
	@touch $@

.venv/.complet: pyproject.toml uv.lock | $(UV)
	@echo "→ Installation de Seuil, de ses dépendances et des outils d’essai dans .venv"
	@$(UV) sync --frozen --python "$(PYTHON)"
	@touch .venv/.produit $@

chromium:
	@if command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null; then exit 0; fi; \
	echo "→ Installation de chromium pour les essais dans le navigateur"; \
	if [ "$$(id -u)" = 0 ]; then root=""; elif command -v sudo >/dev/null; then root="sudo -n"; else \
		echo "chromium manque et ne peut pas être installé sans droits : demandez « apt-get install chromium »." >&2; exit 1; fi; \
	export DEBIAN_FRONTEND=noninteractive; \
	$$root apt-get update -qq || true; \
	for browser in chromium-headless-shell chromium; do \
		$$root apt-get install -y -qq --no-install-recommends $$browser fonts-liberation >/dev/null 2>&1 && break || true; done; \
	command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null || { \
		echo "chromium n’a pas pu être installé. Les essais dans le navigateur ne sont jamais sautés :" >&2; \
		echo "installez-le (sous Debian : apt-get install chromium), puis recommencez." >&2; exit 1; }
