import { resolve } from 'node:path';
import type { ConfigProblem } from './problem.ts';
import type { Config } from './schema.ts';

/** An environment as it would be in force without variables; what is not given is missing. */
export interface Outline {
  readonly name: string;
  readonly config: Partial<Config>;
}

/** Something that no two environments may have in common; `of` tells two apart, undefined: the environment has none. */
interface Possession {
  readonly path: string;
  readonly what: string;
  of(config: Partial<Config>): string | undefined;
}

const possessions: readonly Possession[] = [
  { path: 'dataFolder', what: 'a data folder', of: ({ dataFolder }) => dataFolder },
  {
    path: 'journalFile',
    what: 'a journal',
    of: ({ dataFolder = '', journalFile, journal }) =>
      journalFile === undefined || journal?.store === 'postgres' ? undefined : resolve(dataFolder, journalFile),
  },
  {
    path: 'journal.postgresSchema',
    what: 'a journal',
    of: ({ journal }) => (journal?.store === 'postgres' ? `${journal.postgresUrl ?? ''} ${journal.postgresSchema}` : undefined),
  },
  { path: 'messages.folder', what: 'a folder of messages', of: ({ messages }) => messages?.folder },
  { path: 'journal.backup.folder', what: 'a folder of copies', of: ({ journal }) => journal?.backup.folder },
  { path: 'journal.anchor.file', what: 'a file of anchors', of: ({ journal }) => journal?.anchor.file },
  {
    path: 'vault.hashicorp.pki.mount',
    what: 'a CA',
    of: ({ vault }) =>
      vault?.hashicorp.pki.serverRole === undefined
        ? undefined
        : [vault.hashicorp.url, vault.hashicorp.namespace, vault.hashicorp.pki.mount].join(' '),
  },
  { path: 'jws.signingKeyFile', what: 'a key', of: ({ jws }) => jws?.signingKeyFile },
  { path: 'inbound.tls.keyFile', what: 'a key', of: ({ inbound }) => inbound?.tls.keyFile },
  { path: 'outbound.tls.keyFile', what: 'a key', of: ({ outbound }) => outbound?.tls.keyFile },
  { path: 'management.tls.keyFile', what: 'a key', of: ({ management }) => management?.tls.keyFile },
  { path: 'hub.tls.keyFile', what: 'a key', of: ({ hub }) => hub?.tls.keyFile },
  { path: 'core.tls.keyFile', what: 'a key', of: ({ core }) => core?.tls.keyFile },
];

/** Journals and keys that two environments of a file would share: test money must never meet real money. */
export function checkApart(outlines: readonly Outline[]): ConfigProblem[] {
  return possessions.flatMap(({ path, what, of }) => {
    const owners = new Map<string, string[]>();
    for (const { name, config } of outlines) {
      const mark = of(config);
      if (mark !== undefined) owners.set(mark, [...(owners.get(mark) ?? []), name]);
    }
    const shared = [...owners.values()].filter((names) => names.length > 1);
    return shared.map((names) => ({
      where: names.map((name) => `environments.${name}.${path}`).join(', '),
      expected: `${what} of its own for each environment`,
      found: 'the same in all of these',
      advice: `Give \`${path}\` in each environment, a different one.`,
    }));
  });
}
