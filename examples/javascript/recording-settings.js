import {
  CreateEncoderConfigurationCommand,
  CreateStorageConfigurationCommand,
  paginateListEncoderConfigurations,
  paginateListStorageConfigurations,
} from '@aws-sdk/client-ivs-realtime';
import { all } from './pages.js';

/** What broadcasts look like. */
const VIDEO = { width: 1280, height: 720, framerate: 30, bitrate: 2_500_000 };

/** How broadcasts are encoded and where they are recorded: made once, and found by their name from then on. */
export class RecordingSettings {
  #client;
  #name;
  #provided;

  /** @param name of both settings, and of the bucket */
  constructor(client, name) {
    this.#client = client;
    this.#name = name;
  }

  async provide() {
    this.#provided ??= Promise.all([this.#encoder(), this.#storage()]);
    try {
      const [encoder, storage] = await this.#provided;
      return { encoderConfigurationArn: encoder.arn, storageConfigurationArn: storage.arn };
    } catch (error) {
      this.#provided = undefined;
      throw error;
    }
  }

  async #encoder() {
    const there = await all(paginateListEncoderConfigurations({ client: this.#client }, {}), 'encoderConfigurations');
    const found = there.find(({ name }) => name === this.#name);
    if (found) return found;
    const command = new CreateEncoderConfigurationCommand({ name: this.#name, video: VIDEO });
    return (await this.#client.send(command)).encoderConfiguration;
  }

  async #storage() {
    const there = await all(paginateListStorageConfigurations({ client: this.#client }, {}), 'storageConfigurations');
    const found = there.find(({ name }) => name === this.#name);
    if (found) return found;
    const command = new CreateStorageConfigurationCommand({ name: this.#name, s3: { bucketName: this.#name } });
    return (await this.#client.send(command)).storageConfiguration;
  }
}
