import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@payment-manager/runtime';
import { dot, flowsPage } from './explore/diagram.ts';
import type { Exploration } from './explore/explore.ts';
import { explorations } from './explore/explore-all.ts';

/** Options of `./pm explore` as the command line gives them. */
export interface ExploreArguments {
  /** One core of each kind instead of every combination. */
  readonly quick?: boolean;
  /** Print the state graphs for Graphviz instead of the table. */
  readonly dot?: boolean;
  readonly json?: boolean;
  /** Write the page with the diagrams anew. */
  readonly page?: boolean;
  /** Look whether states that count as one behave alike. */
  readonly checkMerging?: boolean;
}

/** Where the diagrams are kept. */
export const FLOWS_PAGE = join(import.meta.dirname, '..', 'docs', 'flows.md');

/** `./pm explore`: walks every reachable state of both flows. Resolves with the exit code: 0, or 1 on a violation. */
export async function exploreCommand(given: ExploreArguments, out: (line: string) => void): Promise<number> {
  if (given.page === true) {
    writeFileSync(FLOWS_PAGE, flowsPage());
    return 0;
  }
  const startedMs = systemClock.monotonic();
  const done: Exploration[] = [];
  const models = given.quick === true || given.dot === true ? 'main' : 'all';
  for (const planned of explorations({ models, checkMerging: given.checkMerging === true })) {
    const exploration = planned.run();
    done.push({ ...exploration, edges: new Map() });
    if (given.dot === true) out(dot(exploration.name, exploration.edges));
    else if (given.json !== true) out(lineOf(exploration));
  }
  const bad = done.filter(({ violation, complete }) => violation !== undefined || !complete);
  if (given.json === true) out(JSON.stringify({ explorations: done.map(({ edges: _edges, ...rest }) => rest), violations: bad.length }));
  else if (given.dot !== true) {
    const sum = (of: (one: Exploration) => number): number => done.reduce((total, one) => total + of(one), 0);
    const seconds = ((systemClock.monotonic() - startedMs) / 1000).toFixed(0);
    out(
      `${sum(({ states }) => states)} states, ${sum(({ transitions }) => transitions)} transitions, depth ${Math.max(...done.map(({ depth }) => depth))}, ${seconds} s: ${bad.length} violations`,
    );
  }
  return bad.length === 0 ? 0 : 1;
}

function lineOf({ name, states, transitions, depth, complete, violation }: Exploration): string {
  const line = `${String(states).padStart(8)} states ${String(transitions).padStart(9)} transitions, depth ${String(depth).padStart(3)}  ${name}`;
  if (violation !== undefined) return `${line}\n  VIOLATION: ${violation.what}\n${violation.path.map((step) => `    ${step}`).join('\n')}`;
  return complete ? line : `${line}\n  VIOLATION: more states than there can be`;
}
