import { CommandFailed, EXIT_CODES } from '@payment-manager/payment-manager';

/** What an image runs on, by the words of OCI, of Debian and of npm. */
export interface Platform {
  /** `linux/arm64`. */
  readonly name: string;
  /** Debian's word, and OCI's. */
  readonly architecture: 'amd64' | 'arm64';
  /** npm's word. */
  readonly cpu: 'x64' | 'arm64';
  /** Whether it is that of this machine: what runs in the image needs no emulator. */
  readonly own: boolean;
  /** What names of images and files end with: nothing for this machine's own. */
  readonly suffix: string;
}

const CPUS = { 'linux/amd64': 'x64', 'linux/arm64': 'arm64' } as const;

/** The platform that is asked for; without a word this machine's. @throws CommandFailed (64) for another one than Linux on amd64 or arm64 */
export function platformOf(asked: string | undefined): Platform {
  const wanted = asked ?? `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const name = Object.keys(CPUS).find((one) => one === wanted) as keyof typeof CPUS | undefined;
  if (name === undefined)
    throw new CommandFailed(EXIT_CODES.usage, `There is no image for ${wanted}: --platform is ${Object.keys(CPUS).join(' or ')}.`);
  const architecture = name === 'linux/amd64' ? 'amd64' : 'arm64';
  const own = CPUS[name] === process.arch;
  return { name, architecture, cpu: CPUS[name], own, suffix: own ? '' : `-${architecture}` };
}
