import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { planUnits, unitText } from './units.ts';

const source = (path: string, text = '') => ({ path, text });
const paths = (units: ReturnType<typeof planUnits>) => units.map((unit) => unit.map((file) => file.path));

describe('units', () => {
  test('have as many files as they may', () => {
    const files = ['a.cpp', 'b.cpp', 'c.cpp'].map((path) => source(path));
    assert.deepEqual(paths(planUnits(files, 2)), [['a.cpp', 'b.cpp'], ['c.cpp']]);
  });

  test('keep files apart that define the same name for themselves', () => {
    const files = [
      source('a.cpp', 'static const size_t BufferSize{ 65536 };'),
      source('b.cpp', '\tstatic uint8_t BufferSize[10];'),
      source('c.cpp', 'static void onClose(uv_handle_t* handle)'),
    ];
    assert.deepEqual(paths(planUnits(files, 12)), [['a.cpp', 'c.cpp'], ['b.cpp']]);
  });

  test('include their files, each with a name of its class of its own', () => {
    const text = '#include "/a.cpp"\n#undef MS_CLASS\n#include "/b.cpp"\n#undef MS_CLASS\n';
    assert.equal(unitText([source('/a.cpp'), source('/b.cpp')]), text);
  });
});
