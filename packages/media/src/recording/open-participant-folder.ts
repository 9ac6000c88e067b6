import { PARTICIPANT_LAYOUT } from './folder-layout.ts';
import { RecordingFolder } from './recording-folder.ts';

/** A key frame may be as late as this, in seconds, before it costs a discontinuity. */
const LATEST_KEY_FRAME_SECONDS = 4;

/** The folder of a participant's recording. @throws when what is there cannot be read */
export function openParticipantFolder(folder: string, targetSegmentDurationSeconds: number): Promise<RecordingFolder> {
  const targetDurationSeconds = targetSegmentDurationSeconds + LATEST_KEY_FRAME_SECONDS;
  return RecordingFolder.open(folder, { layout: PARTICIPANT_LAYOUT, targetDurationSeconds });
}
