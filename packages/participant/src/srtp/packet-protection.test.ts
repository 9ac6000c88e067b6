import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NotAuthentic, protectRtcp, protectRtp, unprotectRtcp, unprotectRtp } from './packet-protection.ts';
import { derive } from './session-keys.ts';

const hex = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex');

// RFC 7714 §16.1 and §17.1
const KEYS = { key: hex('000102030405060708090a0b0c0d0e0f'), salt: hex('517569642070726f2071756f') };
const RTP = hex(`8040f17b8041f8d35501a0b2
  47616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573`);
const PROTECTED_RTP = hex(`8040f17b8041f8d35501a0b2
  f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf883
  3899d7f27beb16a9152cf765ee4390cce`);
const RTCP = hex(`81c8000d4d617273 4e5450314e54503252545020 0000042a0000e9304c756e61
  deadbeefdeadbeefdeadbeefdeadbeefdeadbeef`);
const PROTECTED_RTCP = hex(`81c8000d4d617273
  63e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275b
  c84aa45896cf4d2fc5abf87245d9eade 800005d4`);

describe('SRTP with AEAD_AES_128_GCM', () => {
  test('protects and opens an RTP packet as RFC 7714 does', () => {
    assert.deepEqual(protectRtp(RTP, 0, KEYS), PROTECTED_RTP);
    assert.deepEqual(unprotectRtp(PROTECTED_RTP, 0, KEYS), RTP);
  });

  test('protects and opens a report as RFC 7714 does', () => {
    assert.deepEqual(protectRtcp(RTCP, 0x5d4, KEYS), PROTECTED_RTCP);
    assert.deepEqual(unprotectRtcp(PROTECTED_RTCP, KEYS), RTCP);
  });

  test('leaves a header extension in clear', () => {
    const packet = Buffer.concat([Buffer.of(0x90), RTP.subarray(1, 12), hex('bede000110aa0000'), RTP.subarray(12)]);
    const sealed = protectRtp(packet, 7, KEYS);
    assert.deepEqual(sealed.subarray(0, 20), packet.subarray(0, 20));
    assert.deepEqual(unprotectRtp(sealed, 7, KEYS), packet);
  });

  test('refuses what was changed, cut off, or counted wrongly', () => {
    assert.throws(() => unprotectRtp(PROTECTED_RTP, 1, KEYS), NotAuthentic);
    for (let index = 0; index < PROTECTED_RTP.length; index += 1) {
      const changed = Buffer.from(PROTECTED_RTP);
      changed[index] = (changed[index] ?? 0) ^ 1;
      assert.throws(() => unprotectRtp(changed, 0, KEYS), NotAuthentic, `RTP byte ${index}`);
      assert.throws(() => unprotectRtp(PROTECTED_RTP.subarray(0, index), 0, KEYS), NotAuthentic);
    }
    for (let index = 0; index < PROTECTED_RTCP.length; index += 1) {
      const changed = Buffer.from(PROTECTED_RTCP);
      changed[index] = (changed[index] ?? 0) ^ 1;
      assert.throws(() => unprotectRtcp(changed, KEYS), NotAuthentic, `RTCP byte ${index}`);
      assert.throws(() => unprotectRtcp(PROTECTED_RTCP.subarray(0, index), KEYS), NotAuthentic);
    }
  });

  test('derives keys as RFC 3711 does', () => {
    // RFC 3711 §B.3
    const master = { key: hex('e1f97a0d3e018be0d64fa32c06de4139'), salt: hex('0ec675ad498afeebb6960b3aabe6') };
    assert.deepEqual(derive(master, 0, 16), hex('c61e7a93744f39ee10734afe3ff7a087'));
    assert.deepEqual(derive(master, 2, 14), hex('30cbbc08863d8c85d49db34a9ae1'));
  });
});
