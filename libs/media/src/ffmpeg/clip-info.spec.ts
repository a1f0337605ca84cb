import { describe, expect, it } from '@jest/globals';
import { parseClipReport } from './clip-info.js';

const report = (line: string): string => `  Duration: 00:01:02.50, start: 0.000000, bitrate: 1 kb/s\n    ${line}\n`;

describe('parseClipReport', () => {
  it('reads the wording of a 2018 build', () => {
    const line =
      'Stream #0:0(und): Video: h264 (High) (avc1 / 0x31637661), yuv420p(tv, bt470bg), 1280x720 [SAR 1:1 DAR 16:9], 1417 kb/s, 30 fps, 30 tbr, 15360 tbn';
    expect(parseClipReport(report(line))).toEqual({ width: 1280, height: 720, fps: 30, durationSeconds: 62.5 });
  });

  it('reads the wording of later builds and fractional rates', () => {
    const line =
      'Stream #0:0[0x1](und): Video: h264 (avc1 / 0x31637661), yuv420p(progressive), 854x480, 900 kb/s, 29.97 fps, 29.97 tbr';
    expect(parseClipReport(report(line))).toMatchObject({ width: 854, height: 480, fps: 29.97 });
  });

  it('finds nothing in a report without video', () => {
    expect(parseClipReport(report('Stream #0:0: Audio: aac, 44100 Hz'))).toBeUndefined();
  });
});
