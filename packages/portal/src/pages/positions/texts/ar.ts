import type { PositionsTexts } from './en.ts';

const AR: PositionsTexts = {
  title: 'المراكز',
  computed: 'محسوبة من دفعاتنا نحن',
  about:
    'ما على هذه المؤسسة لنظام المدفوعات: ما أُرسل واكتمل، وما هو لدى المحور بلا نتيجة نهائية، مطروحًا منه ما ورد. المركز لدى المحور هو المعتمد؛ اسأل مشغّله إذا اختلف الاثنان.',
  behind: (time: string) => `دفعات آخر \u2068${time}\u2069 ناقصة`,
  noneTitle: 'لا تُحتسب أي دفعة بعد',
  none: 'تظهر العملة هنا مع أول دفعة لها في يوم العمل المصرفي، أو حين يُدخل سقفها.',
  heads: {
    currency: 'العملة',
    since: 'منذ',
    opening: 'المركز حينها',
    sent: 'المُرسل',
    reserved: 'بلا نتيجة نهائية',
    received: 'الوارد',
    position: 'المركز',
    cap: 'سقف المدين الصافي',
  },
  owed: 'لنا على نظام المدفوعات',
  noCap: 'لم يُدخل سقف',
  levels: { below: 'دون السقف', near: 'قريب من السقف', over: 'بلغ السقف' },
  used: (percent: string, left: string) => `المستخدَم من السقف \u2068${percent}\u2069، والمتبقي \u2068${left}\u2069`,
  usedOver: (percent: string, over: string) => `المستخدَم من السقف \u2068${percent}\u2069، والزيادة عليه \u2068${over}\u2069`,
  warnedFrom: (percent: string) => `يصدر إنذار ابتداءً من \u2068${percent}\u2069 من السقف.`,
  enteredBy: (name: string, at: string) => `أدخله \u2068${name}\u2069، \u2068${at}\u2069`,
  enter: 'إدخال السقف',
  change: 'تغيير السقف',
  remove: 'إزالة السقف',
  another: 'سقف عملة أخرى',
  currency: 'العملة، ثلاثة أحرف',
  cap: 'سقف المدين الصافي كما هو لدى المحور',
  counts: 'احتساب الدفعات',
  eachDay: 'من جديد كل يوم عمل مصرفي',
  sinceDay: 'منذ آخر تسوية',
  since: 'أول يوم عمل مصرفي يُحتسب',
  opening: 'المركز في بدايته؛ سالب إذا كان لنا على نظام المدفوعات',
  removeHelp: 'لن يكون هناك ما ينبّه إلى هذا المركز بعد الآن.',
};

export default AR;
