import crypto from 'node:crypto';
import type { PartiesPutResponse, QuotesIdPutResponse, QuotesPostRequest, TransfersPostRequest } from '@payment-manager/fspiop';
import { type Message, openParts, type Parts, type SketchStart } from './sketch-parts.ts';

/** What the DFSP asks for. */
interface Asked {
  readonly from: { readonly idType: string; readonly idValue: string };
  readonly to: { readonly idType: string; readonly idValue: string };
  readonly amount: string;
  readonly currency: string;
}

/** The messages, signatures, appends and calls of one payment, and nothing else: what no product can be below. Killed by its parent. */
const [role, start] = JSON.parse(process.argv[2] ?? '[]') as ['payer' | 'payee', SketchStart];
const parts = openParts(start);
const urls = role === 'payer' ? await startPayer(parts) : await startPayee(parts);
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1_000, rssMb: process.memoryUsage.rss() / 1_048_576 });
});
process.on('disconnect', () => process.exit(0));
process.send?.(urls);

/** Four appends, two signatures, three verifications. */
async function startPayer({ append, verify, toHub, own, peer, inboundServer, outboundServer }: Parts) {
  const waiting = new Map<string, (message: Message) => void>();
  const callback = <T extends Message>(path: string): Promise<T> =>
    new Promise((resolve) => void waiting.set(path, (message) => resolve(message as T)));
  const inbound = inboundServer();
  inbound.put('/*', async (request, reply) => {
    const message = await verify(request);
    waiting.get(request.url)?.(message);
    waiting.delete(request.url);
    return reply.code(200).send();
  });
  const outbound = outboundServer();
  outbound.post('/transfers', async (request) => {
    const asked = request.body as Asked;
    const [transferId, quoteId] = [crypto.randomUUID(), crypto.randomUUID()];
    await append([transferId, 0, asked]);
    const partyPath = `/parties/${asked.to.idType}/${asked.to.idValue}`;
    const found = callback<PartiesPutResponse>(partyPath);
    await toHub('GET', partyPath, 'parties');
    const { party } = await found;
    await append([transferId, 1, { party, quoteId }]);
    const priced = callback<QuotesIdPutResponse>(`/quotes/${quoteId}`);
    const amount = { currency: asked.currency, amount: asked.amount };
    const payer = { partyIdInfo: { partyIdType: asked.from.idType, partyIdentifier: asked.from.idValue, fspId: own } };
    const transactionType = { scenario: 'TRANSFER', initiator: 'PAYER', initiatorType: 'CONSUMER' };
    const quote = { quoteId, transactionId: transferId, payer, payee: party, amountType: 'SEND', amount, transactionType };
    await toHub('POST', '/quotes', 'quotes', quote);
    const { transferAmount, ilpPacket, condition } = await priced;
    await append([transferId, 2, { transferAmount, ilpPacket, condition }]);
    const ended = callback(`/transfers/${transferId}`);
    const expiration = new Date(Date.now() + 60_000).toISOString();
    const prepare = { transferId, payerFsp: own, payeeFsp: peer, amount: transferAmount, ilpPacket, condition, expiration };
    await toHub('POST', '/transfers', 'transfers', prepare);
    const fulfil = await ended;
    await append([transferId, 3, fulfil]);
    return { ...asked, transferId, currentState: 'COMPLETED', fulfil };
  });
  return { inbound: await inbound.listen({ port: 0, host: '127.0.0.1' }), outbound: await outbound.listen({ port: 0, host: '127.0.0.1' }) };
}

/** Six appends, three signatures, three verifications, four calls of the core. */
async function startPayee({ append, verify, toHub, toCore, own, inboundServer }: Parts) {
  const inbound = inboundServer();
  const quotes = new Map<string, { ilpPacket: string; condition: string; fulfilment: string }>();
  inbound.get('/parties/*', async (request, reply) => {
    const send = async (): Promise<void> => {
      const { idType, idValue, displayName } = await toCore<Record<string, string>>('GET', request.url);
      const party = { partyIdInfo: { partyIdType: idType, partyIdentifier: idValue, fspId: own }, name: displayName };
      await toHub('PUT', request.url, 'parties', { party });
    };
    void send();
    return reply.code(202).send();
  });
  inbound.post('/quotes', async (request, reply) => {
    const quote = await verify<QuotesPostRequest>(request);
    const send = async (): Promise<void> => {
      await toCore('POST', '/quoterequests', { ...quote, ...quote.amount });
      const fulfilment = crypto.randomBytes(32);
      const condition = crypto.createHash('sha256').update(fulfilment).digest('base64url');
      const ilpPacket = Buffer.from(JSON.stringify(quote)).toString('base64url');
      const kept = { ilpPacket, condition, fulfilment: fulfilment.toString('base64url') };
      quotes.set(quote.transactionId, kept);
      await append([quote.transactionId, 0, { quote, kept }]);
      const expiration = new Date(Date.now() + 60_000).toISOString();
      await toHub('PUT', `/quotes/${quote.quoteId}`, 'quotes', { transferAmount: quote.amount, expiration, ilpPacket, condition });
    };
    void send();
    return reply.code(202).send();
  });
  inbound.post('/transfers', async (request, reply) => {
    const prepare = await verify<TransfersPostRequest>(request);
    const id = prepare.transferId;
    await append([id, 1, prepare]);
    const send = async (): Promise<void> => {
      await append([id, 2, { started: true }]);
      const reserved = await toCore('POST', '/transfers', prepare);
      await append([id, 3, reserved]);
      const fulfilment = quotes.get(id)?.fulfilment;
      await toHub('PUT', `/transfers/${id}`, 'transfers', {
        transferState: 'RESERVED',
        fulfilment,
        completedTimestamp: new Date().toISOString(),
      });
    };
    void send();
    return reply.code(202).send();
  });
  inbound.patch('/transfers/:id', async (request, reply) => {
    const { id } = request.params as { id: string };
    const told = await verify(request);
    await append([id, 4, told]);
    const send = async (): Promise<void> => {
      await toCore('PUT', `/transfers/${id}`, told);
      quotes.delete(id);
      await append([id, 5, { notified: true }]);
    };
    void send();
    return reply.code(200).send();
  });
  return { inbound: await inbound.listen({ port: 0, host: '127.0.0.1' }) };
}
