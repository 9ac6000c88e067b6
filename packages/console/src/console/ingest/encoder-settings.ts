import { quote } from '../api/aws-command.ts';

/** Where an encoder publishes. */
export interface EncoderAddress {
  /** `rtmps://host:port/app/` */
  readonly server: string;
  readonly streamKey: string;
}

/** The lines of OBS Studio's settings: Stream, and Output in its advanced mode. */
export function obsSettings({
  server,
  streamKey,
}: EncoderAddress): readonly (readonly [name: string, value: string])[] {
  return [
    ['Service', 'Custom…'],
    ['Server', server],
    ['Stream key', streamKey],
    ['Video encoder', 'x264 (H.264)'],
    ['Rate control', 'CBR'],
    ['Bitrate', '2500 Kbps'],
    ['Keyframe interval', '2 s'],
    ['CPU usage preset', 'veryfast'],
    ['Profile', 'baseline'],
    ['Tune', 'zerolatency'],
    ['x264 options', 'bframes=0'],
    ['Output resolution', '1280 × 720 or less'],
    ['Sample rate', '48 kHz'],
    ['Audio bitrate', '128 Kbps'],
  ];
}

/** Publishes a file, over and over. B-frames are off: stages refuse them. */
export function ffmpegCommand({ server, streamKey }: EncoderAddress): string {
  return [
    'ffmpeg -re -stream_loop -1 -i input.mp4',
    '-c:v libx264 -preset veryfast -tune zerolatency -profile:v baseline -pix_fmt yuv420p',
    '-bf 0 -r 30 -g 60 -keyint_min 60 -sc_threshold 0 -b:v 2500k -maxrate 2500k -bufsize 2500k',
    '-c:a aac -ar 48000 -ac 2 -b:a 128k',
    `-f flv ${quote(`${server}${streamKey}`)}`,
  ].join(' \\\n  ');
}

/** A clock and a tone, where there is no file at hand. */
export function ffmpegTestCommand({ server, streamKey }: EncoderAddress): string {
  return [
    'ffmpeg -re -f lavfi -i testsrc2=size=1280x720:rate=30',
    '-f lavfi -i sine=frequency=440:sample_rate=48000',
    '-c:v libx264 -preset veryfast -tune zerolatency -profile:v baseline -pix_fmt yuv420p -bf 0 -g 60 -b:v 2500k',
    '-c:a aac -ac 2 -b:a 128k',
    `-f flv ${quote(`${server}${streamKey}`)}`,
  ].join(' \\\n  ');
}
