import { mapOf, textOf } from '../check-tree.ts';
import type { Names, ValueCompiler } from '../compile-values.ts';
import type { Compiler } from '../kind/back-end-kind.ts';
import type { HttpCall } from '../operation.ts';
import type { Problems } from '../problem.ts';
import type { Tree } from '../yaml.ts';
import { METHODS } from './http-grammar.ts';

/** Compiles a call over HTTP: its method and path, and the values that go into them. */
export function compileHttpCall(to: string, tree: Tree, names: Names, { values, problems }: Compiler): HttpCall | undefined {
  const found = METHODS.flatMap((method) => {
    const path = textOf(tree, method);
    return path === undefined ? [] : [{ method: method.toUpperCase() as HttpCall['method'], path }];
  });
  const [only, second] = found;
  if (only === undefined) problems.add('KEY_MISSING', tree.place, `a call needs one of ${METHODS.join(', ')}, with its path`);
  if (second !== undefined)
    problems.add(
      'VALUE_WRONG',
      second.path.place,
      `a call has one method, and this one has ${found.map(({ method }) => method).join(' and ')}`,
    );
  if (only === undefined) return undefined;
  const body = values.templateAt(tree, 'body', names);
  const form = mapOf(tree, 'form') === undefined ? undefined : values.texts(tree, 'form', names);
  if (body !== undefined && form !== undefined)
    problems.add('VALUE_WRONG', mapOf(tree, 'form')?.place ?? tree.place, 'a call has a body or a form, not both');
  if (only.method === 'GET' && (body ?? form) !== undefined) problems.add('VALUE_WRONG', tree.place, 'a GET has no body');
  return {
    kind: 'http',
    to,
    method: only.method,
    path: compilePath(tree, only.path, names, values, problems),
    query: values.texts(tree, 'query', names),
    headers: values.texts(tree, 'headers', names),
    ...(body !== undefined && { body: { kind: 'json', template: body } as const }),
    ...(form !== undefined && body === undefined && { body: { kind: 'form', fields: form } as const }),
  };
}

/** `/accounts/{id}`: each name in braces has its value under `path`, and each value its place. Values are encoded, never joined as they are. */
function compilePath(
  tree: Tree,
  path: { readonly text: string; readonly place: Tree['place']; placeAt(index: number): Tree['place'] },
  names: Names,
  values: ValueCompiler,
  problems: Problems,
): HttpCall['path'] {
  if (!path.text.startsWith('/'))
    problems.add('VALUE_WRONG', path.place, 'a path begins with /; expressions stand under `path`, and the path names them as {name}');
  const bound = new Map(values.texts(tree, 'path', names));
  const used = new Set<string>();
  const pieces = path.text.split(/(\{[A-Za-z][A-Za-z0-9]*\})/).filter((piece) => piece !== '');
  const compiled = pieces.flatMap((piece): HttpCall['path'] => {
    const parameter = /^\{(.+)\}$/.exec(piece)?.[1];
    if (parameter === undefined) {
      const brace = piece.search(/[{}]/);
      if (brace >= 0)
        problems.add('PATH_UNBOUND', path.placeAt(path.text.indexOf(piece) + brace), 'a parameter of a path is written {name}');
      return [piece];
    }
    used.add(parameter);
    const value = bound.get(parameter);
    if (value !== undefined) return [{ parameter: value }];
    if (mapOf(tree, 'path')?.entries.has(parameter) !== true)
      problems.add('PATH_UNBOUND', path.placeAt(path.text.indexOf(piece)), `{${parameter}} has no value: write it under \`path\``);
    return [];
  });
  for (const { key, keyPlace } of mapOf(tree, 'path')?.entries.values() ?? [])
    if (!used.has(key)) problems.add('PATH_UNBOUND', keyPlace, `the path has no {${key}}`);
  return compiled;
}
