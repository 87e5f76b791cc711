import type { Overview, PeerFigures } from '@payment-manager/management-api/types';
import type { ReactElement } from 'react';
import { Panel } from '../../components/panel.tsx';
import { Table } from '../../components/table.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { ListLink } from './list-link.tsx';
import styles from './overview.module.css';
import { OVERVIEW } from './overview-texts.ts';

/** What went to and came from each institution. */
export function PeersTable({ peers, peerCount }: Pick<Overview, 'peers' | 'peerCount'>): ReactElement {
  const texts = useTexts(OVERVIEW);
  const { count } = useFormats();
  const numbers = [texts.count, texts.completed, texts.failed, texts.rate, texts.out, texts.in];
  return (
    <Panel title={texts.peers} flush>
      <Table
        label={texts.peers}
        head={
          <>
            <th>{texts.peer}</th>
            {numbers.map((name) => (
              <th key={name} data-number>
                {name}
              </th>
            ))}
          </>
        }
      >
        {peers.map((one) => (
          <PeerRow key={one.peer} of={one} />
        ))}
      </Table>
      {peers.length < peerCount && <p className={shapes['note']}>{texts.morePeers(count(peers.length), count(peerCount))}</p>}
    </Panel>
  );
}

function PeerRow({ of: { peer, count, completed, failed, amounts } }: { readonly of: PeerFigures }): ReactElement {
  const texts = useTexts(OVERVIEW);
  const { count: counted, percent } = useFormats();
  // who was never known cannot be filtered for
  const known = peer !== '';
  return (
    <tr>
      <th scope="row">{known ? peer : <span className={shapes['quiet']}>{texts.peerUnknown}</span>}</th>
      <td data-number>{known ? <ListLink chosen={{ peer }}>{counted(count)}</ListLink> : counted(count)}</td>
      <td data-number>{known ? <ListLink chosen={{ peer, state: 'completed' }}>{counted(completed)}</ListLink> : counted(completed)}</td>
      <td data-number>
        {known && failed > 0 ? <ListLink chosen={{ peer, state: 'failed' }}>{counted(failed)}</ListLink> : counted(failed)}
      </td>
      <td data-number>{completed + failed === 0 ? '–' : percent(completed / (completed + failed))}</td>
      {(['out', 'in'] as const).map((direction) => (
        <td key={direction} data-number>
          <Amounts peer={peer} direction={direction} amounts={amounts} />
        </td>
      ))}
    </tr>
  );
}

interface AmountsProps extends Pick<PeerFigures, 'peer' | 'amounts'> {
  readonly direction: 'out' | 'in';
}

function Amounts({ peer, direction, amounts }: AmountsProps): ReactElement {
  const { amount } = useFormats();
  const some = amounts.filter((one) => !/^0(\.0*)?$/.test(one[direction]));
  if (some.length === 0) return <span className={shapes['quiet']}>–</span>;
  return (
    <span className={styles['cell']}>
      {some.map((one) => (
        <ListLink key={one.currency} chosen={{ direction, state: 'completed', currency: one.currency, ...(peer !== '' && { peer }) }}>
          {amount(one[direction], one.currency)}
        </ListLink>
      ))}
    </span>
  );
}
