import type { PositionsTexts } from './en.ts';

const PT: PositionsTexts = {
  title: 'Posições',
  computed: 'Calculado a partir dos nossos próprios pagamentos',
  about:
    'O que esta instituição deve ao esquema: o que foi enviado e concluído, e o que está no hub sem desfecho, menos o que foi recebido. ' +
    'Vale a posição no hub; onde as duas divergirem, pergunte ao operador do hub.',
  behind: (time: string) => `Faltam os pagamentos mais recentes: ${time}`,
  noneTitle: 'Ainda não conta nenhum pagamento',
  none: 'Uma moeda aparece aqui com o primeiro pagamento do dia contabilístico, ou quando se introduz o seu limite.',
  heads: {
    currency: 'Moeda',
    since: 'Desde',
    opening: 'Posição de então',
    sent: 'Enviado',
    reserved: 'Sem desfecho',
    received: 'Recebido',
    position: 'Posição',
    cap: 'Limite de débito líquido',
  },
  owed: 'o esquema deve-nos',
  noCap: 'nenhum introduzido',
  levels: { below: 'abaixo', near: 'próximo', over: 'atingido' },
  used: (percent: string, left: string) => `${percent} utilizados, restam ${left}`,
  usedOver: (percent: string, over: string) => `${percent} utilizados, ${over} a mais`,
  warnedFrom: (percent: string) => `Um alarme a partir de ${percent} de um limite.`,
  enteredBy: (name: string, at: string) => `introduzido por ${name}, ${at}`,
  enter: 'Introduzir o limite',
  change: 'Alterar o limite',
  remove: 'Eliminar o limite',
  another: 'Limite de outra moeda',
  currency: 'Moeda, três letras',
  cap: 'Limite de débito líquido, tal como o hub o tem',
  counts: 'Os pagamentos contam',
  eachDay: 'de novo em cada dia contabilístico',
  sinceDay: 'desde a última liquidação',
  since: 'Primeiro dia contabilístico que conta',
  opening: 'Posição no início desse dia; negativa se o esquema nos devia',
  removeHelp: 'Deixa de haver qualquer aviso sobre esta posição.',
};

export default PT;
