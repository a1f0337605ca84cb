export { createAudioEngines, type AudioEnginesOptions } from './engines/create-audio-engines.js';
export { hearRecording, type HeardRecording, type RecordingDeps } from './channel/recording.js';
export { encodedSounds, Speaker, type EncodedSounds, type SpeakerDeps, type SpokenPiece } from './channel/speaker.js';
export type { SoundFormat } from './channel/sound-intake.js';
export { VoiceChannel, type VoiceChannelDeps } from './channel/voice-channel.js';
export type {
  EncodedSpeech,
  InterruptReason,
  SpeechPieceEvent,
  VoiceEvent,
  VoiceMeter,
} from './channel/voice-events.js';
export { Conversation, LOCAL_SOURCE, type Reply } from './conversation/conversation.js';
export type { ConversationEyes, Sight, SpokenPart, TeamMessenger, VoiceModels } from './conversation/voice-ports.js';
export { Hearing, type Heard } from './hearing/hearing.js';
export * from './ports/audio-engines.js';
export * from './ports/codec.port.js';
export * from './ports/engine.port.js';
export * from './ports/front-end.port.js';
export * from './ports/pcm.js';
export * from './ports/recognition.port.js';
export * from './ports/speech.port.js';
export * from './understanding/index.js';
