const numberOf = (element: Element, name: string): number => Number.parseFloat(element.getAttribute(name) ?? '0') || 0;

/**
 * A drawing of rectangles, lines, circles and texts, with all it needs in its attributes, as an image twice as large. It is painted here: the policy for
 * content lets no image be made of a text. Rejects where the browser cannot.
 */
export function drawPng(svg: SVGSVGElement, width: number, height: number): Promise<Blob> {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width * 2, height * 2];
  const paint = canvas.getContext('2d');
  if (paint === null) return Promise.reject(new Error('this browser does not draw'));
  paint.scale(2, 2);
  for (const element of svg.querySelectorAll('rect, line, polyline, circle, text')) paintOne(paint, element);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(new Error('no image was drawn')) : resolve(blob)), 'image/png');
  });
}

function paintOne(paint: CanvasRenderingContext2D, element: Element): void {
  const of = (name: string): number => numberOf(element, name);
  const isSeen = (colour: string | null): colour is string => colour !== null && colour !== '' && colour !== 'none';
  const [fill, stroke] = [element.getAttribute('fill'), element.getAttribute('stroke')];
  paint.globalAlpha = element.hasAttribute('opacity') ? of('opacity') : 1;
  paint.beginPath();
  if (element.tagName === 'text') {
    paint.font = `${element.getAttribute('font-size')} ${element.getAttribute('font-family')}`;
    const anchor = element.getAttribute('text-anchor');
    paint.direction = element.getAttribute('direction') === 'rtl' ? 'rtl' : 'ltr';
    paint.textAlign = anchor === 'middle' ? 'center' : anchor === 'end' ? 'end' : 'start';
    paint.fillStyle = fill ?? '';
    paint.fillText(element.textContent ?? '', of('x'), of('y'));
    return;
  }
  if (element.tagName === 'rect') paint.rect(of('x'), of('y'), of('width'), of('height'));
  if (element.tagName === 'circle') paint.arc(of('cx'), of('cy'), of('r'), 0, 2 * Math.PI);
  if (element.tagName === 'line') {
    paint.moveTo(of('x1'), of('y1'));
    paint.lineTo(of('x2'), of('y2'));
  }
  for (const pair of (element.getAttribute('points') ?? '').split(' ').filter(Boolean)) {
    const [x = 0, y = 0] = pair.split(',').map(Number);
    paint.lineTo(x, y);
  }
  if (isSeen(fill) && element.tagName !== 'line') {
    paint.fillStyle = fill;
    paint.fill();
  }
  if (isSeen(stroke)) {
    paint.strokeStyle = stroke;
    paint.lineWidth = of('stroke-width') || 1;
    paint.stroke();
  }
}
