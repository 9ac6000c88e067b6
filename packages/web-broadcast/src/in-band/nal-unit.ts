/** The types of NAL units that matter here (ITU-T H.264 §7.4.1, table 7-1). */
export const NAL_UNIT_TYPE = { firstSlice: 1, lastSlice: 5, supplementalEnhancement: 6 } as const;

export function nalUnitType(unit: Uint8Array): number {
  return (unit[0] ?? 0) & 0x1f;
}

/** Where the three bytes of the next start code (annex B) stand; -1 if there is none. */
export function findStartCode(stream: Uint8Array, from: number): number {
  for (let one = stream.indexOf(1, from + 2); one !== -1; one = stream.indexOf(1, one + 1)) {
    if (stream[one - 1] === 0 && stream[one - 2] === 0) return one - 2;
  }
  return -1;
}

/** Puts a 3 between two zeros and what could be taken for a start code with them (§7.4.1, emulation prevention). */
export function preventEmulation(unit: Uint8Array): Uint8Array {
  const escaped = new Uint8Array(Math.ceil(unit.length * 1.5));
  let length = 0;
  let zeros = 0;
  for (const byte of unit) {
    if (zeros === 2 && byte <= 3) {
      escaped[length++] = 3;
      zeros = 0;
    }
    escaped[length++] = byte;
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return escaped.subarray(0, length);
}

/** Takes the 3 away that stands behind two zeros. */
export function removeEmulationPrevention(unit: Uint8Array): Uint8Array {
  const plain = new Uint8Array(unit.length);
  let length = 0;
  let zeros = 0;
  for (const byte of unit) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    plain[length++] = byte;
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return plain.subarray(0, length);
}
