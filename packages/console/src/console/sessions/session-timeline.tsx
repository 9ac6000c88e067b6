import { useState } from 'preact/hooks';
import { Section } from '../controls/page.tsx';
import { Table } from '../controls/table.tsx';
import type { Entry } from '../stages/timeline-entries.ts';
import { type Span, tracksOf } from './participant-track.ts';
import type { SessionHistory } from './session-history.ts';

interface SessionTimelineProps {
  readonly history: SessionHistory;
  readonly startTime: string | undefined;
  /** Undefined while the session goes on. */
  readonly endTime: string | undefined;
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** A session drawn over time: who was there when, who published when, and what happened. */
export function SessionTimeline({ history, startTime, endTime }: SessionTimelineProps) {
  const tracks = tracksOf(history);
  const marks = tracks
    .flatMap((track) => track.marks)
    .toSorted((one, other) => Date.parse(one.time) - Date.parse(other.time));
  const firstMs = Math.min(Date.parse(startTime ?? '') || Number.POSITIVE_INFINITY, ...marks.map(timeOf));
  const lastMs = Math.max(endTime ? Date.parse(endTime) : Date.now(), ...marks.map(timeOf));
  const [chosenId, choose] = useState<string>();
  const chosen = marks.find(({ id }) => id === chosenId);
  const told = chosen ?? marks[0];
  if (tracks.length === 0) return null;

  const place = (timeMs: number) => `${(((timeMs - firstMs) / Math.max(1, lastMs - firstMs)) * 100).toFixed(2)}%`;
  const spanStyle = ({ fromMs, toMs = lastMs }: Span) => ({
    left: place(fromMs),
    width: `calc(${place(firstMs + Math.max(0, toMs - fromMs))} + 1px)`,
  });
  const words = ({ time, who, words: what }: Entry) => `${clock.format(Date.parse(time))}: ${who} ${what}`;
  return (
    <Section
      title="Session"
      note="Thin: on the stage. Thick: published. Dots: what happened; point at them, or walk along with the slider."
    >
      <div class="session-timeline">
        {tracks.map((track) => (
          <div key={track.participantId} class="track" aria-hidden="true">
            <span class="track-name" title={track.participantId}>
              {track.name}
            </span>
            <div class="track-bars">
              {track.stays.map((span) => (
                <span key={span.fromMs} class="stay" style={spanStyle(span)} />
              ))}
              {track.publishes.map((span) => (
                <span key={span.fromMs} class="published" style={spanStyle(span)} />
              ))}
              {track.marks.map((mark) => (
                <span
                  key={mark.id}
                  class="mark-dot"
                  data-tone={mark.tone}
                  data-chosen={mark.id === chosenId || undefined}
                  style={{ left: place(timeOf(mark)) }}
                  onPointerEnter={() => choose(mark.id)}
                />
              ))}
            </div>
          </div>
        ))}
        <div class="track axis">
          <span />
          <div>
            <span>{clock.format(firstMs)}</span>
            {marks.length > 0 && (
              <input
                type="range"
                min={0}
                max={marks.length - 1}
                value={Math.max(
                  0,
                  marks.findIndex(({ id }) => id === chosenId),
                )}
                aria-label="Event of the session"
                aria-valuetext={told && words(told)}
                onInput={({ currentTarget }) => choose(marks[Number(currentTarget.value)]?.id)}
              />
            )}
            <span>{endTime ? clock.format(lastMs) : 'now'}</span>
          </div>
        </div>
      </div>
      <p class="track-tell quiet">
        {chosen ? (
          <>
            {clock.format(timeOf(chosen))} <strong>{chosen.who}</strong> {chosen.words}
          </>
        ) : (
          `${marks.length} events`
        )}
        {history.omitted > 0 && ` · ${history.omitted} who came earlier are not drawn`}
      </p>
      <details class="more">
        <summary>As a table</summary>
        <Table
          label="The session over time"
          rows={tracks}
          keyOf={({ participantId }) => participantId}
          columns={[
            { title: 'Who', cell: ({ name }) => name },
            { title: 'On the stage', cell: ({ stays }) => writeSpans(stays) },
            { title: 'Published', cell: ({ publishes }) => writeSpans(publishes) },
            {
              title: 'Errors',
              cell: ({ marks: all }) =>
                all
                  .filter(({ tone }) => tone === 'bad')
                  .map(({ words }) => words)
                  .join(', ') || 'none',
            },
          ]}
        />
      </details>
    </Section>
  );
}

function timeOf({ time }: { readonly time: string }): number {
  return Date.parse(time);
}

function writeSpans(spans: readonly Span[]): string {
  if (spans.length === 0) return '–';
  return spans
    .map(({ fromMs, toMs }) => `${clock.format(fromMs)} to ${toMs === undefined ? 'now' : clock.format(toMs)}`)
    .join(', ');
}
