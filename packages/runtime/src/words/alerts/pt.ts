import type { AlertWords } from './en.ts';

const PT: AlertWords = {
  severities: { critical: 'Crítico', warning: 'Aviso' },
  payments: (count, one) => (one ? '1 pagamento' : `${count} pagamentos`),
  since: 'Desde',
  until: 'Até',
  events: { began: 'começou', again: 'há mais casos', ended: 'terminou' },
  where: 'Onde verificar',
  tested: 'Um teste dos alertas; nada aconteceu',
  rules: {
    exceptions: {
      name: 'Há pagamentos que requerem intervenção',
      means:
        'Só uma pessoa pode dizer como terminaram. Até lá, o dinheiro de um cliente pode estar cativo, ou em falta. Resolva-os um a um.',
    },
    hub: {
      name: 'Não se consegue chegar ao hub',
      means:
        'Nenhum pagamento termina. O que está em curso mantém o cativo, e pergunta-se por ele até o hub responder. Ligue ao operador do hub.',
    },
    core: {
      name: 'O core bancário não responde',
      means:
        'Os pagamentos aos nossos clientes são recusados, e há desfechos por comunicar. Nada é contabilizado duas vezes quando ele voltar.',
    },
    journal: {
      name: 'Os pagamentos não podem ser gravados',
      means:
        'O disco está cheio, ou a base de dados não aceita nada: nenhum pagamento começa, e os que estão em curso esperam. Nada se perde. Liberte espaço, ou repare a base de dados.',
    },
    'success-rate': {
      name: 'Falham demasiados pagamentos',
      means: 'Nenhum se perde; os clientes não conseguem pagar. Veja as causas dos que falharam: que lado, que instituição.',
    },
    latency: {
      name: 'Os pagamentos estão lentos',
      means: 'Os clientes esperam, e alguns desistem. Veja onde se gasta o tempo: hub, core ou a máquina do Payment Manager.',
    },
    cap: {
      name: 'Uma posição aproxima-se do limite',
      means: 'Atingido o limite, o hub recusa pagamentos dos nossos clientes. Peça liquidez ou uma liquidação ao operador do hub.',
    },
    expiry: {
      name: 'Um certificado aproxima-se do fim',
      means: 'Quando terminar, nenhum pagamento passa. Renove-o, ou peça ao operador do hub que assine o novo.',
    },
    trust: {
      name: 'Uma chave ou um certificado não é o esperado',
      means: 'Pergunte ao operador do hub se isso foi combinado. Se não foi, alguém pode estar a agir em nome de outrem.',
    },
    'read-model': {
      name: 'As listas e os totais estão atrasados',
      means: 'Os pagamentos continuam; o portal mostra os mais recentes mais tarde.',
    },
    delivery: {
      name: 'Os alertas não são aceites',
      means: 'O webhook ou o servidor de correio não aceita mensagens. São enviadas de novo durante três dias.',
    },
    operation: {
      name: 'Algo requer um engenheiro',
      means: 'Por agora os pagamentos continuam. O motivo diz o que está mal.',
    },
  },
};

export default PT;
