import { describe, expect, it } from '@jest/globals';

import { AppError } from '@jiga/contracts';
import { makePicture, makePictureClaiming } from '@jiga/testing';

import { admitFrame } from './admission.js';
import { decodeBase64 } from './base64.js';
import { readIds, readVideoMessage } from './video-message.js';

const errorOf = (act: () => unknown): AppError => {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('decodeBase64', () => {
  it('reads what encoders write', () => {
    for (const length of [1, 2, 3, 4, 5, 1000, 5000]) {
      const bytes = Buffer.alloc(length, 0xfb);
      const text = bytes.toString('base64');
      expect(decodeBase64(text)).toEqual(bytes);
      expect(decodeBase64(text.replace(/=+$/, ''))).toEqual(bytes);
      expect(decodeBase64(`data:image/jpeg;base64,${text}`)).toEqual(bytes);
      expect(decodeBase64(`data:image/svg+xml;charset=utf-8;base64,${text}`)).toEqual(bytes);
    }
  });

  it('gives bytes that share their buffer with nothing', () => {
    const bytes = decodeBase64('QUJD');
    expect(bytes?.buffer.byteLength).toBe(3);
  });

  it.each([
    '',
    '=',
    '====',
    'A',
    'A===',
    'QQ=',
    'QQ==QUJD',
    'QUJ D',
    'QUJD\n',
    'QU\nJD',
    'QUJ!',
    '-_-_',
    'ÿÿÿÿ',
    'data:image/jpeg,QUJD',
    'data:image/jpeg;base64,',
    'data:QUJD',
    'data:',
    '日本日本',
  ])('refuses %j', (text) => expect(decodeBase64(text)).toBeNull());
});

describe('readVideoMessage', () => {
  it('reads a frame from base64 and from bytes', () => {
    const fields = { type: 'analyze_frame', timestamp: 1.5, source: 'obs', channel: null };
    const expected = { bytes: Buffer.from('ABC'), timestamp: 1.5, source: 'obs', channel: null };
    expect(readVideoMessage(fields, 'QUJD')).toEqual({ type: 'analyze_frame', picture: expected });
    expect(readVideoMessage({ ...fields, frame_data: 'QUJD' }, null)).toMatchObject({ picture: expected });
    const view = Buffer.from('xABCx').subarray(1, 4);
    const message = readVideoMessage({ ...fields, type: 'frame' }, view);
    expect(message).toEqual({ type: 'frame', picture: expected });
    view.fill(0);
    expect(message).toMatchObject({ picture: { bytes: Buffer.from('ABC') } });
  });

  it('reads the commands', () => {
    expect(readVideoMessage({ type: 'ping', anything: 'else' }, null)).toEqual({ type: 'ping' });
    expect(readVideoMessage({ type: 'stop_streaming' }, null)).toEqual({ type: 'stop_streaming' });
    expect(readVideoMessage({ type: 'start_streaming' }, null)).toEqual({
      type: 'start_streaming',
      intervalSeconds: null,
    });
    expect(readVideoMessage({ type: 'start_streaming', interval: 0.5 }, null)).toMatchObject({ intervalSeconds: 0.5 });
  });

  it.each([
    ['no type', {}, null, 'invalid_message'],
    ['a type that is no string', { type: 5 }, null, 'invalid_message'],
    ['an unknown type', { type: 'analyse_frame' }, null, 'unknown_message_type'],
    ['a type from Object.prototype', { type: 'constructor' }, null, 'unknown_message_type'],
  ])('refuses %s', (_name, fields, picture, code) => {
    expect(errorOf(() => readVideoMessage(fields, picture)).code).toBe(code);
  });

  it.each([
    ['no picture', {}, null, '/frame_data', 'required'],
    ['an empty picture', {}, '', '/frame_data', 'required'],
    ['an empty binary picture', {}, Buffer.alloc(0), '/frame_data', 'required'],
    ['a picture that is no string', { frame_data: { a: 1 } }, null, '/frame_data', 'type'],
    ['a picture that is no base64', {}, '<jpeg>', '/frame_data', 'base64'],
    ['a time as text', { timestamp: 'now' }, 'QUJD', '/timestamp', 'type'],
    ['a time in milliseconds', { timestamp: 1.7e12 }, 'QUJD', '/timestamp', 'range'],
    ['a time before 1970', { timestamp: -1 }, 'QUJD', '/timestamp', 'range'],
    ['a source that is no string', { source: ['x'] }, 'QUJD', '/source', 'type'],
    ['an empty source', { source: '' }, 'QUJD', '/source', 'length'],
    ['a control character', { channel: 'a\u0007b' }, 'QUJD', '/channel', 'control_character'],
    ['a long channel', { channel: 'x'.repeat(200) }, 'QUJD', '/channel', 'length'],
    ['an id that is no id', { request_id: {} }, 'QUJD', '/request_id', 'type'],
    ['a fractional id', { frame_id: 1.5 }, 'QUJD', '/frame_id', 'type'],
  ])('points at %s', (_name, fields, picture, pointer, code) => {
    const error = errorOf(() => readVideoMessage({ type: 'analyze_frame', ...fields }, picture));
    expect(error).toMatchObject({ code: 'invalid_message', retryable: false });
    expect(error.options.fields).toEqual([expect.objectContaining({ pointer, code })]);
  });

  it('names every wrong field at once', () => {
    const error = errorOf(() => readVideoMessage({ type: 'frame', timestamp: [], source: 1 }, '*'));
    expect(error.options.fields?.map(({ pointer }) => pointer)).toEqual(['/timestamp', '/source', '/frame_data']);
  });

  it.each([0, -1, 1e9, Number.NaN, '1'])('refuses an interval of %p', (interval) => {
    expect(errorOf(() => readVideoMessage({ type: 'start_streaming', interval }, null)).code).toBe('invalid_message');
  });

  it('refuses a command in a binary message', () => {
    expect(errorOf(() => readVideoMessage({ type: 'ping' }, Buffer.from('x'))).code).toBe('invalid_message');
  });

  it('finds the ids for an answer whatever else is wrong', () => {
    expect(readIds({ request_id: 'r1', frame_id: 7, type: [] })).toEqual({ request_id: 'r1', frame_id: 7 });
    expect(readIds({ request_id: null, frame_id: 'a\nb' })).toEqual({});
  });
});

describe('admitFrame', () => {
  const limits = { maxBytes: 100_000, maxPixels: 64 * 36 };
  const defaults = { timestamp: 5, source: 'direct_screen' };
  const picture = (bytes: Buffer) => ({ bytes: Buffer.from(bytes), timestamp: null, source: null, channel: null });

  it('knows JPEG, PNG and WebP by their content', async () => {
    for (const format of ['jpeg', 'png', 'webp'] as const) {
      const bytes = await makePicture({ format });
      expect(admitFrame(picture(bytes), limits, defaults)).toMatchObject({
        width: 64,
        height: 36,
        timestamp: 5,
        source: 'direct_screen',
        channel: null,
        id: expect.stringMatching(/^frm_/),
      });
    }
  });

  it('refuses too many bytes, too many pixels and what is no picture, from the header alone', async () => {
    const bomb = await makePictureClaiming(60_000, 60_000);
    const codes = [Buffer.alloc(100_001), bomb, Buffer.from('GIF89a'), Buffer.from([0xff, 0xd8])].map(
      (bytes) => errorOf(() => admitFrame(picture(bytes), limits, defaults)).code,
    );
    expect(codes).toEqual(['frame_too_large', 'frame_too_large', 'unsupported_image', 'unsupported_image']);
  });
});
