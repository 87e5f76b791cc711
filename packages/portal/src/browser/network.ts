/** The one way to our own server. Nothing else is ever called. */
export const callServer = (path: string, init: RequestInit): Promise<Response> => fetch(path, { credentials: 'same-origin', ...init });

/** Server-sent events of our own server; returns what ends them. `open` tells whether they come. */
export function listen(
  path: string,
  events: Readonly<Record<string, (data: string) => void>>,
  open: (isOpen: boolean, closedForGood: boolean) => void,
): () => void {
  const source = new EventSource(path);
  source.onopen = () => open(true, false);
  source.onerror = () => open(false, source.readyState === EventSource.CLOSED);
  for (const [name, told] of Object.entries(events)) source.addEventListener(name, (event) => told(String((event as MessageEvent).data)));
  return () => source.close();
}

/** Tells whether this machine has a network, when that changes; returns what ends it. */
export function whenOnline(change: (online: boolean) => void): () => void {
  const on = (): void => change(true);
  const off = (): void => change(false);
  addEventListener('online', on);
  addEventListener('offline', off);
  return () => {
    removeEventListener('online', on);
    removeEventListener('offline', off);
  };
}
