/** Resolves in a later turn of the event loop: whoever works through many things gives others their turn between. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
