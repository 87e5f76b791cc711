/** Where something stands in a file of a connector. Line and column begin with 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What is wrong in a file of a connector, and what to do about it. */
export interface Problem {
  readonly code: ProblemCode;
  readonly place: Place;
  readonly message: string;
}

/**
 * | code | what it means |
 * |---|---|
 * | `YAML_INVALID` | the file cannot be read as YAML, or uses what a connector may not (aliases, tags, several values under one key) |
 * | `KEY_UNKNOWN` | a key that the language does not have, mostly a misspelt one |
 * | `KEY_MISSING` | a key that must be there |
 * | `VALUE_WRONG` | a value of another kind, or outside its limits |
 * | `EXPRESSION_INVALID` | an expression that is not in the language, or names what is not there |
 * | `EXPRESSION_CUT` | YAML would end the expression early: flow style, a folded block, a comment on its line |
 * | `NAME_UNKNOWN` | a back end, route, effect, table or error that is not defined |
 * | `NAME_TWICE` | a name that is defined twice |
 * | `PATH_UNBOUND` | a path parameter without a value, or a value without its place in the path |
 * | `UNREACHABLE` | steps that nothing leads to |
 * | `FILL_IN` | a value that `./pm connector import` could not know; the message says what belongs here |
 * | `MONEY_RULE` | a money step that could lose or double money; the message names the rule |
 */
export type ProblemCode =
  | 'YAML_INVALID'
  | 'KEY_UNKNOWN'
  | 'KEY_MISSING'
  | 'VALUE_WRONG'
  | 'EXPRESSION_INVALID'
  | 'EXPRESSION_CUT'
  | 'NAME_UNKNOWN'
  | 'NAME_TWICE'
  | 'PATH_UNBOUND'
  | 'FILL_IN'
  | 'UNREACHABLE'
  | 'MONEY_RULE';

/** Collects what is wrong, so that a file is told all at once. */
export class Problems {
  readonly #found: Problem[] = [];

  add(code: ProblemCode, place: Place, message: string): void {
    this.#found.push({ code, place, message });
  }

  /** By file and place. */
  get all(): readonly Problem[] {
    return [...this.#found].sort(
      (left, right) =>
        left.place.file.localeCompare(right.place.file) || left.place.line - right.place.line || left.place.column - right.place.column,
    );
  }

  get count(): number {
    return this.#found.length;
  }
}

/** `operations/transfer.finalise.yaml:16:32 message`: the form that editors and terminals make a link of. */
export function problemLine({ place, message }: Problem): string {
  return `${place.file}:${place.line}:${place.column} ${message}`;
}

/** What belongs where a file still says `FILL-IN`, or `=FILL-IN`, and words. Undefined: it does not. */
export function fillIn(text: string): string | undefined {
  const words = /^=?FILL-IN\b[: ]*([\s\S]*)$/.exec(text)?.[1];
  return words === undefined ? undefined : `to be filled in: ${words === '' ? 'a value' : words}`;
}
