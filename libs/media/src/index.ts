export * from './image/image-header.js';
export * from './image/image-decode.js';
export * from './image/image-encode.js';
export * from './image/luma.js';
export * from './image/glance.js';
export { GlancePool } from './image/glance-pool.js';
export * from './image/perceptual-hash.js';
export * from './image/scene-cache.js';
export { decodeClip, qscaleOf, sourceFrameOf, type ClipDecodeOptions, type ClipFrame } from './ffmpeg/clip-decoder.js';
export { MpjpegParser } from './ffmpeg/mpjpeg-parser.js';
export { probeClip, type ClipInfo } from './ffmpeg/clip-info.js';
export {
  locateFfmpeg,
  type FfmpegFound,
  type FfmpegLocation,
  type FfmpegMissing,
  type FfmpegSearch,
  type FfmpegSource,
} from './ffmpeg/ffmpeg-locator.js';
export { decodeSound, mp3Unavailable, type DecodeSoundOptions, type SoundFormat } from './audio/decode-sound.js';
export { encodeMp3, MP3_RATES_HZ, type Mp3Options } from './audio/mp3-program.js';
export { deinterleave, fromInt16, SOUND_LIMITS, toInt16, toMono, type Sound } from './audio/sound.js';
export { encodeWav } from './audio/wav.js';
