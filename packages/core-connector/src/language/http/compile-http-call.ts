import { childOf, mapOf, textOf } from '../check-tree.ts';
import type { Names, ValueCompiler } from '../compile-values.ts';
import type { Compiler } from '../kind/back-end-kind.ts';
import type { HttpCall, XmlBody } from '../operation.ts';
import type { Problems } from '../problem.ts';
import type { TextTree, Tree } from '../yaml.ts';
import { METHODS } from './http-grammar.ts';
import { readXmlTemplate, type XmlTemplate, XmlTemplateInvalid } from './xml-template.ts';

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
  const body = bodyOf(tree, names, { values, problems });
  if (only.method === 'GET' && body !== undefined) problems.add('VALUE_WRONG', tree.place, 'a GET has no body');
  return {
    kind: 'http',
    to,
    method: only.method,
    path: compilePath(tree, only.path, names, values, problems),
    query: values.texts(tree, 'query', names),
    headers: values.texts(tree, 'headers', names),
    ...(body !== undefined && { body }),
  };
}

function bodyOf(tree: Tree, names: Names, compiler: Compiler): HttpCall['body'] {
  const { values, problems } = compiler;
  const [first, second] = ['body', 'form', 'xml'].flatMap((key) => childOf(tree, key) ?? []);
  if (second !== undefined) problems.add('VALUE_WRONG', second.place, 'a call has one of body, form and xml');
  if (first === undefined) return undefined;
  const template = values.templateAt(tree, 'body', names);
  if (template !== undefined) return { kind: 'json', template };
  if (mapOf(tree, 'form') !== undefined) return { kind: 'form', fields: values.texts(tree, 'form', names) };
  return compileXml(tree, names, compiler);
}

/** `xml` with its values (`with`). The template is constant: an expression never becomes a part of the XML. */
export function compileXml(tree: Tree, names: Names, { values, problems }: Compiler): XmlBody | undefined {
  const xml = textOf(tree, 'xml');
  const template = xml && readTemplate(xml, problems);
  if (xml === undefined || template === undefined) return undefined;
  const given = mapOf(tree, 'with')?.entries;
  for (const name of new Set(template.names))
    if (given?.has(name) !== true)
      problems.add('PATH_UNBOUND', xml.placeAt(xml.text.indexOf(`{${name}}`)), `{${name}} has no value: write it under \`with\``);
  for (const { key, keyPlace } of given?.values() ?? [])
    if (!template.names.includes(key)) problems.add('PATH_UNBOUND', keyPlace, `the XML has no {${key}}`);
  return { kind: 'xml', ...template, values: values.texts(tree, 'with', names) };
}

function readTemplate(xml: TextTree, problems: Problems): XmlTemplate | undefined {
  try {
    return readXmlTemplate(xml.text);
  } catch (error) {
    if (!(error instanceof XmlTemplateInvalid)) throw error;
    problems.add('VALUE_WRONG', xml.place, error.message);
    return undefined;
  }
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
