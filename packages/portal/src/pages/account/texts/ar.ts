import type { AccountTexts } from './en.ts';

const AR: AccountTexts = {
  title: 'الدخول والجلسات',
  sessions: 'أين سجّلت الدخول',
  session: { by: 'الوسيلة', address: 'العنوان', since: 'منذ', seen: 'آخر ظهور', browser: 'المتصفح' },
  thisOne: 'هذا المتصفح',
  end: 'إنهاء',
  endSession: (address) => `إنهاء جلسة \u2068${address}\u2069`,
  ways: {
    'password and code': 'كلمة مرور ورمز',
    'password and recovery code': 'كلمة مرور ورمز استرداد',
    passkey: 'مفتاح مرور',
    'sandbox link': 'رابط بيئة الاختبار',
  },
  password: 'تغيير كلمة المرور',
  current: 'كلمة المرور الحالية',
  next: 'كلمة المرور الجديدة',
  nextHint: '\u206812\u2069 حرفًا أو أكثر؛ من غير اسمك، ومن غير الكلمات التي يجرّبها الجميع. تنتهي كل الجلسات الأخرى.',
  change: 'تغيير كلمة المرور',
  changed: 'تم تغيير كلمة المرور؛ وانتهت كل الجلسات الأخرى.',
  passkeys: 'مفاتيح المرور',
  passkeysHint: 'مفتاح المرور يسجّل دخولك ببصمة أو وجه أو رمز الجهاز، ولا يمكن سرقته بالتصيّد الاحتيالي.',
  noPasskeys: 'ليس لديك أي منها بعد.',
  added: (day) => `أُضيف في \u2068${day}\u2069`,
  called: 'الاسم الذي تعطيه له',
  code: 'رمز تطبيق المصادقة',
  add: 'إضافة مفتاح مرور',
  remove: 'إزالة',
  removeNamed: (name) => `إزالة مفتاح المرور \u2068${name}\u2069`,
  factors: 'العامل الثاني',
  recoveryLeft: (count) => `رموز الاسترداد المتبقية: \u2068${count}\u2069`,
  noFactors: 'دخلت برابط من بيئة الاختبار: لا توجد كلمة مرور ولا عامل ثانٍ لتغييرهما.',
};

export default AR;
