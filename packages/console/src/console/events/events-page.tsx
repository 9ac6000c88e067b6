import { useState } from 'preact/hooks';
import { idOf } from '../api/api.ts';
import { useAnswer } from '../api/use-answer.ts';
import { SelectField, TextField } from '../controls/fields.tsx';
import { Mark } from '../controls/mark.tsx';
import { Nothing, Page, Section } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { useSession } from '../session.ts';
import { DeadLetters } from './dead-letters.tsx';
import { detailTypes, everything, patternOf } from './event-filter.ts';
import type { ServiceEvent } from './service-event.ts';
import { useEvents } from './use-events.ts';

/** The server's events as they happen, and those that could not be delivered. */
export function EventsPage() {
  const { api } = useSession();
  const [filter, setFilter] = useState(everything);
  const stages = useAnswer(() => api.list('ListStages', {}, 'stages'), [api]);
  const { events, isConnected, error } = useEvents(patternOf(filter));
  return (
    <Page title="Events" lead={<Mark state={isConnected ? 'Live' : 'Not connected'} />}>
      <div class="columns">
        <SelectField
          label="Kind"
          value={filter.detailType}
          onValue={(detailType) => setFilter({ ...filter, detailType })}
          options={[['', 'All kinds'], ...detailTypes.map((each) => [each, each] as const)]}
        />
        <SelectField
          label="Stage"
          value={filter.stageArn}
          onValue={(stageArn) => setFilter({ ...filter, stageArn })}
          options={[
            ['', 'All stages'],
            ...(stages.data ?? []).map(({ arn, name }) => [arn, name || idOf(arn)] as const),
          ]}
        />
        <TextField
          label="Name begins with"
          value={filter.eventName}
          onValue={(eventName) => setFilter({ ...filter, eventName })}
          placeholder="Participant"
        />
      </div>
      <Problem error={error} />
      {events.length === 0 ? (
        <Nothing>Events from now on appear here.</Nothing>
      ) : (
        <ol class="events" aria-label="Events, the newest first">
          {events.map((event) => (
            <EventLine key={event.id} event={event} />
          ))}
        </ol>
      )}
      <Section title="Dead letters" note="Events that a target did not take.">
        <DeadLetters />
      </Section>
    </Page>
  );
}

function EventLine({ event }: { event: ServiceEvent }) {
  const { detail, resources, time } = event;
  const who = detail.user_id || detail.participant_id;
  return (
    <li>
      <details>
        <summary>
          <time dateTime={time}>{new Date(detail.event_time ?? time).toLocaleTimeString()}</time>
          <strong>{detail.event_name ?? event['detail-type']}</strong>
          <span class="quiet">{[who, idOf(resources[0] ?? '')].filter(Boolean).join(' · ')}</span>
        </summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
        <pre tabIndex={0}>{JSON.stringify(event, null, 2)}</pre>
      </details>
    </li>
  );
}
