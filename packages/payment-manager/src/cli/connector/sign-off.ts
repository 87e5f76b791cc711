import { compileConnector, filesVersion, openGuesses, readConnectorFolder, SIGNED_OFF, signOff } from '@payment-manager/core-connector';
import { systemClock } from '@payment-manager/runtime';
import type { CommandOptions } from '../commands.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { printable, style, type Terminal } from '../terminal.ts';

const WORDS_MAX = 500;

/** `./pm connector sign-off <guess> [folder] --by NAME --reason TEXT`: somebody answers for a guess. Without a guess: what is open. */
export async function signOffGuess(name: string, folder: string, options: CommandOptions, terminal: Terminal): Promise<number> {
  const files = await readConnectorFolder(folder);
  const { guesses } = compileConnector(files).connector;
  if (name === '') return tellOpen(folder, terminal);
  const guess = guesses.find(({ id }) => id === name);
  if (guess === undefined) {
    const known = guesses.map(({ id }) => id).join(', ');
    throw new CommandFailed(
      EXIT_CODES.usage,
      `The connector has no guess '${name}'. ${known === '' ? 'It has none.' : `It has ${known}.`}`,
    );
  }
  const [by, reason] = [words(options, 'by'), words(options, 'reason')];
  await signOff(folder, { guess: guess.id, text: guess.text, by, reason, at: new Date(systemClock.now()).toISOString() });
  terminal.out(style.good(`${printable(by)} answers for ${guess.id}: ${printable(guess.text)}`));
  terminal.out(`It stands in ${SIGNED_OFF} beside the connector, and holds while the guess says the same.`);
  return tellOpen(folder, terminal);
}

function words(options: CommandOptions, name: string): string {
  const value = options[name];
  if (typeof value === 'string' && value.trim() !== '' && value.length <= WORDS_MAX) return value.trim();
  throw new CommandFailed(
    EXIT_CODES.usage,
    `Say --${name}: ./pm connector sign-off GUESS --by "Ann Mwangi" --reason "the vendor wrote so on 3 May"`,
  );
}

/** What production would refuse. */
async function tellOpen(folder: string, terminal: Terminal): Promise<number> {
  const files = await readConnectorFolder(folder);
  const open = await openGuesses(folder, compileConnector(files).connector.guesses, filesVersion(files));
  if (open.length === 0) terminal.out('No guess is open.');
  for (const { id, text, why } of open) terminal.out(`open  ${printable(id)}  ${printable(text)}  ${style.dim(printable(why))}`);
  return EXIT_CODES.ok;
}
