import { createPrivateKey, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CreateStageCommand, ImportPublicKeyCommand, type IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime';
import { Publisher, postTo } from '@proscenium/load-test';
import { createIdentity } from '@proscenium/participant/connection';
import { selfSignedHeader, signToken } from '../../../packages/server/src/tokens/self-signed-token.fixture.ts';
import { createKeyPair } from '../../support/key-pair.ts';

/** Little, but media. */
const video = { width: 320, height: 180, framesPerSecond: 5, bitrateBps: 50_000, keyFrameIntervalSeconds: 10 };

/** A stage with somebody who really publishes, and as many tokens for it as one wants. */
export class FuzzedStage {
  readonly arn: string;
  readonly whipUrl: string;
  readonly publisherId = 'publisher';
  /** Made by the service. */
  readonly serviceToken: string;
  readonly #claims: object;
  readonly #kid: string;
  readonly #privateKey: KeyObject;
  #publisher: Publisher | undefined;
  #participants = 0;

  private constructor(options: {
    claims: object;
    whipUrl: string;
    arn: string;
    serviceToken: string;
    kid: string;
    key: KeyObject;
  }) {
    this.arn = options.arn;
    this.whipUrl = options.whipUrl;
    this.serviceToken = options.serviceToken;
    this.#claims = options.claims;
    this.#kid = options.kid;
    this.#privateKey = options.key;
  }

  static async open(client: IVSRealTimeClient): Promise<FuzzedStage> {
    const folder = mkdtempSync(path.join(tmpdir(), 'proscenium-keys-'));
    const { privateFile, publicFile } = createKeyPair(folder);
    const key = createPrivateKey(readFileSync(privateFile));
    const publicKeyMaterial = readFileSync(publicFile, 'utf8');
    rmSync(folder, { recursive: true });
    const { publicKey } = await client.send(new ImportPublicKeyCommand({ publicKeyMaterial }));
    const { stage, participantTokens: [invited] = [] } = await client.send(
      new CreateStageCommand({ participantTokenConfigurations: [{ userId: 'invited', attributes: { seat: '1' } }] }),
    );
    const now = Math.floor(Date.now() / 1_000);
    const claims = {
      iat: now,
      exp: now + 24 * 60 * 60,
      resource: stage?.arn,
      topic: stage?.arn?.split('/')[1],
      events_url: stage?.endpoints?.events,
      whip_url: stage?.endpoints?.whip,
      user_id: 'somebody',
      attributes: { seat: '2' },
      capabilities: { allow_publish: true, allow_subscribe: true },
      version: '1.0',
    };
    const made = new FuzzedStage({
      claims,
      key,
      arn: stage?.arn ?? '',
      whipUrl: stage?.endpoints?.whip ?? '',
      serviceToken: invited?.token ?? '',
      kid: publicKey?.arn ?? '',
    });
    const signalling = postTo(made.whipUrl, made.token('publisher'));
    made.#publisher = await Publisher.start(signalling, { identity: await createIdentity(), video, audio: true });
    return made;
  }

  /** A token of somebody who was never there before. */
  newToken(): string {
    this.#participants += 1;
    return this.token(`p-${this.#participants}`);
  }

  /** What a token says for this participant, to be signed as it is or changed. */
  claims(participantId: string): Record<string, unknown> {
    return { ...this.#claims, jti: participantId };
  }

  /** A token of a connection that was never there before. */
  connectionToken(): string {
    const [, , , region, account_id] = this.#kid.split(':');
    this.#participants += 1;
    return this.sign(this.header, { ...this.claims(`c-${this.#participants}`), account_id, region });
  }

  get header(): Record<string, unknown> {
    return selfSignedHeader(this.#kid);
  }

  sign(header: unknown, claims: unknown): string {
    return signToken(header, claims, this.#privateKey);
  }

  private token(participantId: string): string {
    return this.sign(this.header, this.claims(participantId));
  }

  subscribeUrl(publisherId = this.publisherId): string {
    return `${this.whipUrl}/subscribe/${publisherId}`;
  }

  /** Where connections for several stages are opened. */
  get connectionUrl(): string {
    return String(this.claims('').events_url);
  }

  get eventsUrl(): string {
    const { events_url, topic } = this.claims('');
    return `${events_url}/${topic}`;
  }

  async close(): Promise<void> {
    await this.#publisher?.stop();
  }
}
