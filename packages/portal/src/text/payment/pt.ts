import type { PaymentWords } from './en.ts';

const PT: PaymentWords = {
  states: {
    completed: 'Concluído',
    pending: 'Em curso',
    unknown: 'Desfecho desconhecido',
    acknowledged: 'Ainda não confirmado',
    failed: 'Falhado',
    declined: 'Recusado pelo cliente',
    quoted: 'Preço indicado',
    unread: 'Ilegível',
  },
  stateHelp: {
    completed: 'O hub disse que a transferência está efetivada: o dinheiro foi movimentado.',
    pending: 'Prossegue por si só; ainda não se sabe como termina.',
    unknown: 'Foi enviado, e ainda ninguém disse como terminou. O dinheiro pode ou não ter sido movimentado; está a perguntar-se.',
    acknowledged:
      'O hub recebeu a nossa confirmação, e não disse que a transferência está efetivada. O dinheiro pode ou não ter sido movimentado.',
    failed: 'Terminou sem dinheiro.',
    declined: 'O cliente não quis o que lhe foi proposto. Nenhum dinheiro foi movimentado.',
    quoted: 'Dissemos quanto custaria. Não chegou nenhuma transferência.',
    unread: 'Uma versão mais recente do produto escreveu algo que esta não conhece.',
  },
  directions: { out: 'Saída', in: 'Entrada' },
  directionHelp: { out: 'Nós pagamos', in: 'Somos pagos' },
  attention: 'Requer intervenção',
  alarm: 'Alguém deve verificar',
  pruned: 'Arquivado: nomes e números foram retirados',
};

export default PT;
