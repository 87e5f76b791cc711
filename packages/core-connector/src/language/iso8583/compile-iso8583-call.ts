import { Iso8583Invalid } from '../../codec/iso8583/characters.ts';
import { fitted } from '../../codec/iso8583/field-format.ts';
import { formatOf, hasField, type Packager } from '../../codec/iso8583/message.ts';
import type { Iso8583Backend } from '../backend.ts';
import { mapOf, textOf } from '../check-tree.ts';
import type { Names } from '../compile-values.ts';
import type { Compiler } from '../kind/back-end-kind.ts';
import type { Iso8583Call, TextOrExpression } from '../operation.ts';
import type { Tree } from '../yaml.ts';

/** Compiles a message to a host: its type, and the values of its fields. */
export function compileIso8583Call(
  { name, packager }: Iso8583Backend,
  tree: Tree,
  names: Names,
  compiler: Compiler,
): Iso8583Call | undefined {
  const { problems } = compiler;
  const mti = textOf(tree, 'mti');
  const repeat = textOf(tree, 'repeat');
  if (mti === undefined) {
    problems.add('KEY_MISSING', tree.place, 'a message needs `mti`, its type, e.g. 0200');
    return undefined;
  }
  if (!/^\d{4}$/.test(mti.text) || Number(mti.text[2]) % 2 !== 0)
    problems.add('VALUE_WRONG', mti.place, `${mti.text} is no request: the third digit of one is even`);
  if (repeat !== undefined && repeat.text !== `${mti.text.slice(0, 3)}1`)
    problems.add('VALUE_WRONG', repeat.place, `the repeat of ${mti.text} is ${mti.text.slice(0, 3)}1`);
  return {
    kind: 'iso8583',
    to: name,
    mti: mti.text,
    repeat: repeat?.text,
    fields: compileFields(tree, packager, names, compiler),
    packager,
  };
}

/** Values of fields. Each must be a field of the messages, and a text that is known must be able to stand in it. */
export function compileFields(
  tree: Tree,
  packager: Packager,
  names: Names,
  { values, problems }: Compiler,
): readonly (readonly [string, TextOrExpression])[] {
  const fields = values.texts(tree, 'fields', names);
  for (const { key, keyPlace, value } of mapOf(tree, 'fields')?.entries.values() ?? []) {
    if (!hasField(packager, key)) problems.add('KEY_UNKNOWN', keyPlace, `${key} is no field of the messages`);
    const known = fields.find(([name]) => name === key)?.[1];
    if (known?.kind !== 'text' || !hasField(packager, key)) continue;
    try {
      fitted(formatOf(packager, key), known.text);
    } catch (error) {
      if (!(error instanceof Iso8583Invalid)) throw error;
      problems.add('VALUE_WRONG', value.place, error.message);
    }
  }
  return fields;
}
