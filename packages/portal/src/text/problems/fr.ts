import type { ProblemTexts } from './en.ts';

const FR: ProblemTexts = {
  OFFLINE: 'Le serveur n’a pas été joint. Vérifiez votre réseau, puis réessayez.',
  UNEXPECTED: 'La réponse n’a pas pu être lue. Rechargez la page.',
  BODY_INVALID: 'L’envoi n’a pas pu être lu.',
  BODY_TOO_LARGE: 'C’est plus grand que ce qui est accepté ici. Envoyez moins à la fois.',
  CHANGED_MEANWHILE: 'Quelqu’un l’a modifié au même moment. Rechargez, puis recommencez.',
  FAILED: 'L’échec vient du serveur, pas de vous. Réessayez ; s’il persiste, consultez le journal.',
  FILTER_INVALID: 'Cette recherche n’est pas possible. Changez le filtre.',
  FOREIGN_HOST: 'Ouvrez le portail par sa propre adresse.',
  FOREIGN_PAGE: 'La demande venait d’une page d’un autre site et n’a pas été exécutée. Ouvrez le portail lui-même.',
  LINK_OVER: 'Ce lien a déjà servi ou n’est plus valable. Demandez-en un nouveau à un administrateur.',
  NOT_ALLOWED_NOW: 'Ce n’est pas possible dans l’état actuel. Rechargez la page.',
  NOT_FOUND: 'Cela n’existe plus.',
  NOT_PERMITTED: 'Votre rôle ne le permet pas.',
  NOT_SIGNED_IN: 'Votre session est terminée. Connectez-vous à nouveau.',
  PASSWORD_REFUSED:
    'Ce mot de passe n’est pas accepté. Au moins 12 caractères, sans votre nom, et pas l’un de ceux que tout le monde essaie.',
  PAUSED: 'Trop d’échecs de connexion. Attendez, puis réessayez.',
  REQUEST_INVALID: 'Une saisie n’a pas la forme attendue.',
  REQUEST_MALFORMED: 'L’envoi n’a pas pu être lu.',
  SIGN_IN_FAILED: 'Ce n’est pas correct. Un code d’authentification vaut une demi-minute, et une seule fois.',
  STARTING: 'Le démarrage est en cours. Réessayez dans un instant.',
  STATEMENT_INVALID: 'Le relevé ne peut pas être lu. Vérifiez ses colonnes et sa forme.',
  STORE_UNAVAILABLE: 'Les données ne peuvent pas être jointes. Les paiements continuent ; réessayez dans un instant.',
  SWITCHED_OFF: 'Cette partie est désactivée dans la configuration.',
  TICKET_OVER: 'Cela a pris trop de temps. Recommencez.',
  TOO_MANY_PASSKEYS: 'Vous avez le nombre maximal de clés d’accès. Supprimez-en une d’abord.',
  TOO_MANY_REQUESTS: 'Trop de demandes en une minute. Attendez un instant.',
  TOO_MANY_SIGN_INS: 'Beaucoup de personnes se connectent en ce moment. Réessayez dans quelques secondes.',
  TOO_MANY_STREAMS: 'Trop de pages sont en direct à la fois. Fermez-en.',
  USER_EXISTS: 'Un utilisateur porte déjà ce nom.',
  WRONG_MEDIA_TYPE: 'L’envoi n’a pas pu être lu.',
};

export default FR;
