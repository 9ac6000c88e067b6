import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Programme, ProgrammeSender } from './programme.ts';

const VIDEO_TYPE = 96;
const AUDIO_TYPE = 97;

/** FFmpeg as a recorder of one participant: H.264 copied, Opus to AAC, fragmented MP4. */
export class ReferenceRecorder {
  readonly #ffmpeg: ChildProcess;
  readonly #stopSending: () => void;

  private constructor(ffmpeg: ChildProcess, stopSending: () => void) {
    this.#ffmpeg = ffmpeg;
    this.#stopSending = stopSending;
  }

  static async start(programme: Programme, folder: string): Promise<ReferenceRecorder> {
    await mkdir(folder);
    const [videoPort, audioPort] = [await freePort(), await freePort()];
    const description = join(folder, 'stream.sdp');
    await writeFile(
      description,
      [
        ...['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0'],
        ...[`m=video ${videoPort} RTP/AVP ${VIDEO_TYPE}`, `a=rtpmap:${VIDEO_TYPE} H264/90000`],
        `a=fmtp:${VIDEO_TYPE} packetization-mode=1`,
        ...[`m=audio ${audioPort} RTP/AVP ${AUDIO_TYPE}`, `a=rtpmap:${AUDIO_TYPE} opus/48000/2`, ''],
      ].join('\n'),
    );
    const ffmpeg = spawn(
      'ffmpeg',
      [
        ...['-nostdin', '-v', 'fatal', '-protocol_whitelist', 'file,udp,rtp', '-i', description],
        ...['-c:v', 'copy', '-c:a', 'aac', '-b:a', '128k', '-f', 'hls', '-hls_time', '6', '-hls_list_size', '0'],
        ...['-hls_segment_type', 'fmp4', join(folder, 'playlist.m3u8')],
      ],
      { stdio: 'ignore' },
    );
    const socket = createSocket('udp4');
    // Nobody listens before FFmpeg does.
    socket.on('error', () => undefined);
    const targets = {
      video: { port: videoPort, ssrc: 1, payloadType: VIDEO_TYPE },
      audio: { port: audioPort, ssrc: 2, payloadType: AUDIO_TYPE },
    };
    const sender = new ProgrammeSender(programme, targets, socket);
    return new ReferenceRecorder(ffmpeg, () => {
      sender.close();
      socket.close();
    });
  }

  get pid(): number {
    return this.#ffmpeg.pid ?? 0;
  }

  async close(): Promise<void> {
    this.#stopSending();
    const ended = once(this.#ffmpeg, 'exit');
    this.#ffmpeg.kill('SIGKILL');
    await ended;
  }
}

/** An even one, as RTP has it: FFmpeg takes the next one for RTCP. */
async function freePort(): Promise<number> {
  for (;;) {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address();
    socket.close();
    if (port % 2 === 0) return port;
  }
}
