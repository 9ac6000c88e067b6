import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCloseCode } from './connection-end.ts';

describe('readCloseCode', () => {
  for (const [closeCode, reason] of [
    [1000, 'user-initiated'],
    [4100, 'participant-disconnected'],
    [4101, 'stage-deleted'],
    [4102, 'token-reused'],
    [4103, 'failed-exchange'],
  ] as const) {
    it(`takes ${closeCode} as having left: ${reason}`, () => {
      assert.deepEqual(readCloseCode(closeCode), { cause: 'left', reason });
    });
  }

  for (const closeCode of [4001, 4002, 4006, 4009, 4010]) {
    it(`takes ${closeCode} as a refusal with error code ${closeCode - 4000}`, () => {
      assert.deepEqual(readCloseCode(closeCode), { cause: 'refused', code: closeCode - 4000 });
    });
  }

  for (const closeCode of [1008, 1009]) {
    it(`does not try again after ${closeCode}`, () => {
      assert.equal(readCloseCode(closeCode).cause, 'refused');
    });
  }

  for (const closeCode of [1001, 1005, 1006, 1011, 1012, 4003, 4200]) {
    it(`takes ${closeCode} as a lost connection`, () => {
      assert.deepEqual(readCloseCode(closeCode), { cause: 'lost' });
    });
  }
});
