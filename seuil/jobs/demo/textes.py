"""Invented sentences of the équipe mobile's reports; no real situation is behind them."""

PREMIERS_RETOURS = (
    "Courrier et SMS envoyés, deux appels. Premier contact obtenu, rendez-vous fixé à domicile.",
    "Courrier envoyé, passage à domicile sans réponse, avis de passage laissé. Bailleur joint.",
    "Ménage joint par téléphone : il souhaite être accompagné. Bailleur ouvert à un échéancier.",
    "Deux tentatives sans réponse à ce jour. Un passage en fin de journée est prévu.",
)
EVALUATIONS = (
    (
        "Couple avec enfants, baisse de revenus après une perte d’emploi. Le loyer courant est "
        "repris en partie. Le maintien est possible avec un plan d’apurement et le FSL."
    ),
    (
        "Personne seule, impayé né d’une suspension de l’aide au logement. Dossier remis à jour "
        "avec la CAF. Capacité de remboursement faible mais réelle."
    ),
    (
        "Loyer trop élevé pour les ressources. Une demande de logement social est déposée ; le "
        "ménage prépare l’audience avec la juriste."
    ),
    "Le ménage n’a pas été rencontré. Les éléments viennent du bailleur et des services sociaux.",
)
BILANS = (
    "Le plan d’apurement est respecté depuis trois mois, le loyer courant est payé.",
    "Accompagnement mené à son terme : dette en cours de traitement, relais pris par la MDS.",
    "Le relogement est effectif, les clés ont été rendues au bailleur.",
    "La situation reste fragile ; le droit commun prend la suite.",
)
COMPTES_RENDUS = (
    "Lecture des courriers reçus, point sur les ressources et les charges, pièces à réunir.",
    "Explication de l’assignation et de l’audience. Le ménage se présentera.",
    "Vérification du décompte : une partie des charges est contestée.",
    "Point sur les démarches engagées et sur la reprise du loyer courant.",
)
OBJECTIFS = (
    "Reprendre le paiement du loyer courant et apurer la dette",
    "Être présent à l’audience avec un dossier complet",
    "Trouver un logement adapté aux ressources",
    "Rétablir les droits et demander le FSL",
)
# Kept only where a report due is missing.
SANS_RAPPORT = "Situation dite de vive voix à la DDETS, sans rapport écrit."
MOTIFS_DE_REFUS = (
    ("deja_suivi", "Le ménage est déjà suivi par un autre service de l’association."),
    ("deja_parti", "Le ménage a quitté le logement."),
    ("hors_public", "L’adresse est hors du périmètre de la convention."),
)
MOTIFS_DE_PRESCRIPTION = (
    "Deux rendez-vous proposés, aucune réponse.",
    "Ménage non joint pour le diagnostic social et financier.",
    "Impayé signalé par la CAF, contact perdu.",
)
DEMARCHES = (
    ("mediation", "Obtenir l’accord du bailleur sur un échéancier", "equipe"),
    ("plan_apurement", "Signer un plan d’apurement tenable", "menage"),
    ("fsl", "Déposer une demande d’aide au FSL", "partenaire"),
    ("surendettement", "Déposer un dossier à la Banque de France", "menage"),
    ("action_logement", "Demander l’aide d’Action Logement", "menage"),
    ("aide_logement", "Rétablir l’aide au logement", "partenaire"),
    ("dls", "Déposer une demande de logement social", "menage"),
    ("dalo", "Former un recours DALO", "equipe"),
    ("accompagnement", "Demander un accompagnement par la MDS", "equipe"),
    ("audience", "Réunir les pièces pour l’audience", "menage"),
)
