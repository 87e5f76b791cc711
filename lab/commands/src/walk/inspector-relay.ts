/**
 * The inspector of the main thread over a Unix socket, a JSON text a line: in a thread of its own, for the main one is halted again and again. (The
 * inspector’s own port would take 40 ms for each halt: it writes small pieces into a TCP connection.)
 */
import { Session } from 'node:inspector';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { workerData } from 'node:worker_threads';

interface Order {
  readonly id: number;
  readonly method: string;
  readonly params: object;
}

const session = new Session();
session.connectToMainThread();
const socket = connect(workerData as string);
const write = (message: object): void => void socket.write(`${JSON.stringify(message)}\n`);

session.on('inspectorNotification', write);
createInterface({ input: socket }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line) as Order;
  session.post(method, params, (error: Error | null, result?: object) => write(error === null ? { id, result } : { id, error }));
});
// Who followed is gone: nobody would let a halted thread go on.
socket.on('close', () => session.disconnect());
