import { ffmpegSearch } from '@jiga/platform';
import { decodeClip, locateFfmpeg, probeClip, type ClipFrame, type ClipInfo } from '@jiga/media';

export interface ClipSource {
  readonly info: ClipInfo;
  /** Size of the frames that it gives. */
  readonly size: { readonly width: number; readonly height: number };
  readonly ffmpeg: string;
  /** Why another ffmpeg would be better for files that one does not trust. */
  readonly warning?: string;
  frames(signal?: AbortSignal): AsyncIterable<ClipFrame>;
}

export interface ClipSourceOptions {
  readonly file: string;
  readonly fps: number;
  /** null = the clip's own. */
  readonly size: { readonly width: number; readonly height: number } | null;
  readonly quality: number;
}

/** Opens a clip for decoding. Throws with a remedy when there is no ffmpeg. */
export async function openClip({ file, fps, size, quality }: ClipSourceOptions): Promise<ClipSource> {
  const ffmpeg = await locateFfmpeg(ffmpegSearch());
  if (!ffmpeg.found) {
    const tried = ffmpeg.tried.map(({ source, reason }) => `${source}: ${reason}`).join('; ');
    throw new Error(`No ffmpeg to decode the clip with (${tried}). ${ffmpeg.remedy}`);
  }
  const info = await probeClip(ffmpeg.path, file);
  const scaled = size ?? { width: info.width, height: info.height };
  const options = {
    ffmpegPath: ffmpeg.path,
    file,
    sourceFps: info.fps,
    fps: Math.min(fps, info.fps),
    quality,
    size: scaled,
  };
  return {
    info,
    size: scaled,
    ffmpeg: `ffmpeg ${ffmpeg.version} (${ffmpeg.source})`,
    ...(ffmpeg.warning === undefined ? {} : { warning: ffmpeg.warning }),
    frames: (signal) => decodeClip({ ...options, ...(signal ? { signal } : {}) }),
  };
}
