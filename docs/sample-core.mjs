// A core banking system of sixty lines, to see what Payment Manager asks and what it makes of the answers: node docs/sample-core.mjs 4100
// It keeps everything in memory. A real core keeps `transfers` in its database, in the same transaction as the booking.
import { createServer } from 'node:http';

const customers = { 27713803911: { displayName: 'Amara Diallo', firstName: 'Amara', lastName: 'Diallo' } };
const balances = { 27713803911: 1_000n * 10_000n }; // in ten-thousandths, for money is never a float
const transfers = new Map(); // transferId -> { state, payee, receives, homeTransactionId }

const ok = (body) => ({ status: 200, body });
const refuse = (status, statusCode, message) => ({ status, body: { statusCode, message } });
const nobody = () => refuse(404, '3204', 'Party not found');
const unknown = () => refuse(404, '3208', 'Transfer ID not found');
const units = (amount) => BigInt(amount.split('.')[0]) * 10_000n + BigInt((amount.split('.')[1] ?? '').padEnd(4, '0'));

const operations = {
  'GET parties': (_body, _type, id) => (id in customers ? ok(customers[id]) : nobody()),
  'POST quoterequests': ({ to, amount, currency }) => {
    if (!(to.idValue in customers)) return nobody();
    // no fee: what is sent arrives
    return ok({
      transferAmount: amount,
      transferAmountCurrency: currency,
      payeeReceiveAmount: amount,
      payeeReceiveAmountCurrency: currency,
    });
  },
  'POST transfers': ({ transferId, to, quote }) => {
    if (!(to.idValue in customers)) return nobody();
    // the same transferId again: the same answer, and nothing is held a second time
    const fresh = {
      state: 'RESERVED',
      payee: to.idValue,
      receives: quote.payeeReceiveAmount,
      homeTransactionId: `SC-${transfers.size + 1}`,
    };
    const kept = transfers.get(transferId) ?? fresh;
    transfers.set(transferId, kept);
    return ok({ homeTransactionId: kept.homeTransactionId, transferState: 'RESERVED' });
  },
  'PUT transfers': ({ currentState }, transferId) => {
    const kept = transfers.get(transferId);
    if (kept === undefined) return unknown();
    const state = currentState === 'COMPLETED' ? 'COMMITTED' : 'ABORTED';
    if (kept.state !== 'RESERVED') return kept.state === state ? ok({}) : refuse(409, '3100', `it is ${kept.state} already`);
    if (state === 'COMMITTED') balances[kept.payee] += units(kept.receives);
    kept.state = state;
    console.log(`${state}: ${kept.receives} for ${kept.payee}, whose balance is ${Number(balances[kept.payee]) / 10_000}`);
    return ok({});
  },
  'GET transfers': (_body, transferId) => {
    const kept = transfers.get(transferId);
    return kept ? ok({ transferId, homeTransactionId: kept.homeTransactionId, transferState: kept.state }) : unknown();
  },
};

createServer(async (request, response) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  const [resource, ...rest] = request.url.split('/').slice(1).map(decodeURIComponent);
  const operation = operations[`${request.method} ${resource}`] ?? (() => refuse(404, '3002', 'no such operation'));
  const { status, body } = operation(text && JSON.parse(text), ...rest);
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}).listen(Number(process.argv[2] ?? 4100), '127.0.0.1', () => console.log('The sample core listens. Ctrl-C ends it.'));
