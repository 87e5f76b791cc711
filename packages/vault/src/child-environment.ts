/** What any program needs to find its files and others. */
const ALWAYS = ['PATH', 'HOME'];

/**
 * The environment of a program that is run for us: where programs and its own files are, and the variables that are named. Secrets of the
 * configuration may stand in ours; a vendor's library or a script has no use for them.
 */
export function childEnvironment(
  names: readonly string[] = [],
  own: Readonly<Record<string, string | undefined>> = process.env,
): NodeJS.ProcessEnv {
  return Object.fromEntries([...ALWAYS, ...names].flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]]])));
}
