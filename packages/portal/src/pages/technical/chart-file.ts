import { drawPng } from '../../browser/draw-png.ts';
import { saveFile } from '../../browser/save-file.ts';

const INLINED = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'font-size',
  'font-family',
  'text-anchor',
  'direction',
  'opacity',
] as const;

/** A drawing that stands by itself: what style sheets say is written into it, with the ground of the page behind. */
export function standAlone(svg: SVGSVGElement): SVGSVGElement {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const [from, to] = [
    [svg, ...svg.querySelectorAll('*')],
    [copy, ...copy.querySelectorAll('*')],
  ];
  for (const [at, element] of from.entries()) {
    const style = getComputedStyle(element);
    to[at]?.removeAttribute('class');
    for (const name of INLINED) to[at]?.setAttribute(name, style.getPropertyValue(name));
  }
  const { width, height } = svg.viewBox.baseVal;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  const ground = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  ground.setAttribute('width', String(width));
  ground.setAttribute('height', String(height));
  ground.setAttribute('fill', getComputedStyle(document.body).backgroundColor);
  copy.prepend(ground);
  return copy;
}

/** Offers a drawing as a file. */
export async function saveDrawing(svg: SVGSVGElement, name: string, kind: 'svg' | 'png'): Promise<void> {
  const alone = standAlone(svg);
  if (kind === 'svg') return saveFile(`${name}.svg`, 'image/svg+xml', [new XMLSerializer().serializeToString(alone)]);
  const { width, height } = svg.viewBox.baseVal;
  saveFile(`${name}.png`, 'image/png', [await drawPng(alone, width, height)]);
}
