import { useAnswer } from '../api/use-answer.ts';
import { Chart } from '../charts/chart.tsx';
import { Mark } from '../controls/mark.tsx';
import { Facts, Nothing, Page, Section } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { Duration } from '../controls/time.tsx';
import { useSession } from '../session.ts';
import { gaugeGroups } from './gauges.ts';
import { useReadings } from './use-readings.ts';

const lookMs = 5_000;

/** How the server does: figures of now, and how they came about since somebody first looked. */
export function HealthPage() {
  const { api, facts } = useSession();
  const { data: readiness, error: readyError } = useAnswer(readReadiness, [], { everyMs: lookMs });
  const { readings, error } = useReadings();
  const timesMs = readings.map(({ atMs }) => atMs);
  const { status, reason } = readiness ?? {};
  return (
    <Page
      title="Health"
      lead={status && <Mark state={status === 'ready' ? 'Ready' : `Takes nobody: ${reason ?? status}`} />}
    >
      <Problem error={error ?? readyError} />
      <Facts
        rows={[
          ['Runs for', <Duration key="runs" from={facts.startTime} to={undefined} />],
          ['Address', api.origin],
          ['Encoders', Object.values(facts.ingest).join(', ') || 'not waited for'],
          ['Recordings', facts.servesObjects ? 'in the server’s own folder' : 'in another S3 store'],
        ]}
      />
      {!facts.isOperator && <Nothing>The server’s figures are for access keys of its own account.</Nothing>}
      {facts.isOperator && (
        <Section
          title="Figures"
          note="Since you first looked at them. Point at a line, or use the arrow keys, for what was."
        >
          <div class="charts">
            {gaugeGroups.map(({ title, write, gauges }) => (
              <Chart
                key={title}
                title={title}
                timesMs={timesMs}
                write={write}
                series={gauges.map((gauge) => ({
                  name: gauge.title,
                  values: readings.map((reading, index) => gauge.value(reading, readings[index - 1])),
                }))}
              />
            ))}
          </div>
        </Section>
      )}
    </Page>
  );
}

interface Readiness {
  readonly status: string;
  readonly reason?: string;
}

async function readReadiness(): Promise<Readiness> {
  const response = await fetch('/readyz');
  return response.json();
}
