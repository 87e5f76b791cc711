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

/** Whether nobody sees the page: another tab, or a dark screen. */
export const pageIsHidden = (): boolean => document.hidden;

/** Calls at once, and at most each so many milliseconds: what is asked for in between is done once at their end. */
export function atMostEach(ms: number, call: () => void): { ask(): void; stop(): void } {
  let end: (() => void) | undefined;
  let again = false;
  const ask = (): void => {
    if (end !== undefined) {
      again = true;
      return;
    }
    call();
    end = after(ms, () => {
      end = undefined;
      if (!again) return;
      again = false;
      ask();
    });
  };
  return { ask, stop: () => end?.() };
}
