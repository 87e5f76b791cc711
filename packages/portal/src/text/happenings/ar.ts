import type { HappeningTexts, Values } from './en.ts';

const OPERATIONS: Values = {
  'party.get': 'إيجاد العميل',
  'quote.create': 'بيان التكلفة',
  'transfer.prepare': 'حجز المبلغ أو قيده',
  'transfer.finalise': 'قبول النتيجة النهائية',
  'send.check': 'بيان هل يجوز للعميل أن يدفع',
  'send.hold': 'حجز مبلغ العميل',
  'send.capture': 'خصم المبلغ المحجوز خصمًا نهائيًا',
  'send.release': 'تحرير المبلغ المحجوز',
};
const operation = ({ operation: name = '' }: Values): string => {
  const [what = '', outcome] = name.split(' ');
  const said = OPERATIONS[what] ?? `\u2068${what}\u2069`;
  return outcome === undefined ? said : `${said} (\u2068${outcome}\u2069)`;
};
const attempt = (v: Values): string => (v['attempt'] === '1' ? '' : ` (المحاولة \u2068${v['attempt']}\u2069)`);

const AR: HappeningTexts = {
  out: {
    'payment-started': () => 'طلب نظامنا الأساسي إرسال أموال',
    'simple-transfer-started': (v) => `طلب نظامنا الأساسي تحويلًا إلى \u2068${v['destination']}\u2069`,
    'party-found': (v) => `عُثر على المستفيد${v['fsp'] === undefined ? '' : ` لدى \u2068${v['fsp']}\u2069`}`,
    'quote-requested': (v) => `سُئلت المؤسسة \u2068${v['destination']}\u2069 عن التكلفة`,
    'quote-received': (v) => `عرضت المؤسسة \u2068${v['source']}\u2069 مبلغ \u2068${v['amount']}\u2069`,
    'quote-accepted': (v) => `قُبل عرض السعر: المطلوب تحريك \u2068${v['amount']}\u2069`,
    'prepare-sent': (v) =>
      v['outcome'] === 'acknowledged'
        ? 'استلم المحور تحويلنا'
        : v['outcome'] === 'refused'
          ? 'رفض المحور تحويلنا'
          : 'تعذّر تسليم تحويلنا إلى المحور؛ وربما يكون قد وصل',
    fulfilled: (v) => `أكملتها المؤسسة \u2068${v['source']}\u2069: أفاد المحور بالحالة \u2068COMMITTED\u2069`,
    'not-committed': (v) =>
      v['said'] === 'never-left' ? 'لم تغادر نظامنا قط: لا تتحرك أي أموال' : `انتهى التحويل من دون أموال: الخطأ \u2068${v['error']}\u2069`,
    failed: (v) => `فشلت قبل طلب أي أموال: الخطأ \u2068${v['error']}\u2069`,
    aborted: () => 'لم يُرغب في العرض: لم يُرسل شيء',
    'hub-asked': (v) => `استلم المحور سؤالنا كيف انتهت (\u2068${Number(v['rung'] ?? 0) + 1}\u2069)`,
    inquired: (v) =>
      v['by'] === 'ladder' ? 'لم يصل ردّ في الوقت المحدد: يُسأل المحور كيف انتهت' : 'نظامنا الأساسي يريد أن يعرف: يُسأل المحور',
    'exception-raised': (v) => `تحتاج إلى شخص: \u2068${v['code']}\u2069`,
    contradicted: (v) => `أفاد الطرف \u2068${v['source']}\u2069 بالحالة \u2068${v['says']}\u2069، خلافًا لما أُفيد به من قبل`,
    'confirmation-asked': () => 'طلبها نظامنا الأساسي مجددًا: يُسأل المحور هل انتهت المحاولة الأولى',
    confirmed: () => 'أكّد المحور أن المحاولة انتهت',
    restored: () => 'أُعيد السجل إلى نسخة أقدم: يُسأل المحور عما حدث منذ ذلك الحين',
    reported: () => 'أبلغ عنها شخص: كان السجل قد نسيها',
    pruned: () => 'الأحداث الأقدم في الأرشيف',
    'person-acted': (v) => `قرّر شخص: \u2068${v['act']}\u2069${v['as'] === undefined ? '' : ` \u2068${v['as']}\u2069`}`,
  },
  in: {
    'quote-requested': (v) => `سألت المؤسسة \u2068${v['source']}\u2069 عن تكلفة دفعة بمبلغ \u2068${v['amount']}\u2069`,
    'quote-answered': (v) => `عرضنا مبلغ \u2068${v['amount']}\u2069`,
    'quote-refused': (v) => `رفضنا تقديم عرض سعر: الخطأ \u2068${v['error']}\u2069`,
    'quote-callback-settled': (v) => (v['acknowledged'] === 'true' ? 'استلم المحور ردّنا' : 'لم يستلم المحور ردّنا'),
    'prepare-received': (v) => `المؤسسة \u2068${v['source']}\u2069 ترسل \u2068${v['amount']}\u2069`,
    'prepare-refused': (v) => `رفضنا التحويل: الخطأ \u2068${v['error']}\u2069`,
    'core-transfer-started': (v) => `طُلب من نظامنا الأساسي تسجيل القيد${attempt(v)}`,
    'core-transfer-ok': (v) =>
      `${v['mode'] === 'reserve' ? 'حجز نظامنا الأساسي المبلغ' : 'قيّد نظامنا الأساسي المبلغ للعميل'}${v['late'] === 'true' ? '، لكن بعد فوات الأوان' : ''}`,
    'core-transfer-refused': (v) => `رفضها نظامنا الأساسي: الخطأ \u2068${v['error']}\u2069`,
    'core-transfer-unknown': (v) =>
      v['forgotten'] === 'true'
        ? 'أُعيد السجل إلى نسخة أقدم: يُسأل النظام الأساسي والمحور'
        : 'لم يُعطِ نظامنا الأساسي ردًّا واضحًا: ربما سجّل القيد',
    'core-asked': (v) =>
      v['found'] === 'pending'
        ? 'أفاد نظامنا الأساسي بأنه ما زال يعمل عليها'
        : v['found'] === 'not-found'
          ? 'نظامنا الأساسي لا يعرفها'
          : 'لم يردّ نظامنا الأساسي',
    'core-quiet': () => 'لم يعد بإمكان نظامنا الأساسي تسجيل القيد متأخرًا؛ وما فعله لا يستطيع أن يفيد به إلا هو',
    'core-said': (v) => `سأل شخص نظامنا الأساسي، فأفاد: \u2068${v['found']}\u2069`,
    'fulfil-decided': () => 'نؤكّد التحويل للمحور',
    'callback-settled': (v) => (v['acknowledged'] === 'true' ? 'استلم المحور تأكيدنا؛ وسيفيد لاحقًا كيف انتهت' : 'لم يستلم المحور تأكيدنا'),
    'hub-error-said': (v) => `يبلّغ المحور عن الخطأ \u2068${v['error']}\u2069 بشأن تأكيدنا؛ ويُسأل كيف انتهت`,
    'confirmation-asked': (v) => `استلم المحور سؤالنا كيف انتهت (\u2068${Number(v['nth'] ?? 0) + 1}\u2069)`,
    'confirmation-ended': () => 'استلم المحور تأكيدنا ولا يفيد كيف انتهت؛ وستسأله المطابقة مجددًا',
    'outcome-known': (v) =>
      v['said'] === 'acknowledgement'
        ? 'استلم المحور تأكيدنا في الوقت المحدد'
        : v['state'] === 'COMMITTED'
          ? 'أفاد المحور بالحالة \u2068COMMITTED\u2069: تحركت الأموال'
          : 'أفاد المحور بالحالة \u2068ABORTED\u2069: لا تتحرك أي أموال',
    'notification-started': (v) => `يُبلَّغ نظامنا الأساسي بأنها ${v['state'] === 'COMMITTED' ? 'مكتملة' : 'انتهت من دون أموال'}${attempt(v)}`,
    'notification-acknowledged': () => 'استلم نظامنا الأساسي ذلك',
    'notification-failed': (v) =>
      v['kind'] === 'rejected'
        ? 'رفض نظامنا الأساسي النتيجة النهائية'
        : v['kind'] === 'not-sent'
          ? 'تعذّر الوصول إلى نظامنا الأساسي'
          : 'لم يُفِد نظامنا الأساسي هل استلم ذلك',
    'commit-withdrawn': () => 'فات الأوان على أن يسجّل نظامنا الأساسي القيد؛ ويُحرَّر المبلغ حين ينهي المحور التحويل',
    'commit-held': () => 'فات الأوان على إبلاغ نظامنا الأساسي مجددًا، وربما سجّل القيد: لن يُبلَّغ بشيء بعد الآن',
    'hub-asked': (v) => `استلم المحور سؤالنا كيف انتهت (\u2068${Number(v['rung'] ?? 0) + 1}\u2069)`,
    'exception-raised': (v) => `تحتاج إلى شخص: \u2068${v['code']}\u2069`,
    contradicted: (v) => `أفاد الطرف \u2068${v['source']}\u2069 بالحالة \u2068${v['says']}\u2069، خلافًا لما أُفيد به من قبل`,
    reported: () => 'أبلغ عنها شخص: كان السجل قد نسيها',
    pruned: () => 'الأحداث الأقدم في الأرشيف',
    'person-acted': (v) => `قرّر شخص: \u2068${v['act']}\u2069${v['as'] === undefined ? '' : ` \u2068${v['as']}\u2069`}`,
  },
  core: {
    'core:operation-begun': (v) => `يُطلب من نظامنا الأساسي ${operation(v)}${v['undoes'] === undefined ? '' : '، للتراجع عما نُفِّذ من قبل'}`,
    'core:operation-failed': (v) => `لم يردّ نظامنا الأساسي: يُطلب منه مجددًا ${operation(v)}`,
    'core:operation-ended': (v) =>
      v['kind'] === 'reply' ? `أنهى نظامنا الأساسي: ${operation(v)}` : `رفض نظامنا الأساسي ${operation(v)}: الخطأ \u2068${v['code']}\u2069`,
    'core:person-acted': (v) => `راجع \u2068${v['by']}\u2069 النظام الأساسي وأفاد: \u2068${v['what']}\u2069`,
    'core:stuck': (v) => `لا يمكنها أن تستمر تلقائيًا في نظامنا الأساسي: ${operation(v)}`,
    'core:effect-started': (v) => `يتلقى نظامنا الأساسي الخطوة «\u2068${v['effect']}\u2069»${attempt(v)}`,
    'core:effect-ended': (v) =>
      v['outcome'] === 'ok'
        ? `نفّذ نظامنا الأساسي الخطوة «\u2068${v['effect']}\u2069»`
        : v['outcome'] === 'refused'
          ? `رفض نظامنا الأساسي الخطوة «\u2068${v['effect']}\u2069»: الخطأ \u2068${v['code']}\u2069`
          : `تم التراجع عن الخطوة «\u2068${v['effect']}\u2069»`,
    'core:effect-unknown': (v) => `لا أحد يعرف هل نفّذ نظامنا الأساسي الخطوة «\u2068${v['effect']}\u2069»: يُسأل عنها`,
    'core:effect-not-sent': (v) => `تعذّر إرسال الخطوة «\u2068${v['effect']}\u2069» إلى نظامنا الأساسي`,
    'core:effect-pending': (v) => `استلم نظامنا الأساسي الخطوة «\u2068${v['effect']}\u2069»، ولم يقرّر بعد`,
    'core:effect-hinted': (v) => `عاود نظامنا الأساسي الاتصال بشأن الخطوة «\u2068${v['effect']}\u2069»: يُسأل عنها`,
    'core:effect-asked': (v) =>
      v['said'] === 'pending'
        ? `ما زال نظامنا الأساسي يعمل على الخطوة «\u2068${v['effect']}\u2069»`
        : v['said'] === 'absent'
          ? `نظامنا الأساسي لا يعرف الخطوة «\u2068${v['effect']}\u2069»`
          : `لم يُفِد نظامنا الأساسي بما آلت إليه الخطوة «\u2068${v['effect']}\u2069»`,
    'core:hold-renewed': () => 'يُبقي نظامنا الأساسي المبلغ محجوزًا مدة أطول',
    'core:renewal-failed': () => 'لا يُبقي نظامنا الأساسي المبلغ محجوزًا مدة أطول',
    'core:reversal-failed': (v) => `لم يتراجع نظامنا الأساسي عن الخطوة «\u2068${v['effect']}\u2069»`,
    'core:exception-raised': (v) => `تحتاج إلى شخص: \u2068${v['code']}\u2069`,
    'send:send-begun': () => 'عميلنا يريد أن يدفع',
    'send:checked': (v) => `أفاد نظامنا الأساسي بأنه يجوز للعميل أن يدفع، مقابل رسوم قدرها \u2068${v['fee']}\u2069`,
    'send:payment-known': () => 'بدأت الدفعة في نظام المدفوعات',
    'send:offered': () => 'يُعرض السعر على العميل',
    'send:accepted': (v) =>
      v['by'] === 'customer'
        ? `قَبِل العميل: \u2068${v['total']}\u2069 إجمالًا`
        : `السعر ضمن الحد الذي وضعه العميل: \u2068${v['total']}\u2069 إجمالًا`,
    'send:accepting': () => 'المبلغ محجوز، والسعر مقبول',
    'send:taken': () => 'استلمها نظام المدفوعات',
    'send:given-up': (v) => `تم التخلي عنها${v['code'] === undefined ? '' : `: الخطأ \u2068${v['code']}\u2069`}`,
    'send:committed': () => 'الدفعة مكتملة: المطلوب خصم المبلغ خصمًا نهائيًا',
    'send:not-committed': (v) => `انتهت الدفعة من دون أموال${v['code'] === undefined ? '' : `: الخطأ \u2068${v['code']}\u2069`}`,
    'send:captured': () => 'خصم نظامنا الأساسي المبلغ المحجوز خصمًا نهائيًا',
    'send:released': () => 'حرّر نظامنا الأساسي المبلغ المحجوز',
    'send:rejected': () => 'لم يُرغب في العرض: يُبلَّغ نظام المدفوعات',
    'send:exception-raised': (v) => `تحتاج إلى شخص: \u2068${v['code']}\u2069`,
    'send:person-acted': (v) => `نفّذها \u2068${v['by']}\u2069 يدويًا في النظام الأساسي`,
    'send:restored': () => 'أُعيد السجل إلى نسخة أقدم: لا يُعرف إلى أين وصلت',
  },
};

export default AR;
