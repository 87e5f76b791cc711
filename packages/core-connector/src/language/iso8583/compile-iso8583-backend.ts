import { Iso8583Invalid } from '../../codec/iso8583/characters.ts';
import { type FieldFormat, readFieldFormat, type Usual } from '../../codec/iso8583/field-format.ts';
import type { Frame } from '../../codec/iso8583/frame.ts';
import { fieldNumber, hasField, type Packager } from '../../codec/iso8583/message.ts';
import type { CommonBackend, Iso8583Backend, NetworkMessage } from '../backend.ts';
import { itemsOf, mapOf, textOf } from '../check-tree.ts';
import { durationMs, type Names } from '../compile-values.ts';
import type { Compiler } from '../kind/back-end-kind.ts';
import type { Problems } from '../problem.ts';
import type { Tree } from '../yaml.ts';
import { compileFields } from './compile-iso8583-call.ts';
import type { Draw } from './draws.ts';
import { ISO8583_ANSWER } from './iso8583-answer.ts';

const ECHO_MS = 60_000;
const MESSAGE_MAX = 2_048;

/** A host that speaks ISO 8583: how its messages look, and what is said about the connection itself. */
export function compileIso8583Backend(common: CommonBackend, tree: Tree, names: Names, compiler: Compiler): Iso8583Backend {
  const { values, problems } = compiler;
  const tls = mapOf(tree, 'tls');
  const packager = packagerOf(mapOf(tree, 'message'), problems);
  const echo = mapOf(tree, 'echo');
  const asked = networkOf(echo, packager, names, compiler);
  return {
    kind: 'iso8583',
    ...common,
    address: values.textAt(tree, 'address', names) ?? { kind: 'text', text: '' },
    ca: values.textAt(tls, 'ca', names),
    certificate: values.textAt(tls, 'certificate', names),
    key: values.textAt(tls, 'key', names),
    frame: frameOf(tree),
    packager,
    drawn: drawnOf(tree, packager, problems),
    zone: values.textAt(tree, 'zone', names) ?? { kind: 'text', text: 'UTC' },
    match: matchOf(tree, packager, problems),
    signOn: networkOf(mapOf(tree, 'signOn'), packager, names, compiler),
    echo: asked && { ...asked, everyMs: durationMs(textOf(echo, 'every')?.text) ?? ECHO_MS },
  };
}

function packagerOf(tree: Tree | undefined, problems: Problems): Packager {
  const said = (key: string): string | undefined => textOf(tree, key)?.text;
  const usual: Usual = {
    numbers: (said('numbers') ?? 'ascii') as Usual['numbers'],
    texts: (said('texts') ?? 'ascii') as Usual['texts'],
    lengths: (said('lengths') ?? 'ascii') as Usual['lengths'],
    binary: (said('bytes') ?? 'raw') as Usual['binary'],
  };
  const fields = new Map<number, FieldFormat>();
  for (const { key, keyPlace, value } of mapOf(tree, 'fields')?.entries.values() ?? []) {
    const number = fieldNumber(key);
    if (number === undefined) problems.add('KEY_UNKNOWN', keyPlace, `${key} is no field: DE2 to DE128, without DE65`);
    if (number === undefined || value.kind !== 'text') continue;
    try {
      fields.set(number, readFieldFormat(key, value.text, usual));
    } catch (error) {
      if (!(error instanceof Iso8583Invalid)) throw error;
      problems.add('VALUE_WRONG', value.place, error.message);
    }
  }
  return { mti: (said('mti') ?? 'ascii') as Packager['mti'], bitmap: (said('bitmap') ?? 'binary') as Packager['bitmap'], fields };
}

function frameOf(tree: Tree): Frame {
  const frame = mapOf(tree, 'frame');
  return {
    length: (textOf(frame, 'length')?.text ?? 'binary-2') as Frame['length'],
    countsItself: textOf(frame, 'countsItself')?.text === 'true',
    header: textOf(frame, 'header')?.text ?? '',
    most: Number(textOf(mapOf(tree, 'limits'), 'message')?.text ?? MESSAGE_MAX),
  };
}

function drawnOf(tree: Tree, packager: Packager, problems: Problems): Iso8583Backend['drawn'] {
  return [...(mapOf(tree, 'drawn')?.entries.values() ?? [])].flatMap(({ key, keyPlace, value }): (readonly [string, Draw])[] => {
    if (!hasField(packager, key)) problems.add('KEY_UNKNOWN', keyPlace, `${key} is no field of the messages`);
    return value.kind === 'text' ? [[key, value.text as Draw]] : [];
  });
}

/** Without a number of its own in each message, an answer could be taken for that of another. */
function matchOf(tree: Tree, packager: Packager, problems: Problems): readonly string[] {
  const items = itemsOf(tree, 'match').flatMap((item) => (item.kind === 'text' ? [item] : []));
  for (const { text, place } of items)
    if (!hasField(packager, text)) problems.add('KEY_UNKNOWN', place, `${text} is no field of the messages`);
  const match = items.map(({ text }) => text);
  const drawn = mapOf(tree, 'drawn')?.entries;
  const first = drawn?.get(match[0] ?? '')?.value;
  if (match.length > 0 && !(first?.kind === 'text' && first.text === 'stan'))
    problems.add(
      'MONEY_RULE',
      items[0]?.place ?? tree.place,
      'the first field of `match` is the one that `drawn` gives the STAN: else an answer could be that of another message',
    );
  return match;
}

function networkOf(tree: Tree | undefined, packager: Packager, names: Names, compiler: Compiler): NetworkMessage | undefined {
  if (tree === undefined) return undefined;
  const ok = compiler.values.expressionAt(tree, 'ok', { ...names, ...ISO8583_ANSWER });
  const fields = compileFields(tree, packager, names, compiler);
  return ok && { mti: textOf(tree, 'mti')?.text ?? '0800', fields, ok };
}
