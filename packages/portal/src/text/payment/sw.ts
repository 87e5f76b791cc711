import type { PaymentWords } from './en.ts';

const SW: PaymentWords = {
  states: {
    completed: 'Yamekamilika',
    pending: 'Yanaendelea',
    unknown: 'Matokeo hayajulikani',
    acknowledged: 'Bado hayajathibitishwa',
    failed: 'Yameshindikana',
    declined: 'Mteja alikataa',
    quoted: 'Bei imetolewa',
    unread: 'Hayasomeki',
  },
  stateHelp: {
    completed: 'Hub ilisema kwamba uhamisho umekamilishwa: fedha zimehama.',
    pending: 'Yanaendelea yenyewe; yataishaje bado haijulikani.',
    unknown: 'Yalitumwa, na bado hakuna aliyesema yaliishaje. Fedha huenda zimehama au huenda hazijahama; inaulizwa.',
    acknowledged: 'Hub ilipokea uthibitisho wetu, na haijasema kwamba uhamisho umekamilishwa. Fedha huenda zimehama au huenda hazijahama.',
    failed: 'Yaliisha bila fedha kuhama.',
    declined: 'Mteja hakutaka ofa iliyotolewa. Hakuna fedha zilizohama.',
    quoted: 'Tulisema gharama ingekuwa kiasi gani. Hakuna uhamisho uliokuja.',
    unread: 'Toleo jipya zaidi la programu liliandika kitu ambacho toleo hili halikijui.',
  },
  directions: { out: 'Yanayotoka', in: 'Yanayoingia' },
  directionHelp: { out: 'Tunalipa', in: 'Tunalipwa' },
  attention: 'Yanahitaji mtu',
  alarm: 'Mtu anapaswa kuangalia',
  pruned: 'Kwenye hifadhi ya zamani: majina na namba vimeondolewa',
};

export default SW;
