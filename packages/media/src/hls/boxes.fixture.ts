/** A box as it stands in a file, with those inside it. */
export interface ReadBox {
  readonly type: string;
  /** Without its header. */
  readonly body: Buffer;
  /** Of the header, from the beginning of what was read. */
  readonly offset: number;
  readonly boxes: readonly ReadBox[];
}

/** How many bytes stand in front of the boxes inside one of this type. */
const BEFORE_BOXES: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    ['moov', 'trak', 'mdia', 'minf', 'dinf', 'stbl', 'mvex', 'moof', 'traf'].map((type) => [type, 0]),
  ),
  dref: 8,
  stsd: 8,
  avc1: 78,
  mp4a: 28,
};

export function readBoxes(data: Buffer, offset = 0): ReadBox[] {
  const boxes: ReadBox[] = [];
  for (let at = 0; at < data.length; ) {
    const length = data.readUInt32BE(at);
    if (length < 8 || at + length > data.length) throw new RangeError(`A box of ${length} bytes at ${offset + at}`);
    const type = data.toString('latin1', at + 4, at + 8);
    const body = data.subarray(at + 8, at + length);
    const before = BEFORE_BOXES[type];
    const inside = before === undefined ? [] : readBoxes(body.subarray(before), offset + at + 8 + before);
    boxes.push({ type, body, offset: offset + at, boxes: inside });
    at += length;
  }
  return boxes;
}

/** The box at a path such as `moov/trak/tkhd`; where there are several on the way, each is looked into in turn. */
export function findBoxes(boxes: readonly ReadBox[], path: string): ReadBox[] {
  const [type, ...rest] = path.split('/');
  const found = boxes.filter((each) => each.type === type);
  return rest.length === 0 ? found : found.flatMap((each) => findBoxes(each.boxes, rest.join('/')));
}

/** Types, indented by how deep they are. */
export function outline(boxes: readonly ReadBox[]): string[] {
  return boxes.flatMap(({ type, boxes: inside }) => [type, ...outline(inside).map((line) => ` ${line}`)]);
}
