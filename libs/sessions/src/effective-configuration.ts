import { VideoInputSource } from '@jiga/contracts';
import type {
  HighSpeedConfig,
  HighSpeedMode,
  SessionConfiguration,
  SessionRequest,
  SessionType,
  VoiceChatConfig,
} from '@jiga/contracts';

/** Without high-speed vision: the seed's normal mode. */
const NORMAL_ANALYSIS_INTERVAL_S = 3;
const NORMAL_CONCURRENT_ANALYSES = 1;

/** What each high-speed mode stands for; `balanced` is the seed's set of performance targets. */
export const HIGH_SPEED_PRESETS: Readonly<Record<HighSpeedMode, HighSpeedConfig>> = {
  balanced: {
    target_fps: 5,
    analysis_interval: 0.5,
    max_concurrent_analyses: 10,
    compression_level: 'high',
    jpeg_quality: 30,
    enable_caching: true,
    cache_similarity: 0.95,
    cache_ttl: 2,
    batch_size: 5,
    target_p95_ms: null,
  },
  'ultra-fast': {
    target_fps: 10,
    analysis_interval: 0.5,
    max_concurrent_analyses: 10,
    compression_level: 'high',
    jpeg_quality: 30,
    enable_caching: true,
    cache_similarity: 0.9,
    cache_ttl: 3,
    batch_size: 10,
    target_p95_ms: null,
  },
  'quality-focused': {
    target_fps: 5,
    analysis_interval: 0.25,
    max_concurrent_analyses: 6,
    compression_level: 'low',
    jpeg_quality: 50,
    enable_caching: true,
    cache_similarity: 0.98,
    cache_ttl: 1,
    batch_size: 1,
    target_p95_ms: null,
  },
};

/** The seed's defaults, in English. */
export const VOICE_CHAT_DEFAULTS: VoiceChatConfig = {
  response_type: 'base64_audio',
  audio_format: 'wav',
  sample_rate: 22_050,
  channels: 1,
  auto_voice_activation: true,
  voice_activation_threshold: 0.3,
  continuous_listening: true,
  enable_team_messaging: true,
  voice_quality: 'standard',
  enable_noise_suppression: true,
  enable_echo_cancellation: true,
  max_recording_duration: 30,
  silence_timeout: 2,
  language: 'en',
};

/** What holds for sessions that do not say; null = never. */
export interface ExpiryDefaults {
  readonly idleTimeoutS: number | null;
  readonly maxDurationS: number | null;
}

/** A request with every default filled in. The request must have been validated. */
export function effectiveConfiguration(
  request: SessionRequest,
  expiry: ExpiryDefaults = { idleTimeoutS: null, maxDurationS: null },
): SessionConfiguration {
  const isHighSpeed = request.high_speed_vision ?? false;
  const mode = request.high_speed_mode ?? 'balanced';
  const highSpeed: HighSpeedConfig = { ...HIGH_SPEED_PRESETS[mode], ...request.high_speed_config };
  return {
    user_id: request.user_id,
    is_admin: request.is_admin ?? false,
    permissions: request.permissions ?? 'configure',
    preferences: request.preferences ?? {},
    processing_mode: isHighSpeed ? 'high_speed' : 'normal',
    analysis_interval: isHighSpeed ? highSpeed.analysis_interval : NORMAL_ANALYSIS_INTERVAL_S,
    max_concurrent_analyses: isHighSpeed ? highSpeed.max_concurrent_analyses : NORMAL_CONCURRENT_ANALYSES,
    high_speed_vision: isHighSpeed,
    high_speed_mode: mode,
    high_speed_config: highSpeed,
    voice_chat_enabled: request.voice_chat_enabled ?? false,
    auto_connect_audio: request.auto_connect_audio ?? false,
    voice_chat_config: { ...VOICE_CHAT_DEFAULTS, ...request.voice_chat_config },
    video_input_source: request.video_input_source ?? VideoInputSource.DIRECT_SCREEN,
    video_source_config: request.video_source_config ?? null,
    game: request.game ?? 'auto',
    team_id: request.team_id ?? null,
    skills: request.skills ?? null,
    model_provider: request.model_provider ?? null,
    budget: request.budget ?? null,
    idle_timeout_seconds: request.idle_timeout_seconds ?? expiry.idleTimeoutS,
    max_duration_seconds: request.max_duration_seconds ?? expiry.maxDurationS,
  };
}

export function sessionTypeOf(configuration: SessionConfiguration): SessionType {
  if (configuration.high_speed_vision) return configuration.voice_chat_enabled ? 'combined' : 'high_speed';
  return configuration.voice_chat_enabled ? 'voice_chat' : 'standard';
}

/** Ids of the chosen skills; null = all. */
export function skillIdsOf({ skills }: SessionConfiguration): readonly string[] | null {
  if (skills === null) return null;
  return Array.isArray(skills) ? (skills as readonly string[]) : Object.keys(skills);
}
