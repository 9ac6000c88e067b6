import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type LatenessSource, PresentationDelay } from './presentation-delay.ts';

const PIECE_MS = 20;

/** A delay and its streams, whose pieces come every 20 ms. */
class Streams {
  readonly delay = new PresentationDelay();
  readonly #streams = new Map<LatenessSource, () => number>();
  #nowMs = 1_000;

  add(latenessMs: () => number): LatenessSource {
    const source = this.delay.source();
    this.#streams.set(source, latenessMs);
    return source;
  }

  silence(source: LatenessSource): void {
    this.#streams.delete(source);
  }

  run(ms: number): number {
    for (const endMs = this.#nowMs + ms; this.#nowMs < endMs; this.#nowMs += PIECE_MS) {
      for (const [source, latenessMs] of this.#streams) source.observe(latenessMs(), this.#nowMs);
      this.delay.advance(this.#nowMs);
    }
    return this.delay.ms;
  }
}

describe('the delay of presentation', () => {
  it('begins at 60 ms and stays so while nobody is there', () => {
    const streams = new Streams();
    assert.equal(streams.run(60_000), 60);
  });

  it('covers the latest of all streams, even if one piece in a hundred is its share of all', () => {
    const streams = new Streams();
    for (let index = 0; index < 11; index += 1) streams.add(() => 15);
    streams.add(() => 200);
    assert.ok(streams.run(1_000) >= 200);
    assert.ok(streams.run(60_000) <= 215);
  });

  it('rises within half a second by a hundred milliseconds', () => {
    let latenessMs = 20;
    const streams = new Streams();
    streams.add(() => latenessMs);
    streams.run(10_000);
    latenessMs = 140;
    assert.ok(streams.run(500) >= 140);
  });

  it('hardly moves for a single late piece', () => {
    let pieces = 0;
    const streams = new Streams();
    streams.add(() => (++pieces % 150 === 0 ? 400 : 30));
    assert.ok(streams.run(60_000) <= 60);
  });

  it('falls slowly, without steps', () => {
    let latenessMs = 200;
    const streams = new Streams();
    streams.add(() => latenessMs);
    streams.run(3_000);
    latenessMs = 10;
    let before = streams.delay.ms;
    for (let index = 0; index < 1_000; index += 1) {
      const after = streams.run(PIECE_MS);
      assert.ok(before - after <= 0.1 + 1e-9);
      before = after;
    }
    assert.ok(streams.run(60_000) === 40);
  });

  it('waits for nobody longer than half a second', () => {
    const streams = new Streams();
    streams.add(() => 3_000);
    assert.equal(streams.run(20_000), 500);
  });

  it('forgets whoever has gone or is silent', () => {
    const streams = new Streams();
    streams.add(() => 20);
    const [gone, silent] = [streams.add(() => 300), streams.add(() => 250)];
    assert.ok(streams.run(5_000) >= 300);
    streams.silence(gone);
    gone.release();
    streams.silence(silent);
    assert.equal(streams.run(120_000), 40);
  });
});
