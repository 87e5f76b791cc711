import type { Expression } from '../../expression/compile.ts';
import { ANY, NUMBER } from '../../expression/shape.ts';
import type { HttpBackend } from '../backend.ts';
import type { BackEndKind } from '../kind/back-end-kind.ts';
import { expressionsIn } from '../kind/expressions.ts';
import type { HttpCall } from '../operation.ts';
import { compileHttpBackend } from './compile-http-backend.ts';
import { compileHttpCall } from './compile-http-call.ts';

/** HTTP with JSON or forms. */
export const HTTP: BackEndKind<HttpBackend, HttpCall> = {
  answer: { status: NUMBER, headers: ANY, body: ANY },
  compileBackend: compileHttpBackend,
  compileCall: ({ name }, tree, names, compiler) => compileHttpCall(name, tree, names, compiler),
  onlyReads: ({ method }) => method === 'GET',
  nameOf: ({ method }) => `a ${method}`,
  expressionsOf: ({ path, query, headers, body }): readonly Expression[] => [
    ...path.flatMap((piece) => (typeof piece === 'string' ? [] : expressionsIn(piece.parameter))),
    ...[...query, ...headers].flatMap(([, value]) => expressionsIn(value)),
    ...(body?.kind === 'form' ? body.fields.flatMap(([, value]) => expressionsIn(value)) : []),
    ...(body?.kind === 'xml' ? body.values.flatMap(([, value]) => expressionsIn(value)) : []),
    ...(body?.kind === 'json' ? expressionsIn(body.template) : []),
  ],
  moneyRules: () => {},
};
