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

const CPUS = { amd64: 'x64', arm64: 'arm64' } as const;
const ARCHITECTURES = Object.keys(CPUS) as readonly (keyof typeof CPUS)[];

/** The platform that is asked for; without a word this machine's. @throws CommandFailed (64) for another one than Linux on amd64 or arm64 */
export function platformOf(asked: string | undefined): Platform {
  const architecture = ARCHITECTURES.find((one) => (asked === undefined ? CPUS[one] === process.arch : asked === `linux/${one}`));
  if (architecture === undefined)
    throw new CommandFailed(
      EXIT_CODES.usage,
      `There is no image for ${asked ?? process.arch}: --platform is ${ARCHITECTURES.map((one) => `linux/${one}`).join(' or ')}.`,
    );
  const cpu = CPUS[architecture];
  const own = cpu === process.arch;
  return { name: `linux/${architecture}`, architecture, cpu, own, suffix: own ? '' : `-${architecture}` };
}
