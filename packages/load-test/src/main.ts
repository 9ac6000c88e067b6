/**
 * Loads a stage with publishers and subscribers, and prints what came. Participants come by tokens, or are invited by calls
 * of the API:
 *
 *     node packages/load-test/src/main.ts --stage-arn ARN --endpoint http://127.0.0.1:7080 --publishers 2 --subscribers 6
 *     node packages/load-test/src/main.ts --token TOKEN --token TOKEN --publishers 1
 *
 * Calls are signed by the credentials of the environment, as the AWS SDK finds them.
 */
import { parseArgs } from 'node:util';
import { CreateParticipantTokenCommand, IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime';
import { runLoad } from './load.ts';
import { VIDEO_DEFAULTS } from './stream/video-source.ts';

const { values } = parseArgs({
  options: {
    'stage-arn': { type: 'string' },
    endpoint: { type: 'string' },
    region: { type: 'string' },
    /** In place of a stage's ARN: the publishers' first. */
    token: { type: 'string', multiple: true },
    publishers: { type: 'string', default: '1' },
    subscribers: { type: 'string', default: '1' },
    /** `post` or `socket`. */
    by: { type: 'string', default: 'post' },
    seconds: { type: 'string', default: '10' },
    bitrate: { type: 'string', default: String(VIDEO_DEFAULTS.bitrateBps) },
    'no-audio': { type: 'boolean', default: false },
  },
});

const publishers = count('publishers');
const tokens = values.token ?? (await invite(publishers + count('subscribers')));
const { by } = values;
if (by !== 'post' && by !== 'socket') throw new Error('--by is post or socket');
const result = await runLoad({
  publisherTokens: tokens.slice(0, publishers),
  subscriberTokens: tokens.slice(publishers),
  subscribeBy: by,
  video: { ...VIDEO_DEFAULTS, bitrateBps: count('bitrate') },
  audio: !values['no-audio'],
  durationMs: 1_000 * count('seconds'),
  openEveryPictures: 10,
});
console.log(JSON.stringify(result, undefined, 2));

function count(option: 'publishers' | 'subscribers' | 'seconds' | 'bitrate'): number {
  const value = Number(values[option]);
  if (!Number.isInteger(value) || value < 0) throw new Error(`--${option} is a whole number`);
  return value;
}

/** Names the region in the ARN when no other is given. */
async function invite(participants: number): Promise<string[]> {
  const stageArn = values['stage-arn'];
  if (stageArn === undefined) throw new Error('--stage-arn or --token is needed');
  const client = new IVSRealTimeClient({
    region: values.region ?? stageArn.split(':')[3] ?? '',
    ...(values.endpoint === undefined ? {} : { endpoint: values.endpoint }),
  });
  try {
    const invited: string[] = [];
    for (let index = 0; index < participants; index += 1) {
      const command = new CreateParticipantTokenCommand({ stageArn, userId: `load-${index}` });
      const { participantToken } = await client.send(command);
      invited.push(participantToken?.token ?? '');
    }
    return invited;
  } finally {
    client.destroy();
  }
}
