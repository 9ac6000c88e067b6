import { openGenerated } from '../../try/generated-source.ts';
import { type MediaSource, nothing, openCamera, openScreen } from '../../try/media-source.ts';
import type { Role } from './use-live-stage.ts';

// The web client and all that it needs, which is loaded when somebody enters a stage.
export { wordsOf, wordsOfLeaving } from '../../try/words.ts';
export { LiveStage } from './live-stage.ts';

/** @throws {CameraMissing}, or the DOMException of the browser's question */
export function openSource(role: Role): MediaSource | Promise<MediaSource> {
  if (role === 'camera') return openCamera();
  if (role === 'screen') return openScreen();
  return role === 'picture' ? openGenerated('Console') : nothing;
}
