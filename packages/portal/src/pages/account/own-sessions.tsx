import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { ask } from '../../api/ask.ts';
import { now } from '../../browser/page-clock.ts';
import { Mark } from '../../components/mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { Asked } from '../../components/states.tsx';
import { Table } from '../../components/table.tsx';
import { TableHeads } from '../../components/table-heads.tsx';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { ACCOUNT } from './account-texts.ts';

interface OwnSession {
  readonly id: string;
  readonly createdAt: number;
  readonly lastSeen: number;
  readonly address: string;
  readonly userAgent: string;
  readonly by: string;
  readonly current: boolean;
}

/** Sessions of one’s own; each other one can be ended. */
export function OwnSessions(): ReactElement {
  const texts = useTexts(ACCOUNT);
  const { moment } = useFormats();
  const client = useQueryClient();
  const sessions = useQuery({
    queryKey: ['me', 'sessions'],
    queryFn: () => ask<{ readonly sessions: readonly OwnSession[] }>('GET /me/sessions'),
  });
  const ending = useMutation({
    mutationFn: (id: string) => ask('DELETE /me/sessions/:id', { params: { id } }),
    onSettled: () => client.invalidateQueries({ queryKey: ['me', 'sessions'] }),
  });
  const { session } = texts;
  const heads = [session.by, session.address, session.since, session.seen, session.browser];
  return (
    <Panel title={texts.sessions} flush>
      <ProblemNote error={ending.error} />
      <Asked query={sessions}>
        {(data) => (
          <Table label={texts.sessions} head={<TableHeads names={heads} acts />}>
            {data.sessions.map((one) => (
              <tr key={one.id}>
                <td>{texts.ways[one.by] ?? one.by}</td>
                <td>{one.address}</td>
                <td>{moment(one.createdAt, now())}</td>
                <td>{moment(one.lastSeen, now())}</td>
                <td>{browserIn(one.userAgent)}</td>
                <td data-number>
                  {one.current ? (
                    <Mark tone="good">{texts.thisOne}</Mark>
                  ) : (
                    <Button
                      variant="default"
                      size="compact-sm"
                      aria-label={texts.endSession(one.address)}
                      onClick={() => ending.mutate(one.id)}
                    >
                      {texts.end}
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Asked>
    </Panel>
  );
}

/** `Firefox 152, Linux` out of what a browser says of itself. */
function browserIn(userAgent: string): string {
  const [, name = '', version = ''] = /(Firefox|Edg|OPR|HeadlessChrome|Chrome|Safari)\/(\d+)/.exec(userAgent) ?? [];
  const [system = ''] = /Windows|Android|iPhone|iPad|Mac OS X|Linux/.exec(userAgent) ?? [];
  return (
    [`${name.replace('Edg', 'Edge').replace('OPR', 'Opera')} ${version}`.trim(), system].filter((part) => part !== '').join(', ') ||
    userAgent.slice(0, 40)
  );
}
