import { withKeptEndpoints } from '@payment-manager/connection-manager-client/inventory';
import { certificateRequest, jwksOf, nextCa, ownCa, signingKey } from '@payment-manager/connection-manager-client/manual';
import { wantedOf } from '@payment-manager/connection-manager-client/onboarding';
import type { Doing } from '@payment-manager/vault';
import type { Command, CommandOptions } from '../commands.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { operatorName } from '../operations/person.ts';
import { sideOf } from './import.ts';
import { writeOut } from './output.ts';
import { type OpenedEnvironment, withEnvironment } from './with-environment.ts';

/** `./pm export csr|jws|endpoints|ca`: what the scheme needs from us, where it has no Connection Manager. */
export const exportFor: Command = async ([what = ''], options, terminal) => {
  const give = gifts[what];
  if (give === undefined)
    throw new CommandFailed(EXIT_CODES.usage, `'${what}' cannot be exported. ./pm export knows ${Object.keys(gifts).join(', ')}.`);
  return withEnvironment(options, terminal, async (opened) => {
    const doing = { by: operatorName(options, terminal), why: `./pm export ${what}` };
    return writeOut(await give(opened, doing, options), options, terminal);
  });
};

type Gift = (opened: OpenedEnvironment, doing: Doing, options: CommandOptions) => Promise<string>;

const gifts: Readonly<Record<string, Gift>> = Object.assign(Object.create(null), {
  csr: async ({ environment, config }, doing, options) =>
    (await certificateRequest(environment, sideOf(options), wantedOf(config), doing)).request,
  jws: async ({ environment, config }, doing, options) => {
    const key = await signingKey(environment, wantedOf(config), doing, options['next'] === true);
    return options['jwks'] === true ? JSON.stringify(jwksOf(key), undefined, 2) : key.publicKey;
  },
  ca: async ({ environment, config }, doing, options) =>
    options['next'] === true ? nextCa(environment) : ownCa(environment, wantedOf(config), doing),
  endpoints: async ({ environment, config }) => {
    const { fspId, ingressUrl, egress, dnsNames, ips } = await withKeptEndpoints(environment, wantedOf(config));
    return JSON.stringify({ fspId, ingress: { url: ingressUrl, dnsNames, ips }, egress }, undefined, 2);
  },
} satisfies Record<string, Gift>);
