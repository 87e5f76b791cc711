import type { PositionsTexts } from './en.ts';

const FR: PositionsTexts = {
  title: 'Positions',
  computed: 'Calculé à partir de nos propres paiements',
  about:
    'Ce que cette institution doit au système : ce qui a été envoyé et a réussi, et ce qui est au hub sans issue connue, moins ce qui a été reçu. La position au hub fait foi ; demandez à son exploitant si les deux diffèrent.',
  behind: (time: string) => `Il manque les paiements des dernières ${time}`,
  noneTitle: 'Aucun paiement ne compte encore',
  none: 'Une devise apparaît ici avec son premier paiement du jour comptable, ou dès que son plafond est saisi.',
  heads: {
    currency: 'Devise',
    since: 'Depuis',
    opening: 'Solde d’alors',
    sent: 'Envoyé',
    reserved: 'Sans issue connue',
    received: 'Reçu',
    position: 'Position nette',
    cap: 'Plafond de débit net',
  },
  owed: 'le système nous doit',
  noCap: 'aucun saisi',
  levels: { below: 'en dessous', near: 'proche', over: 'atteint' },
  used: (percent: string, left: string) => `${percent} utilisés, reste ${left}`,
  usedOver: (percent: string, over: string) => `${percent} utilisés, dépassé de ${over}`,
  warnedFrom: (percent: string) => `Une alarme à partir de ${percent} d’un plafond.`,
  enteredBy: (name: string, at: string) => `saisi par ${name}, ${at}`,
  enter: 'Saisir le plafond',
  change: 'Changer le plafond',
  remove: 'Supprimer le plafond',
  another: 'Plafond d’une autre devise',
  currency: 'Devise, trois lettres',
  cap: 'Plafond de débit net, tel que le hub l’a',
  counts: 'Les paiements comptent',
  eachDay: 'chaque jour comptable à nouveau',
  sinceDay: 'depuis le dernier règlement',
  since: 'Premier jour comptable qui compte',
  opening: 'Position à son début ; négative si le système nous devait',
  removeHelp: 'Plus rien n’avertit de cette position.',
};

export default FR;
