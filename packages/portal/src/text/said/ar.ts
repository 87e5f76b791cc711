import type { SaidTexts } from './en.ts';

type Names = Readonly<Record<string, string>>;

const STAGES: Names = {
  lookup: 'يجري البحث عن المستفيد',
  'party-offered': 'عُثر على المستفيد، ويجب أن يوافق نظامنا الأساسي',
  quoting: 'يجري السؤال عن السعر',
  quoted: 'ذكرنا التكلفة',
  'quote-refused': 'رفضنا تقديم عرض سعر',
  'quote-offered': 'السعر معروف، ويجب أن يوافق نظامنا الأساسي',
  open: 'التحويل جارٍ',
  'calling-core': 'يجري استدعاء نظامنا الأساسي',
  'core-unknown': 'لا أحد يعرف ما فعله نظامنا الأساسي',
  late: 'تأخر نظامنا الأساسي عن الوقت المحدد',
  'commit-first': 'المحور يقرّر قبل أن يسجّل نظامنا الأساسي القيد',
  fulfilling: 'نرسل التأكيد إلى المحور',
  acknowledged: 'استلم المحور تأكيدنا',
  refused: 'رفضناها',
  completed: 'مكتملة',
  committed: 'مكتملة',
  aborted: 'انتهت من دون أموال',
  failed: 'فاشلة',
};
const TRANSFER_STAGES: Names = {
  ...STAGES,
  refused: 'رفضناه',
  completed: 'مكتمل',
  committed: 'مكتمل',
  aborted: 'انتهى من دون أموال',
  failed: 'فاشل',
};
const FOUND: Names = {
  reserve: 'المبلغ محجوز',
  credit: 'المبلغ لدى العميل',
  aborted: 'انتهى من دون أموال',
  'not-found': 'لا يعرف التحويل',
  pending: 'ما زال يعمل عليه',
  'no-answer': 'لا ردّ',
};
const STATUSES: Names = {
  started: 'استُدعيت، ولا ردّ بعد',
  ok: 'نُفِّذت',
  refused: 'رفضها نظامنا الأساسي',
  reversed: 'تم التراجع عنها',
  unknown: 'لا أحد يعرف هل نُفِّذت',
  'not-sent': 'تعذّر إرسالها',
  pending: 'استلمها نظامنا الأساسي، ولم يقرّر بعد',
};
const HOLDS: Names = {
  none: 'لا شيء محجوز',
  asked: 'طُلب من نظامنا الأساسي حجز المبلغ',
  held: 'المبلغ محجوز',
  captured: 'خُصم المبلغ خصمًا نهائيًا',
  released: 'حُرِّر المبلغ',
};
const named = (names: Names, value = ''): string => names[value] ?? `\u2068${value}\u2069`;

const AR: SaidTexts = {
  'hub-COMMITTED': () => 'يفيد بأن الأموال تحركت (\u2068COMMITTED\u2069).',
  'hub-ABORTED': () => 'يفيد بأنه لم تتحرك أي أموال (\u2068ABORTED\u2069).',
  'hub-ACKNOWLEDGED': () => 'استلم تأكيدنا في الوقت المحدد، ولم يُفِد بعد بأن الأموال تحركت.',
  'hub-UNKNOWN': () => 'لم يُفِد كيف انتهى التحويل.',
  'hub-NOT_SENT': () => 'لم يُرسل إليه أي تحويل قط.',
  'hub-REFUSED': () => 'أُبلغ بأننا رفضنا؛ ومن دون تأكيدنا لا يحرّك أي أموال.',
  'hub-elsewhere': () => 'لا يُسأل من هنا: انظر الدفعة حيث تُنفَّذ.',
  'core-ASKED_US': () => 'طلب منا أن ندفع، ويحجز المبلغ إلى أن يعلم النتيجة النهائية.',
  'core-NOT_CALLED': () => 'لم يُستدعَ.',
  'core-UNKNOWN': () => 'استُدعي، ولا أحد يعرف ما فعله: ربما قيّد التحويل.',
  'core-RESERVED': () => 'حجز المبلغ، ولم يستلم النتيجة النهائية بعد.',
  'core-CREDITED': () => 'قيّد المبلغ للعميل.',
  'core-REFUSED': () => 'رفض، أو ثبت أنه لم يقيّد شيئًا.',
  'core-TOLD_COMMITTED': () => 'استلم النتيجة النهائية: تحركت الأموال.',
  'core-TOLD_ABORTED': () => 'استلم النتيجة النهائية: لم تتحرك أي أموال.',
  'core-look': () => 'لا أحد يعرف: راجع قيوده.',
  'no-record': () => 'هذا التحويل غير معروف في أي من سجلاتنا: ربما نسيه السجل.',
  enquiries: (v) => `عدد أسئلتنا التي استلمها كيف انتهت: \u2068${v['count']}\u2069، وآخرها \u2068${v['at']}\u2069.`,
  confirmations: (v) => `عدد الأسئلة عن تأكيدنا التي استلمها: \u2068${v['count']}\u2069، وآخرها \u2068${v['at']}\u2069.`,
  error: (v) => `يبلّغ عن الخطأ \u2068${v['error']}\u2069.`,
  doubted: (v) => `أبلغ عن الخطأ \u2068${v['error']}\u2069 بعد تأكيدنا، وهذا لا يحسم شيئًا.`,
  contradicted: (v) =>
    `\u2068${v['at']}\u2069: أفاد الطرف \u2068${v['source']}\u2069 بالحالة \u2068${v['says']}\u2069، خلافًا لما أُفيد به من قبل.`,
  'payment-stage': (v) => `الدفعة: ${named(STAGES, v['stage'])}.`,
  'transfer-stage': (v) => `التحويل: ${named(TRANSFER_STAGES, v['stage'])}.`,
  expires: (v) => `الصلاحية حتى \u2068${v['at']}\u2069.`,
  prepare: (v) =>
    v['outcome'] === 'acknowledged'
      ? 'استلم المحور تحويلنا.'
      : v['outcome'] === 'refused'
        ? 'رفض المحور تحويلنا.'
        : 'تعذّر تسليم تحويلنا إلى المحور؛ وربما يكون قد وصل.',
  callback: (v) => `${v['taken'] === 'yes' ? 'استلم المحور تأكيدنا' : 'أُرسل تأكيدنا إلى المحور'} (\u2068${v['state']}\u2069).`,
  refused: (v) => `رفضناها بالخطأ \u2068${v['error']}\u2069.`,
  exception: (v) => `تحتاج إلى شخص: \u2068${v['code']}\u2069${v['at'] === undefined ? '' : `، منذ \u2068${v['at']}\u2069`}.`,
  resolved: (v) => `أغلقها \u2068${v['by']}\u2069 على أنها \u2068${v['as']}\u2069، \u2068${v['at']}\u2069: \u2068${v['reason']}\u2069`,
  'core-id': (v) => `معرّفه الخاص للتحويل هو \u2068${v['id']}\u2069.`,
  notified: (v) => `يُبلَّغ بالنتيجة النهائية \u2068${v['state']}\u2069، المحاولة \u2068${v['attempt']}\u2069.`,
  'core-said': (v) => `سُئل \u2068${v['at']}\u2069 فأفاد: ${named(FOUND, v['found'])}.`,
  'core-effect': (v) =>
    `الخطوة «\u2068${v['name']}\u2069»${v['amount'] === undefined ? '' : `، \u2068${v['amount']}\u2069`}: ${named(STATUSES, v['status'])}${v['code'] === undefined ? '' : ` (الخطأ \u2068${v['code']}\u2069)`}.`,
  send: (v) => `دفعة عميلنا: ${named(HOLDS, v['hold'])}.`,
};

export default AR;
