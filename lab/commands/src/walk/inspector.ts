import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

type Params = Readonly<Record<string, unknown>>;

/** One thread of the process that is followed, over the protocol of V8's inspector. */
export interface InspectedThread {
  /** Rejects with what the inspector says. */
  send<T = unknown>(method: string, params?: Params): Promise<T>;
  on(event: string, listener: (params: never) => void): void;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Params;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** Where a process that is to be followed gives access to its inspector (`inspector-relay.ts`). */
export interface InspectorDoor {
  /**
   * Resolves when a process is there and its main thread answers.
   *
   * @param onThread is given each thread: the main one first, then workers, those that are there and those that start
   */
  enter(onThread: (thread: InspectedThread) => void): Promise<void>;
  close(): void;
}

/** Listens at a Unix socket. */
export async function openInspectorDoor(path: string): Promise<InspectorDoor> {
  const server = createServer();
  const coming = new Promise<Socket>((resolve) => server.once('connection', resolve));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    async enter(onThread) {
      const socket = await coming;
      const main = thread((text) => socket.write(`${text}\n`));
      createInterface({ input: socket }).on('line', (line) => main.receive(line));
      followWorkers(main, onThread);
      onThread(main);
      await main.send('NodeWorker.enable', { waitForDebuggerOnStart: false });
    },
    close() {
      server.close();
      void coming.then((socket) => socket.destroy());
    },
  };
}

function followWorkers(main: InspectedThread, onThread: (thread: InspectedThread) => void): void {
  const workers = new Map<string, ReturnType<typeof thread>>();
  main.on('NodeWorker.attachedToWorker', ({ sessionId, workerInfo }: { sessionId: string; workerInfo: { url: string } }) => {
    if (workerInfo.url.endsWith('inspector-relay.ts')) return;
    const worker = thread((message) => void main.send('NodeWorker.sendMessageToWorker', { sessionId, message }));
    workers.set(sessionId, worker);
    onThread(worker);
  });
  main.on('NodeWorker.receivedMessageFromWorker', ({ sessionId, message }: { sessionId: string; message: string }) =>
    workers.get(sessionId)?.receive(message),
  );
}

function thread(write: (text: string) => void): InspectedThread & { receive(text: string): void } {
  let last = 0;
  const asked = new Map<number, (answer: Message) => void>();
  const listeners = new Map<string, ((params: never) => void)[]>();
  return {
    send<T>(method: string, params: Params = {}) {
      const id = ++last;
      write(JSON.stringify({ id, method, params }));
      return new Promise<T>((resolve, reject) => {
        asked.set(id, ({ result, error }) =>
          error === undefined ? resolve(result as T) : reject(new Error(`${method}: ${error.message}`)),
        );
      });
    },
    on(event, listener) {
      listeners.set(event, [...(listeners.get(event) ?? []), listener]);
    },
    receive(text) {
      const message = JSON.parse(text) as Message;
      if (message.id !== undefined) asked.get(message.id)?.(message);
      else for (const listener of listeners.get(message.method ?? '') ?? []) listener(message.params as never);
    },
  };
}
