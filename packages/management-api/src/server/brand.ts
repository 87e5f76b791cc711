import { createHash } from 'node:crypto';
import { accentShades, type Config, ConfigInvalid } from '@payment-manager/configuration';
import { type BrandLogo, readBrandLogo } from '@payment-manager/configuration/files';
import type { Log } from '@payment-manager/runtime';

/** What a bank’s own portal has besides: read once, at the start. */
export interface Brand {
  readonly name?: string;
  readonly logo?: BrandLogo & { readonly url: string };
  /** Colours as a style sheet of its own; absent: as they come. */
  readonly style?: { readonly css: string; readonly url: string };
}

type Settings = Config['management']['brand'];
type Pair = Settings['accent'];

/** A logo that is not taken, or cannot be read, is told to the log and is not shown: payments start in the same process. */
export async function openBrand(settings: Settings, log: Pick<Log, 'error'>): Promise<Brand> {
  const { name, logoFile } = settings;
  const logo = logoFile === undefined ? undefined : await readBrandLogo(logoFile).catch(untold(log));
  const css = brandCss(settings);
  return {
    ...(name !== undefined && { name }),
    ...(logo && { logo: { ...logo, url: `/brand/logo?v=${versionOf(logo.content)}` } }),
    ...(css !== '' && { style: { css, url: `/brand/colours?v=${versionOf(css)}` } }),
  };
}

function untold(log: Pick<Log, 'error'>): (error: unknown) => undefined {
  return (error) => {
    if (!(error instanceof ConfigInvalid)) throw error;
    log.error('the portal is shown without its logo', { code: 'PORTAL_LOGO_UNUSABLE', reason: error.message });
  };
}

/** The same content has the same address, another one another. */
const versionOf = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex').slice(0, 12);

/** The tokens of the portal that follow from a bank’s colours; each was looked at when the configuration was read. */
function brandCss({ accent, sandbox, test, production }: Settings): string {
  const pair = (token: string, { light, dark }: Pair): string =>
    light === undefined || dark === undefined ? '' : `--pm-${token}:light-dark(${light},${dark});`;
  const tokens = [
    pair('environment-sandbox', sandbox),
    pair('environment-test', test),
    pair('environment-live', production),
    pair('accent', accent),
    pair('accent-strong', accent),
    ...(accent.light === undefined || accent.dark === undefined ? [] : shades(accent.light, accent.dark)),
  ].join('');
  return tokens === '' ? '' : `:root{${tokens}}\n`;
}

function shades(light: string, dark: string): readonly string[] {
  const [day, night] = [accentShades(light, 'light'), accentShades(dark, 'dark')];
  return [`--pm-on-accent:light-dark(${day.onAccent},${night.onAccent});`, `--pm-chosen:light-dark(${day.chosen},${night.chosen});`];
}
