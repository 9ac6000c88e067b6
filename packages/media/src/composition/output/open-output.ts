import type { HlsOutputSettings, RtmpOutputSettings } from '../composition-options.ts';
import { HlsOutput } from './hls-output.ts';
import type { Output, OutputStart } from './output.ts';
import { RtmpOutput } from './rtmp-output.ts';

/**
 * Begins to send or to write; how that goes is reported.
 *
 * @throws {RangeError} for settings that no attempt is worth: an address or certificates that cannot be read
 * @throws when a folder with what was recorded earlier cannot be read
 */
export async function openOutput(
  settings: RtmpOutputSettings | HlsOutputSettings,
  start: OutputStart,
): Promise<Output> {
  return settings.type === 'rtmp' ? new RtmpOutput(settings, start) : HlsOutput.open(settings, start);
}
