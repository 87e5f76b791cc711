import type { Config } from '@payment-manager/configuration';
import type { Connector } from '@payment-manager/mojaloop-connector';
import type { HttpServer, World } from '@payment-manager/runtime';
import { Opened } from './opened.ts';

/**
 * How one process of the product ends: nothing new, then what runs gets its time, then everything is closed. It takes at most `shutdown.drainMs`,
 * `shutdown.graceMs`, a second for answers and what `Opened.close` may take.
 */
export class Shutdown {
  readonly opened = new Opened();
  readonly #config: Config;
  readonly #world: World;
  #closing = false;
  /** One time for all that must finish; a start that failed has nothing to wait for. */
  #graceEndsMs = 0;
  #stopping: Promise<void> | undefined;

  constructor(config: Config, world: World) {
    this.#config = config;
    this.#world = world;
  }

  /** True from the moment at which it was asked to stop: readiness says so. */
  get closing(): boolean {
    return this.#closing;
  }

  /** Milliseconds that are left for what runs. */
  grace(): number {
    return Math.max(0, this.#graceEndsMs - this.#world.clock.monotonic());
  }

  /** Closes everything at once: a start that failed. */
  closeAll(): Promise<void> {
    return this.opened.close(this.#world, this.grace());
  }

  /** The end in its order. A second call joins the first. */
  stop(servers: { readonly inbound: HttpServer; readonly outbound: HttpServer }, connector: Connector): Promise<void> {
    this.#stopping ??= this.#stop(servers, connector);
    return this.#stopping;
  }

  async #stop({ inbound, outbound }: { readonly inbound: HttpServer; readonly outbound: HttpServer }, connector: Connector): Promise<void> {
    const { clock, timers, log } = this.#world;
    this.#closing = true;
    await drain(this.#config, this.#world, [inbound, outbound]);
    log.info('stopping: nothing new is taken');
    this.#graceEndsMs = clock.monotonic() + this.#config.shutdown.graceMs;
    const waitsEnd = timers.after(this.grace(), () => connector.endWaits());
    await outbound.close(this.grace() + ANSWERING_MS);
    waitsEnd.cancel();
    await this.closeAll();
    log.info('stopped');
  }
}

/** Time in which those whose wait was ended get their answers. */
const ANSWERING_MS = 1_000;

/** Readiness says no; until a load balancer has seen it, everything is taken as before, and clients are moved on. */
async function drain(config: Config, world: World, servers: readonly HttpServer[]): Promise<void> {
  const { drainMs } = config.shutdown;
  if (drainMs === 0) return;
  world.log.info('leaving: not ready any more, so that a load balancer sends nothing more here', { drainMs });
  for (const server of servers) server.drain();
  await new Promise<void>((resolve) => void world.timers.after(drainMs, resolve));
}
