import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bottlenecks, type GeneratorFigures, GeneratorWatch, readDroppedDatagrams } from './generator.ts';

const idle: GeneratorFigures = {
  cpuPercent: 20,
  busyPercent: 15,
  delayP99Ms: 3,
  skippedPictures: 3,
  duePictures: 600,
  droppedDatagrams: 0,
};

describe('the generator', () => {
  test('says nothing while it keeps up', () => {
    assert.deepEqual(bottlenecks(idle), []);
    assert.deepEqual(bottlenecks({ ...idle, droppedDatagrams: undefined, skippedPictures: 0, duePictures: 0 }), []);
  });

  for (const [figures, said] of [
    [{ busyPercent: 97 }, /busy for 97 %/],
    [{ cpuPercent: 130 }, /busy for 100 %/],
    [{ delayP99Ms: 80 }, /80 ms too late/],
    [{ skippedPictures: 60 }, /left out 60 of 600 pictures/],
    [{ droppedDatagrams: 12 }, /threw away 12 datagrams/],
  ] as const) {
    test(`says that ${String(said)}`, () => {
      const [remark = '', ...others] = bottlenecks({ ...idle, ...figures });
      assert.match(remark, said);
      assert.deepEqual(others, []);
    });
  }

  test('notices that its thread is kept from everything else', async () => {
    const watch = new GeneratorWatch();
    // The timer of the watch is to run before and after.
    const tick = () => new Promise((resolve) => setTimeout(resolve, 20));
    await tick();
    watch.reset();
    await tick();
    const until = performance.now() + 150;
    while (performance.now() < until);
    await tick();
    const { delayP99Ms, busyPercent } = watch.read();
    watch.close();
    assert.ok(delayP99Ms > 100, `${delayP99Ms} ms`);
    assert.ok(busyPercent > 30, `${busyPercent} %`);
  });

  test('reads what the kernel threw away, of both families', () => {
    const snmp = 'Ip: Forwarding\nIp: 2\nUdp: InDatagrams NoPorts RcvbufErrors\nUdp: 15 2 7\n';
    assert.equal(readDroppedDatagrams(snmp, 'Udp6RcvbufErrors                \t5\n'), 12);
    assert.equal(readDroppedDatagrams(snmp, ''), 7);
    assert.equal(readDroppedDatagrams('', ''), undefined);
  });
});
