import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MediaRefusal } from '../refusal.ts';
import { ClientTransport } from './client-transport.ts';
import { OWN_SIGNATURE } from './delivery.ts';
import { IceSession } from './ice-session.ts';
import { MediaWorker } from './media-worker.ts';
import { findRecordedWorker } from './recorded-worker.ts';

const fragment = (name: string) => `a=ice-ufrag:${name}\r\na=ice-pwd:${name.repeat(6)}\r\n`;

describe('a session of ICE', { timeout: 120_000 }, () => {
  it('forgets a restart that failed, and keeps the one before', async () => {
    const workerPath = findRecordedWorker(import.meta.dirname);
    const worker = await MediaWorker.start({ listenAddress: '127.0.0.1', port: 0, workerPath });
    try {
      const router = await worker.worker.createRouter({ mediaCodecs: OWN_SIGNATURE.mediaCodecs });
      const options = { announcedAddresses: [], iceConsentTimeoutSeconds: 30, connectTimeoutMs: 30_000 };
      const transport = await ClientTransport.create({ worker, router }, 'packets', options);
      const credentials = { usernameFragment: 'once', password: 'once'.repeat(6) };
      const session = new IceSession(transport, { credentials, fragment: () => 'ours' });

      const restart = await session.patch(fragment('next'));
      assert.ok(restart);
      assert.equal(await session.lastRestart, restart);
      assert.equal(await session.patch(fragment('next')), undefined);

      transport.close();
      for (let attempt = 0; attempt < 2; attempt += 1) {
        await assert.rejects(
          session.patch(fragment('late')),
          (error) => error instanceof MediaRefusal && error.reason === 'CONNECTION_ENDED',
        );
        assert.equal(await session.lastRestart, restart);
      }
    } finally {
      worker.worker.close();
    }
  });
});
