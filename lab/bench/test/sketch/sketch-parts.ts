import crypto from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Pool } from 'undici';

/** The HTTP client as `runtime` has it; Fastify is there for the sketch alone. */
const fromRuntime = createRequire(import.meta.resolve('@payment-manager/runtime'));
const fastify = createRequire(import.meta.url)('fastify') as (options: object) => FastifyInstance;
const HttpPool = (fromRuntime('undici') as { Pool: new (url: string, options: object) => Pool }).Pool;

/** As in the product: what crowds within this time is one commit. */
const GATHER_MS = 3;

/** What a sketch is told with which to begin. */
export interface SketchStart {
  readonly folder: string;
  readonly hubUrl: string;
  readonly coreUrl: string;
  readonly own: string;
  readonly peer: string;
  readonly hubId: string;
}

/** A message, believed to be what it should be. */
export type Message = object;
export type Parts = ReturnType<typeof openParts>;

/** All that is paid for: mutual TLS, signatures on the thread pool, a journal with fsync, HTTP clients and servers. No checks, no retries, no rules. */
export function openParts({ folder, hubUrl, coreUrl, own, peer, hubId }: SketchStart) {
  const read = (file: string): Buffer => readFileSync(`${folder}/${file}`);
  const tls = { cert: read(`ca/${own}.pem`), key: read(`ca/${own}-key.pem`), ca: read('ca/ca.pem') };
  const signingKey = crypto.createPrivateKey(read(`jws/private/${own}.pem`));
  const peerKeys = new Map([peer, hubId].map((name) => [name, crypto.createPublicKey(read(`jws/public/${name}.pem`))]));
  const hub = new HttpPool(hubUrl, { connect: { ...tls, servername: 'localhost' }, connections: 64 });
  const core = new HttpPool(coreUrl, { connections: 64 });

  const sign = (method: string, uri: string, body: string): Promise<string> => {
    const header = { alg: 'RS256', 'FSPIOP-URI': uri, 'FSPIOP-HTTP-Method': method, 'FSPIOP-Source': own, Date: new Date().toUTCString() };
    const protectedHeader = Buffer.from(JSON.stringify(header)).toString('base64url');
    const input = Buffer.from(`${protectedHeader}.${Buffer.from(body).toString('base64url')}`);
    return new Promise((resolve, reject) => {
      crypto.sign('sha256', input, signingKey, (error, signature) =>
        error ? reject(error) : resolve(JSON.stringify({ protectedHeader, signature: signature.toString('base64url') })),
      );
    });
  };
  const verify = <T extends Message>(request: FastifyRequest): Promise<T> => {
    const body = request.body as Buffer;
    const { protectedHeader, signature } = JSON.parse(String(request.headers['fspiop-signature'])) as Record<string, string>;
    const key = peerKeys.get(String(request.headers['fspiop-source']));
    if (protectedHeader === undefined || signature === undefined || key === undefined) throw new Error('no signature');
    const input = Buffer.from(`${protectedHeader}.${body.toString('base64url')}`);
    return new Promise((resolve, reject) => {
      crypto.verify('sha256', input, key, Buffer.from(signature, 'base64url'), (error, genuine) =>
        genuine ? resolve(JSON.parse(body.toString('utf8')) as T) : reject(error ?? new Error('forged')),
      );
    });
  };
  return {
    own,
    peer,
    append: openJournal(`${folder}/sketch-${own}-${process.pid}.db`),
    verify,
    /** Sends, signed where there is a body, and waits for the acknowledgement. */
    async toHub(method: string, path: string, resource: string, message?: Message): Promise<void> {
      const body = message && JSON.stringify(message);
      const type = `application/vnd.interoperability.${resource}+json;version=1.1`;
      const headers: Record<string, string> = { 'content-type': type, accept: type, date: new Date().toUTCString() };
      Object.assign(headers, { 'fspiop-source': own, 'fspiop-destination': peer });
      if (body !== undefined) {
        headers['fspiop-signature'] = await sign(method, path, body);
        Object.assign(headers, { 'fspiop-uri': path, 'fspiop-http-method': method });
      }
      const answer = await hub.request({ method: method as 'POST', path, headers, body: body ?? null });
      await answer.body.arrayBuffer();
      if (answer.statusCode >= 300) throw new Error(`hub: ${answer.statusCode}`);
    },
    async toCore<T extends Message>(method: string, path: string, message?: Message): Promise<T> {
      const body = message === undefined ? null : JSON.stringify(message);
      const answer = await core.request({ method: method as 'POST', path, headers: { 'content-type': 'application/json' }, body });
      const text = await answer.body.text();
      return JSON.parse(text || '{}') as T;
    },
    inboundServer(): FastifyInstance {
      const server = fastify({ https: { ...tls, requestCert: true, rejectUnauthorized: true } });
      server.removeAllContentTypeParsers();
      server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
      return server;
    },
    outboundServer: (): FastifyInstance => fastify({}),
  };
}

function openJournal(file: string): (row: readonly [id: string, seq: number, event: Message]) => Promise<void> {
  const database = new Worker(new URL('./sketch-database.ts', import.meta.url), { workerData: file, name: 'sqlite' });
  const batches = new Map<number, readonly (() => void)[]>();
  let [rows, resolvers, number]: [unknown[], (() => void)[], number] = [[], [], 0];
  database.on('message', (done: number) => {
    for (const resolve of batches.get(done) ?? []) resolve();
    batches.delete(done);
  });
  return ([id, seq, event]) =>
    new Promise((resolve) => {
      if (rows.length === 0) {
        setTimeout(() => {
          batches.set(++number, resolvers);
          database.postMessage([number, rows]);
          [rows, resolvers] = [[], []];
        }, GATHER_MS);
      }
      rows.push([id, seq, JSON.stringify(event)]);
      resolvers.push(resolve);
    });
}
