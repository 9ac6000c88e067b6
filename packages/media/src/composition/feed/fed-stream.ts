import type { types } from 'mediasoup';
import type { LayerClaim } from '../../sfu/layers/layer-demand.ts';
import type { PublishedLayers } from '../../sfu/layers/published-layers.ts';
import type { PictureSize } from '../composer-messages.ts';
import { neededLayer } from './needed-layer.ts';

export interface FedStreamParts {
  readonly consumer: types.Consumer;
  /** Of a video in several layers. */
  readonly layers: PublishedLayers | undefined;
  readonly onFailed: (error: unknown) => void;
}

/**
 * A stream on the way to a composer: one layer of it, the smallest that fills its tile, for which the publisher is asked as
 * well. Begins paused.
 */
export class FedStream {
  readonly consumer: types.Consumer;
  readonly #layers: PublishedLayers | undefined;
  readonly #claim: LayerClaim | undefined;
  readonly #onFailed: (error: unknown) => void;
  /** What it is wanted for; undefined: it is not to be seen. */
  #size: PictureSize | undefined;
  #sent: { sends: boolean; layer: number | undefined } = { sends: false, layer: undefined };
  #wanted = this.#sent;
  #applying = false;

  constructor({ consumer, layers, onFailed }: FedStreamParts) {
    this.consumer = consumer;
    this.#layers = layers;
    this.#claim = layers?.demand.claim(undefined);
    this.#onFailed = onFailed;
    layers?.on('changed', this.#choose);
    consumer.observer.once('close', () => {
      layers?.off('changed', this.#choose);
      this.#claim?.release();
    });
  }

  get ssrc(): number {
    const ssrc = this.consumer.rtpParameters.encodings?.[0]?.ssrc;
    if (ssrc === undefined) throw new Error('a stream is sent without an SSRC');
    return ssrc;
  }

  /** @param size of the tile; sound has none and is sent for any */
  want(size: PictureSize | undefined): void {
    this.#size = size;
    this.#choose();
  }

  requestKeyFrame(): void {
    if (this.consumer.closed || this.consumer.paused) return;
    // An error is that of a stream that has ended meanwhile.
    this.consumer.requestKeyFrame().catch(() => undefined);
  }

  readonly #choose = (): void => {
    if (this.consumer.closed) return;
    const sends = this.#size !== undefined;
    const layer = this.#size && this.#layers && neededLayer(this.#layers.list, this.#size);
    this.#claim?.set(layer);
    // While it is not sent, whatever it was stays.
    this.#wanted = { sends, layer: layer ?? this.#wanted.layer };
    void this.#apply();
  };

  /** One thing after the other, until it is as it is wanted by then. */
  async #apply(): Promise<void> {
    if (this.#applying) return;
    this.#applying = true;
    try {
      while (!this.consumer.closed) {
        const { sends, layer } = this.#wanted;
        if (layer !== undefined && layer !== this.#sent.layer) {
          await this.consumer.setPreferredLayers({ spatialLayer: layer });
          this.#sent.layer = layer;
        } else if (sends !== this.#sent.sends) {
          await (sends ? this.consumer.resume() : this.consumer.pause());
          this.#sent.sends = sends;
        } else break;
      }
    } catch (error) {
      if (!this.consumer.closed) this.#onFailed(error);
    } finally {
      this.#applying = false;
    }
  }
}
