import jsonata from 'jsonata';
import { ExpressionInvalid } from './expression-invalid.ts';

/** A node of JSONata's syntax tree, as far as it is read here. `position` is the end of the token in the text. */
export interface Node {
  readonly type: string;
  readonly value?: unknown;
  readonly position?: number;
  readonly steps?: readonly Node[];
  readonly stages?: readonly { readonly type: string; readonly expr: Node; readonly position: number }[];
  readonly predicate?: readonly { readonly type: string; readonly expr: Node; readonly position: number }[];
  readonly keepArray?: boolean;
  readonly keepSingletonArray?: boolean;
  readonly group?: unknown;
  readonly lhs?: Node | readonly (readonly [Node, Node])[];
  readonly rhs?: Node;
  readonly expression?: Node;
  readonly expressions?: readonly Node[];
  readonly condition?: Node;
  readonly then?: Node;
  readonly else?: Node;
  readonly procedure?: Node;
  readonly arguments?: readonly Node[];
  readonly body?: Node;
  readonly thunk?: boolean;
}

/** More text than any mapping needs; what is longer is refused before it is parsed. */
const TEXT_MAX = 8_192;

/** The syntax tree of an expression. @throws ExpressionInvalid with the column, where jsonata cannot read it. */
export function parse(text: string): Node {
  if (text.trim() === '') throw new ExpressionInvalid('the expression is empty', 1);
  if (text.length > TEXT_MAX) throw new ExpressionInvalid(`an expression has at most ${TEXT_MAX} characters`, TEXT_MAX);
  try {
    // types of jsonata describe less than it gives
    return jsonata(text).ast() as unknown as Node;
  } catch (error) {
    const { message, position } = error as { readonly message?: unknown; readonly position?: unknown };
    throw new ExpressionInvalid(typeof message === 'string' ? message : 'cannot be read', typeof position === 'number' ? position : 1);
  }
}

const READ: ReadonlySet<string> = new Set(
  'type name value position steps stages predicate keepArray keepSingletonArray consarray lhs rhs expression expressions condition then else procedure arguments body thunk'.split(
    ' ',
  ),
);
const SIGNS: Readonly<Record<string, string>> = { index: '#', focus: '@', group: 'grouping with { } behind a path' };

/** A node is admitted only if all that it says is read: what a later jsonata adds is refused, and not overlooked. @throws ExpressionInvalid */
export function admit(node: Node): void {
  const unread = Object.keys(node).find((member) => !READ.has(member));
  if (unread !== undefined) throw new ExpressionInvalid(`${SIGNS[unread] ?? unread} is not in the language`, columnOf(node));
}

/** 1-based column at which a name, text or sign of the tree begins, as well as jsonata tells. */
export function columnOf(node: Node): number {
  const first = node.steps?.[0];
  if (first !== undefined) return columnOf(first);
  if (node.position === undefined) return 1;
  return Math.max(1, node.position - (node.type === 'name' || node.type === 'variable' ? String(node.value).length : 1) + 1);
}
