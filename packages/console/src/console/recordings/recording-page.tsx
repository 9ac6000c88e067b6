import type { ObjectList } from '../api/api.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Copyable } from '../controls/copy-button.tsx';
import { Facts, Nothing, Page, Section } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { Moment } from '../controls/time.tsx';
import { describeDuration } from '../controls/times.ts';
import { useSession } from '../session.ts';
import { lazily } from '../shell/lazily.tsx';
import { hrefOf } from '../shell/route.ts';
import type { Thumbnail } from './player.tsx';
import { readPlace } from './recording-place.ts';

const Player = lazily(async () => (await import('./player.tsx')).Player);

const maximumThumbnails = 60;

/** A recording: it plays, and shows its thumbnails and what is written about it. */
export function RecordingPage({ bucket, prefix }: { bucket: string; prefix: string }) {
  const { api } = useSession();
  const { stageId, sessionId, subject, startTime } = readPlace(bucket, prefix);
  const { data, error } = useAnswer(async () => {
    const { objects } = await api.listObjects(bucket, `${prefix}/events/`);
    const events = objects.map(({ key }) => key);
    const last = events.find((key) => /recording-(ended|failed)\.json$/.test(key)) ?? events[0];
    const [metadata, thumbnails] = await Promise.all([
      last ? readMetadata(api.objectUrl(bucket, last)) : undefined,
      findThumbnails((below) => api.listObjects(bucket, below), `${prefix}/media/thumbnails/`),
    ]);
    return {
      metadata,
      thumbnails: evenlyChosen(thumbnails, maximumThumbnails),
      state: last?.match(/recording-(\w+)\.json$/)?.[1],
    };
  }, [api, bucket, prefix]);
  const { metadata, thumbnails = [], state } = data ?? {};
  return (
    <Page title={subject || prefix} above={[['Recordings', hrefOf('recordings')]]} lead={<Moment time={startTime} />}>
      <Problem error={error} />
      {metadata?.hasMedia && (
        <Player bucket={bucket} mainKey={`${prefix}/media/hls/multivariant.m3u8`} thumbnails={thumbnails} />
      )}
      <Facts
        rows={[
          ['State', state === 'started' ? 'being recorded' : state],
          ['Lasts', metadata?.durationMs !== undefined && durationOf(metadata.durationMs)],
          [
            'Session',
            <a key="session" href={hrefOf('stages', stageId, 'sessions', sessionId)}>
              <code>{sessionId}</code>
            </a>,
          ],
          ['Place', <Copyable key="place" text={`s3://${bucket}/${prefix}/`} label="place of the recording" />],
        ]}
      />
      {data && thumbnails.length === 0 && <Nothing>It has no thumbnails: they were not turned on.</Nothing>}
      {thumbnails.length > 0 && !metadata?.hasMedia && (
        <Section title="Thumbnails">
          <ul class="thumbnails">
            {thumbnails.map(({ key }, index) => (
              <li key={key}>
                <img src={api.objectUrl(bucket, key)} alt={`Thumbnail ${index + 1}`} loading="lazy" />
              </li>
            ))}
          </ul>
        </Section>
      )}
    </Page>
  );
}

interface Metadata {
  readonly durationMs: number | undefined;
  /** False where thumbnails alone were made. */
  readonly hasMedia: boolean;
}

async function readMetadata(url: string): Promise<Metadata> {
  const response = await fetch(url);
  const text = await response.json();
  const durationMs = text?.media?.hls?.duration_ms ?? text?.duration_ms;
  return {
    durationMs: typeof durationMs === 'number' ? durationMs : undefined,
    hasMedia: text?.media?.hls !== undefined,
  };
}

/** The pictures in the order of their numbers. */
async function findThumbnails(list: (prefix: string) => Promise<ObjectList>, prefix: string): Promise<Thumbnail[]> {
  const { prefixes } = await list(prefix);
  const below = await Promise.all(prefixes.map(list));
  const numberOf = ({ key }: Thumbnail) => Number(/(\d+)\.jpg$/.exec(key)?.[1] ?? 0);
  return below
    .flatMap(({ objects }) => objects)
    .filter(({ key }) => key.endsWith('.jpg'))
    .sort((one, other) => numberOf(one) - numberOf(other));
}

/** So many at most, from the first to the last. */
function evenlyChosen<Item>(items: readonly Item[], maximum: number): readonly Item[] {
  const step = Math.max(1, items.length / maximum);
  return items.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

function durationOf(durationMs: number): string {
  return describeDuration(new Date(0).toISOString(), new Date(durationMs).toISOString());
}
