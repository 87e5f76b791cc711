import type { Driven, Load } from './drive.ts';
import type { Offer, Offered } from './offer.ts';
import type { Scenario } from './options.ts';

/** What the stub's process is started with (its argument, as JSON). */
export interface StubStart {
  readonly scenario: Scenario;
  /** Folder with CA and JWS keys. */
  readonly folder: string;
  readonly hubId: string;
  readonly payerFsp: string;
  readonly payeeFsp: string;
  /** Of what the stub's payer prepares; absent: a minute. */
  readonly lifetimeMs?: number;
}

/** What the stub's process is told, one at a time. */
export type ToStub =
  | { readonly kind: 'connect'; readonly inbound: Readonly<Record<string, string>>; readonly outboundUrl: string | undefined }
  | { readonly kind: 'drive'; readonly load: Load }
  /** All of them at once. */
  | { readonly kind: 'offer'; readonly offers: readonly Offer[] }
  /** The core takes so long for each transfer from now on. */
  | { readonly kind: 'slow-core'; readonly transferMs: number }
  /** How often was the core called? */
  | { readonly kind: 'count' };

/** What it answers. */
export type FromStub =
  | { readonly kind: 'ready'; readonly hubUrl: string; readonly coreUrl: string }
  | { readonly kind: 'connected' }
  | { readonly kind: 'driven'; readonly driven: Driven }
  /** `cpuMs`: what the stub itself took meanwhile. */
  | { readonly kind: 'offered'; readonly offered: readonly Offered[]; readonly cpuMs: number }
  | { readonly kind: 'slowed' }
  | { readonly kind: 'counted'; readonly coreCalls: number };
