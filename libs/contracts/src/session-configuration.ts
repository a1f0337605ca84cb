import type { HighSpeedMode, Permission, ProcessingMode, VideoInputSource } from './session.js';

/** A JSON object as a client sent it, for what JIGA keeps and gives back without reading. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const COMPRESSION_LEVELS = ['low', 'medium', 'high'] as const;
export const RESPONSE_TYPES = ['text', 'audio', 'base64_audio', 'team_message'] as const;
export const AUDIO_FORMATS = ['wav', 'mp3'] as const;
export const VOICE_QUALITIES = ['low', 'standard', 'high'] as const;
/** Languages that the voice understands and speaks. */
export const VOICE_LANGUAGES = ['en', 'fr'] as const;
export type VoiceLanguage = (typeof VOICE_LANGUAGES)[number];
export const CAPABILITIES = ['vision', 'transcription', 'reply', 'speech'] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** How the high-speed path works. Written as the public API writes it; intervals and times to live are seconds. */
export interface HighSpeedConfig {
  readonly target_fps: number;
  readonly analysis_interval: number;
  readonly max_concurrent_analyses: number;
  readonly compression_level: (typeof COMPRESSION_LEVELS)[number];
  readonly jpeg_quality: number;
  readonly enable_caching: boolean;
  /** Likeness, 0–1, from which on two frames count as the same for the cache. */
  readonly cache_similarity: number;
  readonly cache_ttl: number;
  /** Frames of one batch under analysis at once. */
  readonly batch_size: number;
  /** Time from receipt to answer, in milliseconds, that 95 of 100 frames should keep; null = none is aimed at. */
  readonly target_p95_ms: number | null;
}

/** The seed's voice settings, the language and what goes along with questions; durations are seconds, `sample_rate` is hertz. */
export interface VoiceChatConfig {
  readonly response_type: (typeof RESPONSE_TYPES)[number];
  readonly audio_format: (typeof AUDIO_FORMATS)[number];
  readonly sample_rate: number;
  readonly channels: number;
  readonly auto_voice_activation: boolean;
  readonly voice_activation_threshold: number;
  readonly continuous_listening: boolean;
  readonly enable_team_messaging: boolean;
  readonly voice_quality: (typeof VOICE_QUALITIES)[number];
  readonly enable_noise_suppression: boolean;
  readonly enable_echo_cancellation: boolean;
  /** Whether the newest frame goes along when a model is asked that takes pictures. */
  readonly enable_frame_context: boolean;
  readonly max_recording_duration: number;
  readonly silence_timeout: number;
  readonly language: VoiceLanguage;
}

/** Where an ingested picture comes from; which keys are there depends on the source. */
export interface VideoSourceConfig {
  readonly channel_name?: string;
  readonly url?: string;
  readonly video_id?: string;
  readonly channel?: string;
  readonly quality?: string;
  readonly fps?: number;
}

/** What a session may spend before it ends; what is absent is unlimited. */
export interface SessionBudget {
  readonly usd?: number;
  readonly tokens?: number;
  readonly seconds?: number;
}

/** Skill ids, or ids with the settings of each. */
export type SkillSelection = readonly string[] | Readonly<Record<string, JsonObject>>;

/** A model that is asked: `provider:model`, or the same with options for the provider. */
export type ModelChoice = string | { readonly model: string; readonly options: JsonObject };

/** Per capability, who is asked first, second, …; a capability that is absent has the server's default. */
export type ModelProviderSelection = Readonly<Partial<Record<Capability, readonly ModelChoice[]>>>;

/** What a client may ask of a new session; what is absent takes its default. */
export interface SessionRequest {
  readonly user_id: string;
  readonly is_admin?: boolean;
  readonly permissions?: Permission;
  readonly preferences?: JsonObject | null;
  readonly high_speed_vision?: boolean;
  readonly high_speed_mode?: HighSpeedMode;
  readonly high_speed_config?: Partial<HighSpeedConfig> | null;
  readonly voice_chat_enabled?: boolean;
  readonly auto_connect_audio?: boolean;
  readonly voice_chat_config?: Partial<VoiceChatConfig> | null;
  readonly video_input_source?: VideoInputSource;
  readonly video_source_config?: VideoSourceConfig | null;
  readonly game?: string;
  readonly team_id?: string | null;
  readonly skills?: SkillSelection | null;
  readonly model_provider?: ModelProviderSelection | null;
  readonly budget?: SessionBudget | null;
  /** null or absent = the server's default. */
  readonly idle_timeout_seconds?: number | null;
  readonly max_duration_seconds?: number | null;
}

/** Every effective setting of a session, as the public API shows it. */
export interface SessionConfiguration {
  readonly user_id: string;
  readonly is_admin: boolean;
  readonly permissions: Permission;
  readonly preferences: JsonObject;
  readonly processing_mode: ProcessingMode;
  /** Longest time between two heavy analyses while frames come, in seconds. */
  readonly analysis_interval: number;
  readonly max_concurrent_analyses: number;
  readonly high_speed_vision: boolean;
  readonly high_speed_mode: HighSpeedMode;
  /** What `high_speed_mode` and the given overrides come to; it takes effect with `high_speed_vision`. */
  readonly high_speed_config: HighSpeedConfig;
  readonly voice_chat_enabled: boolean;
  readonly auto_connect_audio: boolean;
  readonly voice_chat_config: VoiceChatConfig;
  readonly video_input_source: VideoInputSource;
  readonly video_source_config: VideoSourceConfig | null;
  readonly game: string;
  readonly team_id: string | null;
  /** null = every skill; an empty list = the cheap stage alone. */
  readonly skills: SkillSelection | null;
  readonly model_provider: ModelProviderSelection | null;
  readonly budget: SessionBudget | null;
  /** Without a frame, sound, new socket or changed setting for so long, it ends; null = never. */
  readonly idle_timeout_seconds: number | null;
  /** It ends at this age; null = never. */
  readonly max_duration_seconds: number | null;
}
