/** Tracks to be sent, and what belongs to them. */
export interface MediaSource {
  readonly audio: MediaStreamTrack | undefined;
  readonly video: MediaStreamTrack | undefined;
  /** Plays the tone on this machine's speakers or not; where there is a tone. */
  readonly hearTone: ((audible: boolean) => void) | undefined;
  stop(): void;
}

export const sourceNames = ['camera', 'generated', 'nothing'] as const;
export type SourceName = (typeof sourceNames)[number];

/** The browser gives no camera to this page, whatever the user says. */
export class CameraMissing extends Error {
  override readonly name = 'CameraMissing';
}

/** @throws {CameraMissing}, or the DOMException of getUserMedia */
export async function openCamera(): Promise<MediaSource> {
  if (!navigator.mediaDevices) throw new CameraMissing();
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: true,
    video: { width: { ideal: 1280, max: 1280 }, height: { ideal: 720, max: 720 } },
  });
  const [audio] = stream.getAudioTracks();
  const [video] = stream.getVideoTracks();
  return {
    audio,
    video,
    hearTone: undefined,
    stop() {
      for (const track of stream.getTracks()) track.stop();
    },
  };
}

/** @throws {CameraMissing}, or the DOMException of getDisplayMedia */
export async function openScreen(): Promise<MediaSource> {
  if (!navigator.mediaDevices?.getDisplayMedia) throw new CameraMissing();
  const stream = await navigator.mediaDevices.getDisplayMedia({
    audio: true,
    video: { width: { max: 1280 }, height: { max: 720 }, frameRate: { max: 30 } },
  });
  const [audio] = stream.getAudioTracks();
  const [video] = stream.getVideoTracks();
  return {
    audio,
    video,
    hearTone: undefined,
    stop() {
      for (const track of stream.getTracks()) track.stop();
    },
  };
}

export const nothing: MediaSource = { audio: undefined, video: undefined, hearTone: undefined, stop() {} };
