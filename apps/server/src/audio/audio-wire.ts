import type { EncodedSpeech, SpeechPieceEvent, VoiceEvent } from '@jiga/audio';
import type { ServerMessage } from '@jiga/platform';

/** An event as the client sees it; `bytes` go behind it as a binary message. */
export interface VoiceWireMessage {
  readonly body: ServerMessage;
  readonly bytes: Uint8Array | null;
}

type ClientEvent = Exclude<VoiceEvent, { type: 'failed' }>;

/** null for what the client is not told. `isBinary`: sound travels as bytes instead of base64. */
export function presentVoiceEvent(event: ClientEvent, isBinary: boolean): VoiceWireMessage | null {
  switch (event.type) {
    case 'voice_response': {
      const { type, utteranceId, kind, isKnown, source, echo } = event;
      const told = { type, utterance_id: utteranceId, kind, known: isKnown, source, ...echo };
      return { body: { ...told, ...piece(event, isBinary) }, bytes: bytesOf(event, isBinary) };
    }
    case 'callout': {
      const { type, callout } = event;
      return { body: { type, data: callout, ...piece(event, isBinary) }, bytes: bytesOf(event, isBinary) };
    }
    default: {
      const body = plainEvent(event);
      return body && { body, bytes: null };
    }
  }
}

function plainEvent(event: Exclude<ClientEvent, { type: 'voice_response' | 'callout' }>): ServerMessage | null {
  switch (event.type) {
    case 'speech_started':
      return { type: event.type, utterance_id: event.utteranceId, at_ms: event.atMs };
    case 'speech_stopped': {
      const { type, utteranceId, atMs, durationMs, reason, echo } = event;
      return { type, utterance_id: utteranceId, at_ms: atMs, duration_ms: durationMs, reason, ...echo };
    }
    case 'transcript': {
      const { type, utteranceId, isFinal, text, isAccepted, reason, confidence, coverage, source, echo } = event;
      const heard = { text, accepted: isAccepted, reason, confidence, coverage, source };
      return { type, utterance_id: utteranceId, final: isFinal, ...heard, ...echo };
    }
    case 'interrupted': {
      const { type, responseId, playedMs, reason, isResumable, echo } = event;
      const rounded = Math.round(playedMs);
      return { type, response_id: responseId, played_ms: rounded, reason, resumable: isResumable, ...echo };
    }
    case 'resumed':
      return { type: event.type, response_id: event.responseId, from_ms: Math.round(event.fromMs) };
    default:
      return null;
  }
}

const piece = ({ responseId, sequence, isLast, text, speech, silentBecause }: SpeechPieceEvent, isBinary: boolean) => ({
  response_id: responseId,
  sequence,
  is_last: isLast,
  text,
  audio: speech && presentSpeech(speech, isBinary),
  silent_because: silentBecause,
});

/** The sound of a piece, as JSON tells it. */
export const presentSpeech = (speech: EncodedSpeech, isBinary: boolean) => ({
  format: speech.format,
  sample_rate: speech.sampleRateHz,
  channels: speech.channels,
  duration_ms: Math.round(speech.durationMs),
  ...(!isBinary && { audio_base64: Buffer.from(speech.bytes).toString('base64') }),
});

const bytesOf = ({ speech }: SpeechPieceEvent, isBinary: boolean): Uint8Array | null =>
  isBinary ? (speech?.bytes ?? null) : null;
