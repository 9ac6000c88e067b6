import { useState } from 'preact/hooks';
import { arnOf, idOf } from '../api/api.ts';
import { useAnswer } from '../api/use-answer.ts';
import { SelectField } from '../controls/fields.tsx';
import { Nothing, Page } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { Table } from '../controls/table.tsx';
import { Moment } from '../controls/time.tsx';
import { useSession } from '../session.ts';
import { hrefOf } from '../shell/route.ts';
import { findRecordings, readPlace } from './recording-place.ts';

/** What was recorded into the buckets of the storage configurations, the newest first. */
export function RecordingsPage() {
  const { api, facts } = useSession();
  const [bucket, setBucket] = useState('');
  const storages = useAnswer(() => api.list('ListStorageConfigurations', {}, 'storageConfigurations'), [api]);
  const stages = useAnswer(() => api.list('ListStages', {}, 'stages'), [api]);
  const buckets = [...new Set((storages.data ?? []).map(({ s3 }) => s3?.bucketName ?? ''))].filter(Boolean);
  const chosen = bucket || buckets[0];
  const found = useAnswer(async () => {
    if (!chosen || !facts.servesObjects) return undefined;
    const { prefixes, isComplete } = await findRecordings((prefix) => api.listObjects(chosen, prefix));
    const places = prefixes.map((prefix) => readPlace(chosen, prefix));
    return {
      places: places.toSorted((one, other) => (other.startTime ?? '').localeCompare(one.startTime ?? '')),
      isComplete,
    };
  }, [api, chosen, facts.servesObjects]);
  const names = new Map((stages.data ?? []).map(({ arn, name }) => [idOf(arn), name]));
  return (
    <Page
      title="Recordings"
      lead={
        found.data && <p>{found.data.places.length === 0 ? 'None yet' : `${found.data.places.length} in ${chosen}`}</p>
      }
    >
      <Problem error={storages.error ?? found.error} />
      {!facts.servesObjects && (
        <Nothing>
          <h2>Recordings lie in another store</h2>
          <p>This server writes them to the S3 store of its settings. Read them there.</p>
        </Nothing>
      )}
      {facts.servesObjects && storages.data && buckets.length === 0 && (
        <Nothing>
          <h2>Nothing is recorded yet</h2>
          <p>Make a storage configuration, then choose it in the settings of a stage.</p>
          <a class="button primary" href={hrefOf('storage')}>
            Go to storage
          </a>
        </Nothing>
      )}
      {buckets.length > 1 && (
        <SelectField
          label="Bucket"
          value={chosen ?? ''}
          onValue={setBucket}
          options={buckets.map((name) => [name, name] as const)}
        />
      )}
      {found.data?.isComplete === false && (
        <p class="quiet">There are more than are looked for. Read the bucket by S3.</p>
      )}
      {found.data?.places.length === 0 && (
        <Nothing>
          <p>The bucket {chosen} has no recording. A stage with recording turned on fills it.</p>
        </Nothing>
      )}
      {found.data && found.data.places.length > 0 && (
        <Table
          label="Recordings"
          rows={found.data.places}
          keyOf={({ prefix }) => prefix}
          columns={[
            {
              title: 'Of',
              cell: ({ subject, prefix, bucket: itsBucket }) => (
                <a class="strong" href={hrefOf('recordings', itsBucket, prefix)}>
                  <code>{subject || prefix}</code>
                </a>
              ),
            },
            {
              title: 'Stage',
              cell: ({ stageId }) => (
                <a href={hrefOf('stages', idOf(arnOf(facts, 'stage', stageId)))}>{names.get(stageId) || stageId}</a>
              ),
            },
            {
              title: 'Session',
              cell: ({ stageId, sessionId }) => (
                <a href={hrefOf('stages', stageId, 'sessions', sessionId)}>
                  <code>{sessionId}</code>
                </a>
              ),
            },
            { title: 'Began', cell: ({ startTime }) => <Moment time={startTime} /> },
          ]}
        />
      )}
    </Page>
  );
}
