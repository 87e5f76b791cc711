import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { readConnectorFolder } from '../../fixture/connector-folder.ts';
import { type ConnectorFiles, compileConnector } from '../compile-connector.ts';
import { problemLine } from '../problem.ts';

describe('what a connector may not say of a host that speaks ISO 8583, each with its place', () => {
  let files: ConnectorFiles;
  before(async () => {
    files = await readConnectorFolder(join(import.meta.dirname, '../../../../../connectors/iso8583-host'));
  });

  /** The problems once a text of a file is another. */
  function problems(file: string, from: string, to: string): readonly string[] {
    const text = (file === 'connector.yaml' ? files.connector : files.operations.get(file)) ?? '';
    assert.ok(text.includes(from), `${file} has ${from}`);
    const changed = text.replace(from, to);
    // the other operations are of no account here, and take time
    const now: ConnectorFiles =
      file === 'connector.yaml' ? { connector: changed, operations: new Map() } : { ...files, operations: new Map([[file, changed]]) };
    return compileConnector(now).problems.map(problemLine);
  }

  for (const [what, file, from, to, told] of [
    ['a field that the messages have not', 'operations/transfer.finalise.yaml', 'DE49:', 'DE50:', /DE50 is no field of the messages/],
    [
      'a value that cannot stand in its field',
      'operations/transfer.finalise.yaml',
      '"210000"',
      '"21000x"',
      /DE3 has a character that n has not/,
    ],
    ['a value that is too long', 'operations/account-of.yaml', '"310000"', '"3100001"', /DE3 has more than 6 characters/],
    ['a type that is an answer', 'operations/transfer.finalise.yaml', 'mti: "0220"', 'mti: "0230"', /0230 is no request/],
    ['a repeat of another type', 'operations/transfer.finalise.yaml', 'repeat: "0221"', 'repeat: "0421"', /the repeat of 0220 is 0221/],
    [
      'repeats that say that they are the first',
      'operations/transfer.finalise.yaml',
      '      repeat: "0221"\n',
      '',
      /says with `repeat` that it is one: 0221/,
    ],
    ['a call without a type', 'operations/account-of.yaml', '    mti: "0100"\n', '', /a message needs `mti`/],
    ['an inquiry by a message that may move money', 'operations/account-of.yaml', '"310000"', '"010000"', /a message 0100 may move money/],
    [
      'money by a message that only asks',
      'operations/transfer.finalise.yaml',
      'mti: "0220"',
      'mti: "0620"',
      /a message 0620 moves no money/,
    ],
    [
      'a reversal by another type',
      'operations/send.yaml',
      '          mti: "0420"\n          repeat: "0421"',
      '          mti: "0220"\n          repeat: "0221"',
      /a reversal is a message 0420/,
    ],
    [
      'an answer that could be that of another',
      'connector.yaml',
      'match: [DE11, DE37, DE41]',
      'match: [DE41, DE37]',
      /the first field of `match` is the one that `drawn` gives the STAN/,
    ],
    ['one field to match', 'connector.yaml', 'match: [DE11, DE37, DE41]', 'match: [DE11]', /a list of 2 to 6 items/],
    ['a field that there is not', 'connector.yaml', 'DE4: n 12', 'DE129: n 12', /DE129 is no field/],
    ['a format that there is not', 'connector.yaml', 'DE4: n 12', 'DE4: number 12', /DE4: a field is written as the standard does/],
    ['a field of the answer that there is not', 'operations/transfer.finalise.yaml', 'ok: =DE39', 'ok: =DE139', /DE139/],
    ['a key of another kind', 'operations/account-of.yaml', '    mti: "0100"', '    get: /accounts', /of kind iso8583, has no get/],
  ] as const)
    test(what, () => {
      const found = problems(file, from, to);
      assert.match(found.join('\n'), told);
      assert.ok(
        found.some((line) => told.test(line) && line.startsWith(`${file}:`)),
        found.join('\n'),
      );
    });

  test('a reversal that names neither the STAN nor the RRN of its original', () => {
    const text = files.operations.get('operations/send.yaml') as string;
    const changed = text
      .replace('DE37: =effect.rrn', 'DE37: "1"')
      .replace('"0200" & effect.stan & effect.transmission &', '"02001234561231235959" &');
    const found = compileConnector({ ...files, operations: new Map([...files.operations, ['operations/send.yaml', changed]]) }).problems;
    assert.match(found.map(problemLine).join('\n'), /a reversal says which message it takes back/);
  });
});
