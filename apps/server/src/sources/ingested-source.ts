import type { SessionConfiguration, VideoInputSource } from '@jiga/contracts';
import { pictureAdviceOf, targetFpsOf } from '@jiga/sessions';
import type { StreamHandlers, StreamIngest, StreamPictureOptions, VariantWish } from '@jiga/streams';

/** What differs between the sources that the server fetches itself. */
export interface IngestedSource {
  readonly source: VideoInputSource;
  /**
   * What the operator has to do before such a session can be had; null = nothing. Throws AppError `validation_failed` for
   * settings that this source refuses.
   */
  obstacle(configuration: SessionConfiguration): string | null;
  /** The stream of a session whose settings `obstacle` let through. It is not started yet. */
  open(configuration: SessionConfiguration, handlers: StreamHandlers): StreamIngest;
}

/** The pictures that a session wants of its stream; in high-speed mode several at once, as soon as they are there. */
export function pictureOf(configuration: SessionConfiguration): StreamPictureOptions {
  const { width, height, jpeg_quality: jpegQuality } = pictureAdviceOf(configuration);
  const fps = configuration.video_source_config?.fps ?? targetFpsOf(configuration);
  return { fps, width, height, jpegQuality, batchProcessing: configuration.high_speed_vision };
}

/** Which rendition a session wants: by name, or the one that fits its pictures. */
export const wishOf = (configuration: SessionConfiguration): VariantWish => ({
  quality: configuration.video_source_config?.quality ?? 'best',
  height: pictureOf(configuration).height,
});

/** What results call the channel; null where the name of the stream could hold a secret. */
export const channelOf = ({ video_source_config: config }: SessionConfiguration): string | null =>
  config?.channel_name ?? config?.channel ?? config?.video_id ?? null;
