// Joins a stage and says what it hears, a second later. PARTICIPANT_TOKEN holds the token; Ctrl+C leaves.
import { Participant, type RemoteAudio } from '@proscenium/participant';
import { DelayLine } from './delay-line.ts';

const SAMPLE_RATE = 48_000;
const DELAY_SECONDS = 1;
const PIECE = SAMPLE_RATE / 50;

const leaving = new AbortController();
process.once('SIGINT', () => leaving.abort());

const participant = await Participant.join(process.env.PARTICIPANT_TOKEN ?? '', {
  subscribe: () => 'AUDIO_ONLY',
  signal: leaving.signal,
});
const line = new DelayLine(SAMPLE_RATE, DELAY_SECONDS);

async function listen(audio: RemoteAudio): Promise<void> {
  const hear = line.voice();
  for await (const { samples } of audio.pcm({ sampleRate: SAMPLE_RATE })) hear(samples);
}

/** As fast as it is asked: publishing takes each piece when it is due. */
async function* speak(): AsyncGenerator<Int16Array> {
  for (;;) yield line.take(PIECE);
}

participant.on('audio', (audio, { userId }) => {
  console.log(`hears ${userId}`);
  listen(audio).catch((error: Error) => console.error(error.message));
});
participant.on('failed', (error) => console.error(error.message));
participant.on('left', (reason) => console.log(`left: ${reason}`));

const publication = await participant.publish({ audio: { pcm: speak(), sampleRate: SAMPLE_RATE } });
publication.on('ended', (error) => {
  if (error) console.error(error.message);
  participant.leave();
});
console.log('speaks');
