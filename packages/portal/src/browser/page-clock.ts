/** Now, milliseconds since the epoch, by the clock of this machine. */
export const now = (): number => Date.now();

/** Calls once after so many milliseconds; returns what prevents it. */
export function after(ms: number, call: () => void): () => void {
  const timer = setTimeout(call, ms);
  return () => clearTimeout(timer);
}

/** Calls each so many milliseconds; returns what ends it. */
export function each(ms: number, call: () => void): () => void {
  const timer = setInterval(call, ms);
  return () => clearInterval(timer);
}
