import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { drawLine, drawTable, liveView } from './live-view.ts';
import { sample } from './report.fixture.ts';

/** What is written, as a terminal or a file takes it. */
function output(isTTY: boolean) {
  const written: string[] = [];
  const stream = {
    isTTY,
    columns: 80,
    write(text: string) {
      written.push(text);
      return true;
    },
  };
  return { stream: stream as unknown as NodeJS.WriteStream, written };
}

describe('the live table', () => {
  test('tells who is there and what comes through', () => {
    assert.deepEqual(drawTable(sample, 30_000, 100), [
      ' measuring 12 s of 30 s',
      '',
      '                      joined          bitrate',
      ' publishers           2 of 2   4.1 Mbit/s out',
      ' subscribers  1,100 of 1,200  16.4 Mbit/s in',
      '',
      ' latency      1.25 ms p50, 3.75 ms p99',
      ' loss         0.42 % before repair, 0.02 % after, 220 packets asked for again',
      ' trouble      3 failures, 1 disconnects',
      ' generator    23 % of a core',
    ]);
  });

  test('is cut to the width of the terminal, so that it can be drawn over', () => {
    const lines = drawTable(sample, 30_000, 30);
    assert.ok(lines.every((line) => line.length < 30));
    assert.equal(lines.length, drawTable(sample, 30_000, 200).length);
  });

  test('is drawn over in a terminal, once a second at most, and taken away at the end', () => {
    const { stream, written } = output(true);
    const view = liveView(stream, 30_000);
    view.show(sample);
    view.show(sample);
    assert.equal(written.length, 1);
    assert.equal(written[0]?.split('\n').length, 11);
    view.end();
    assert.equal(written[1], '\r\u001b[10A\u001b[J');
  });

  test('is a line where there is no terminal, at each change of the phase', () => {
    const { stream, written } = output(false);
    const view = liveView(stream, 30_000);
    view.show(sample);
    view.show(sample);
    view.show({ ...sample, phase: 'leaving' });
    assert.equal(written.length, 2);
    for (const line of written) assert.equal(line.indexOf('\n'), line.length - 1);
    assert.ok(!written.join('').includes('\u001b'));
  });

  test('has no figures that are not there', () => {
    const early = {
      ...sample,
      phase: 'joining' as const,
      latencyMs: null,
      bitrateBps: { out: null, in: null, subscription: null },
    };
    assert.doesNotMatch(
      [...drawTable(early, 30_000, 100), drawLine(early, 30_000)].join('\n'),
      /NaN|null|undefined| of 30/,
    );
  });
});
