import type { Clock, Timers } from '@payment-manager/runtime';
import type { ValueObject } from '../expression/value.ts';
import type { HttpBackend } from '../language/backend.ts';
import type { CompiledConnector } from '../language/compile-connector.ts';
import { textIn } from '../run/fill.ts';
import type { Plan } from './plan.ts';
import { ScriptedCore } from './scripted-core.ts';
import { Tokens } from './tokens.ts';

/** A secret that must be seen nowhere: every secret setting gets it, and every token begins with it. */
export const CANARY = 'canary-7f3a91';

/** The core of a plan as whoever asks over HTTP meets it, and who may call it. */
export function httpCore(
  connector: CompiledConnector,
  plan: Plan,
  time: Pick<Clock, 'now'> & Timers,
): { readonly core: ScriptedCore; readonly tokens: Tokens } {
  const backend = [...connector.backends.values()].find((each): each is HttpBackend => each.kind === 'http');
  const cfg: ValueObject = Object.assign(Object.create(null), settingsOf(connector, plan));
  const names: ValueObject = Object.assign(Object.create(null), { cfg });
  const base = (backend === undefined ? '' : (textIn(backend.base, names, 'the address') ?? '')).replace(/\/+$/, '');
  const tokens = new Tokens(backend?.auth, cfg, base, plan.core.token, CANARY);
  const core = new ScriptedCore({
    plan,
    cfg,
    namespaces: backend?.namespaces ?? {},
    base: URL.canParse(base) ? new URL(base).pathname.replace(/\/$/, '') : '',
    time,
    tokens,
  });
  return { core, tokens };
}

/** The settings of the plan and the defaults; secrets are canaries. */
export function settingsOf({ settings }: CompiledConnector, plan: Plan): Readonly<Record<string, string>> {
  return Object.fromEntries(
    settings.flatMap(({ name, type, defaultValue }) => {
      const value = type === 'secret' ? `${CANARY}-${name}` : (plan.settings[name] ?? defaultValue);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
