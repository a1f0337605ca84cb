import { describe, expect, it } from '@jest/globals';
import { childEnvironment, ffmpegSearch } from './child-environment.js';

describe('childEnvironment', () => {
  it('keeps what is not ours and replaces what is', () => {
    const parent = { PATH: '/bin', HOME: '/home/me', PORT: '3000', JIGA_ADMIN_KEY: 'secret', JIGA_LATER: 'x' };
    expect(childEnvironment({ PORT: '0', JIGA_DATA_DIR: '/data', HOST: undefined }, parent)).toEqual({
      PATH: '/bin',
      HOME: '/home/me',
      PORT: '0',
      JIGA_DATA_DIR: '/data',
    });
  });
});

describe('ffmpegSearch', () => {
  it('gives the configured program and PATH, where they are set', () => {
    expect(ffmpegSearch({ JIGA_FFMPEG_PATH: ' /opt/ffmpeg ', PATH: '/bin' })).toEqual({
      configuredPath: '/opt/ffmpeg',
      searchPath: '/bin',
    });
    expect(ffmpegSearch({ JIGA_FFMPEG_PATH: ' ' })).toEqual({});
  });
});
