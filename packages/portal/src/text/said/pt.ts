import type { SaidTexts } from './en.ts';

type Names = Readonly<Record<string, string>>;

const STAGES: Names = {
  lookup: 'procura-se o beneficiário',
  'party-offered': 'o beneficiário foi encontrado, e o nosso core tem de concordar',
  quoting: 'pergunta-se o preço',
  quoted: 'dissemos quanto custa',
  'quote-refused': 'recusámos dar um preço',
  'quote-offered': 'o preço é conhecido, e o nosso core tem de concordar',
  open: 'a transferência está em curso',
  'calling-core': 'o nosso core está a ser chamado',
  'core-unknown': 'ninguém sabe o que o nosso core fez',
  late: 'o nosso core chegou tarde demais',
  'commit-first': 'o hub decide antes de o nosso core contabilizar',
  fulfilling: 'estamos a confirmar ao hub',
  acknowledged: 'o hub recebeu a nossa confirmação',
  refused: 'recusámos',
  completed: 'concluiu-se',
  committed: 'concluiu-se',
  aborted: 'terminou sem dinheiro',
  failed: 'falhou',
};
const FOUND: Names = {
  reserve: 'o dinheiro está reservado',
  credit: 'o cliente tem o dinheiro',
  aborted: 'terminou sem dinheiro',
  'not-found': 'não conhece a transferência',
  pending: 'ainda está a tratar dela',
  'no-answer': 'sem resposta',
};
const STATUSES: Names = {
  started: 'chamado, ainda sem resposta',
  ok: 'feito',
  refused: 'recusado pelo nosso core',
  reversed: 'desfeito',
  unknown: 'ninguém sabe se foi feito',
  'not-sent': 'não foi possível enviar',
  pending: 'recebido pelo nosso core, ainda não decidido',
};
const HOLDS: Names = {
  none: 'nada está cativo',
  asked: 'foi pedido ao nosso core que cativasse o dinheiro',
  held: 'o dinheiro está cativo',
  captured: 'o dinheiro foi debitado definitivamente',
  released: 'o dinheiro está de novo livre',
};
const named = (names: Names, value = ''): string => names[value] ?? value;

const PT: SaidTexts = {
  'hub-COMMITTED': () => 'Diz que o dinheiro foi movimentado (COMMITTED).',
  'hub-ABORTED': () => 'Diz que nenhum dinheiro foi movimentado (ABORTED).',
  'hub-ACKNOWLEDGED': () => 'Recebeu a nossa confirmação a tempo, e ainda não disse que o dinheiro foi movimentado.',
  'hub-UNKNOWN': () => 'Não disse como terminou a transferência.',
  'hub-NOT_SENT': () => 'Nunca lhe foi enviada nenhuma transferência.',
  'hub-REFUSED': () => 'Foi informado de que recusámos; sem a nossa confirmação não movimenta dinheiro.',
  'hub-elsewhere': () => 'Não é consultado a partir daqui: ver o pagamento onde é feito.',
  'core-ASKED_US': () => 'Pediu-nos que pagássemos, e tem o dinheiro cativo até conhecer o desfecho.',
  'core-NOT_CALLED': () => 'Não foi chamado.',
  'core-UNKNOWN': () => 'Foi chamado, e ninguém sabe o que fez: pode ter contabilizado a transferência.',
  'core-RESERVED': () => 'Reservou o dinheiro, e ainda não tomou conhecimento do desfecho.',
  'core-CREDITED': () => 'Creditou o cliente.',
  'core-REFUSED': () => 'Recusou, ou está provado que não contabilizou nada.',
  'core-TOLD_COMMITTED': () => 'Tomou conhecimento do desfecho: o dinheiro foi movimentado.',
  'core-TOLD_ABORTED': () => 'Tomou conhecimento do desfecho: nenhum dinheiro foi movimentado.',
  'core-look': () => 'Ninguém sabe: verifique nos livros dele.',
  'no-record': () => 'Nenhum registo conhece esta transferência: o diário pode tê-la esquecido.',
  enquiries: (v) => `Recebeu ${v['count']} das nossas perguntas sobre o desfecho (última: ${v['at']}).`,
  confirmations: (v) => `Recebeu ${v['count']} perguntas sobre a nossa confirmação (última: ${v['at']}).`,
  error: (v) => `Comunica o erro ${v['error']}.`,
  doubted: (v) => `Comunicou o erro ${v['error']} depois da nossa confirmação, o que não decide nada.`,
  contradicted: (v) => `${v['at']}: ${v['source']} disse ${v['says']}, ao contrário do que tinha sido dito antes.`,
  'payment-stage': (v) => `O pagamento: ${named(STAGES, v['stage'])}.`,
  'transfer-stage': (v) => `A transferência: ${named(STAGES, v['stage'])}.`,
  expires: (v) => `Validade até ${v['at']}.`,
  prepare: (v) =>
    v['outcome'] === 'acknowledged'
      ? 'O hub recebeu a nossa transferência.'
      : v['outcome'] === 'refused'
        ? 'O hub recusou a nossa transferência.'
        : 'Não foi possível entregar a nossa transferência ao hub; pode ter chegado.',
  callback: (v) =>
    `${v['taken'] === 'yes' ? 'O hub recebeu a nossa confirmação' : 'A nossa confirmação foi enviada ao hub'} (${v['state']}).`,
  refused: (v) => `Recusámos com o erro ${v['error']}.`,
  exception: (v) => `Requer a intervenção de uma pessoa: ${v['code']}${v['at'] === undefined ? '' : `, desde ${v['at']}`}.`,
  resolved: (v) => `${v['by']} resolveu como ${v['as']}, ${v['at']}: ${v['reason']}`,
  'core-id': (v) => `O identificador próprio que dá à transferência é ${v['id']}.`,
  notified: (v) => `Está a ser informado do desfecho ${v['state']}, tentativa ${v['attempt']}.`,
  'core-said': (v) => `Consultado (${v['at']}), disse: ${named(FOUND, v['found'])}.`,
  'core-effect': ({ name, amount, status, code }) => {
    const moved = amount === undefined ? '' : `, ${amount}`;
    const error = code === undefined ? '' : ` (erro ${code})`;
    return `Passo «${name}»${moved}: ${named(STATUSES, status)}${error}.`;
  },
  send: (v) => `O pagamento do nosso cliente: ${named(HOLDS, v['hold'])}.`,
};

export default PT;
