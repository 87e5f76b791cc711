/** Rounding of a quotient or of an amount with too many decimals. `half-even` is what most cores do, `half-up` what most people expect. */
export type Rounding = 'half-up' | 'half-even' | 'down' | 'up';

/** No value has more digits than this: FSPIOP amounts have 22, and a product of two still fits. */
const DIGITS_MAX = 60;
const TOO_MANY = 10n ** BigInt(DIGITS_MAX);

/** What cannot be a number, or would have too many digits. The text names no value: it may be a secret. */
export class DecimalInvalid extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DecimalInvalid';
  }
}

/**
 * An exact decimal number: `units` divided by ten to the power of `scale`, with no zero at its end. JSON numbers of a core, and all numbers
 * of an expression, are such: no amount ever goes through a float (promise 6).
 */
export class Decimal {
  readonly units: bigint;
  readonly scale: number;

  private constructor(units: bigint, scale: number) {
    this.units = units;
    this.scale = scale;
  }

  /** @throws DecimalInvalid above 60 digits. */
  static of(units: bigint, scale = 0): Decimal {
    let digits = units;
    let places = scale;
    while (places > 0 && digits % 10n === 0n) {
      digits /= 10n;
      places -= 1;
    }
    for (; places < 0; places++) digits *= 10n;
    if (places > DIGITS_MAX || digits >= TOO_MANY || digits <= -TOO_MANY)
      throw new DecimalInvalid(`a number has more than ${DIGITS_MAX} digits`);
    return new Decimal(digits, places);
  }

  /** Reads a number as JSON writes it, an exponent included: `12`, `-0.50`, `1e3`. @throws DecimalInvalid */
  static parse(text: string): Decimal {
    const read = /^(-?)(\d{1,60})(?:\.(\d{1,60}))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text);
    if (read === null) throw new DecimalInvalid('a text is not a number of at most 60 digits');
    const [, sign = '', whole = '', fraction = '', exponent = '0'] = read;
    const scale = fraction.length - Number(exponent);
    if (Math.abs(scale) > DIGITS_MAX) throw new DecimalInvalid(`a number has more than ${DIGITS_MAX} digits`);
    return Decimal.of(BigInt(`${sign}${whole}${fraction}`), scale);
  }

  add(other: Decimal): Decimal {
    const scale = Math.max(this.scale, other.scale);
    return Decimal.of(this.#at(scale) + other.#at(scale), scale);
  }

  subtract(other: Decimal): Decimal {
    return this.add(other.negate());
  }

  multiply(other: Decimal): Decimal {
    return Decimal.of(this.units * other.units, this.scale + other.scale);
  }

  /** The quotient with at most `scale` decimals. @throws DecimalInvalid for a division by zero. */
  divide(other: Decimal, scale: number, rounding: Rounding): Decimal {
    if (other.units === 0n) throw new DecimalInvalid('a division by zero');
    const shift = scale + other.scale - this.scale;
    const [dividend, divisor] =
      shift >= 0 ? [this.units * 10n ** BigInt(shift), other.units] : [this.units, other.units * 10n ** BigInt(-shift)];
    return Decimal.of(rounded(dividend, divisor, rounding), scale);
  }

  /** What is left of a division without decimals; its sign is the dividend's. @throws DecimalInvalid for a division by zero. */
  remainder(other: Decimal): Decimal {
    if (other.units === 0n) throw new DecimalInvalid('a division by zero');
    const scale = Math.max(this.scale, other.scale);
    return Decimal.of(this.#at(scale) % other.#at(scale), scale);
  }

  round(scale: number, rounding: Rounding): Decimal {
    return scale >= this.scale ? this : Decimal.of(rounded(this.units, 10n ** BigInt(this.scale - scale), rounding), scale);
  }

  negate(): Decimal {
    return new Decimal(-this.units, this.scale);
  }

  /** Less than zero, zero, or greater: as for sorting. */
  compare(other: Decimal): number {
    const scale = Math.max(this.scale, other.scale);
    const difference = this.#at(scale) - other.#at(scale);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }

  get isZero(): boolean {
    return this.units === 0n;
  }

  /** The value as an integer of JavaScript, for positions and lengths; undefined when it has decimals or is beyond ±2^53. */
  toInteger(): number | undefined {
    const value = Number(this.units);
    return this.scale === 0 && Number.isSafeInteger(value) ? value : undefined;
  }

  /** Without exponent and without zeros at its end: `-0.5`. With `scale`, exactly that many decimals: `-0.50`. */
  toString(scale = this.scale): string {
    const digits = this.#at(Math.max(scale, this.scale));
    const places = Math.max(scale, this.scale);
    const text = (digits < 0n ? -digits : digits).toString().padStart(places + 1, '0');
    const sign = digits < 0n ? '-' : '';
    return places === 0 ? `${sign}${text}` : `${sign}${text.slice(0, -places)}.${text.slice(-places)}`;
  }

  /** In JSON it is a number with just its digits. */
  toJSON(): unknown {
    return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(this.toString());
  }

  #at(scale: number): bigint {
    return scale === this.scale ? this.units : this.units * 10n ** BigInt(scale - this.scale);
  }
}

function rounded(dividend: bigint, divisor: bigint, rounding: Rounding): bigint {
  const quotient = dividend / divisor;
  const left = dividend % divisor;
  if (left === 0n) return quotient;
  const away = dividend < 0n === divisor < 0n ? 1n : -1n;
  if (rounding === 'down') return quotient;
  if (rounding === 'up') return quotient + away;
  const twice = (left < 0n ? -left : left) * 2n;
  const whole = divisor < 0n ? -divisor : divisor;
  if (twice > whole) return quotient + away;
  if (twice < whole) return quotient;
  return rounding === 'half-up' || quotient % 2n !== 0n ? quotient + away : quotient;
}
