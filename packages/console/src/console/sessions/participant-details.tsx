import { idOf } from '../api/api.ts';
import { useAnswer } from '../api/use-answer.ts';
import { CommandLine } from '../controls/command-line.tsx';
import { Copyable } from '../controls/copy-button.tsx';
import { Mark } from '../controls/mark.tsx';
import { Facts } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { Moment } from '../controls/time.tsx';
import { useSession } from '../session.ts';
import { hrefOf } from '../shell/route.ts';
import { entriesOf } from '../stages/timeline-entries.ts';

interface ParticipantDetailsProps {
  readonly stageArn: string;
  readonly sessionId: string;
  readonly participantId: string;
}

/** All that the API tells about a participant, and what it did. */
export function ParticipantDetails({ stageArn, sessionId, participantId }: ParticipantDetailsProps) {
  const { api, facts } = useSession();
  const { data, error } = useAnswer(async () => {
    const one = { stageArn, sessionId, participantId };
    const [{ participant }, events, replicas] = await Promise.all([
      api.call('GetParticipant', one),
      api.list('ListParticipantEvents', one, 'events'),
      api.list('ListParticipantReplicas', { sourceStageArn: stageArn, participantId }, 'replicas'),
    ]);
    return { participant, events, replicas };
  }, [api, stageArn, sessionId, participantId]);
  if (!data) return <Problem error={error} />;
  const { participant = {}, events, replicas } = data;
  const browser = [participant.browserName, participant.browserVersion].filter(Boolean).join(' ');
  const system = [participant.osName, participant.osVersion].filter(Boolean).join(' ');
  const {
    recordingS3BucketName,
    recordingS3Prefix = '',
    recordingState,
    sourceStageArn,
    ingestConfigurationArn,
  } = participant;
  return (
    <div class="details">
      <Facts
        rows={[
          ['Participant id', <Copyable key="id" text={participantId} label="participant id" />],
          ['User id', participant.userId],
          ['State', participant.state && <Mark key="state" state={participant.state} />],
          ['First came', <Moment key="came" time={participant.firstJoinTime} />],
          ['Protocol', participant.protocol],
          ['Browser', browser],
          ['System', system],
          ['SDK version', participant.sdkVersion],
          ['Network', participant.ispName],
          ...Object.entries(participant.attributes ?? {}).map(([name, value]) => [`“${name}”`, value] as const),
          [
            'Recording',
            recordingState && recordingState !== 'DISABLED' && <Mark key="recording" state={recordingState} />,
          ],
          [
            'Recorded to',
            recordingS3BucketName && (
              <span class="place" key="where">
                <Copyable text={`s3://${recordingS3BucketName}/${recordingS3Prefix}`} label="place of the recording" />
                {facts.servesObjects && recordingS3Prefix && (
                  <a href={hrefOf('recordings', recordingS3BucketName, recordingS3Prefix)}>Play</a>
                )}
              </span>
            ),
          ],
          [
            'Encoder',
            ingestConfigurationArn && (
              <a key="ingest" href={hrefOf('ingest', idOf(ingestConfigurationArn))}>
                {idOf(ingestConfigurationArn)}
              </a>
            ),
          ],
          ['Replica of', sourceStageArn && <StageLink key="source" arn={sourceStageArn} />],
          ...replicas.map(
            ({ destinationStageArn, replicationState }) =>
              [
                `Replicated, ${replicationState.toLowerCase()}`,
                <StageLink key={destinationStageArn} arn={destinationStageArn} />,
              ] as const,
          ),
        ]}
      />
      <h3>What happened</h3>
      <ol class="timeline">
        {entriesOf(events, '').map(({ id, time, words, tone }) => (
          <li key={id} data-tone={tone}>
            <time dateTime={time}>{new Date(time).toLocaleTimeString()}</time>
            <span>{words}</span>
          </li>
        ))}
      </ol>
      <CommandLine
        command={[
          api.command('GetParticipant', { stageArn, sessionId, participantId }),
          api.command('ListParticipantEvents', { stageArn, sessionId, participantId }),
        ].join('\n')}
      />
    </div>
  );
}

function StageLink({ arn }: { arn: string }) {
  return <a href={hrefOf('stages', idOf(arn))}>{idOf(arn)}</a>;
}
