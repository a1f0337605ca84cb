/** Makes the simplest baseline JPEGs there are: grey, every block of 8 × 8 one shade, optionally with restart markers. */
export function flatJpeg(
  shades: readonly (readonly number[])[],
  options: { readonly restartEvery?: number } = {},
): Buffer {
  const { restartEvery = 0 } = options;
  const [rows, columns] = [shades.length, shades[0]?.length ?? 0];
  const scan: number[] = [];
  let bits = '';
  const flush = (): void => {
    for (let i = 0; i < bits.length; i += 8) {
      const byte = Number.parseInt(bits.slice(i, i + 8).padEnd(8, '1'), 2);
      scan.push(byte, ...(byte === 0xff ? [0] : []));
    }
    bits = '';
  };
  let before = 0;
  for (const [at, shade] of shades.flat().entries()) {
    if (restartEvery > 0 && at > 0 && at % restartEvery === 0) {
      flush();
      scan.push(0xff, 0xd0 + ((at / restartEvery - 1) & 7));
      before = 0;
    }
    bits += difference(shade - 128 - before) + END_OF_BLOCK;
    before = shade - 128;
  }
  flush();
  const head = [
    [0xff, 0xd8],
    // A quantiser of 8 for the mean makes its value the shade itself.
    segment(0xdb, [0, 8, ...Array.from({ length: 63 }, () => 1)]),
    segment(0xc0, [8, ...uint16(rows * 8), ...uint16(columns * 8), 1, 1, 0x11, 0]),
    // Differences of 0–9 bits have codes of 4 bits, in order; the only other code is "end of block", one bit.
    segment(0xc4, [0x00, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
    segment(0xc4, [0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ...(restartEvery > 0 ? [segment(0xdd, uint16(restartEvery))] : []),
    segment(0xda, [1, 1, 0x00, 0, 63, 0]),
  ];
  return Buffer.from([...head.flat(), ...scan, 0xff, 0xd9]);
}

const END_OF_BLOCK = '0';

function difference(value: number): string {
  const size = value === 0 ? 0 : Math.floor(Math.log2(Math.abs(value))) + 1;
  const coded = value < 0 ? value + 2 ** size - 1 : value;
  return size.toString(2).padStart(4, '0') + (size > 0 ? coded.toString(2).padStart(size, '0') : '');
}

const uint16 = (value: number): number[] => [value >> 8, value & 0xff];

const segment = (marker: number, body: readonly number[]): number[] => [
  0xff,
  marker,
  ...uint16(body.length + 2),
  ...body,
];
