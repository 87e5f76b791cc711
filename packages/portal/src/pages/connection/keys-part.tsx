import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { addressOf, ask } from '../../api/ask.ts';
import { useMay } from '../../api/me.ts';
import { now } from '../../browser/page-clock.ts';
import { Mark } from '../../components/mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { Asked, EmptyState } from '../../components/states.tsx';
import { Table } from '../../components/table.tsx';
import { TableHeads } from '../../components/table-heads.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import type { Key, Progress } from './answers.ts';
import { CONNECTION } from './connection-texts.ts';
import { KeyActs } from './key-acts.tsx';
import { KEY_TONES } from './key-tones.ts';
import { type Renewing, RotateDialog } from './rotate-dialog.tsx';
import { UploadDialog } from './upload-dialog.tsx';

/** Keys with which messages are signed and verified: ours, and the peers’. */
export function KeysPart({ progress }: { readonly progress: Progress }): ReactElement {
  const texts = useTexts(CONNECTION);
  const mayRotate = useMay('keys:rotate');
  const [renewing, setRenewing] = useState<Renewing>();
  const [uploads, setUploads] = useState(false);
  const byHand = !progress.connectionManager;
  const keys = useQuery({
    queryKey: ['connection', 'keys'],
    queryFn: () => ask<{ readonly keys: readonly Key[] }>('GET /connection/keys'),
  });
  const jws = (all: readonly Key[], own: boolean): readonly Key[] =>
    all.filter(({ purpose }) => purpose === (own ? 'jws-signing' : 'peer-jws')).toReversed();
  return (
    <div className={shapes['page']}>
      {mayRotate && (
        <div className={shapes['buttons']}>
          {byHand && (
            <Button size="xs" variant="default" onClick={() => setUploads(true)}>
              {texts.upload}
            </Button>
          )}
          {byHand &&
            progress.waiting.map(({ what, earlyMs }) => (
              <Button size="xs" key={what} onClick={() => setRenewing({ what, activate: true, early: earlyMs > 0 })}>
                {texts.activate[what]}
              </Button>
            ))}
          <Button size="xs" variant="default" onClick={() => setRenewing({ what: 'jws', activate: false })}>
            {texts.renew.jws}
          </Button>
        </div>
      )}
      <Asked query={keys} permission="connection:read">
        {(data) => (
          <>
            <KeyTable title={texts.ownKeys} keys={jws(data.keys, true)} none={texts.noOwnKeys} />
            <KeyTable title={texts.peerKeys} keys={jws(data.keys, false)} none={texts.noPeerKeys} withOwner />
          </>
        )}
      </Asked>
      {renewing && <RotateDialog renewing={renewing} byHand={byHand} close={() => setRenewing(undefined)} />}
      {uploads && <UploadDialog close={() => setUploads(false)} />}
    </div>
  );
}

interface KeyTableProps {
  readonly title: string;
  readonly keys: readonly Key[];
  /** What is said where there are none. */
  readonly none: string;
  readonly withOwner?: boolean;
}

function KeyTable({ title, keys, none, withOwner = false }: KeyTableProps): ReactElement {
  const texts = useTexts(CONNECTION);
  const { moment } = useFormats();
  const { owner, state, algorithm, since, by, key } = texts.heads;
  const heads = [...(withOwner ? [owner] : []), key, state, algorithm, since, by];
  return (
    <Panel title={title} flush>
      {keys.length === 0 ? (
        <EmptyState icon="key" title={none} />
      ) : (
        <Table label={title} head={<TableHeads names={heads} acts />}>
          {keys.map((one) => (
            <tr key={`${one.owner} ${one.keyId}`}>
              {withOwner && <td>{one.owner}</td>}
              <td className={shapes['mono']} title={one.keyId}>
                {one.keyId.slice(0, 16)}…
              </td>
              <td>
                <Mark tone={KEY_TONES[one.state] ?? 'still'}>{texts.keyStates[one.state] ?? one.state}</Mark>
              </td>
              <td>{one.algorithm}</td>
              <td>{moment(one.since, now())}</td>
              <td title={one.why}>{one.by.replace(/^\w+:/, '')}</td>
              <td>
                <KeyActs
                  keyId={one.keyId}
                  name={`${one.owner} ${one.keyId.slice(0, 16)}`}
                  download={addressOf('GET /connection/keys/:id/file', { params: { id: one.keyId }, query: { part: 'public-key' } })}
                />
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Panel>
  );
}
