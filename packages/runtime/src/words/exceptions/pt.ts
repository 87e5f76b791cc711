import type { ExceptionWords } from './en.ts';

const PT: ExceptionWords = {
  codes: {
    OUTCOME_UNKNOWN: {
      title: 'O hub não disse como terminou',
      meaning:
        'O dinheiro pode ou não ter sido movimentado. O hub foi consultado as vezes previstas, e continua a sê-lo, cada vez mais raramente.',
      advice: 'Consulte o hub, ou o operador do hub. Não liberte, contabilize nem reembolse nada manualmente antes de o hub o dizer.',
    },
    CORE_OUTCOME_UNKNOWN: {
      title: 'Ninguém sabe o que o nosso core fez',
      meaning: 'O nosso core foi chamado e não deu nenhuma resposta que diga se executou a transferência.',
      advice: 'Verifique no core se a transferência está contabilizada, e compare com o hub.',
    },
    CORE_CREDITED_HUB_ABORTED: {
      title: 'O nosso core creditou, o hub anulou',
      meaning: 'O nosso cliente tem dinheiro que não recebemos: nenhum dinheiro foi movimentado entre as instituições.',
      advice: 'Estorne o lançamento no core, depois resolva como anulado.',
    },
    CORE_MAY_HAVE_CREDITED: {
      title: 'O hub anulou, o nosso core pode ter creditado',
      meaning: 'Nenhum dinheiro foi movimentado entre as instituições. Ninguém sabe se o nosso core contabilizou.',
      advice: 'Verifique no core; estorne o lançamento se lá estiver.',
    },
    CORE_CREDITED_TOO_LATE: {
      title: 'O nosso core creditou tarde demais',
      meaning: 'O nosso core contabilizou depois de terminado o prazo, pelo que não foi enviada nenhuma confirmação ao hub.',
      advice: 'Espere pela palavra do hub, que está a ser consultado. Se ele anular, estorne o lançamento.',
    },
    CORE_NOT_TOLD: {
      title: 'O nosso core não aceita o desfecho',
      meaning: 'A transferência terminou, e o nosso core recusa ser informado. O que tem cativo continua cativo.',
      advice: 'Apure porque é que o core recusa; se assim continuar, contabilize ou liberte manualmente.',
    },
    FULFILMENT_WRONG: {
      title: 'Comunicado como efetivado com uma prova (fulfilment) errada',
      meaning: 'A prova do outro lado não corresponde ao pagamento, que por isso não é dado como terminado. Está a ser pedida.',
      advice: 'Avise o operador do hub.',
    },
    FULFILMENT_MISSING: {
      title: 'Comunicado como efetivado sem prova (fulfilment)',
      meaning: 'Falta a prova do outro lado, pelo que o pagamento não é dado como terminado. Está a ser pedida.',
      advice: 'Avise o operador do hub.',
    },
    CONTRADICTION: {
      title: 'Duas palavras finais contradizem-se',
      meaning: 'Vale a primeira, guardam-se as duas. Nada é contabilizado em sentido contrário de forma automática.',
      advice: 'Compare o livro-razão do hub com o pagamento e com o core; avise o operador do hub.',
    },
    JOURNAL_RESTORED: {
      title: 'O diário foi reposto a partir de uma cópia mais antiga',
      meaning: 'Pode ter esquecido pagamentos, pelo que não se aceita nenhum novo.',
      advice: 'Importe o que foi pago desde a cópia, depois peça a um administrador que levante a marca.',
    },
    TRANSFER_UNKNOWN: {
      title: 'O hub conhece uma transferência que nós não conhecemos',
      meaning: 'O diário pode tê-la esquecido, ou o hub refere-se a outra entidade.',
      advice: 'Verifique se o core tem dinheiro cativo ou contabilizado por causa dela. Corrija, depois resolva.',
    },
    CORE_EFFECT_UNKNOWN: {
      title: 'Ninguém sabe se o nosso core executou um passo',
      meaning: 'O conector iniciou algo no core; nem repetições nem perguntas esclareceram o que daí resultou.',
      advice: 'Procure no core o efeito indicado, e compare com o pagamento.',
    },
    CORE_EFFECT_STUCK: {
      title: 'O nosso core recusa o que tem de ser feito',
      meaning: 'O pagamento não pode prosseguir no core, ou o conector já não corresponde ao que foi iniciado.',
      advice: 'Leia o motivo. Reponha a versão anterior do conector, ou faça manualmente no core o que falta.',
    },
    CORE_HOLD_EXPIRES: {
      title: 'O nosso core vai em breve largar um cativo',
      meaning: 'O pagamento ainda não tem desfecho, e o dinheiro do cliente pode ficar livre.',
      advice: 'Pergunte o desfecho ao operador do hub; cative de novo o dinheiro manualmente.',
    },
    SEND_OUTCOME_UNKNOWN: {
      title: 'O pagamento do nosso cliente não tem fim conhecido',
      meaning: 'O dinheiro continua cativo. Continua-se a perguntar, e uma palavra final que chegue mais tarde termina-o por si só.',
      advice: 'Pergunte ao operador do hub.',
    },
    SEND_WITHOUT_HOLD: {
      title: 'O nosso cliente paga, e nada está cativo',
      meaning: 'O pagamento movimenta, ou já movimentou, dinheiro para o qual o core não tem nada cativo.',
      advice: 'Verifique nos livros do core. Debite manualmente onde está efetivado, depois diga que está feito.',
    },
  },
  otherCode: {
    title: 'Requer intervenção',
    meaning: 'O que significa está dito nas palavras do produto.',
    advice: 'Veja o pagamento.',
  },
};

export default PT;
