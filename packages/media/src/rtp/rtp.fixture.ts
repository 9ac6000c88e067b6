import fc from 'fast-check';
import type { RtpPacket } from './packet.ts';

/** A packet with what matters to a test. */
export function packet(fields: Partial<RtpPacket> = {}): RtpPacket {
  return {
    payloadType: 96,
    marker: false,
    sequenceNumber: 0,
    rtpTime: 0,
    ssrc: 1,
    csrcs: [],
    extension: undefined,
    payload: Buffer.of(1),
    ...fields,
  };
}

/** The packets of access units, each given by its payloads, as a sender numbers them. */
export function send(
  accessUnits: readonly (readonly Buffer[])[],
  { sequenceNumber = 0, rtpTime = 0, ticks = 3_000 } = {},
): RtpPacket[] {
  let next = sequenceNumber;
  return accessUnits.flatMap((payloads, unit) =>
    payloads.map((payload, index) =>
      packet({
        sequenceNumber: next++ & 0xffff,
        rtpTime: (rtpTime + unit * ticks) >>> 0,
        marker: index === payloads.length - 1,
        payload,
      }),
    ),
  );
}

/** Bytes with a few changed, cut off or added. */
export function mutated(original: Buffer): fc.Arbitrary<Buffer> {
  const change = fc.record({ at: fc.nat(Math.max(0, original.length - 1)), value: fc.nat(255) });
  return fc
    .tuple(
      fc.array(change, { maxLength: 4 }),
      fc.option(fc.nat(original.length), { nil: original.length }),
      fc.uint8Array({ maxLength: 8 }),
    )
    .map(([changes, length, tail]) => {
      const copy = Buffer.from(original);
      for (const { at, value } of changes) if (at < copy.length) copy[at] = value;
      return Buffer.concat([copy.subarray(0, length), tail]);
    });
}

export const bytes = (constraints: fc.IntArrayConstraints = {}): fc.Arbitrary<Buffer> =>
  fc.uint8Array(constraints).map((array) => Buffer.from(array));
