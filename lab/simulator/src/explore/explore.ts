/** What can be explored: states, and every way from each to the next. */
export interface Model<N> {
  readonly name: string;
  readonly start: N;
  /** Every step that is possible, in a fixed order. */
  steps(node: N): readonly Step<N>[];
  /** Two nodes with equal keys behave alike from here on. */
  key(node: N): string;
  /** The same without any time; for `checkMerging`. */
  keyWithoutTime(node: N): string;
  /** The same with everything in it that `key` leaves out as deciding nothing; for `checkMerging`. */
  finerKey(node: N): string;
  /** What is wrong with this node, whatever came before. */
  wrong(node: N): readonly string[];
  /** What is wrong with having gone from one to the other. */
  wrongStep(from: N, to: N): readonly string[];
  /** The payment is over, or with a person. */
  isEnd(node: N): boolean;
  /** For the diagram. */
  stage(node: N): string;
}

/** One step. `mishap`: it may happen, but nothing may depend on its happening. */
export interface Step<N> {
  readonly label: string;
  readonly to: N;
  readonly mishap?: boolean;
}

/** What exploring a model came to. */
export interface Exploration {
  readonly name: string;
  readonly states: number;
  readonly transitions: number;
  /** Steps from the start to the state that is farthest from it. */
  readonly depth: number;
  /** False: there are more states than were allowed. */
  readonly complete: boolean;
  /** The first violation found; breadth first, so no shorter path leads to one. */
  readonly violation?: { readonly what: string; readonly path: readonly string[] };
  /** Steps between stages, with the labels that take them there. */
  readonly edges: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface ExploreLimits {
  readonly statesMax: number;
  /** Compare what follows from each state that is merged with another one with what follows from that one. */
  readonly checkMerging?: boolean;
}

interface Seen {
  readonly parent: number;
  readonly label: string;
}

/** Walks every reachable state breadth first until no new one appears, or something is wrong. */
export function explore<N>(model: Model<N>, limits: ExploreLimits): Exploration {
  const nodes: N[] = [];
  const seen: Seen[] = [];
  const depths: number[] = [];
  const index = new Map<string, number>();
  const into: number[][] = [];
  const edges = new Map<string, Set<string>>();
  let transitions = 0;
  const merged = limits.checkMerging === true ? mergings(model) : undefined;

  const add = (node: N, parent: number, label: string): number => {
    const key = model.key(node);
    const known = index.get(key);
    if (known !== undefined) {
      merged?.note(node, known);
      return known;
    }
    merged?.note(node, nodes.length);
    const at = nodes.length;
    index.set(key, at);
    nodes.push(node);
    seen.push({ parent, label });
    depths.push(parent < 0 ? 0 : (depths[parent] ?? 0) + 1);
    into.push([]);
    return at;
  };
  const result = (violation?: { what: string; path: readonly string[] }, complete = true): Exploration => ({
    name: model.name,
    states: nodes.length,
    transitions,
    depth: depths.at(-1) ?? 0,
    complete,
    edges,
    ...(violation !== undefined && { violation }),
  });

  add(model.start, -1, 'start');
  for (let at = 0; at < nodes.length; at++) {
    const node = nodes[at] as N;
    const [wrong] = model.wrong(node);
    if (wrong !== undefined) return result({ what: wrong, path: pathTo(seen, at) });
    if (nodes.length > limits.statesMax) return result(undefined, false);
    for (const step of model.steps(node)) {
      transitions++;
      const [bad] = model.wrongStep(node, step.to);
      if (bad !== undefined) return result({ what: bad, path: [...pathTo(seen, at), step.label] });
      const to = add(step.to, at, step.label);
      if (step.mishap !== true) into[to]?.push(at);
      noteEdge(edges, model.stage(node), model.stage(step.to), step.label);
    }
  }
  const different = merged?.different(nodes);
  if (different !== undefined) return result({ what: different.what, path: pathTo(seen, different.at) });
  const lost = deadEnd(model, nodes, into);
  return lost === undefined ? result() : result({ what: 'no end can be reached from here', path: pathTo(seen, lost) });
}

interface Mergings<N> {
  /** A state that counts as the one with this number. */
  note(node: N, as: number): void;
  /** The first that does not behave like the one that it counts as. */
  different(nodes: readonly N[]): { readonly what: string; readonly at: number } | undefined;
}

/**
 * States that count as others. One step of each that is met is looked at: the same steps must lead to what counts as the same. When those
 * steps come is left out, since the distance of instants is rounded. It is no proof: only one of those that count as one is gone on with.
 */
function mergings<N>(model: Model<N>): Mergings<N> {
  const known = new Set<string>();
  const merged: { readonly node: N; readonly as: number }[] = [];
  // attempts and questions bear numbers, of which only some count
  const following = (node: N): ReadonlySet<string> =>
    new Set(
      model.steps(node).map(({ label, to, mishap }) => `${label.replace(/:\d+/g, '')} ${mishap === true} ${model.keyWithoutTime(to)}`),
    );
  return {
    note(node, as) {
      const key = model.finerKey(node);
      if (known.has(key)) return;
      known.add(key);
      merged.push({ node, as });
    },
    different(nodes) {
      for (const { node, as } of merged) {
        const other = nodes[as] as N;
        if (node === other) continue;
        const [wrong] = model.wrong(node);
        if (wrong !== undefined) return { what: `${wrong}, in a state that counts as another one`, at: as };
        const [ours, theirs] = [following(node), following(other)];
        const only = [...ours].find((step) => !theirs.has(step)) ?? [...theirs].find((step) => !ours.has(step));
        if (only !== undefined) return { what: `a state that counts as this one does not behave like it: ${only}`, at: as };
      }
      return undefined;
    },
  };
}

function noteEdge(edges: Map<string, Set<string>>, from: string, to: string, label: string): void {
  if (from === to) return;
  const edge = `${from} ${to}`;
  const labels = edges.get(edge) ?? new Set();
  edges.set(edge, labels.add(label));
}

/** A state from which no end can be reached by steps that are no mishaps; the one nearest to the start. */
function deadEnd<N>(model: Model<N>, nodes: readonly N[], into: readonly (readonly number[])[]): number | undefined {
  const reaches = new Uint8Array(nodes.length);
  const work: number[] = [];
  nodes.forEach((node, at) => {
    if (!model.isEnd(node)) return;
    reaches[at] = 1;
    work.push(at);
  });
  for (let at = work.pop(); at !== undefined; at = work.pop()) {
    for (const before of into[at] ?? []) {
      if (reaches[before] === 1) continue;
      reaches[before] = 1;
      work.push(before);
    }
  }
  const lost = reaches.indexOf(0);
  return lost < 0 ? undefined : lost;
}

function pathTo(seen: readonly Seen[], at: number): readonly string[] {
  const path: string[] = [];
  for (let step = at; step > 0; step = seen[step]?.parent ?? 0) path.push(seen[step]?.label ?? '');
  return path.reverse();
}
