import { type TSchema, Type } from 'typebox';
import { PROBES } from './guesses.ts';
import { expression, keys, name, named, oneOf, optional, text, yesOrNo } from './schema-parts.ts';

/** What a setting of a connector may be. A `secret` is never shown, and only stands in authentication and headers. */
export const SETTING_TYPES = ['text', 'secret', 'url', 'whole', 'zone', 'currency', 'country', 'yes-or-no'] as const;

const setting = keys(
  {
    type: oneOf(SETTING_TYPES, 'What it is'),
    label: optional(text('What it is for, in words for whoever fills it in')),
    required: optional(yesOrNo('Must it be given?')),
    default: optional(text('The value where none is given')),
  },
  'A setting',
);

const error = keys(
  {
    when: expression('Which answers', '=status = 404'),
    code: text('The FSPIOP error code', ['3204']),
    message: optional(text('Words for the error')),
    alert: optional(yesOrNo('Is it an alarm, e.g. for credentials that are wrong?')),
  },
  'What an answer of the core means to the other side',
);

const tableFile = keys(
  {
    csv: optional(text('The path of a CSV file (RFC 4180, UTF-8) whose first row names its columns', ['tables/branches.csv'])),
    separator: optional(oneOf([',', ';', '\t', '|'], 'What stands between its cells (default: a comma)')),
    fixed: optional(text('The path of a file with columns of fixed width', ['tables/banks.txt'])),
    columns: optional(
      named(
        Type.String({ pattern: '^[1-9][0-9]{0,3}-[1-9][0-9]{0,3}$', description: 'First and last character', examples: ['1-4'] }),
        'The columns of fixed width, from left to right',
      ),
    ),
    key: text('The column by which a row is found', ['code']),
    value: optional(text('The column that is given; without it the whole row, by column', ['name'])),
  },
  'A look-up table in a file, at most 262,144 characters',
);

const guess = keys(
  {
    guess: text('What was guessed', ['No call is executed later than 60 seconds after its connection has ended']),
    probe: optional(oneOf(PROBES, 'The probe that shows it (`./pm connector probe`); without one, a person signs it off')),
  },
  'A guess',
);

const callback = keys(
  {
    auth: keys(
      {
        hmac: optional(
          keys(
            {
              header: text('The header with the signature', ['X-Signature']),
              secret: expression('The secret', '=cfg.callbackSecret'),
              encoding: optional(oneOf(['hex', 'base64'], 'How the signature is written (default: hex)')),
              prefix: optional(text('What stands before it', ['sha256='])),
            },
            'HMAC-SHA-256 over the body, byte for byte',
          ),
        ),
        bearer: optional(keys({ token: expression('The token', '=cfg.callbackToken') }, '`Authorization: Bearer TOKEN`')),
        apiKey: optional(keys({ header: text('The header'), value: expression('The key', '=cfg.callbackKey') }, 'A key in a header')),
        mtls: optional(
          keys(
            { name: text('The common name of its certificate', ['wallet.example.org']) },
            'A client certificate (outbound.tls.requireClientCertificate)',
          ),
        ),
      },
      'How the core shows who it is; one way',
    ),
    reference: expression('Which effect it is about: the key that the call was made with', '=body.transaction.id'),
  },
  'A message with which the core says that it has decided, by POST to /callbacks/NAME at the port that the DFSP calls. It is a hint: the core is then asked',
);

/** `connector.yaml`. */
export const CONNECTOR: TSchema = keys(
  {
    connector: name('The connector'),
    language: oneOf(['1'], 'The version of the language'),
    settings: optional(named(setting, 'What a bank fills in')),
    backends: named(Type.Unsafe<unknown>({ $ref: '#/$defs/backend' }), 'The systems that are called, each of one kind (default: http)'),
    errors: optional(
      Type.Array(error, { maxItems: 200, description: 'Error table; the first that holds counts. It never decides whether money moved' }),
    ),
    tables: optional(named(named(text('The value'), 'A table'), 'Look-up tables')),
    tableFiles: optional(named(tableFile, 'Look-up tables that stand in files under tables/; under `tables` in expressions')),
    mask: optional(
      Type.Array(text('A member'), { maxItems: 100, description: 'Members that are personal, and masked wherever an answer is shown' }),
    ),
    callbacks: optional(named(callback, 'Callbacks of the core, by name')),
    guesses: optional(named(guess, 'What was guessed about the core, by a name: in production each is probed, or signed off by a person')),
  },
  'A core connector',
);
