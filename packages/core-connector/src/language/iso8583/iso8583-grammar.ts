import { type TSchema, Type } from 'typebox';
import { callTimeouts, duration, expression, keys, named, oneOf, optional, text, whole, yesOrNo } from '../schema-parts.ts';
import { DRAWS } from './draws.ts';

const mti = (description: string, example: string): TSchema => Type.String({ pattern: '^[0-9]{4}$', description, examples: [example] });

const fields = named(
  text('The value; digits of a fixed field have zeros put before them, texts spaces behind'),
  'Values of fields by their names, DE2 to DE128',
);

/** The keys of a message to a host that speaks ISO 8583. */
export const ISO8583_CALL: Readonly<Record<string, TSchema>> = {
  mti: optional(mti('The message type', '0200')),
  repeat: optional(mti('The message type of each repeat, which is the same message otherwise', '0221')),
  fields: optional(fields),
};

const network = {
  mti: optional(mti('The message type (default: 0800)', '0800')),
  fields,
  ok: expression('Did the host take it?', '=DE39 = "00"'),
};

const message = keys(
  {
    mti: optional(oneOf(['ascii', 'ebcdic', 'bcd'], 'How the message type stands there (default: ascii)')),
    bitmap: optional(oneOf(['binary', 'hex'], 'The bitmap, as bytes or in hexadecimal digits (default: binary)')),
    numbers: optional(oneOf(['ascii', 'ebcdic', 'bcd'], 'Digits (default: ascii); of bcd an odd number has a zero before it')),
    texts: optional(oneOf(['ascii', 'ebcdic'], 'Texts (default: ascii); ebcdic is code page 037')),
    lengths: optional(oneOf(['ascii', 'ebcdic', 'bcd', 'binary'], 'Lengths before fields that have one (default: ascii)')),
    bytes: optional(oneOf(['raw', 'hex'], 'Bytes (b), as they are or in hexadecimal digits (default: raw)')),
    fields: named(
      text('As the standard writes it: n 12, n..19, ans...999, b 8; what is otherwise than usual behind a comma: ebcdic, length-bcd', [
        'n 12',
      ]),
      'The fields that messages may have, DE2 to DE128',
    ),
  },
  'How messages look',
);

/** A back end that is a host which speaks ISO 8583. */
export const ISO8583_BACKEND: TSchema = keys(
  {
    kind: oneOf(['iso8583'], 'What it is'),
    address: text('Host and port', ['=cfg.hostAddress']),
    tls: optional(
      keys(
        {
          ca: text('PEM text of the CA that the host’s certificate must come from, or `public` for the well-known ones', ['=cfg.hostCa']),
          certificate: optional(text('PEM text of our own certificate', ['=cfg.hostCertificate'])),
          key: optional(expression('PEM text of its key', '=cfg.hostKey')),
        },
        'TLS; a host on another machine is reached in no other way',
      ),
    ),
    frame: optional(
      keys(
        {
          length: optional(
            oneOf(['binary-2', 'binary-4', 'ascii-4', 'bcd-2'], 'The length before each message (default: two bytes, the higher first)'),
          ),
          countsItself: optional(yesOrNo('Does the length count itself, too? (default: false)')),
          header: optional(
            Type.String({
              pattern: '^(?:[0-9A-F]{2}){1,64}$',
              description:
                'What stands between length and message, e.g. a TPDU, in hexadecimal digits; of what comes as many bytes are left out',
              examples: ['6000010000'],
            }),
          ),
        },
        'What stands before each message',
      ),
    ),
    message,
    drawn: optional(
      named(
        oneOf(DRAWS, 'What is drawn for each message, and journalled with the start of an effect; a call may say another value'),
        'Fields',
      ),
    ),
    zone: optional(text('The time zone of `date`, `time` and `dateTime` (default: UTC)', ['Africa/Nairobi'])),
    match: Type.Array(text('A field', ['DE11']), {
      minItems: 2,
      maxItems: 6,
      description: 'The fields that an answer has as its request has them; of a message about the connection (0800) only the first',
    }),
    signOn: optional(keys(network, 'What is said first on each connection')),
    echo: optional(
      keys(
        { ...network, every: duration('How often', '60s') },
        'What is asked to see that the host is there; without an answer the connection is closed',
      ),
    ),
    timeouts: optional(callTimeouts()),
    limits: optional(
      keys(
        {
          inFlight: optional(whole('Messages without an answer', '32')),
          perSecond: optional(whole('Messages a second', '100')),
          message: optional(whole('Bytes of a message', '2048')),
        },
        'How much the host is given to do, and may answer',
      ),
    ),
  },
  'A host that speaks ISO 8583 over one connection',
);
