import { HIGH_SPEED_PRESETS, VideoInputSource, VOICE_CHAT_DEFAULTS } from '@jiga/contracts';
import type { HighSpeedConfig, SessionConfiguration, SessionRequest, SessionType } from '@jiga/contracts';

/** Without high-speed vision: the seed's normal mode. */
const NORMAL_ANALYSIS_INTERVAL_S = 3;
const NORMAL_CONCURRENT_ANALYSES = 1;

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

/** Ids of the chosen skills, each once; null = all. */
export function skillIdsOf({ skills }: SessionConfiguration): readonly string[] | null {
  if (skills === null) return null;
  return Array.isArray(skills) ? [...new Set(skills as readonly string[])] : Object.keys(skills);
}
