import { useState } from 'preact/hooks';
import { useAnswer } from '../api/use-answer.ts';
import { Nothing } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { Table } from '../controls/table.tsx';
import { Ago } from '../controls/time.tsx';
import { useSession } from '../session.ts';
import type { ServiceEvent } from './service-event.ts';

interface DeadLetter {
  readonly target: string;
  readonly time: string;
  readonly reason: string;
  readonly event: ServiceEvent;
}

/** What was given up, the newest hundred; one of them or all are sent again. */
export function DeadLetters() {
  const { api } = useSession();
  const { data, error, reload } = useAnswer(
    () => api.request<{ deadLetters: DeadLetter[] }>('GET', '/proscenium/events/dead-letters?maxResults=100'),
    [api],
  );
  const [trouble, setTrouble] = useState<unknown>();
  const [said, setSaid] = useState('');
  const replay = async (order: object) => {
    setTrouble(undefined);
    try {
      const { replayed } = await api.request<{ replayed: number }>(
        'POST',
        '/proscenium/events/dead-letters/replay',
        order,
      );
      setSaid(replayed === 1 ? 'One is sent again.' : `${replayed} are sent again.`);
      reload();
    } catch (refusal) {
      setTrouble(refusal);
    }
  };
  const letters = data?.deadLetters ?? [];
  return (
    <>
      <Problem error={trouble ?? error} />
      <p role="status" class="quiet">
        {said}
      </p>
      {data && letters.length === 0 && <Nothing>There are none.</Nothing>}
      {letters.length > 0 && (
        <>
          <Table
            label="Dead letters"
            rows={letters}
            keyOf={({ target, event }) => `${target} ${event.id}`}
            columns={[
              {
                title: 'Event',
                cell: ({ event }) => <strong>{event.detail.event_name ?? event['detail-type']}</strong>,
              },
              { title: 'Target', cell: ({ target }) => target },
              { title: 'Why', cell: ({ reason }) => reason },
              { title: 'When', cell: ({ time }) => <Ago time={time} /> },
              {
                title: 'Actions',
                end: true,
                cell: ({ target, event }) => (
                  <button
                    type="button"
                    class="button small"
                    aria-label={`Send ${event.detail.event_name ?? 'it'} again to ${target}`}
                    onClick={() => void replay({ target, eventIds: [event.id] })}
                  >
                    Send again
                  </button>
                ),
              },
            ]}
          />
          <p class="actions end">
            <button type="button" class="button" onClick={() => void replay({})}>
              Send all again
            </button>
          </p>
        </>
      )}
    </>
  );
}
