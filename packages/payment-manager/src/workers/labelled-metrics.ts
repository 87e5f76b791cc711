/** The metrics of one process in Prometheus text, and how it is called. */
export interface MetricsOf {
  readonly worker: string;
  readonly text: string;
}

/**
 * The metrics of several processes as one text: each sample with a label `worker`, the samples of a metric together under one
 * HELP and TYPE, as the format wants it.
 */
export function labelledMetrics(all: readonly MetricsOf[]): string {
  const families = new Map<string, { readonly head: string[]; readonly samples: string[] }>();
  for (const { worker, text } of all) {
    let current: { readonly head: string[]; readonly samples: string[] } | undefined;
    for (const line of text.split('\n')) {
      const [, keyword, name] = /^# (HELP|TYPE) (\S+)/.exec(line) ?? [];
      if (keyword !== undefined && name !== undefined) {
        const family = families.get(name) ?? { head: [], samples: [] };
        families.set(name, family);
        current = family;
        if (!family.head.some((one) => one.startsWith(`# ${keyword} `))) family.head.push(line);
      } else if (line !== '') current?.samples.push(labelled(line, worker));
    }
  }
  return `${[...families.values()].map(({ head, samples }) => [...head, ...samples].join('\n')).join('\n\n')}\n`;
}

/** `name{a="b"} 1` and `name 1`. A brace in a label's value comes after the first one. */
function labelled(sample: string, worker: string): string {
  const brace = sample.indexOf('{');
  const space = sample.indexOf(' ');
  if (brace === -1 || brace > space) return `${sample.slice(0, space)}{worker="${worker}"}${sample.slice(space)}`;
  return `${sample.slice(0, brace)}{worker="${worker}",${sample.slice(brace + 1)}`;
}
