import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { emptyReport, goodReport } from './report.fixture.ts';
import { reportText } from './report-text.ts';
import { judge } from './thresholds.ts';

describe('the report for people', () => {
  test('tells every figure, and each limit with what was measured', () => {
    const judged = judge(goodReport, [
      { name: 'max-loss', limit: 0.5 },
      { name: 'max-latency-ms-p99', limit: 2 },
    ]);
    assert.equal(
      reportText(goodReport, judged, ['Stage one']),
      `Stage one
2 of 2 publishers and 4 of 4 subscribers were there at the end
Measured for 30.0 s

                  count      p50      p90      p99      max
Publisher joins       2  40.0 ms  80.0 ms   120 ms   160 ms
Subscriber joins      4  50.0 ms   100 ms   150 ms   200 ms
First packet          8  55.0 ms   110 ms   165 ms   220 ms
First key frame       8  80.0 ms   160 ms   240 ms   320 ms
Latency             720  1.25 ms  2.50 ms  3.75 ms  5.00 ms

Bitrate      4.1 Mbit/s out of publishers, 16.4 Mbit/s into subscribers, 2.1 Mbit/s a subscription
Packets      12,345 sent, 49,380 received in 16 streams
Loss         0.42 % before repair, 0.02 % after
Repair       220 packets asked for again by subscribers (NACK), 12 sent again by publishers, 9 key frames asked for
Failures     none
Disconnects  none
Generator    23 % of a core, busy 20 % of the time, 2.10 ms late at p99

PASS  max-loss 0.50 %: 0.02 %
FAIL  max-latency-ms-p99 2.00 ms: 3.75 ms
`,
    );
  });

  test('tells why nobody joined, and does not make up figures', () => {
    const text = reportText(emptyReport, judge(emptyReport, [{ name: 'max-loss', limit: 1 }]), []);
    assert.match(text, /^Failures {5}2 × publish: answered with 401: The token is malformed\.$/m);
    assert.match(text, /^Latency +0 +– +– +– +–$/m);
    assert.match(text, /^FAIL {2}max-loss 1\.00 %: nothing was measured$/m);
    assert.doesNotMatch(text, /NaN|null|undefined/);
  });

  test('says that the generator was a bottleneck, before the verdict', () => {
    const generator = { ...goodReport.generator, bottlenecks: ['its main thread was busy for 97 % of the time'] };
    const text = reportText({ ...goodReport, generator }, judge(goodReport, [{ name: 'max-loss', limit: 1 }]), []);
    assert.match(
      text,
      /a bottleneck, so these figures are not the server’s alone:\n {2}- its main thread was busy for 97 %/,
    );
    assert.ok(text.indexOf('bottleneck') < text.indexOf('PASS'));
  });

  test('says that it was interrupted, and how many came again', () => {
    const text = reportText(
      { ...goodReport, interrupted: true, subscribers: { wanted: 4, joined: 4, cameAgain: 7 } },
      [],
      [],
    );
    assert.match(text, /then interrupted/);
    assert.match(text, /came again 7 times/);
  });
});
