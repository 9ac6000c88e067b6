import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What is sent: 720p30 by x264 at 2.5 Mbit/s, with AAC of 44.1 kHz in stereo. */
export function makeProgramme(folder: string): string {
  const file = join(folder, 'programme.flv');
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=1280x720:rate=30,noise=alls=12:allf=t'];
  const sound = ['-f', 'lavfi', '-i', "aevalsrc='0.3*sin(2*PI*440*t)|0.3*sin(2*PI*660*t)+0.05*random(0)':s=44100"];
  const h264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency', '-profile:v', 'baseline', '-g', '60'];
  const rate = ['-b:v', '2500k', '-maxrate', '2500k', '-bufsize', '2500k', '-pix_fmt', 'yuv420p'];
  const aac = ['-c:a', 'aac', '-b:a', '128k'];
  const args = [...picture, ...sound, '-t', '10', ...h264, ...rate, ...aac, '-f', 'flv', file];
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args]);
  return file;
}

/** An encoder that has nothing to encode. */
export function sendProgramme(file: string, url: string): ChildProcess {
  const args = ['-re', '-stream_loop', '-1', '-i', file, '-c', 'copy', '-f', 'flv', url];
  return spawn('ffmpeg', ['-nostdin', '-v', 'quiet', ...args], { stdio: 'ignore' });
}

/** FFmpeg doing what an ingest does: RTMP in, H.264 as it is and AAC as Opus out by RTP on this machine. */
export function startReference(url: string, rtpPort: number): ChildProcess {
  const rtp = (port: number) => ['-f', 'rtp', `rtp://127.0.0.1:${port}?pkt_size=1200`];
  const video = ['-map', '0:v', '-c:v', 'copy', '-bsf:v', 'dump_extra', ...rtp(rtpPort)];
  const opus = ['-c:a', 'libopus', '-ar', '48000', '-b:a', '128k', '-compression_level', '4'];
  const audio = ['-map', '0:a', ...opus, ...rtp(rtpPort + 2)];
  const args = ['-nostdin', '-v', 'quiet', '-fflags', 'nobuffer', '-listen', '1', '-i', url, ...video, ...audio];
  return spawn('ffmpeg', args, { stdio: 'ignore' });
}

export async function stop(program: ChildProcess): Promise<void> {
  if (program.exitCode !== null || program.signalCode !== null) return;
  const ended = once(program, 'exit');
  program.kill('SIGKILL');
  await ended;
}
