import type { Compiled, Surroundings } from '../compiled.ts';
import { Decimal } from '../decimal.ts';
import { ExpressionInvalid } from '../expression-invalid.ts';
import { ANY, itemOf, type Shape } from '../shape.ts';
import type { Node } from '../syntax.ts';
import { EvaluationFailed, isList, isObject, kindOf, type Value } from '../value.ts';

/** What a function takes at one place. `list` takes anything else as a list of one, as JSONata does. */
export interface Parameter {
  readonly name: string;
  readonly takes: 'any' | 'text' | 'number' | 'list' | 'object';
  readonly optional?: boolean;
}

/** A function of the language. Its texts make the reference page. */
export interface RegisteredFunction {
  readonly name: string;
  readonly summary: string;
  readonly example: string;
  readonly parameters: readonly Parameter[];
  compile(args: readonly Node[], around: Surroundings, column: number, compileNode: CompileNode): Compiled;
}

export type CompileNode = (node: Node, around: Surroundings) => Compiled;

interface Plain {
  readonly summary: string;
  readonly example: string;
  readonly parameters: readonly Parameter[];
  readonly gives: Shape | ((args: readonly Shape[]) => Shape);
  /** Called also when the first argument is missing; else the result is missing then. */
  readonly takesMissing?: true;
  /** What a list of one becomes, and an empty one: as a path's. */
  readonly sequence?: true;
  /** Its parameters' types are those of `parameters`: each argument is checked before the call. */
  readonly run: (...args: never[]) => Value;
}

/** A function of values only. Arguments of another kind are an error that names the place and the kind, never the value. */
export function plain(name: string, { summary, example, parameters, gives, takesMissing, sequence, run }: Plain): RegisteredFunction {
  return {
    name,
    summary,
    example,
    parameters,
    compile(args, around, column, compileNode) {
      checkCount(name, parameters, args, column);
      const call = run as (...args: readonly Value[]) => Value;
      const compiled = args.map((arg) => compileNode(arg, around));
      const places = compiled.map(({ evaluate }, index) => ({ evaluate, parameter: parameters[index] as Parameter, index }));
      return {
        shape: typeof gives === 'function' ? gives(compiled.map(({ shape }) => shape)) : gives,
        evaluate: (context, frame) => {
          const values: Value[] = [];
          for (const { evaluate, parameter, index } of places) {
            const value = evaluate(context, frame);
            if (value === undefined && index === 0 && takesMissing !== true) return undefined;
            values.push(argument(name, parameter, index, value, column));
          }
          const result = call(...values);
          return sequence === true && isList(result) && result.length < 2 ? result[0] : result;
        },
      };
    },
  };
}

/** How many arguments there may be is known where the expression is compiled. */
export function checkCount(
  name: string,
  parameters: readonly { readonly optional?: boolean }[],
  args: readonly unknown[],
  column: number,
): void {
  const least = parameters.filter(({ optional }) => optional !== true).length;
  if (args.length >= least && args.length <= parameters.length) return;
  const wanted = least === parameters.length ? String(least) : `${least} to ${parameters.length}`;
  throw new ExpressionInvalid(`$${name} takes ${wanted} argument${wanted === '1' ? '' : 's'} and has ${args.length}`, column);
}

function argument(name: string, { takes, optional }: Parameter, index: number, value: Value, column: number): Value {
  if (takes === 'any' || (value === undefined && (optional === true || index === 0))) return value;
  if (takes === 'list') return isList(value) ? value : [value];
  const fits = takes === 'text' ? typeof value === 'string' : takes === 'number' ? value instanceof Decimal : isObject(value);
  if (!fits) throw new EvaluationFailed(`$${name}: argument ${index + 1} must be ${WORDS[takes]} and is ${kindOf(value)}`, column);
  return value;
}

const WORDS = { text: 'a text', number: 'a number', object: 'an object' } as const;

/** The shape of the items of the first argument: what $first and their like give. */
export function itemOfFirst([first]: readonly Shape[]): Shape {
  return first === undefined ? ANY : itemOf(first);
}
