import type { Exploration } from './explore.ts';
import { explorations } from './explore-all.ts';

/** Labels shown on one arrow; the others are counted. */
const LABELS_MAX = 4;

/** The stages of an exploration as a Mermaid state diagram. Steps that are mishaps are drawn like all others: they happen. */
function mermaid(edges: Exploration['edges']): string {
  const lines = [...edges].map(([edge, labels]) => {
    const [from = '', to = ''] = edge.split(' ');
    return `  ${stageId(from)} --> ${stageId(to)}: ${shownLabels(labels)}`;
  });
  return ['stateDiagram-v2', ...lines.sort()].join('\n');
}

/** The same for Graphviz. */
export function dot(name: string, edges: Exploration['edges']): string {
  const lines = [...edges].map(([edge, labels]) => {
    const [from = '', to = ''] = edge.split(' ');
    return `  "${from}" -> "${to}" [label="${shownLabels(labels)}"];`;
  });
  return [`digraph "${name}" {`, '  rankdir=LR;', ...lines.sort(), '}'].join('\n');
}

const stageId = (stage: string): string => stage.replaceAll('-', '_');

function shownLabels(labels: ReadonlySet<string>): string {
  const shown = [...new Set([...labels].map(withoutNumbers))].sort();
  const more = shown.length - LABELS_MAX;
  return [...shown.slice(0, LABELS_MAX), ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

const withoutNumbers = (label: string): string => label.replaceAll(':', ' ').replaceAll(/ \d+/g, '');

/** The text of docs/flows.md of this room: what the explorer found, drawn. */
export function flowsPage(explored: readonly Exploration[] = explorations({ models: 'main' }).map((planned) => planned.run())): string {
  const parts = explored.map(({ name, edges }) => {
    return `## ${name}\n\n\`\`\`mermaid\n${mermaid(edges)}\n\`\`\`\n`;
  });
  return `# The flows as the explorer finds them

<!-- Written from the flows by \`./pm explore --page\`; a test compares. Do not edit by hand. -->

Every arrow is a step that some order of inputs, duplicates, losses, time-outs, contradictions and crashes really takes.
\`…-exception\` is the same stage with a person asked to look.

${parts.join('\n')}`;
}
