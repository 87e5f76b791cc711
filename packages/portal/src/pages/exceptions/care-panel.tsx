import { Button, TextInput } from '@mantine/core';
import type { ShownExceptionDetail } from '@payment-manager/management-api/types';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { useMay, useMe } from '../../api/me.ts';
import { Panel } from '../../components/panel.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { nameOf } from './exception-filter.ts';
import styles from './exceptions.module.css';
import { EXCEPTIONS } from './exceptions-texts.ts';
import { useRefresh } from './use-exceptions.ts';

interface CarePanelProps {
  readonly id: string;
  readonly care: ShownExceptionDetail['care'];
}

/** Who looks after it, and what people wrote about it. */
export function CarePanel({ id, care: { owner, notes } }: CarePanelProps): ReactElement {
  const texts = useTexts(EXCEPTIONS);
  const { instant } = useFormats();
  const mayNote = useMay('exceptions:note');
  return (
    <Panel title={texts.care}>
      <Owner id={id} owner={owner} may={mayNote} />
      <h3 className={styles['subhead']}>{texts.notes}</h3>
      {notes.length === 0 && <p className={shapes['quiet']}>{texts.noNotes}</p>}
      <ol className={`${shapes['list']} ${styles['notes']}`}>
        {notes.map(({ at, by, text }) => (
          <li key={`${at} ${by}`}>
            <p>{text}</p>
            <small>{`${nameOf(by)}, ${instant(at)}`}</small>
          </li>
        ))}
      </ol>
      {mayNote && <NewNote id={id} />}
    </Panel>
  );
}

function Owner({ id, owner, may }: { readonly id: string; readonly owner: string | undefined; readonly may: boolean }): ReactElement {
  const texts = useTexts(EXCEPTIONS);
  const { who } = useMe();
  const refresh = useRefresh();
  const [other, setOther] = useState<string>();
  const owning = useMutation({
    mutationFn: (next: string | undefined) =>
      ask('PUT /exceptions/:id/owner', { params: { id }, body: next === undefined ? {} : { owner: next } }),
    onSuccess: () => setOther(undefined),
    onSettled: refresh,
  });
  const handOver = (event: FormEvent): void => {
    event.preventDefault();
    const name = (other ?? '').trim();
    if (name !== '') owning.mutate(name.includes(':') ? name : `user:${name}`);
  };
  return (
    <div className={styles['owner']}>
      <p>
        {texts.owner}: <strong>{owner === undefined ? texts.unowned : nameOf(owner)}</strong>
      </p>
      {may && (
        <div className={shapes['line']}>
          {owner !== who && (
            <Button variant="default" size="compact-sm" loading={owning.isPending} onClick={() => owning.mutate(who)}>
              {texts.takeOver}
            </Button>
          )}
          {owner !== undefined && (
            <Button variant="default" size="compact-sm" loading={owning.isPending} onClick={() => owning.mutate(undefined)}>
              {texts.release}
            </Button>
          )}
          {other === undefined && (
            <Button variant="default" size="compact-sm" onClick={() => setOther('')}>
              {texts.handOver}
            </Button>
          )}
        </div>
      )}
      {may && other !== undefined && (
        <form className={styles['inline']} onSubmit={handOver}>
          <TextInput
            size="xs"
            label={texts.handOverTo}
            maxLength={64}
            value={other}
            onChange={({ currentTarget }) => setOther(currentTarget.value)}
          />
          <Button type="submit" variant="default" size="xs" disabled={other.trim() === ''}>
            {texts.handOver}
          </Button>
        </form>
      )}
      <ProblemNote error={owning.error} />
    </div>
  );
}

function NewNote({ id }: { readonly id: string }): ReactElement {
  const texts = useTexts(EXCEPTIONS);
  const refresh = useRefresh();
  const [text, setText] = useState('');
  const noting = useMutation({
    mutationFn: () => ask('POST /exceptions/:id/notes', { params: { id }, body: { text: text.trim() } }),
    onSuccess: () => setText(''),
    onSettled: refresh,
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    noting.mutate();
  };
  return (
    <form className={styles['inline']} onSubmit={submit}>
      <TextInput
        size="xs"
        label={texts.newNote}
        description={texts.noteHint}
        maxLength={2_000}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      <Button type="submit" variant="default" size="xs" loading={noting.isPending} disabled={text.trim() === ''}>
        {texts.addNote}
      </Button>
      <ProblemNote error={noting.error} />
    </form>
  );
}
