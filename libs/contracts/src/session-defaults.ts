import type { HighSpeedConfig, VoiceChatConfig } from './session-configuration.js';
import type { HighSpeedMode } from './session.js';

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

/** The seed's defaults, in English, and nothing that leaves this machine without being asked for. */
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
  enable_frame_context: false,
  max_recording_duration: 30,
  silence_timeout: 2,
  language: 'en',
};
