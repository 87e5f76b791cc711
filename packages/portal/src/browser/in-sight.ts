/** Of a line that is moved by hand: brings what is chosen into sight, and moves nothing else. A callback of a `ref`. */
export function inSight(chosen: HTMLElement | null): void {
  const line = chosen?.closest('li')?.parentElement ?? chosen?.parentElement;
  if (!chosen || !line || line.scrollWidth <= line.clientWidth) return;
  const [one, all] = [chosen.getBoundingClientRect(), line.getBoundingClientRect()];
  line.scrollLeft += one.left + one.width / 2 - (all.left + all.width / 2);
}
