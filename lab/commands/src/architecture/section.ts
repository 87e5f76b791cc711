import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Command, type CommandOptions, EXIT_CODES, type Terminal } from '@payment-manager/payment-manager';

/** The root of the project, with a slash at its end. */
export const root: string = fileURLToPath(new URL('../../../../', import.meta.url));

const begin = (command: string): string => `<!-- begin: made by ${command} --write -->\n`;
const end = (command: string): string => `<!-- end: ${command} -->`;

/** What a page holds between the marks of a command. @throws TypeError where the marks are not there */
export function sectionOf(page: string, command: string): string {
  const [, after] = page.split(begin(command));
  const [section, rest] = after?.split(end(command)) ?? [];
  if (section === undefined || rest === undefined) throw new TypeError(`the page has no marks of ${command}`);
  return section;
}

/** The page with another text between the marks of a command. */
export function withSection(page: string, command: string, text: string): string {
  return page.replace(begin(command) + sectionOf(page, command) + end(command), () => begin(command) + text + end(command));
}

/** Prints a text, or with `--write` puts it into ARCHITECTURE.md. Resolves with the exit code. */
export function shown(text: string, command: string, options: CommandOptions, terminal: Terminal): ReturnType<Command> {
  if (options['write'] !== true) {
    terminal.out(text.trimEnd());
    return Promise.resolve(EXIT_CODES.ok);
  }
  const file = `${root}ARCHITECTURE.md`;
  writeFileSync(file, withSection(readFileSync(file, 'utf8'), command, text));
  terminal.out(`written: ${file}`);
  return Promise.resolve(EXIT_CODES.ok);
}
