import type { Attributes } from './session-description.ts';

/** A stream that a client names by a restriction identifier (RFC 8851). */
export interface RemoteRid {
  readonly rid: string;
  /** The payload types under which it comes; undefined for all of the section. */
  readonly payloadTypes: readonly number[] | undefined;
}

/** RFC 8851 §10, of a length that the one-byte form of the header extension can carry. */
const RID = /^[\w-]{1,16}$/;

/**
 * The layers that a section offers to send, in its order, each as its alternatives, best first (RFC 8853 §5.1). A layer that
 * begins paused (`~`) is one as the others. Layers without an `a=rid` line of their own are passed over (§5.3.2).
 */
export function readSendLayers(attributes: Attributes): readonly (readonly RemoteRid[])[] {
  const rids = readSendRids(attributes);
  const words = (attributes.first('simulcast') ?? '').split(' ');
  const layers = words[words.indexOf('send') + 1];
  if (!words.includes('send') || !layers) return [];
  return layers
    .split(';')
    .map((layer) => layer.split(',').flatMap((name) => rids.get(name.replace(/^~/, '')) ?? []))
    .filter((alternatives) => alternatives.length > 0);
}

function readSendRids(attributes: Attributes): ReadonlyMap<string, RemoteRid> {
  const rids = new Map<string, RemoteRid>();
  for (const value of attributes.all('rid')) {
    const [rid = '', direction, ...restrictions] = value.split(' ');
    if (direction !== 'send' || !RID.test(rid)) continue;
    const types = /(?:^|;)pt=([\d,]+)/.exec(restrictions.join(' '))?.[1];
    rids.set(rid, { rid, payloadTypes: types?.split(',').map(Number) });
  }
  return rids;
}

/** The first alternative of each layer that can come under this payload type. No stream is two layers. */
export function layersOf(layers: readonly (readonly RemoteRid[])[], payloadType: number): string[] {
  const usable = layers.flatMap(
    (alternatives) => alternatives.find(({ payloadTypes }) => payloadTypes?.includes(payloadType) ?? true)?.rid ?? [],
  );
  return [...new Set(usable)];
}

/** What an answer says of the layers that it takes, in the order of the offer (RFC 8853 §5.3.2). */
export function receiveLayerLines(rids: readonly string[]): string[] {
  if (rids.length === 0) return [];
  return [...rids.map((rid) => `rid:${rid} recv`), `simulcast:recv ${rids.join(';')}`];
}
