import type { ReactElement } from 'react';
import { Mark } from '../../components/mark.tsx';
import { Table } from '../../components/table.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { useCodeText } from '../../text/problems/problem-text.ts';
import { type BulkResult, previewSums, type ShownPreview } from './bulk-actions.ts';
import styles from './exceptions.module.css';
import { EXCEPTIONS } from './exceptions-texts.ts';

/** Which payments, how much money, and with which it is not allowed. */
export function BulkPreview({ previews }: { readonly previews: readonly ShownPreview[] }): ReactElement {
  const { bulk, amount: amountText, facts } = useTexts(EXCEPTIONS);
  const { amount, count } = useFormats();
  const allowed = previews.filter((one) => one.allowed);
  const said =
    allowed.length === 0
      ? bulk.wouldNone
      : allowed.length === previews.length
        ? bulk.wouldAll(count(previews.length))
        : bulk.would(count(allowed.length), count(previews.length));
  return (
    <div className={shapes['stack']}>
      <p role="status">{said}</p>
      <ul className={`${shapes['list']} ${styles['sums']}`}>
        {previewSums(allowed).map(({ flow, currency, amount: sum, count: some }) => (
          <li key={`${flow} ${currency}`}>
            {some === 1
              ? bulk.sumOne(amount(sum, currency), bulk.ways[flow])
              : bulk.sum(amount(sum, currency), count(some), bulk.ways[flow])}
          </li>
        ))}
      </ul>
      <div className={styles['previewRows']}>
        <Table
          wide
          label={bulk.preview}
          head={
            <>
              <th>{facts}</th>
              <th data-number>{amountText}</th>
              <th>{bulk.result}</th>
            </>
          }
        >
          {previews.map(({ id, flow, amount: money, currency, allowed: may }) => (
            <tr key={`${flow} ${id}`}>
              <td>
                <code>{id}</code>
              </td>
              <td data-number>{money === undefined ? '' : amount(money, currency)}</td>
              <td>
                <Mark tone={may ? 'wait' : 'still'}>{may ? bulk.allowed : bulk.refused}</Mark>
              </td>
            </tr>
          ))}
        </Table>
      </div>
    </div>
  );
}

const TONES = { done: 'good', waiting: 'wait', failed: 'bad', unknown: 'open' } as const;

/** What became of each. */
export function BulkResults({ results }: { readonly results: readonly BulkResult[] }): ReactElement {
  const { bulk, facts } = useTexts(EXCEPTIONS);
  const { count } = useFormats();
  const codeText = useCodeText();
  const some = (state: BulkResult['state']): string => count(results.filter((one) => one.state === state).length);
  return (
    <div className={shapes['stack']}>
      <p role="status">{bulk.summary(some('done'), some('waiting'), some('failed'), some('unknown'))}</p>
      <div className={styles['previewRows']}>
        <Table
          wide
          label={bulk.preview}
          head={
            <>
              <th>{facts}</th>
              <th>{bulk.result}</th>
            </>
          }
        >
          {results.map(({ id, flow, state, code }) => (
            <tr key={`${flow} ${id}`}>
              <td>
                <code>{id}</code>
              </td>
              <td>
                <Mark tone={TONES[state]}>{bulk.results[state]}</Mark>
                {code !== undefined && <p className={shapes['small']}>{codeText(code)}</p>}
              </td>
            </tr>
          ))}
        </Table>
      </div>
    </div>
  );
}
