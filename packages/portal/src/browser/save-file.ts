import { after } from './page-clock.ts';

/** Offers something that was made here as a file. */
export function saveFile(name: string, type: string, parts: readonly BlobPart[]): void {
  const address = URL.createObjectURL(new Blob([...parts], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // the browser has begun to read it by then
  after(10_000, () => URL.revokeObjectURL(address));
}
