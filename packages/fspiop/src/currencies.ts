/** The 164 currency codes of FSPIOP 1.0, 1.1 and 2.0 (docs/protocol.md, 6): an old ISO 4217; deployments extend it where they validate. */
export const CURRENCIES: ReadonlySet<string> = new Set(
  (
    'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUC CUP ' +
    'CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GGP GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS IMP INR IQD IRR ISK JEP ' +
    'JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRO MUR MVR MWK MXN MYR MZN NAD NGN ' +
    'NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLL SOS SPL SRD STD SVC SYP SZL THB TJS ' +
    'TMT TND TOP TRY TTD TVD TWD TZS UAH UGX USD UYU UZS VEF VND VUV WST XAF XCD XDR XOF XPF XTS XXX YER ZAR ZMW ZWD'
  ).split(' '),
);

/** Currencies of the list for which no peer has a number of decimals: quotes in them fail with 5106 unless it is configured. */
const WITHOUT_DECIMALS = new Set(['GGP', 'IMP', 'JEP', 'MRO', 'SPL', 'STD', 'TVD', 'VEF', 'XDR', 'ZWD']);
/** Not on the API's list, but with known decimals, for deployments that add them. */
const ADDITIONAL = 'BOV CHE CHW CLF COU MRU MXV SLE SSP STN USN UYI UYW VES ZWL'.split(' ');
const EXCEPTIONS: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW XTS XXX',
};

function readDecimals(): ReadonlyMap<string, number> {
  const decimals = new Map<string, number>();
  for (const currency of [...CURRENCIES, ...ADDITIONAL]) if (!WITHOUT_DECIMALS.has(currency)) decimals.set(currency, 2);
  for (const [places, currencies] of Object.entries(EXCEPTIONS))
    for (const currency of currencies.split(' ')) decimals.set(currency, Number(places));
  return decimals;
}

const DECIMALS = readDecimals();

/**
 * Decimal places by which amounts of a currency are scaled for ILP (docs/protocol.md, 6). `configured` comes first and is how a
 * deployment adds a currency. Undefined: unknown, refuse with 5106.
 */
export function currencyDecimals(currency: string, configured?: Readonly<Record<string, number>>): number | undefined {
  if (configured !== undefined && Object.hasOwn(configured, currency)) return configured[currency];
  return DECIMALS.get(currency);
}
