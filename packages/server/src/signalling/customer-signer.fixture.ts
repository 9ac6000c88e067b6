import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { ImportPublicKeyCommand, type IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime';
import { toMaterial } from '../public-keys/public-key.fixture.ts';
import { selfSignedHeader, signToken } from '../tokens/self-signed-token.fixture.ts';

/** A customer of a server who signs tokens himself. */
export class CustomerSigner {
  readonly #privateKey: KeyObject;
  readonly #kid: string;
  readonly #endpoint: string;

  private constructor(privateKey: KeyObject, kid: string, endpoint: string) {
    this.#privateKey = privateKey;
    this.#kid = kid;
    this.#endpoint = endpoint;
  }

  static async create({ client, running }: { client: IVSRealTimeClient; running: { endpoint: string } }) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const command = new ImportPublicKeyCommand({ publicKeyMaterial: toMaterial(publicKey) });
    const imported = (await client.send(command)).publicKey;
    return new CustomerSigner(privateKey, imported?.arn ?? '', running.endpoint);
  }

  get eventsUrl(): string {
    return `${this.#endpoint.replace('http', 'ws')}/events`;
  }

  /** @param changed replaces or adds claims */
  connectionToken(tokenId: string, changed: object = {}): string {
    const [, , , region, account_id] = this.#kid.split(':');
    return this.#sign({ jti: tokenId, account_id, region, ...changed });
  }

  participantToken(stageArn: string, participantId: string, changed: object = {}): string {
    const topic = stageArn.split('/')[1];
    const whip_url = `${this.#endpoint}/whip/${topic}`;
    const capabilities = { allow_publish: true, allow_subscribe: true };
    return this.#sign({ jti: participantId, resource: stageArn, topic, whip_url, capabilities, ...changed });
  }

  #sign(claims: object): string {
    const iat = Math.floor(Date.now() / 1_000);
    const payload = { exp: iat + 3_600, iat, events_url: this.eventsUrl, version: '1.0', ...claims };
    return signToken(selfSignedHeader(this.#kid), payload, this.#privateKey);
  }
}
