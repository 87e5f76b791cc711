import type {
  HttpClient,
  HttpHandler,
  HttpOutcome,
  HttpRequest,
  HttpResponse,
  OutgoingRequest,
  VirtualTime,
} from '@payment-manager/runtime';
import { between, type Chance, oneOf } from '../chance.ts';
import type { NetworkFault } from '../scenario/mishaps.ts';
import { type Dfsp, HUB_HOST, inboundHost, linkKind } from '../scenario/parties.ts';
import type { History } from './history.ts';
import type { Life } from './life.ts';
import { type Exchange, exchange, failed } from './network-fault.ts';
import { type NetworkWeather, operationOf } from './weather.ts';

/** A server as the network knows it; it belongs to a process. */
export interface Server {
  readonly handler: HttpHandler;
  readonly life: Life;
}

export interface NetworkParts {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly history: History;
  readonly weather: NetworkWeather;
  /** Sees every request before the network does anything to it. */
  readonly onLeave: (from: string, host: string, request: OutgoingRequest, operation: string) => void;
  /** Sees every request that a fault strikes. */
  readonly onFault: (fault: NetworkFault, host: string, request: OutgoingRequest, operation: string) => void;
  /** Sees every answer of a server that lives when it answers. */
  readonly onAnswer: (host: string, request: HttpRequest, operation: string, response: HttpResponse) => void;
  /** A handler that throws is a defect. */
  readonly onHandlerFailed: (host: string, operation: string, error: unknown) => HttpResponse;
}

/** The wires between all processes. Addresses are `http://<host>/…`. */
export interface Network {
  /** Opens a server; it is gone when its process dies. Several under one name stand behind a load balancer. */
  listen(host: string, server: Server): void;
  /** `from` is what the other side sees as the name in the client's certificate, `who` is for the history. */
  clientOf(from: string, life: Life, who?: string): HttpClient;
  /** Half of the connections between a DFSP and the hub break under what is on them; it may have arrived. */
  breakOff(fspId: Dfsp): void;
  /** Exchanges that are not over. */
  readonly underWay: number;
}

/** An exchange under way, on a connection of its own. */
interface Wire {
  readonly label: string;
  isOf(fspId: Dfsp): boolean;
  end(outcome: HttpOutcome): void;
}

/** Makes a network on the virtual clock. */
export function simulatedNetwork(parts: NetworkParts): Network {
  return new Wires(parts);
}

class Wires implements Network {
  readonly #parts: NetworkParts;
  readonly #servers = new Map<string, readonly Server[]>();
  readonly #ordinals = new Map<string, number>();
  readonly #onWires = new Set<Wire>();
  #underWay = 0;

  constructor(parts: NetworkParts) {
    this.#parts = parts;
  }

  get underWay(): number {
    return this.#underWay;
  }

  listen(host: string, server: Server): void {
    this.#servers.set(host, [...(this.#servers.get(host) ?? []).filter(({ life }) => life.alive), server]);
  }

  clientOf(from: string, life: Life, who = from): HttpClient {
    return {
      request: (request) => (life.alive ? this.#send(from, who, life, request) : new Promise(() => {})),
      setCredentials: () => {},
      close: async () => {},
    };
  }

  breakOff(fspId: Dfsp): void {
    for (const { label, isOf, end } of [...this.#onWires])
      if (isOf(fspId) && this.#parts.chance(`${label} breaks`) < 0.5) end(failed('answer', true, 'CONNECTION_LOST'));
  }

  #send(from: string, who: string, life: Life, outgoing: OutgoingRequest): Promise<HttpOutcome> {
    const { chance, history, weather, onLeave, onFault } = this.#parts;
    const pathAt = outgoing.url.indexOf('/', 'http://'.length);
    const host = outgoing.url.slice('http://'.length, pathAt);
    const target = outgoing.url.slice(pathAt);
    const operation = operationOf(outgoing.method, target);
    const label = this.#labelOf(`${from}>${host} ${operation}`);
    onLeave(from, host, outgoing, operation);
    const fault = weather.faultOf(linkKind(host), from, host, operation, label);
    if (fault !== undefined) {
      history.fault(fault, `${fault} ${label}`);
      onFault(fault, host, outgoing, operation);
    }
    const request = received(outgoing, target, from);
    this.#underWay++;
    return new Promise((resolve, reject) => {
      const settle = (outcome: HttpOutcome): void => {
        history.note(who, () => `${label} ${what(request)} -> ${outcome.kind === 'answer' ? outcome.status : outcome.code}`);
        life.run(() => (fault === 'throws' ? reject(new Error(SIMULATED_THROW)) : resolve(outcome)));
      };
      const isOf = (fspId: Dfsp): boolean => (host === HUB_HOST && from === fspId) || host === inboundHost(fspId);
      const end = this.#onWire(label, isOf, outgoing.timeoutMs, settle);
      const one = this.#exchangeOf({ host, operation, label, request, end });
      exchange(one, fault === 'throws' ? thrownInstead(chance(`${label} thrown`)) : fault);
    });
  }

  /** `from>host operation #n`: the nth of this kind, so that what befalls it is the same in each run. */
  #labelOf(link: string): string {
    const ordinal = (this.#ordinals.get(link) ?? 0) + 1;
    this.#ordinals.set(link, ordinal);
    return `${link} #${ordinal}`;
  }

  /** Puts an exchange on a wire until it ends, at the latest when its time is over. Answers what ends it; only the first word counts. */
  #onWire(label: string, isOf: Wire['isOf'], timeoutMs: number, settle: (outcome: HttpOutcome) => void): Wire['end'] {
    let over = false;
    const end = (outcome: HttpOutcome): void => {
      if (over) return;
      over = true;
      this.#underWay--;
      this.#onWires.delete(wire);
      timer.cancel();
      settle(outcome);
    };
    const timer = this.#parts.time.after(timeoutMs, () => end(failed('answer', true, 'ANSWER_TIMEOUT')));
    const wire = { label, isOf, end };
    this.#onWires.add(wire);
    return end;
  }

  #exchangeOf({ host, operation, label, request, end }: Sent): Exchange {
    const { time, chance, weather } = this.#parts;
    return {
      time,
      label,
      chance,
      link: linkKind(host),
      request,
      latency: (of) => between(chance, of, 1, weather.latencyMsMax),
      deliver: (given, delayMs) => this.#deliver(host, given, operation, delayMs, label),
      end,
    };
  }

  /** Brings a request to its server after `delayMs`; the answer, or undefined when there is no such server (any more). */
  async #deliver(host: string, request: HttpRequest, operation: string, delayMs: number, label: string): Promise<HttpResponse | undefined> {
    const { time, onAnswer, onHandlerFailed } = this.#parts;
    await new Promise<void>((resolve) => void time.after(delayMs, resolve));
    const server = this.#balanced(host, `${label} after ${delayMs}`);
    if (server === undefined) return undefined;
    return new Promise((resolve) => {
      const died = (): void => resolve({ status: 0, reset: true });
      server.life.onDeath(died);
      const answered = (response: HttpResponse): void =>
        server.life.run(() => {
          server.life.offDeath(died);
          onAnswer(host, request, operation, response);
          resolve(response);
        });
      server.life.run(() => {
        server.handler(request).then(answered, (error: unknown) => {
          if (server.life.alive) answered(onHandlerFailed(host, operation, error));
        });
      });
    });
  }

  /** Any of the servers that live; the balancer has noticed which do not. */
  #balanced(host: string, label: string): Server | undefined {
    const living = (this.#servers.get(host) ?? []).filter(({ life }) => life.alive);
    if (living.length < 2) return living[0];
    return oneOf(this.#parts.chance, `${label} balanced`, living);
  }
}

/** A request on its way. */
interface Sent {
  readonly host: string;
  readonly operation: string;
  readonly label: string;
  readonly request: HttpRequest;
  readonly end: Wire['end'];
}

function received(outgoing: OutgoingRequest, target: string, from: string): HttpRequest {
  const headers: Record<string, string> = {};
  for (const name in outgoing.headers) headers[name.toLowerCase()] = outgoing.headers[name] ?? '';
  return {
    method: outgoing.method,
    target,
    headers,
    body: outgoing.body === undefined ? new Uint8Array() : Buffer.from(outgoing.body),
    clientAuthenticated: true,
    clientName: from,
  };
}

/** By this an error in a log is known that the simulation itself has caused. */
export const SIMULATED_THROW = 'simulated: the HTTP client throws';

/** What really becomes of an exchange of which the client only throws. */
const thrownInstead = (chance: number): 'connect-refused' | undefined => (chance < 0.5 ? 'connect-refused' : undefined);

/** The part of a message that a reader of a history wants to see. */
function what(request: HttpRequest): string {
  const text = Buffer.from(request.body).toString('utf8');
  const state = /"(?:transferState|currentState)":"(\w+)"/.exec(text)?.[1];
  const code = /"errorCode":"(\d+)"/.exec(text)?.[1];
  const id = /"(?:transferId|quoteId|homeTransactionId)":"([\w-]+)"/.exec(text)?.[1] ?? '';
  return [request.target === '/transfers' || request.target === '/quotes' ? `${request.target} ${id}` : request.target, state, code]
    .filter((part) => part !== undefined)
    .join(' ');
}
