import type { ActTexts } from './en.ts';

const PT: ActTexts = {
  places: { hub: 'O hub', us: 'Nós', core: 'O nosso core', person: 'Uma pessoa' },
  knownBy: { hub: 'O hub', us: 'Payment Manager', core: 'O core' },
  actions: {
    title: 'O que se pode fazer agora',
    none: 'Não resta nada a fazer: uma palavra final que chegue mais tarde produz efeito por si só.',
    notAllowed: 'A sua função permite ver, mas não agir.',
    nowRefused: 'já não é possível',
    'ask-hub': 'Consultar o hub',
    'ask-core': 'Consultar o nosso core',
    'resend-outcome': 'Comunicar de novo o desfecho ao nosso core',
    settle: 'Resolver',
    'core-executed': 'O core executou-o',
    'core-not-executed': 'O core não o executou',
    'core-done': 'Feito manualmente no core',
    as: 'Como terminou',
    ends: { COMMITTED: 'Efetivado: o dinheiro foi movimentado', ABORTED: 'Anulado: nenhum dinheiro foi movimentado' },
    reason: 'Motivo',
    reasonPlaceholder: 'Por exemplo: ticket 4711 do hub',
    facts: 'Como o core lhe chama (JSON, se um passo posterior precisar)',
    outcome: (state) => `Desfecho: ${state}`,
    confirm: 'Verifiquei nos livros do core: ainda não contabilizou isto',
    do: 'Executar',
    ask: 'Pedir a uma segunda pessoa',
    done: 'Feito.',
    asked: 'Pedido registado. Será feito assim que uma segunda pessoa concordar.',
    unanswered: 'Não chegou resposta: pode ter sido feito. Feche isto e veja o que aconteceu antes de repetir.',
    fourEyes: 'Uma segunda pessoa tem de concordar antes de se fazer seja o que for.',
  },
  effects: {
    'ask-hub': 'Não movimenta dinheiro. A resposta do hub produz efeito como qualquer outra.',
    'ask-core': 'Não movimenta dinheiro. Se ninguém sabia o que o core fez, o pagamento prossegue a partir da resposta dele.',
    'resend-committed':
      'Volta a dizer-se ao core que está efetivado, e ele contabiliza para o cliente. Um core que não reconhece repetições contabiliza duas vezes.',
    'resend-aborted': 'Comunica-se mais uma vez ao nosso core que está anulado, e ele liberta o que reservou.',
    'settle-payer':
      'Fecha a exceção. Com «efetivado», o core debita definitivamente o cliente; com «anulado», devolve-lhe o dinheiro. Nada é enviado ao hub.',
    'settle-payer-committed':
      'Fecha a exceção. Quando o core perguntar, fica a saber que está efetivado e debita definitivamente o cliente. Nada é enviado ao hub.',
    'settle-payer-aborted':
      'Fecha a exceção. Quando o core perguntar, fica a saber que o pagamento falhou e devolve o dinheiro ao cliente. Nada é enviado ao hub.',
    'settle-payee':
      'Fecha a exceção só nos nossos registos. Hub e core não são avisados: contabilize ou liberte no core, ou comunique-lhe depois o desfecho.',
    'core-executed': 'Verificou-se no core: foi lá executado. O pagamento prossegue a partir daí; não é executado outra vez.',
    'core-not-executed': 'Verificou-se no core: não foi executado, e nunca o será. É feito de novo ou abandonado, conforme diz o conector.',
    'core-done': 'Foi feito manualmente no core. Não se faz mais nenhuma chamada para isto.',
  },
};

export default PT;
