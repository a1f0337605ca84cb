/** The small picture, from the means of the blocks. */
import { height, width } from './headers';
import { EDGE_AT, EDGE_PART, ROW, SUMS, THUMB, THUMB_HEIGHT, THUMB_WIDTH } from './memory';
import { grid, gridStride } from './scan';

/** Brings the blocks' means to the size of the small picture, each weighed by the area that it covers of a pixel. */
export function shrink(): void {
  const across = <f32>width / 8;
  const down = <f32>height / 8;
  const columns = (width + 7) >> 3;
  const rows = (height + 7) >> 3;
  for (let i = 0; i <= THUMB_WIDTH; i++) {
    const edge = (<f32>i * across) / <f32>THUMB_WIDTH;
    const whole = min(<i32>edge, columns);
    store<i32>(EDGE_AT + <usize>(i << 2), whole);
    store<f32>(EDGE_PART + <usize>(i << 2), edge - <f32>whole);
  }
  memory.fill(SUMS, 0, <usize>(THUMB_WIDTH * THUMB_HEIGHT * 4));
  const pitch = down / <f32>THUMB_HEIGHT;
  for (let row = 0; row < rows; row++) {
    shrinkRow(grid + <usize>(row * gridStride), <f32>THUMB_WIDTH / across);
    const first = min(THUMB_HEIGHT - 1, <i32>(<f32>row / pitch));
    for (let target = first; target < THUMB_HEIGHT; target++) {
      const low = max(<f32>target * pitch, <f32>row);
      const high = min(<f32>(target + 1) * pitch, <f32>(row + 1));
      if (<f32>target * pitch >= <f32>(row + 1)) break;
      if (high > low) addRow(SUMS + <usize>(target * THUMB_WIDTH * 4), (high - low) / pitch);
    }
  }
  for (let i = 0; i < THUMB_WIDTH * THUMB_HEIGHT; i++) {
    const value = load<f32>(SUMS + <usize>(i << 2)) + 0.5;
    store<u8>(THUMB + <usize>i, <u8>min<f32>(255, value));
  }
}

/** One row of blocks, as wide as the small picture. */
function shrinkRow(blocks: usize, scale: f32): void {
  let passed: i32 = 0;
  let sum: i32 = 0;
  let before: f32 = 0;
  for (let i = 1; i <= THUMB_WIDTH; i++) {
    const whole = load<i32>(EDGE_AT + <usize>(i << 2));
    for (; passed < whole; passed++) sum += <i32>load<u8>(blocks + <usize>passed);
    const here = <f32>sum + load<f32>(EDGE_PART + <usize>(i << 2)) * <f32>load<u8>(blocks + <usize>whole);
    store<f32>(ROW + <usize>((i - 1) << 2), (here - before) * scale);
    before = here;
  }
}

function addRow(target: usize, weight: f32): void {
  const weights = f32x4.splat(weight);
  for (let i: usize = 0; i < <usize>(THUMB_WIDTH * 4); i += 16) {
    v128.store(target + i, f32x4.add(v128.load(target + i), f32x4.mul(v128.load(ROW + i), weights)));
  }
}
