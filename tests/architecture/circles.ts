import { withoutComments } from './checks.ts';
import type { SourceFile } from './tree.ts';

/**
 * Circles of files that import each other, types included, each as its files in the order of the alphabet with ` <-> ` between them. A circle
 * of types costs nothing at run time, yet none of its files can be read, tested or moved without the others.
 */
export function circlesOfFiles(files: readonly SourceFile[]): string[] {
  const known = new Set(files.map(({ path }) => path));
  const imports = new Map(files.map((file) => [file.path, importedBy(file).filter((path) => known.has(path))]));
  return strongComponents(imports)
    .filter((component) => component.length > 1 || imports.get(component[0] ?? '')?.includes(component[0] ?? ''))
    .map((component) => component.toSorted().join(' <-> '))
    .toSorted();
}

function importedBy({ path, text }: SourceFile): string[] {
  const specifiers = withoutComments(text).matchAll(/(?:\bfrom|\bimport\(?)\s*'(\.[^']+)'/g);
  return [...specifiers].map(([, specifier = '']) => new URL(specifier, `file:///${path}`).pathname.slice(1));
}

/** Tarjan's algorithm: sets of nodes each of which is reached from each other. */
function strongComponents(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const components: string[][] = [];
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const visit = (node: string): void => {
    order.set(node, order.size);
    lowest.set(node, order.get(node) as number);
    stack.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!order.has(next)) visit(next);
      if (stack.includes(next)) lowest.set(node, Math.min(lowest.get(node) as number, lowest.get(next) as number));
    }
    if (lowest.get(node) === order.get(node)) components.push(stack.splice(stack.indexOf(node)));
  };
  for (const node of edges.keys()) if (!order.has(node)) visit(node);
  return components;
}
