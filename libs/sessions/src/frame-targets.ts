import type { HighSpeedConfig, PictureAdvice, SessionConfiguration } from '@jiga/contracts';

/** Frames a second of a session without high speed: the seed's upper figure for general observation. */
const NORMAL_FPS = 2;
/** The seed's picture of a session without high speed. */
const NORMAL_PICTURE: PictureAdvice = { width: 640, height: 360, jpeg_quality: 50 };

type Size = Pick<PictureAdvice, 'width' | 'height'>;

const SIZES: Readonly<Record<HighSpeedConfig['compression_level'], Size>> = {
  low: { width: 1280, height: 720 },
  medium: { width: 854, height: 480 },
  high: { width: 480, height: 270 },
};

/**
 * The picture that a session is best fed with: what clients are advised to send, and what the server itself encodes for it,
 * from a stream that it fetches or for a model that it asks.
 */
export function pictureAdviceOf({
  high_speed_vision,
  high_speed_config,
}: Pick<SessionConfiguration, 'high_speed_vision' | 'high_speed_config'>): PictureAdvice {
  if (!high_speed_vision) return NORMAL_PICTURE;
  return { ...SIZES[high_speed_config.compression_level], jpeg_quality: high_speed_config.jpeg_quality };
}

/** Frames a second that a session is best fed with. */
export const targetFpsOf = ({ high_speed_vision, high_speed_config }: SessionConfiguration): number =>
  high_speed_vision ? high_speed_config.target_fps : NORMAL_FPS;

/** Time to an answer that a session aims at, in milliseconds; null = none. */
export const targetP95Of = ({ high_speed_vision, high_speed_config }: SessionConfiguration): number | null =>
  high_speed_vision ? high_speed_config.target_p95_ms : null;
