/** Less is no sound. */
const quietLevel = 0.02;

/**
 * Runs in the audio graph: of a tone, for how long it was quiet, and how far a sample was from where the tone has it after the two
 * before. A click is heard as that. Tells the most of both, ten times a second.
 */
class ToneWatch extends AudioWorkletProcessor {
  /** @param {{ processorOptions: { hz: number } }} options */
  constructor({ processorOptions: { hz } }) {
    super();
    this.turn = 2 * Math.cos((2 * Math.PI * hz) / sampleRate);
    this.before = 0;
    this.last = 0;
    this.quietSamples = 0;
    this.longestQuiet = 0;
    this.roughest = 0;
    this.samples = 0;
  }

  /** @param {Float32Array[][]} inputs */
  process([input]) {
    for (const sample of input?.[0] ?? []) {
      this.roughest = Math.max(this.roughest, Math.abs(this.before + sample - this.turn * this.last));
      this.before = this.last;
      this.last = sample;
      // A tone is near nothing twice in each of its turns.
      const isQuiet = Math.abs(sample) < quietLevel;
      this.quietSamples = isQuiet ? this.quietSamples + 1 : 0;
      this.longestQuiet = Math.max(this.longestQuiet, this.quietSamples);
      this.samples += 1;
    }
    if (this.samples >= sampleRate / 10) {
      this.port.postMessage({ quietMs: (1000 * this.longestQuiet) / sampleRate, roughness: this.roughest });
      this.samples = 0;
      this.longestQuiet = this.quietSamples;
      this.roughest = 0;
    }
    return true;
  }
}

registerProcessor('tone-watch', ToneWatch);
