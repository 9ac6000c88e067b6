import { useAnswer } from '../api/use-answer.ts';
import { Copyable } from '../controls/copy-button.tsx';
import { Facts, Nothing, Page, Section } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { Moment } from '../controls/time.tsx';
import { describeDuration } from '../controls/times.ts';
import { useSession } from '../session.ts';
import { hrefOf } from '../shell/route.ts';
import { Player } from './player.tsx';
import { readPlace } from './recording-place.ts';

const maximumThumbnails = 60;

/** A recording: it plays, and shows its thumbnails and what is written about it. */
export function RecordingPage({ bucket, prefix }: { bucket: string; prefix: string }) {
  const { api } = useSession();
  const { stageId, sessionId, subject, startTime } = readPlace(bucket, prefix);
  const { data, error } = useAnswer(async () => {
    const events = await api.listObjects(bucket, `${prefix}/events/`);
    const last = events.keys.find((key) => /recording-(ended|failed)\.json$/.test(key)) ?? events.keys[0];
    const [metadata, thumbnails] = await Promise.all([
      last ? readMetadata(api.objectUrl(bucket, last)) : undefined,
      findThumbnails((below) => api.listObjects(bucket, below), `${prefix}/media/thumbnails/`),
    ]);
    return { metadata, thumbnails, state: last?.match(/recording-(\w+)\.json$/)?.[1] };
  }, [api, bucket, prefix]);
  const { metadata, thumbnails = [], state } = data ?? {};
  return (
    <Page title={subject || prefix} above={[['Recordings', hrefOf('recordings')]]} lead={<Moment time={startTime} />}>
      <Problem error={error} />
      {state && <Player bucket={bucket} mainKey={`${prefix}/media/hls/multivariant.m3u8`} />}
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
      <Section title="Thumbnails">
        {thumbnails.length === 0 ? (
          <Nothing>The stage had no thumbnails turned on.</Nothing>
        ) : (
          <ul class="thumbnails">
            {thumbnails.slice(0, maximumThumbnails).map((key, index) => (
              <li key={key}>
                <img src={api.objectUrl(bucket, key)} alt={`Thumbnail ${index + 1}`} loading="lazy" />
              </li>
            ))}
          </ul>
        )}
      </Section>
    </Page>
  );
}

interface Metadata {
  readonly durationMs: number | undefined;
}

async function readMetadata(url: string): Promise<Metadata> {
  const response = await fetch(url);
  const text = await response.json();
  const durationMs = text?.media?.hls?.duration_ms ?? text?.duration_ms;
  return { durationMs: typeof durationMs === 'number' ? durationMs : undefined };
}

/** Keys of the pictures, in the order of their numbers. */
async function findThumbnails(
  list: (prefix: string) => Promise<{ keys: string[]; prefixes: string[] }>,
  prefix: string,
): Promise<string[]> {
  const { prefixes } = await list(prefix);
  const below = await Promise.all(prefixes.map(list));
  const numberOf = (key: string) => Number(/(\d+)\.jpg$/.exec(key)?.[1] ?? 0);
  return below
    .flatMap(({ keys }) => keys)
    .filter((key) => key.endsWith('.jpg'))
    .sort((one, other) => numberOf(one) - numberOf(other));
}

function durationOf(durationMs: number): string {
  return describeDuration(new Date(0).toISOString(), new Date(durationMs).toISOString());
}
