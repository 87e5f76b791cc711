import { Button, TextInput } from '@mantine/core';
import type { ComparedVersions, ReloadedConnector } from '@payment-manager/management-api/types';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { useMay } from '../../api/me.ts';
import { ActDialog } from '../../components/act-dialog.tsx';
import { Mark, type Tone } from '../../components/mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { Asked, EmptyState } from '../../components/states.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import type { ConnectorAnswer } from './answers.ts';
import styles from './connector.module.css';
import { CONNECTOR } from './connector-texts.ts';

type File = ComparedVersions['files'][number];
const FILES: Readonly<Record<File['is'], Tone>> = { changed: 'wait', gone: 'bad', new: 'good' };

/** What a reload would change, and the reload. */
export function ChangesPart({ connector: { candidate } }: { readonly connector: ConnectorAnswer }): ReactElement {
  const texts = useTexts(CONNECTOR);
  const mayReload = useMay('connector:reload');
  const [wanted, setWanted] = useState('');
  const [since, setSince] = useState('');
  const [reloads, setReloads] = useState(false);
  const compare = (event: FormEvent): void => {
    event.preventDefault();
    setSince(wanted.trim());
  };
  return (
    <div className={shapes['page']}>
      <div className={`${shapes['fields']} ${styles['filters']}`}>
        <p className={shapes['quiet']}>{texts.changesHint}</p>
        {mayReload && <Button onClick={() => setReloads(true)}>{texts.reload}</Button>}
      </div>
      {candidate.problems.length > 0 && (
        <Panel title={texts.problems}>
          <ul className={styles['list']}>
            {candidate.problems.map((problem) => (
              <li key={problem} className={shapes['mono']} lang="en">
                {problem}
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {(candidate.version !== undefined || since !== '') && <Changes since={since} candidate={candidate.version ?? ''} />}
      <Panel>
        <form className={`${shapes['fields']} ${styles['filters']}`} onSubmit={compare}>
          <TextInput
            label={texts.since}
            description={texts.sinceHint}
            value={wanted}
            pattern="[0-9a-f]{32}"
            maxLength={32}
            className={styles['grows'] ?? ''}
            onChange={({ currentTarget }) => setWanted(currentTarget.value)}
          />
          <Button type="submit" variant="default">
            {texts.compare}
          </Button>
        </form>
      </Panel>
      {reloads && <ReloadDialog close={() => setReloads(false)} />}
    </div>
  );
}

function Changes({ since, candidate }: { readonly since: string; readonly candidate: string }): ReactElement {
  const texts = useTexts(CONNECTOR);
  const changes = useQuery({
    queryKey: ['connector', 'changes', since, candidate],
    queryFn: () => ask<ComparedVersions>('GET /connector/changes', { query: { since } }),
  });
  return (
    <Asked query={changes} permission="connector:read">
      {({ files, from, to }) =>
        files.length === 0 ? (
          <Panel>
            <EmptyState icon="check" title={texts.noChangesTitle}>
              <p>{texts.noChanges}</p>
            </EmptyState>
          </Panel>
        ) : (
          <>
            <p className={shapes['mono']}>{`${from} → ${to}`}</p>
            {files.map((file) => (
              <FilePanel key={file.file} file={file} />
            ))}
          </>
        )
      }
    </Asked>
  );
}

function FilePanel({ file: { file, is, lines } }: { readonly file: File }): ReactElement {
  const texts = useTexts(CONNECTOR);
  const { count } = useFormats();
  return (
    <Panel title={file} aside={<Mark tone={FILES[is]}>{texts.fileStates[is]}</Mark>} flush>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it with the keyboard */}
      <section className={`${shapes['mono']} ${styles['lines']}`} tabIndex={0} aria-label={file}>
        {lines.map((line, place) =>
          line.is === 'left-out' ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a comparison do not move
            <p key={place} className={styles['gone']}>
              {texts.leftOut(count(line.lines))}
            </p>
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a comparison do not move
            <pre key={place} data-is={line.is}>
              {line.is !== 'same' && <span className="visually-hidden">{texts.lineKinds[line.is]} </span>}
              <span aria-hidden="true">{line.is === 'same' ? '  ' : line.is === 'new' ? '+ ' : '- '}</span>
              {line.text}
            </pre>
          ),
        )}
      </section>
    </Panel>
  );
}

function ReloadDialog({ close }: { readonly close: () => void }): ReactElement {
  const texts = useTexts(CONNECTOR);
  const { count } = useFormats();
  return (
    <ActDialog
      title={texts.reload}
      confirm={texts.reload}
      changes={[['connector'], ['approvals']]}
      act={(reason) => ask<ReloadedConnector>('POST /connector/reload', { body: { reason } })}
      result={(done) =>
        done.kind === 'loaded' ? (
          <p>{texts.loaded(done.version, count(done.smoke))}</p>
        ) : done.kind === 'unchanged' ? (
          <p>{texts.unchanged}</p>
        ) : (
          <>
            <p>{texts.refused}</p>
            <ul className={styles['list']}>
              {done.problems.map((problem) => (
                <li key={problem} lang="en">
                  {problem}
                </li>
              ))}
            </ul>
          </>
        )
      }
      close={close}
    >
      <p>{texts.reloadHint}</p>
    </ActDialog>
  );
}
