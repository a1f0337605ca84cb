import type { Intent } from '@jiga/audio';
import { unixSeconds } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';
import type { LiveSession } from '@jiga/sessions';

import type { ResponseType } from './audio-body.js';
import type { AnsweredAudioDto, IntentDto, ProcessedAudioDto, TranscriptDto } from './audio-process.dto.js';
import type { AnsweredRecording, ProcessedRecording } from './audio-process.service.js';
import { presentSpeech } from './audio-wire.js';

/** The members alone, so that they can be spread. */
type Members<T> = { [K in keyof T]: T[K] };

const seconds = (ms: number): number => Math.round(ms) / 1000;

/** What was heard, as the API shows it. */
export function presentProcessed(
  session: LiveSession,
  processed: ProcessedRecording,
  clock: Clock,
): Members<ProcessedAudioDto> {
  const { utteranceId, audio, speech, intent, visualContext, stagesMs } = processed;
  return {
    session_id: session.id,
    utterance_id: utteranceId,
    timestamp: unixSeconds(clock),
    audio: {
      format: audio.format,
      duration: seconds(audio.durationMs),
      sample_rate: audio.sampleRateHz,
      channels: audio.channels.length,
    },
    speech: speech && { start: seconds(speech.startMs), end: seconds(speech.endMs) },
    transcript: transcriptOf(session, processed),
    intent: intent && intentOf(intent),
    visual_context: visualContext,
    stages_ms: { ...stagesMs },
  };
}

/** The same with the answer. */
export function presentAnswer(
  session: LiveSession,
  answered: AnsweredRecording,
  type: ResponseType,
  clock: Clock,
): AnsweredAudioDto {
  const { reply, text, spoken, teamMessages } = answered;
  const { id, kind, isKnown, source } = reply;
  const speech = type === 'base64_audio' ? spoken : null;
  return {
    ...presentProcessed(session, answered, clock),
    response: {
      response_id: id,
      type,
      kind,
      text,
      known: isKnown,
      source,
      audio: speech && { ...presentSpeech(speech, true), audio_base64: Buffer.from(speech.bytes).toString('base64') },
    },
    team_messages: [...teamMessages],
  };
}

function transcriptOf({ configuration }: LiveSession, { heard }: ProcessedRecording): TranscriptDto {
  const { language } = configuration.voice_chat_config;
  if (!heard) {
    const nothing = { confidence: null, coverage: null, source: null };
    return { text: '', accepted: false, reason: 'no_speech', ...nothing, language };
  }
  const { text, isAccepted, reason, confidence, coverage, source } = heard;
  return { text, accepted: isAccepted, reason, confidence, coverage, source, language };
}

function intentOf(intent: Intent): IntentDto {
  const { kind, slots, coverage } = intent;
  const name = kind === 'question' ? intent.topic : kind === 'control' ? intent.action : intent.order;
  return { kind, name, slots: { ...slots }, coverage };
}
