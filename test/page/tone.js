/**
 * A pure tone as an audio track.
 *
 * @param {number} hz
 * @returns {{ track: MediaStreamTrack, stop: () => void }}
 */
export function playTone(hz) {
  const context = new AudioContext();
  const oscillator = new OscillatorNode(context, { frequency: hz });
  const gain = new GainNode(context, { gain: 0.5 });
  const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
  oscillator.connect(gain).connect(destination);
  oscillator.start();
  const [track] = destination.stream.getAudioTracks();
  if (track === undefined) throw new Error('The audio graph gave no track');

  return {
    track,
    stop() {
      oscillator.stop();
      track.stop();
      void context.close();
    },
  };
}
