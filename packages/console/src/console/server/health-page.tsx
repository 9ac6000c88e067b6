import { useEffect, useState } from 'preact/hooks';
import { useAnswer } from '../api/use-answer.ts';
import { Mark } from '../controls/mark.tsx';
import { Facts, Nothing, Page, Section } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { Duration } from '../controls/time.tsx';
import { useSession } from '../session.ts';
import { type Gauge, gauges, type Reading, read } from './gauges.ts';
import { Sparkline } from './sparkline.tsx';

const lookMs = 5_000;
const maximumReadings = 120;

/** How the server does: figures of now, and how they came about since the page was opened. */
export function HealthPage() {
  const { api, facts } = useSession();
  const { data, error } = useAnswer(
    async () => {
      const [{ text }, ready] = await Promise.all([
        facts.isOperator ? api.request<{ text: string }>('GET', '/proscenium/server/metrics') : { text: '' },
        fetch('/readyz').then((response) => response.json()),
      ]);
      return { reading: read(text, Date.now()), ready: ready as { status: string; reason?: string } };
    },
    [api, facts.isOperator],
    { everyMs: lookMs },
  );
  const [readings, setReadings] = useState<readonly Reading[]>([]);
  useEffect(() => {
    if (data) setReadings((before) => [...before, data.reading].slice(-maximumReadings));
  }, [data]);
  const { status, reason } = data?.ready ?? {};
  return (
    <Page
      title="Health"
      lead={status && <Mark state={status === 'ready' ? 'Ready' : `Takes nobody: ${reason ?? status}`} />}
    >
      <Problem error={error} />
      <Facts
        rows={[
          ['Runs for', <Duration key="runs" from={facts.startTime} to={undefined} />],
          ['Address', api.origin],
          ['Encoders', Object.values(facts.ingest).join(', ') || 'not waited for'],
          ['Recordings', facts.servesObjects ? 'in the server’s own folder' : 'in another S3 store'],
        ]}
      />
      {!facts.isOperator && <Nothing>The server’s figures are for access keys of its own account.</Nothing>}
      {facts.isOperator &&
        Object.entries(Object.groupBy(gauges, ({ group }) => group)).map(([group, members = []]) => (
          <Section key={group} title={group}>
            <ul class="gauges">
              {members.map((gauge) => (
                <GaugeCard key={gauge.title} gauge={gauge} readings={readings} />
              ))}
            </ul>
          </Section>
        ))}
    </Page>
  );
}

function GaugeCard({ gauge, readings }: { gauge: Gauge; readings: readonly Reading[] }) {
  const values = readings.map((reading, index) => gauge.value(reading, readings[index - 1]));
  const now = values.at(-1);
  return (
    <li>
      <span class="quiet">{gauge.title}</span>
      <strong>{now === undefined ? '–' : gauge.write(now)}</strong>
      <Sparkline values={values.filter((value) => value !== undefined)} />
    </li>
  );
}
