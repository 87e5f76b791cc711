import type { ReactElement } from 'react';
import { encode } from 'uqr';

/** A QR code, drawn here: what is in it is told to nobody. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }): ReactElement {
  const { data, size } = encode(text, { ecc: 'M', border: 2 });
  const squares = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return (
    <svg role="img" aria-label={label} width="200" height="200" viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges">
      <path d={squares} fill="#000" />
    </svg>
  );
}
