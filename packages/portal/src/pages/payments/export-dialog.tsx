import { Button, NativeSelect, Progress } from '@mantine/core';
import { type ReactElement, useRef, useState } from 'react';
import { addressOf } from '../../api/ask.ts';
import { saveFile } from '../../browser/save-file.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { EMPTY_EXPORT, type ExportFile, type ExportFormat, fetchExport } from './export-file.ts';
import type { FacetQuery } from './payment-filter.ts';
import styles from './payments.module.css';
import { PAYMENTS } from './payments-texts.ts';

interface ExportDialogProps {
  /** What is exported. */
  readonly query: FacetQuery;
  /** How many that are, where it is known. */
  readonly count: number | undefined;
  readonly close: () => void;
}

type Run = { readonly is: 'not-begun' | 'runs' | 'stopped' | 'finished'; readonly file: ExportFile; readonly error?: unknown };

/** A file of many payments, with how far it is; one that broke goes on where it ended. */
export default function ExportDialog({ query, count, close }: ExportDialogProps): ReactElement {
  const { export: texts } = useTexts(PAYMENTS);
  const formats = useFormats();
  const [format, setFormat] = useState<ExportFormat | 'xlsx'>('csv');
  const [run, setRun] = useState<Run>({ is: 'not-begun', file: EMPTY_EXPORT('csv') });
  const stop = useRef<AbortController>(undefined);
  const { file } = run;
  const begin = async (from: ExportFile): Promise<void> => {
    const control = new AbortController();
    stop.current = control;
    let latest = from;
    setRun({ is: 'runs', file: from });
    const came = (now: ExportFile): void => {
      latest = now;
      setRun({ is: 'runs', file: now });
    };
    try {
      setRun({ is: 'finished', file: await fetchExport(from, query, control.signal, came) });
    } catch (error) {
      setRun({ is: 'stopped', file: latest, ...(!control.signal.aborted && { error }) });
    }
  };
  const save = (): void => saveFile(`payments.${file.format}`, file.format === 'csv' ? 'text/csv' : 'application/jsonl', file.parts);
  const rows = formats.count(file.rows);
  return (
    <Dialog
      title={texts.title}
      close={() => {
        stop.current?.abort();
        close();
      }}
    >
      <p className={styles['note']}>{texts.hint}</p>
      {run.is === 'not-begun' ? (
        <NativeSelect
          label={texts.format}
          value={format}
          data={Object.entries(texts.formats).map(([value, label]) => ({ value, label }))}
          onChange={({ currentTarget }) => setFormat(currentTarget.value as typeof format)}
        />
      ) : (
        <>
          <Progress
            value={run.is === 'finished' || !count ? 100 : Math.min(100, (file.rows / count) * 100)}
            animated={run.is === 'runs'}
            aria-label={texts.title}
          />
          <p role="status">
            {run.is === 'finished'
              ? texts.done(rows)
              : count === undefined
                ? texts.unknownProgress(rows)
                : texts.progress(rows, formats.count(count))}
          </p>
        </>
      )}
      {run.is === 'not-begun' && format === 'xlsx' && <p className={styles['note']}>{texts.xlsxHint}</p>}
      {run.error !== undefined && (
        <>
          <ProblemNote error={run.error} />
          <p>{texts.broken}</p>
        </>
      )}
      <div className={shapes['line']}>
        {run.is === 'not-begun' &&
          (format === 'xlsx' ? (
            <Button component="a" href={addressOf('GET /payments/export', { query: { ...query, format } })} download="payments.xlsx">
              {texts.download}
            </Button>
          ) : (
            <Button onClick={() => void begin(EMPTY_EXPORT(format))}>{texts.start}</Button>
          ))}
        {run.is === 'runs' && (
          <Button variant="default" onClick={() => stop.current?.abort()}>
            {texts.stop}
          </Button>
        )}
        {run.is === 'stopped' && <Button onClick={() => void begin(file)}>{texts.goOn}</Button>}
        {(run.is === 'finished' || run.is === 'stopped') && (
          <Button variant={run.is === 'finished' ? 'filled' : 'default'} disabled={file.rows === 0} onClick={save}>
            {texts.save}
          </Button>
        )}
      </div>
    </Dialog>
  );
}
