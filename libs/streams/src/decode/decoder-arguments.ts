import { qscaleOf } from '@jiga/media';

import type { ResolvedDirect } from '../stream-ingest.port.js';
import type { DecoderOptions } from './stream-decoder.port.js';

export type Container = 'mpegts' | 'mp4';
/** Sound by itself may also come as bare frames (packed audio). */
export type SoundContainer = Container | 'aac' | 'mp3';

/** Of the sound that comes out. */
export const SOUND_HZ = 16_000;

/**
 * ffmpeg as a decoder and nothing else: bytes of a forced format on standard input, no other protocol. Held against the
 * build of 2018 and current ones:
 * - so small a probe makes the first segment give its pictures at once; by default three segments would be waited for;
 * - the time stamps of the source are kept (`-copyts`), so that a picture can be told its time of capture;
 * - `select` takes pictures by time without repeating any over a gap, unlike the filter `fps`;
 * - `showinfo` names the time and the size of each one selected on standard error, before it is scaled.
 */
export function decoderArguments(container: Container, options: DecoderOptions, hasSound: boolean): string[] {
  const { picture, skipsDisposable } = options;
  const input = ['-hide_banner', '-nostats', '-v', 'level+info', '-threads', '1', '-copyts'];
  const light = skipsDisposable ? ['-skip_frame', 'bidir'] : [];
  const source = ['-f', container, '-probesize', '32768', '-analyzeduration', '0', '-protocol_whitelist', 'pipe'];
  return [...input, ...light, ...source, '-i', 'pipe:0', ...pictures(picture), ...(hasSound ? sound() : [])];
}

/** The same for segments that hold sound and nothing else. */
export function soundArguments(container: SoundContainer): string[] {
  const input = ['-hide_banner', '-nostats', '-v', 'level+info', '-threads', '1'];
  const source = ['-f', container, '-probesize', '32768', '-analyzeduration', '0', '-protocol_whitelist', 'pipe'];
  return [...input, ...source, '-i', 'pipe:0', ...sound()];
}

/** What a file may be: formats that hold their media themselves, and name no other file to read. */
const FILE_FORMATS = 'mov,mp4,matroska,webm,mpegts,flv,avi,ogg';

/**
 * ffmpeg as the one that fetches, with exactly the protocol that the stream has: the address was checked, and its host is
 * one that the operator has named. A file is read at the pace at which it was recorded.
 */
export function directArguments(
  { protocol, url }: ResolvedDirect,
  { picture, skipsDisposable, wantsSound }: DecoderOptions,
): string[] {
  const input = ['-hide_banner', '-nostats', '-nostdin', '-v', 'level+info', '-threads', '1'];
  const light = skipsDisposable ? ['-skip_frame', 'bidir'] : [];
  const source = {
    file: ['-re', '-protocol_whitelist', 'file', '-format_whitelist', FILE_FORMATS, '-i', `file:${url}`],
    rtmp: ['-protocol_whitelist', 'rtmp,tcp', '-f', 'flv', '-i', url],
    rtsp: ['-protocol_whitelist', 'rtsp,tcp', '-f', 'rtsp', '-rtsp_transport', 'tcp', '-i', url],
  }[protocol];
  return [...input, ...light, ...source, ...pictures(picture), ...(wantsSound ? sound() : [])];
}

/** Times that go back by less are of a stream that begins out of step; old encoders end at a picture that is before another. */
const BACK_MIN_S = 1;

function pictures({ fps, width, height, jpegQuality }: DecoderOptions['picture']): string[] {
  const apartS = (1 / fps - 0.01).toFixed(4);
  const select = `select='isnan(prev_selected_t)+gte(t-prev_selected_t\\,${apartS})+lt(t\\,prev_selected_t-${BACK_MIN_S})'`;
  const filters = [select, 'showinfo', `scale=${width}:${height}:flags=area`].join(',');
  const encode = ['-threads', '1', '-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-q:v', String(qscaleOf(jpegQuality))];
  const pace = ['-vsync', 'passthrough', ...encode, '-flush_packets', '1'];
  return ['-map', '0:v:0', '-an', '-sn', '-dn', '-vf', filters, ...pace, '-f', 'mpjpeg', 'pipe:1'];
}

function sound(): string[] {
  const resample = `aresample=${SOUND_HZ}:async=1000`;
  const format = ['-ac', '1', '-ar', String(SOUND_HZ), '-f', 's16le', '-flush_packets', '1', 'pipe:3'];
  return ['-map', '0:a:0', '-vn', '-sn', '-dn', '-af', resample, ...format];
}
