/**
 * The commands that are in the whole project and not in an installation of `./pm pack`: who types one there is told so, and not that
 * the word is unknown. `lab/commands` compares them with its own.
 */
export const COMMANDS_OF_LAB: readonly string[] = [
  'start',
  'send',
  'traffic',
  'hub',
  'test',
  'bench',
  'simulate',
  'explore',
  'pack',
  'image',
  'drill',
  'tree',
  'walk',
  'lines',
  'seed',
];

/** What is said about one of them where it is not there. */
export function notHere(name: string): string {
  return `./pm ${name} is not in this installation, which has what runs a Payment Manager and nothing else (./pm pack made it). A whole scheme on one machine, measurements and tests are in the whole project. What there is here: ./pm help`;
}
