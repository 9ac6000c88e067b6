import { sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ImportPublicKeyCommand, type Stage } from '@aws-sdk/client-ivs-realtime';
import { createKeyPair } from './key-pair.ts';
import type { ServerProcess } from './server.ts';

/** A customer who signs tokens himself: one key pair, its public half imported. */
export class TokenSigner {
  readonly #privateKey: string;
  readonly #kid: string;

  private constructor(privateKey: string, kid: string) {
    this.#privateKey = privateKey;
    this.#kid = kid;
  }

  /** @param folder for the files of the key pair */
  static async create(server: ServerProcess, folder: string): Promise<TokenSigner> {
    const { privateFile, publicFile } = createKeyPair(folder);
    const publicKeyMaterial = readFileSync(publicFile, 'utf8');
    const { publicKey } = await server.client.send(new ImportPublicKeyCommand({ publicKeyMaterial }));
    return new TokenSigner(readFileSync(privateFile, 'utf8'), publicKey?.arn ?? '');
  }

  /**
   * A token for an hour, for a participant whose user id and participant id are the same.
   *
   * @param changed claims in the place of others, or beside them
   */
  token(
    { arn, endpoints }: Stage,
    id: string,
    capabilities: { allow_publish?: boolean; allow_subscribe?: boolean },
    changed: object = {},
  ) {
    return this.#sign({
      jti: id,
      user_id: id,
      resource: arn,
      topic: arn?.split('/')[1],
      events_url: endpoints?.events,
      whip_url: endpoints?.whip,
      capabilities,
      ...changed,
    });
  }

  /** A token for an hour, with which stages can be joined over one connection. */
  connectionToken({ endpoints }: Stage, tokenId: string) {
    const [, , , region, account_id] = this.#kid.split(':');
    return this.#sign({ jti: tokenId, account_id, region, events_url: endpoints?.events });
  }

  #sign(claims: object): string {
    const now = Math.floor(Date.now() / 1_000);
    const payload = { exp: now + 3_600, iat: now, version: '1.0', ...claims };
    const header = { alg: 'ES384', typ: 'JWT', kid: this.#kid };
    const signed = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    const key = { key: this.#privateKey, dsaEncoding: 'ieee-p1363' } as const;
    return `${signed}.${sign('sha384', Buffer.from(signed), key).toString('base64url')}`;
  }
}
