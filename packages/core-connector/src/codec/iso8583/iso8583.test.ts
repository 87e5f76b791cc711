import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Random, seededRandom } from '@payment-manager/runtime';
import { type Characters, Iso8583Invalid } from './characters.ts';
import { type FieldFormat, type LengthIn, readFieldFormat, type Usual } from './field-format.ts';
import { type Frame, framed, Unframing } from './frame.ts';
import { type Iso8583Message, type Packager, packMessage, unpackMessage } from './message.ts';

const ASCII: Usual = { numbers: 'ascii', texts: 'ascii', lengths: 'ascii', binary: 'raw' };

function packager(fields: Readonly<Record<number, string>>, usual: Usual = ASCII, other: Partial<Packager> = {}): Packager {
  const formats = Object.entries(fields).map(
    ([number, notation]) => [Number(number), readFieldFormat(`DE${number}`, notation, usual)] as const,
  );
  return { mti: 'ascii', bitmap: 'binary', ...other, fields: new Map(formats) };
}

const hex = (packed: Buffer): string => packed.toString('hex').toUpperCase();

test('a message is packed byte for byte as the standard says', () => {
  const fields = { 2: 'n..19', 3: 'n 6', 4: 'n 12', 11: 'n 6', 39: 'an 2', 41: 'ans 8', 52: 'b 8', 102: 'ans..28' };
  const message = {
    mti: '0200',
    fields: { DE2: '4761739001010119', DE3: '1', DE4: '9950', DE11: '000042', DE41: 'T1', DE52: '0123456789abcdef', DE102: '254711' },
  };
  const text = (value: string): string => hex(Buffer.from(value, 'latin1'));
  assert.equal(
    hex(packMessage(packager(fields), message)),
    `${text('0200')}F020000000801000${'0000000004000000'}${text('164761739001010119')}${text('000001')}${text('000000009950')}${text('000042')}${text('T1      ')}0123456789ABCDEF${text('06254711')}`,
  );
  const bcd = packager(
    { 2: 'n..19', 3: 'n 6', 4: 'n 12' },
    { numbers: 'bcd', texts: 'ebcdic', lengths: 'bcd', binary: 'raw' },
    { mti: 'bcd' },
  );
  assert.equal(
    hex(packMessage(bcd, { mti: '0200', fields: { DE2: '123', DE3: '201000', DE4: '1' } })),
    '02007000000000000000030123201000000000000001',
  );
  const ebcdic = packager(
    { 48: 'ans...999', 52: 'b 2' },
    { numbers: 'ascii', texts: 'ebcdic', lengths: 'ebcdic', binary: 'hex' },
    { bitmap: 'hex' },
  );
  assert.equal(
    hex(packMessage(ebcdic, { mti: '0800', fields: { DE48: 'aZ9 ~', DE52: 'AB01' } })),
    `${text('08000000000000011000')}F0F0F581E9F940A1${text('AB01')}`,
  );
});

test('every message that can be written is read as it was, in every way of packing; and no part of it, nor more, is a message', () => {
  const random = seededRandom(7);
  for (let round = 0; round < 100; round++) {
    const made = randomPackager(random);
    const message = randomMessage(random, made);
    const bytes = packMessage(made, message);
    assert.deepEqual(plain(unpackMessage(made, bytes)), plain(message), `round ${round}`);
    for (let end = 0; end < bytes.length; end++)
      assert.throws(
        () => unpackMessage(made, bytes.subarray(0, end)),
        Iso8583Invalid,
        `round ${round}: ${end} of ${bytes.length} bytes are a message`,
      );
    assert.throws(() => unpackMessage(made, Buffer.concat([bytes, Buffer.from([0x30])])), Iso8583Invalid);
  }
});

test('garbage is refused, or says when it is written again what was read', () => {
  const random = seededRandom(11);
  const made = packager({ 2: 'n..19', 3: 'n 6', 4: 'n 12', 11: 'n 6', 39: 'an 2', 48: 'ans...99' });
  const good = packMessage(made, { mti: '0210', fields: { DE2: '4761', DE3: '201000', DE4: '100', DE11: '1', DE39: '00', DE48: 'note' } });
  let refused = 0;
  for (let round = 0; round < 5_000; round++) {
    const bytes = round % 2 === 0 ? Buffer.from(random.bytes(whole(random, 80))) : Buffer.from(good);
    if (round % 2 === 1) bytes[whole(random, bytes.length)] = whole(random, 256);
    try {
      assert.deepEqual(packMessage(made, unpackMessage(made, bytes)), bytes);
    } catch (error) {
      assert.ok(error instanceof Iso8583Invalid, String(error));
      refused++;
    }
  }
  assert.ok(refused > 3_000, `${refused} of 5000 refused`);
});

test('what cannot stand in a field is refused, with its name and without its value', () => {
  const made = packager({ 2: 'n..4', 28: 'x+n 9', 37: 'an 12', 41: 'ans 8', 52: 'b 8' });
  for (const [fields, told] of [
    [{ DE2: '12345' }, /^DE2 has more than 4 characters$/],
    [{ DE2: '12a' }, /^DE2 has a character that n has not$/],
    [{ DE28: '100' }, /^DE28 has a character/],
    [{ DE37: 'é' }, /^DE37 has a character/],
    [{ DE41: 'a\nb' }, /^DE41 has a character/],
    [{ DE52: '12' }, /^DE52 has fewer than 8 bytes$/],
    [{ DE3: '1' }, /^DE3 is no field of the messages$/],
    [{ DE65: '1' }, /^DE65 is no field/],
  ] as const)
    assert.throws(
      () => packMessage(made, { mti: '0200', fields }),
      (error: unknown) => error instanceof Iso8583Invalid && told.test(error.message),
      JSON.stringify(fields),
    );
  for (const notation of ['n', 'n12', 'n..0', 'n.....9', 'n..100', 'q 4', 'ans 8, bcd', 'n 4, packed'])
    assert.throws(() => readFieldFormat('DE9', notation, ASCII), Iso8583Invalid, notation);
});

test('messages are cut out of what comes however it comes, and a length that cannot be is the end of the connection', () => {
  const random = seededRandom(3);
  for (const length of ['binary-2', 'binary-4', 'ascii-4', 'bcd-2'] as const)
    for (const [countsItself, header] of [
      [true, ''],
      [false, '6000010000'],
    ] as const) {
      const frame: Frame = { length, countsItself, header, most: 300 };
      const messages = Array.from({ length: 20 }, () => Buffer.from(random.bytes(1 + whole(random, 300))));
      const all = Buffer.concat(messages.map((message) => framed(frame, message)));
      const unframing = new Unframing(frame);
      const cut: Buffer[] = [];
      for (let at = 0; at < all.length; ) {
        const size = 1 + whole(random, 40);
        cut.push(...unframing.take(all.subarray(at, at + size)));
        at += size;
      }
      assert.deepEqual(cut, messages);
      assert.throws(() => framed(frame, Buffer.alloc(301)), Iso8583Invalid);
      assert.throws(
        () =>
          new Unframing(frame).take(
            Buffer.from(length === 'ascii-4' ? '0400' : length === 'bcd-2' ? '0400' : 'ffffffff', length === 'ascii-4' ? 'latin1' : 'hex'),
          ),
        Iso8583Invalid,
      );
    }
  assert.throws(
    () => new Unframing({ length: 'ascii-4', countsItself: false, header: '', most: 99 }).take(Buffer.from('00x9')),
    Iso8583Invalid,
  );
});

const whole = (random: Random, below: number): number => Math.floor(random.fraction() * below);
const one = <T>(random: Random, of: readonly T[]): T => of[whole(random, of.length)] as T;
const plain = ({ mti, fields }: Iso8583Message): Iso8583Message => ({ mti, fields: { ...fields } });

function randomPackager(random: Random): Packager {
  const usual: Usual = {
    numbers: one(random, ['ascii', 'ebcdic', 'bcd'] as const satisfies readonly Characters[]),
    texts: one(random, ['ascii', 'ebcdic'] as const),
    lengths: one(random, ['ascii', 'ebcdic', 'bcd', 'binary'] as const satisfies readonly LengthIn[]),
    binary: one(random, ['raw', 'hex'] as const),
  };
  const numbers = new Set(Array.from({ length: 1 + whole(random, 12) }, () => 2 + whole(random, 127)).filter((number) => number !== 65));
  const notations = [
    'n 6',
    'n 5',
    'n..19',
    'n...120',
    'an 12',
    'an..20',
    'a 3',
    'ns..9',
    'as 4',
    'ans 8',
    'ans..40',
    'ans...200',
    'x+n 9',
    'z..37',
    'b 8',
    'b..30',
    'b...20',
  ];
  const fields = Object.fromEntries([...numbers].map((number) => [number, one(random, notations)]));
  return packager(fields, usual, {
    mti: one(random, ['ascii', 'ebcdic', 'bcd'] as const),
    bitmap: one(random, ['binary', 'hex'] as const),
  });
}

const LETTERS: Readonly<Record<FieldFormat['content'], string>> = {
  a: 'AZaz ',
  n: '0123456789',
  s: '!/:@[`{~ ',
  an: 'AZaz09 ',
  as: 'AZaz!/:@[`{~ ',
  ns: '09!/:@[`{~ ',
  ans: 'AZaz09!/:@[`{~ ',
  'x+n': '0123456789',
  z: '0123456789=D',
  b: '0123456789ABCDEF',
};

function randomMessage(random: Random, { fields }: Packager): Iso8583Message {
  const values = [...fields.values()].flatMap((format): [string, string][] => {
    if (random.fraction() < 0.2) return [];
    const { content, length, lengthDigits } = format;
    const count = lengthDigits === 0 ? length : whole(random, length + 1);
    const letters = Array.from({ length: content === 'b' ? 2 * count : count }, () => one(random, [...LETTERS[content]])).join('');
    return [[format.name, content === 'x+n' ? `${one(random, ['C', 'D'])}${letters.slice(1)}` : letters]];
  });
  return { mti: one(random, ['0200', '0210', '0421', '0800']), fields: Object.fromEntries(values) };
}
