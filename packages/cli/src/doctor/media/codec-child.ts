import { tryCodecs } from '@proscenium/media';
import { type Check, failed, ok, skipped } from '../check.ts';

/**
 * Whether programs beside the server can load the codec library, and it does its work there.
 *
 * @param program that tries it; the one that comes with it unless told
 */
export function codecChildCheck(program?: URL): Check<'config'> {
  return {
    id: 'codec-child',
    title: 'Codec child',
    needs: ['config'],
    timeoutMs: 60_000,
    async run({ config: { media } }) {
      if (media.workers === 0) return { findings: [skipped('the server runs without media')] };
      try {
        const { startMs, workMs } = await tryCodecs(program);
        const times = `starts in ${Math.round(startMs)} ms, and takes ${Math.round(workMs)} ms for them`;
        return { findings: [ok(`encodes and decodes sound and a picture: ${times}`)] };
      } catch (error) {
        const says = `encoders cannot publish and nothing is recorded: ${firstLines((error as Error).message)}`;
        return { findings: [failed(says, remedy)] };
      }
    },
  };
}

const remedy =
  'Install Proscenium with its optional dependencies: the codecs are among them, for Linux (with glibc) and macOS, x64 and arm64.';

/** Without the files that were looked for, and by whom. */
function firstLines(message: string): string {
  const [told = ''] = message.split('Require stack');
  return told
    .trim()
    .split(/\s*\n\s*/)
    .join(' ');
}
