import { Chart } from '../charts/chart.tsx';
import { Section } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { useReadings } from '../server/use-readings.ts';
import { useSession } from '../session.ts';
import { receivedCharts } from './received-charts.ts';
import { stageCharts } from './stage-charts.ts';
import type { Look } from './stream-meter.ts';

interface StageMetricsProps {
  readonly stageId: string;
  /** What a participant is called, by its id. */
  readonly nameOf: (participantId: string) => string;
  /** What the page measured itself; none while it only looks on from outside. */
  readonly looks: readonly Look[];
}

/** The metrics of a stage as charts: those that the server has, and how the streams come through here. */
export function StageMetrics({ stageId, nameOf, looks }: StageMetricsProps) {
  const { facts } = useSession();
  const { readings, error } = useReadings();
  return (
    <>
      {looks.length > 0 && (
        <Section title="As it comes through here" note="Measured by this page, each two seconds.">
          <div class="charts">
            {receivedCharts(looks).map((chart) => (
              <Chart key={chart.title} {...chart} timesMs={looks.map(({ atMs }) => atMs)} />
            ))}
          </div>
        </Section>
      )}
      {facts.isOperator && (
        <Section title="As the server measures it" note="Of this stage, since you first looked.">
          <Problem error={error} />
          <div class="charts">
            {stageCharts(readings, stageId, nameOf).map((chart) => (
              <Chart key={chart.title} {...chart} timesMs={readings.map(({ atMs }) => atMs)} />
            ))}
          </div>
        </Section>
      )}
    </>
  );
}
