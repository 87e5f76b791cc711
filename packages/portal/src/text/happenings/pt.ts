import type { HappeningTexts, Values } from './en.ts';

const OPERATIONS: Values = {
  'party.get': 'encontrar o cliente',
  'quote.create': 'dizer quanto custa',
  'transfer.prepare': 'reservar ou contabilizar o dinheiro',
  'transfer.finalise': 'tomar conhecimento do desfecho',
  'send.check': 'dizer se o cliente pode pagar',
  'send.hold': 'cativar o dinheiro do cliente',
  'send.capture': 'debitar definitivamente o dinheiro cativo',
  'send.release': 'devolver o dinheiro cativo',
};
const operation = ({ operation: name = '' }: Values): string => {
  const [what = '', outcome] = name.split(' ');
  const said = OPERATIONS[what] ?? what;
  return outcome === undefined ? said : `${said} (${outcome})`;
};
const again = ({ attempt }: Values): string => (attempt === '1' ? '' : ` (tentativa ${attempt})`);

const PT: HappeningTexts = {
  out: {
    'payment-started': () => 'O nosso core pediu para enviar dinheiro',
    'simple-transfer-started': (v) => `O nosso core pediu uma transferência para ${v['destination']}`,
    'party-found': (v) => `O beneficiário foi encontrado${v['fsp'] === undefined ? '' : ` em ${v['fsp']}`}`,
    'quote-requested': (v) => `Perguntou-se a ${v['destination']} quanto custa`,
    'quote-received': (v) => `${v['source']} propôs ${v['amount']}`,
    'quote-accepted': (v) => `A proposta foi aceite: ${v['amount']} a movimentar`,
    'prepare-sent': (v) =>
      v['outcome'] === 'acknowledged'
        ? 'O hub recebeu a nossa transferência'
        : v['outcome'] === 'refused'
          ? 'O hub recusou a nossa transferência'
          : 'Não foi possível entregar a nossa transferência ao hub; pode ter chegado',
    fulfilled: (v) => `${v['source']} concluiu-a: o hub diz COMMITTED`,
    'not-committed': (v) =>
      v['said'] === 'never-left'
        ? 'Nunca saiu daqui: nenhum dinheiro se movimenta'
        : `A transferência terminou sem dinheiro: erro ${v['error']}`,
    failed: (v) => `Falhou antes de se pedir qualquer dinheiro: erro ${v['error']}`,
    aborted: () => 'A proposta não foi aceite: nada foi enviado',
    'hub-asked': (v) => `O hub recebeu a nossa pergunta sobre o desfecho (${Number(v['rung'] ?? 0) + 1})`,
    inquired: (v) =>
      v['by'] === 'ladder' ? 'Sem resposta a tempo: pergunta-se ao hub como terminou' : 'O nosso core quer saber: pergunta-se ao hub',
    'exception-raised': (v) => `Requer a intervenção de uma pessoa: ${v['code']}`,
    contradicted: (v) => `${v['source']} diz ${v['says']}, ao contrário do que tinha sido dito antes`,
    'confirmation-asked': () => 'Pedido de novo pelo nosso core: pergunta-se ao hub se a primeira tentativa terminou',
    confirmed: () => 'O hub confirmou que a tentativa terminou',
    restored: () => 'O diário foi reposto a partir de uma cópia mais antiga: pergunta-se ao hub o que aconteceu desde então',
    reported: () => 'Comunicado por uma pessoa: o diário tinha-o esquecido',
    pruned: () => 'Os eventos mais antigos estão no arquivo',
    'person-acted': (v) => `Uma pessoa decidiu: ${v['act']}${v['as'] === undefined ? '' : ` ${v['as']}`}`,
  },
  in: {
    'quote-requested': (v) => `${v['source']} perguntou quanto custaria um pagamento de ${v['amount']}`,
    'quote-answered': (v) => `Propusemos ${v['amount']}`,
    'quote-refused': (v) => `Recusámos propor um preço: erro ${v['error']}`,
    'quote-callback-settled': (v) =>
      v['acknowledged'] === 'true' ? 'O hub recebeu a nossa resposta' : 'O hub não recebeu a nossa resposta',
    'prepare-received': (v) => `${v['source']} envia ${v['amount']}`,
    'prepare-refused': (v) => `Recusámos a transferência: erro ${v['error']}`,
    'core-transfer-started': (v) => `Foi pedido ao nosso core que a contabilizasse${again(v)}`,
    'core-transfer-ok': (v) =>
      `O nosso core ${v['mode'] === 'reserve' ? 'reservou' : 'creditou'} o dinheiro${v['late'] === 'true' ? ', mas tarde demais' : ''}`,
    'core-transfer-refused': (v) => `O nosso core recusou-a: erro ${v['error']}`,
    'core-transfer-unknown': (v) =>
      v['forgotten'] === 'true'
        ? 'O diário foi reposto a partir de uma cópia mais antiga: pergunta-se ao core e ao hub'
        : 'O nosso core não deu uma resposta clara: pode tê-la contabilizado',
    'core-asked': (v) =>
      v['found'] === 'pending'
        ? 'O nosso core diz que ainda está a tratar dela'
        : v['found'] === 'not-found'
          ? 'O nosso core não a conhece'
          : 'O nosso core não respondeu',
    'core-quiet': () => 'O nosso core já não pode contabilizá-la com atraso; o que fez, só ele o pode dizer',
    'core-said': (v) => `O nosso core, consultado por uma pessoa, diz: ${v['found']}`,
    'fulfil-decided': () => 'Confirmamos a transferência ao hub',
    'callback-settled': (v) =>
      v['acknowledged'] === 'true'
        ? 'O hub recebeu a nossa confirmação; como terminou, dirá mais tarde'
        : 'O hub não recebeu a nossa confirmação',
    'hub-error-said': (v) => `O hub comunica o erro ${v['error']} sobre a nossa confirmação; pergunta-se-lhe como terminou`,
    'confirmation-asked': (v) => `O hub recebeu a nossa pergunta sobre o desfecho (${Number(v['nth'] ?? 0) + 1})`,
    'confirmation-ended': () => 'O hub recebeu a nossa confirmação e não diz como terminou; a reconciliação volta a perguntar',
    'outcome-known': (v) =>
      v['said'] === 'acknowledgement'
        ? 'O hub recebeu a nossa confirmação a tempo'
        : v['state'] === 'COMMITTED'
          ? 'O hub diz COMMITTED: o dinheiro foi movimentado'
          : 'O hub diz ABORTED: nenhum dinheiro se movimenta',
    'notification-started': (v) =>
      `O nosso core é informado de que ${v['state'] === 'COMMITTED' ? 'se concluiu' : 'terminou sem dinheiro'}${again(v)}`,
    'notification-acknowledged': () => 'O nosso core tomou conhecimento',
    'notification-failed': (v) =>
      v['kind'] === 'rejected'
        ? 'O nosso core recusou o desfecho'
        : v['kind'] === 'not-sent'
          ? 'Não foi possível chegar ao nosso core'
          : 'O nosso core não disse se tomou conhecimento',
    'commit-withdrawn': () =>
      'Tarde demais para o nosso core contabilizar; a reserva é libertada quando o hub tiver terminado a transferência',
    'commit-held': () => 'Tarde demais para informar de novo o nosso core, que pode ter contabilizado: nada mais lhe é dito',
    'hub-asked': (v) => `O hub recebeu a nossa pergunta sobre o desfecho (${Number(v['rung'] ?? 0) + 1})`,
    'exception-raised': (v) => `Requer a intervenção de uma pessoa: ${v['code']}`,
    contradicted: (v) => `${v['source']} diz ${v['says']}, ao contrário do que tinha sido dito antes`,
    reported: () => 'Comunicado por uma pessoa: o diário tinha-o esquecido',
    pruned: () => 'Os eventos mais antigos estão no arquivo',
    'person-acted': (v) => `Uma pessoa decidiu: ${v['act']}${v['as'] === undefined ? '' : ` ${v['as']}`}`,
  },
  core: {
    'core:operation-begun': (v) =>
      `Pede-se ao nosso core para ${operation(v)}${v['undoes'] === undefined ? '' : ', para desfazer o que foi feito antes'}`,
    'core:operation-failed': (v) => `O nosso core não respondeu: pede-se-lhe de novo para ${operation(v)}`,
    'core:operation-ended': (v) =>
      v['kind'] === 'reply' ? `O nosso core terminou: ${operation(v)}` : `O nosso core recusou ${operation(v)}: erro ${v['code']}`,
    'core:person-acted': (v) => `${v['by']} verificou no core e disse: ${v['what']}`,
    'core:stuck': (v) => `No nosso core já não avança por si só: ${operation(v)}`,
    'core:effect-started': (v) => `O nosso core recebe o passo «${v['effect']}»${again(v)}`,
    'core:effect-ended': (v) =>
      v['outcome'] === 'ok'
        ? `O nosso core fez o passo «${v['effect']}»`
        : v['outcome'] === 'refused'
          ? `O nosso core recusou o passo «${v['effect']}»: erro ${v['code']}`
          : `O passo «${v['effect']}» foi desfeito`,
    'core:effect-unknown': (v) => `Ninguém sabe se o nosso core fez o passo «${v['effect']}»: pergunta-se-lhe`,
    'core:effect-not-sent': (v) => `Não foi possível enviar o passo «${v['effect']}» ao nosso core`,
    'core:effect-pending': (v) => `O nosso core recebeu o passo «${v['effect']}», e ainda não decidiu`,
    'core:effect-hinted': (v) => `O nosso core contacta-nos por causa do passo «${v['effect']}»: pergunta-se-lhe`,
    'core:effect-asked': (v) =>
      v['said'] === 'pending'
        ? `O nosso core ainda está a tratar do passo «${v['effect']}»`
        : v['said'] === 'absent'
          ? `O nosso core não conhece o passo «${v['effect']}»`
          : `O nosso core não disse o que resultou do passo «${v['effect']}»`,
    'core:hold-renewed': () => 'O nosso core mantém o dinheiro cativo por mais tempo',
    'core:renewal-failed': () => 'O nosso core não mantém o dinheiro cativo por mais tempo',
    'core:reversal-failed': (v) => `O nosso core não desfez o passo «${v['effect']}»`,
    'core:exception-raised': (v) => `Requer a intervenção de uma pessoa: ${v['code']}`,
    'send:send-begun': () => 'O nosso cliente quer pagar',
    'send:checked': (v) => `O nosso core diz que o cliente pode pagar, com uma comissão de ${v['fee']}`,
    'send:payment-known': () => 'O pagamento foi iniciado no esquema',
    'send:offered': () => 'O preço é mostrado ao cliente',
    'send:accepted': (v) =>
      v['by'] === 'customer'
        ? `O cliente aceita: ${v['total']} no total`
        : `O preço está dentro do limite do cliente: ${v['total']} no total`,
    'send:accepting': () => 'O dinheiro está cativo, e o preço é aceite',
    'send:taken': () => 'O esquema recebeu-o',
    'send:given-up': (v) => `É abandonado${v['code'] === undefined ? '' : `: erro ${v['code']}`}`,
    'send:committed': () => 'O pagamento está concluído: o dinheiro tem de ser debitado definitivamente',
    'send:not-committed': (v) => `O pagamento terminou sem dinheiro${v['code'] === undefined ? '' : `: erro ${v['code']}`}`,
    'send:captured': () => 'O nosso core debitou definitivamente o dinheiro cativo',
    'send:released': () => 'O nosso core devolveu o dinheiro cativo',
    'send:rejected': () => 'A proposta não foi aceite: o esquema é informado',
    'send:exception-raised': (v) => `Requer a intervenção de uma pessoa: ${v['code']}`,
    'send:person-acted': (v) => `${v['by']} fê-lo manualmente no core`,
    'send:restored': () => 'O diário foi reposto a partir de uma cópia mais antiga: não se sabe até onde tinha chegado',
  },
};

export default PT;
