import { posix } from 'node:path';
import type { SourceFile } from './tree.ts';

/** What a citation can lead to. */
export interface Library {
  /** Is there such a file? From the root, with forward slashes. */
  has(path: string): boolean;
  /** Numbers of the sections of a page (`## 3. …`, `### 12.4 …`); of ARCHITECTURE.md those of the promises. */
  sections(page: string): ReadonlySet<string>;
}

/** Pages whose sections are cited by number. */
const numbered = ['docs/money-rules.md', 'docs/protocol.md'];
const number = String.raw`\d+(?:\.\d+)?`;
const sectionCited = new RegExp(String.raw`(docs/(?:money-rules|protocol)\.md), (${number}(?:(?:, | and | to )${number}(?!\w))*)`, 'g');

/** Numbers of the sections of a page, each of which must have its anchor: `## 3. Title <a id="3"></a>`. */
export function sectionsOf(text: string): string[] {
  return [...text.matchAll(/^##+ (\d+(?:\.\d+)?)\.? .*<a id="([\d.]+)"><\/a>$/gm)]
    .filter(([, of, id]) => of === id)
    .map(([, of = '']) => of);
}

/** Numbers of the promises of ARCHITECTURE.md. */
export function promisesOf(text: string): string[] {
  const promises = text.split('\n## Promises\n')[1]?.split('\n## ')[0] ?? '';
  return [...promises.matchAll(/^(\d+)\. /gm)].map(([, of = '']) => of);
}

/**
 * What a text cites and nobody can follow: a page that is not in the repository (looked for from the root, from the file's folder and from
 * its room), a section that its page does not have, a promise that ARCHITECTURE.md does not have, and rules that are cited without their page.
 */
export function brokenCitations({ path, text }: SourceFile, library: Library): string[] {
  // a citation may go over the end of a comment's line
  const flat = text.replace(/\s*\n\s*(?:\*(?!\/)|\/\/)?\s*/g, ' ');
  const broken = (what: string) => `${path}: ${what}`;
  return [
    ...[...flat.matchAll(/(?<![\w/.:@<>-])(?:\.{1,2}\/)*[\w][\w./-]*\.md\b(?!\.\w)/g)]
      .filter(([page]) => !placesOf(path, page).some((place) => library.has(place)))
      .map(([page]) => broken(`${page} is not in the repository`)),
    ...[...flat.matchAll(sectionCited)].flatMap(([, page = '', cited = '']) =>
      cited
        .split(/, | and | to /)
        .filter((section) => !library.sections(page).has(section))
        .map((section) => broken(`${page} has no section ${section}`)),
    ),
    ...[...flat.matchAll(/\bpromises? (\d+)\b/g)]
      .filter(([, promise = '']) => !library.sections('ARCHITECTURE.md').has(promise))
      .map(([cited]) => broken(`ARCHITECTURE.md has no ${cited}`)),
    ...[...flat.matchAll(/(?<![\w./-])(?:money-rules|fspiop|protocol\.md|mojaloop-sdk) \d[\d.]*/g)].map(([cited]) =>
      broken(`"${cited}" names no page; cite ${numbered.join(' or ')}`),
    ),
  ];
}

function placesOf(path: string, page: string): string[] {
  const room = path.split('/').slice(0, 2).join('/');
  return [
    page,
    posix.join(posix.dirname(path), page),
    posix.join(room, page),
    posix.join(room, 'docs', page),
    posix.join('docs', page),
    posix.join('docs/operations', page),
  ];
}
