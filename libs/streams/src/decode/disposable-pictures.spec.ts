import { expect, it } from '@jest/globals';

import type { StreamVariant } from '../stream-ingest.port.js';
import { leavesOutDisposable } from './disposable-pictures.js';

const variant = (height: number, fps: number | null, isSource = false): StreamVariant => ({
  name: `${height}p`,
  width: (height * 16) / 9,
  height,
  fps,
  bitsPerSecond: null,
  isSource,
  requested: 'best',
  choice: 'named',
});

it.each([
  [variant(1080, 60), 5, true],
  [variant(720, 30), 2, true],
  [variant(720, null), 2, true],
  [variant(720, 30), 5, false],
  [variant(1080, 60), 10, false],
  [variant(360, 60), 2, false],
  [variant(360, 60, true), 2, true],
])('leaves pictures out only where enough are left: %j at %d a second, %s', (rendition, fps, expected) => {
  expect(leavesOutDisposable(rendition, fps)).toBe(expected);
});
