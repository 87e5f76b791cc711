import { Button } from '@mantine/core';
import type { ShownMessage, ShownMessages } from '@payment-manager/management-api/types';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { saveFile } from '../../browser/save-file.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Mark } from '../../components/mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { Asked } from '../../components/states.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { messageText, prettyBody } from './message-text.ts';
import styles from './messages.module.css';
import { PAYMENT } from './payment-texts.ts';

const TONES = { passed: 'good', failed: 'bad', skipped: 'still' } as const;

/** Every message with hub and core, asked for when somebody wants them. */
export function MessagesPanel({ row }: { readonly row: string }): ReactElement {
  const { messages: texts } = useTexts(PAYMENT);
  const [wanted, setWanted] = useState(false);
  const query = useQuery({
    queryKey: ['payment', row, 'messages'],
    queryFn: ({ signal }) => ask<ShownMessages>('GET /payments/:row/messages', { params: { row }, signal }),
    enabled: wanted,
  });
  const all = query.data?.messages ?? [];
  return (
    <Panel
      title={texts.title}
      aside={
        all.length > 0 && (
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<Icon name="download" size={14} />}
            onClick={() => saveFile(`messages-${row}.json`, 'application/json', [JSON.stringify(all, undefined, 2)])}
          >
            {texts.download}
          </Button>
        )
      }
    >
      {wanted ? (
        <Asked query={query} permission="payments:read">
          {({ messages, remarks }) => (
            <>
              {remarks.length > 0 && (
                <details className={`${shapes['quiet']} ${styles['incomplete']}`}>
                  <summary>{texts.incomplete}</summary>
                  {remarks.map((remark) => (
                    <p key={remark}>{remark}</p>
                  ))}
                </details>
              )}
              {messages.length === 0 && <p className={shapes['quiet']}>{texts.none}</p>}
              <ol className={`${shapes['list']} ${styles['messages']}`}>
                {messages.map((message) => (
                  <Message
                    key={`${message.at} ${message.direction} ${message.method} ${message.target} ${message.attempt}`}
                    message={message}
                  />
                ))}
              </ol>
            </>
          )}
        </Asked>
      ) : (
        <div className={styles['ask']}>
          <p className={shapes['quiet']}>{texts.hint}</p>
          <Button variant="default" onClick={() => setWanted(true)}>
            {texts.load}
          </Button>
        </div>
      )}
    </Panel>
  );
}

function Message({ message }: { readonly message: ShownMessage }): ReactElement {
  const { messages: texts } = useTexts(PAYMENT);
  const { time, duration, count } = useFormats();
  const { direction, side, method, target, answer, tookMs, attempt, failure, checks } = message;
  return (
    <li>
      <details>
        <summary className={styles['summary']}>
          <time>{time(Date.parse(message.at))}</time>
          <span className={styles['way']}>
            <Icon name={direction} size={14} />
            {texts.ways[side][direction]}
          </span>
          <code className={styles['line']}>
            <strong>{method}</strong> {target}
          </code>
          <span className={styles['result']} data-bad={failure !== undefined || (answer?.status ?? 0) >= 400}>
            {answer === undefined ? (failure ?? texts.noAnswer) : texts.answered(String(answer.status))} · {texts.took(duration(tookMs))}
            {attempt !== undefined && attempt > 1 && ` · ${texts.attempt(count(attempt))}`}
          </span>
        </summary>
        <div className={styles['inside']}>
          <div className={shapes['line']}>
            {checks.map(({ what, result, says }) => (
              <Mark key={what} tone={TONES[result]} title={says}>
                {`${texts.whats[what] ?? what}: ${texts.checks[result]}`}
              </Mark>
            ))}
            <CopyButton text={messageText(message)} what={texts.copy} />
          </div>
          <h3>{texts.headers}</h3>
          <pre>
            {Object.entries(message.headers)
              .map(([name, value]) => `${name}: ${value}`)
              .join('\n')}
          </pre>
          {message.body !== '' && (
            <>
              <h3>{texts.body}</h3>
              <pre>{prettyBody(message.body)}</pre>
            </>
          )}
          {answer !== undefined && answer.body !== '' && (
            <>
              <h3>{texts.answer}</h3>
              <pre>{prettyBody(answer.body)}</pre>
            </>
          )}
        </div>
      </details>
    </li>
  );
}
