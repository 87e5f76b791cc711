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
  const servers = new Map<string, readonly Server[]>();
  const ordinals = new Map<string, number>();
  let underWay = 0;
  const onWires = new Set<Wire>();

  const latency = (label: string): number => between(parts.chance, label, 1, parts.weather.latencyMsMax);

  /** Brings a request to its server after `delayMs`; the answer, or undefined when there is no such server (any more). */
  async function deliver(
    host: string,
    request: HttpRequest,
    operation: string,
    delayMs: number,
    label: string,
  ): Promise<HttpResponse | undefined> {
    await new Promise<void>((resolve) => void parts.time.after(delayMs, resolve));
    const server = balanced(host, `${label} after ${delayMs}`);
    if (server === undefined) return undefined;
    return new Promise((resolve) => {
      const died = (): void => resolve({ status: 0, reset: true });
      server.life.onDeath(died);
      const answered = (response: HttpResponse): void =>
        server.life.run(() => {
          server.life.offDeath(died);
          parts.onAnswer(host, request, operation, response);
          resolve(response);
        });
      server.life.run(() => {
        server.handler(request).then(answered, (error: unknown) => {
          if (server.life.alive) answered(parts.onHandlerFailed(host, operation, error));
        });
      });
    });
  }

  /** Any of the servers that live; the balancer has noticed which do not. */
  function balanced(host: string, label: string): Server | undefined {
    const living = (servers.get(host) ?? []).filter(({ life }) => life.alive);
    if (living.length < 2) return living[0];
    return oneOf(parts.chance, `${label} balanced`, living);
  }

  function send(from: string, who: string, life: Life, outgoing: OutgoingRequest): Promise<HttpOutcome> {
    const pathAt = outgoing.url.indexOf('/', 'http://'.length);
    const host = outgoing.url.slice('http://'.length, pathAt);
    const target = outgoing.url.slice(pathAt);
    const operation = operationOf(outgoing.method, target);
    const link = `${from}>${host} ${operation}`;
    const ordinal = (ordinals.get(link) ?? 0) + 1;
    ordinals.set(link, ordinal);
    const label = `${link} #${ordinal}`;
    parts.onLeave(from, host, outgoing, operation);
    const fault = parts.weather.faultOf(linkKind(host), from, host, operation, label);
    if (fault !== undefined) {
      parts.history.fault(fault, `${fault} ${label}`);
      parts.onFault(fault, host, outgoing, operation);
    }
    const request = received(outgoing, target, from);
    underWay++;
    return new Promise((resolve, reject) => {
      let over = false;
      const end = (outcome: HttpOutcome): void => {
        if (over) return;
        over = true;
        underWay--;
        onWires.delete(wire);
        timer.cancel();
        parts.history.note(who, () => `${label} ${what(request)} -> ${outcome.kind === 'answer' ? outcome.status : outcome.code}`);
        life.run(() => (fault === 'throws' ? reject(new Error(SIMULATED_THROW)) : resolve(outcome)));
      };
      const timer = parts.time.after(outgoing.timeoutMs, () => end(failed('answer', true, 'ANSWER_TIMEOUT')));
      const one: Exchange = {
        time: parts.time,
        label,
        chance: parts.chance,
        link: linkKind(host),
        request,
        latency,
        deliver: (given, delayMs) => deliver(host, given, operation, delayMs, label),
        end,
      };
      const wire = { label, isOf: (fspId: Dfsp) => (host === HUB_HOST && from === fspId) || host === inboundHost(fspId), end };
      onWires.add(wire);
      exchange(one, fault === 'throws' ? thrownInstead(parts.chance(`${label} thrown`)) : fault);
    });
  }

  return {
    listen: (host, server) => void servers.set(host, [...(servers.get(host) ?? []).filter(({ life }) => life.alive), server]),
    clientOf: (from, life, who = from) => ({
      request: (request) => (life.alive ? send(from, who, life, request) : new Promise(() => {})),
      setCredentials: () => {},
      close: async () => {},
    }),
    breakOff(fspId) {
      for (const { label, isOf, end } of [...onWires])
        if (isOf(fspId) && parts.chance(`${label} breaks`) < 0.5) end(failed('answer', true, 'CONNECTION_LOST'));
    },
    get underWay() {
      return underWay;
    },
  };
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
