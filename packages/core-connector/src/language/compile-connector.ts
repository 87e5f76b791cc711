import { ANY, objectOf, type Shape, TEXT } from '../expression/shape.ts';
import type { Backend, ErrorRule, Setting } from './backend.ts';
import { type Callback, compileCallbacks } from './callback.ts';
import { checkTree, childOf, itemsOf, type Rule, textOf } from './check-tree.ts';
import { checkBackend, compileBackends, compileErrors, compileSettings, compileTables, tablesShape } from './compile-backends.ts';
import { compileSteps } from './compile-steps.ts';
import { type Names, ValueCompiler } from './compile-values.ts';
import { awaitsRules, connectorRules } from './connector-rules.ts';
import { CONNECTOR } from './connector-schema.ts';
import { compileGuesses, type Guess } from './guesses.ts';
import type { Operation, Route } from './operation.ts';
import { DOCUMENT, OPERATIONS, type OperationName } from './operation-schema.ts';
import { compilePlugIns } from './plug-ins.ts';
import type { Problem } from './problem.ts';
import { fillIn, Problems } from './problem.ts';
import { type Facts, rootOf } from './shapes.ts';
import type { KnownEffect, StepContext } from './step-context.ts';
import { compileTableFiles, type Table } from './table-files.ts';
import { readYaml, type Tree } from './yaml.ts';

/** The files of a connector, by their path in its folder. */
export interface ConnectorFiles {
  readonly connector: string;
  readonly operations: ReadonlyMap<string, string>;
  /** Files of look-up tables. */
  readonly tables?: ReadonlyMap<string, string>;
  /** `functions.ts`: functions of its own. */
  readonly functions?: string;
}

/** A connector that was compiled. */
export interface CompiledConnector {
  readonly name: string;
  readonly settings: readonly Setting[];
  readonly backends: ReadonlyMap<string, Backend>;
  readonly errors: readonly ErrorRule[];
  readonly tables: Readonly<Record<string, Table>>;
  readonly operations: readonly Operation[];
  readonly routes: ReadonlyMap<string, Route>;
  readonly effects: ReadonlyMap<string, KnownEffect>;
  /** Callbacks of the core, by name. */
  readonly callbacks: ReadonlyMap<string, Callback>;
  readonly guesses: readonly Guess[];
}

interface Document {
  readonly tree: Tree;
  readonly operation: OperationName | undefined;
  readonly route: string | undefined;
  readonly on: 'COMMITTED' | 'ABORTED' | undefined;
}

/** Compiles a connector: with no problems it may run, else every problem is told with its place. */
export function compileConnector({ connector, operations, tables: files = new Map(), functions }: ConnectorFiles): {
  readonly connector: CompiledConnector;
  readonly problems: readonly Problem[];
} {
  const problems = new Problems();
  const [root] = readYaml('connector.yaml', connector, problems);
  if (root !== undefined)
    checkTree(root, CONNECTOR as unknown as Rule, problems, { '#/$defs/backend': (tree) => checkBackend(tree, problems) });
  else problems.add('YAML_INVALID', { file: 'connector.yaml', line: 1, column: 1 }, 'the file is empty or cannot be read');
  if (root !== undefined) tellOpen(root, problems);
  const settings = compileSettings(root);
  const cfg = objectOf(Object.fromEntries(settings.map(({ name }) => [name, TEXT])));
  const documents = [...operations].flatMap(([file, text]) => readYaml(file, text, problems).flatMap((tree) => documentOf(tree, problems)));
  const values = new ValueCompiler(problems, compilePlugIns(functions, problems));
  const backends = compileBackends(root, cfg, values, problems);
  const errors = compileErrors(root, cfg, values, problems);
  const inline = compileTables(root);
  const tables = { ...inline, ...compileTableFiles(root, files, inline, problems) };
  const callbacks = compileCallbacks(root, cfg, values, problems);
  const effects = new Map<string, KnownEffect>();
  const routes = new Map<string, { readonly takes: readonly string[]; readonly replies: Shape }>();
  const compiled = new Compiling({
    problems,
    values,
    effects,
    routes,
    backends,
    common: { cfg, tables: tablesShape(tables) },
  });
  const done = compiled.all(documents);
  awaitsRules(done.operations, callbacks, { file: 'connector.yaml', line: 1, column: 1 }, problems);
  connectorRules(done.operations, effects, { file: 'connector.yaml', line: 1, column: 1 }, problems);
  const guesses = compileGuesses(root, problems);
  const name = textOf(root, 'connector')?.text ?? '';
  return { connector: { name, settings, backends, errors, tables, ...done, effects, guesses, callbacks }, problems: told(problems.all) };
}

/** Every place that still says FILL-IN. */
function tellOpen(tree: Tree, problems: Problems): void {
  if (tree.kind === 'text') {
    const open = fillIn(tree.text);
    if (open !== undefined) problems.add('FILL_IN', tree.place, open);
  } else
    for (const each of tree.kind === 'list' ? tree.items : [...tree.entries.values()].map(({ value }) => value)) tellOpen(each, problems);
}

/** A step with something to be filled in is none yet: what money rules miss may be just that. */
function told(problems: readonly Problem[]): readonly Problem[] {
  return problems.some(({ code }) => code === 'FILL_IN') ? problems.filter(({ code }) => code !== 'MONEY_RULE') : problems;
}

function documentOf(tree: Tree, problems: Problems): readonly Document[] {
  tellOpen(tree, problems);
  checkTree(tree, DOCUMENT as unknown as Rule, problems, { '#/$defs/steps': () => {} });
  const operation = textOf(tree, 'operation')?.text as OperationName | undefined;
  const route = textOf(tree, 'route')?.text;
  const on = textOf(tree, 'on')?.text as Document['on'];
  if ((operation === undefined) === (route === undefined))
    problems.add('KEY_MISSING', tree.place, 'a document says either `operation` or `route`');
  if (operation !== undefined && !OPERATIONS.includes(operation)) return [];
  if (operation === 'transfer.finalise' && on === undefined)
    problems.add('KEY_MISSING', tree.place, '`on` is missing: are these steps for COMMITTED or for ABORTED?');
  if (operation !== 'transfer.finalise' && on !== undefined)
    problems.add('VALUE_WRONG', childOf(tree, 'on')?.place ?? tree.place, 'only transfer.finalise has `on`');
  return [{ tree, operation, route, on }];
}

interface CompilingParts {
  readonly problems: Problems;
  readonly values: ValueCompiler;
  readonly effects: Map<string, KnownEffect>;
  readonly routes: Map<string, { readonly takes: readonly string[]; readonly replies: Shape }>;
  readonly backends: ReadonlyMap<string, Backend>;
  readonly common: Names;
}

/** Compiles routes first, then operations in the order of a payment, so that each knows what those before it keep. */
class Compiling {
  readonly #parts: CompilingParts;
  #facts: Facts = { quote: objectOf({}), send: objectOf({}) };

  constructor(parts: CompilingParts) {
    this.#parts = parts;
  }

  all(documents: readonly Document[]): { readonly operations: readonly Operation[]; readonly routes: ReadonlyMap<string, Route> } {
    const routes = new Map<string, Route>();
    for (const document of documents.filter(({ route }) => route !== undefined)) {
      const name = document.route as string;
      if (routes.has(name)) this.#parts.problems.add('NAME_TWICE', document.tree.place, `there is a route ${name} already`);
      const takes = itemsOf(document.tree, 'takes').flatMap((item) => (item.kind === 'text' ? [item.text] : []));
      const { steps, replies } = this.#compile(
        'route',
        undefined,
        document.tree,
        Object.fromEntries(takes.map((argument) => [argument, ANY])),
      );
      this.#parts.routes.set(name, { takes, replies });
      routes.set(name, { name, takes, steps });
    }
    const operations = OPERATIONS.flatMap((name) =>
      this.#operation(
        name,
        documents.filter(({ operation }) => operation === name),
      ),
    );
    return { operations, routes };
  }

  #operation(name: OperationName, documents: readonly Document[]): readonly Operation[] {
    const seen = new Set<string>();
    return documents.map(({ tree, on }) => {
      if (seen.has(String(on)))
        this.#parts.problems.add('NAME_TWICE', tree.place, `there is ${name}${on === undefined ? '' : ` on ${on}`} already`);
      seen.add(String(on));
      const { steps, facts, ends } = this.#compile(name, on, tree, rootOf(name, this.#facts));
      if (name === 'quote.create') this.#facts = { ...this.#facts, quote: facts };
      if (name === 'send.check') this.#facts = { ...this.#facts, send: facts };
      if (!ends && MUST_REPLY.includes(name))
        this.#parts.problems.add('KEY_MISSING', tree.place, `${name} does not end with a reply on every path`);
      return { name, on, steps };
    });
  }

  #compile(operation: OperationName | 'route', on: Document['on'], tree: Tree, names: Names) {
    const replied = { facts: objectOf({}) as Shape, reply: undefined as Shape | undefined };
    const { problems, values, effects, routes, backends, common } = this.#parts;
    const context: StepContext = { operation, on, problems, values, effects, routes, backends, replied };
    const { steps, ends } = compileSteps(itemsOf(tree, 'steps'), { ...common, ...names }, context, false);
    return { steps, ends, facts: replied.facts, replies: replied.reply ?? ANY };
  }
}

const MUST_REPLY: readonly OperationName[] = ['party.get', 'quote.create', 'transfer.prepare', 'send.check'];
