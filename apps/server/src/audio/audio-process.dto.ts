import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsNumber, Max, Min } from 'class-validator';

import {
  AUDIO_FORMATS,
  newId,
  RESPONSE_TYPES,
  VISION_RESULT_EXAMPLE,
  VISION_RESULT_SCHEMA,
  VOICE_LANGUAGES,
  VOICE_REPLY_KINDS,
} from '@jiga/contracts';
import type { VisionResult, VoiceLanguage, VoiceReplyKind } from '@jiga/contracts';

import { EXAMPLE_SOUND_BASE64 } from '../http/body-examples.js';
import { MayBeAbsent } from '../http/validation.decorators.js';
import { EXAMPLE_SESSION_ID } from '../sessions/dto/session.dto.js';
import { TeamMessageDto } from '../team-messages/team-messages.dto.js';
import type { ResponseType } from './audio-body.js';

const idLike = (kind: 'utterance' | 'response'): string => newId(kind).replace(/_.*/, `_${'0'.repeat(22)}`);
const MS = { type: 'number', example: 12.5 } as const;

/** What is told about a recording that is the body itself. */
export class RecordingQuery {
  @ApiPropertyOptional({ description: 'When it was made, Unix seconds.', minimum: 0, maximum: 1e11 })
  @MayBeAbsent()
  @IsNumber()
  @Min(0)
  @Max(1e11)
  timestamp?: number;
}

export class AudioQuery extends RecordingQuery {
  @ApiPropertyOptional({ description: 'What the answer is.', enum: RESPONSE_TYPES, default: 'text' })
  @MayBeAbsent()
  @IsIn(RESPONSE_TYPES)
  response_type?: ResponseType;
}

/** Read by hand, like the messages of the sockets. */
export class AudioDataRequestDto {
  @ApiProperty({
    description:
      'WAV, MP3, or Opus in Ogg or WebM, in base64; recognised by its content. One or two channels, any usual rate.',
    example: EXAMPLE_SOUND_BASE64,
  })
  audio_base64!: string;

  @ApiPropertyOptional({
    description: 'A picture of what the player sees (base64): analysed, and used in the answer.',
    type: 'string',
    nullable: true,
    example: null,
  })
  frame_data?: string | null;

  @ApiPropertyOptional({ description: 'When it was made, Unix seconds.', minimum: 0, example: 1_767_225_600.25 })
  timestamp?: number;

  @ApiPropertyOptional({
    description: 'Only `pcm16` (raw samples, little-endian) matters: any other sound is recognised by its content.',
    default: 'wav',
    example: 'wav',
  })
  audio_format?: string;

  @ApiPropertyOptional({ description: 'Of `pcm16`, in hertz.', minimum: 8000, maximum: 192_000, default: 22_050 })
  sample_rate?: number;

  @ApiPropertyOptional({ description: 'Of `pcm16`.', minimum: 1, maximum: 2, default: 1 })
  channels?: number;
}

export const AUDIO_DATA_FIELDS = [
  'audio_base64',
  'frame_data',
  'timestamp',
  'audio_format',
  'sample_rate',
  'channels',
] as const satisfies (keyof AudioDataRequestDto)[];

export class AudioResponseRequestDto extends AudioDataRequestDto {
  @ApiPropertyOptional({
    description:
      '`text` and `base64_audio`: JSON, the latter with the sound. `audio`: the body is the sound. `team_message`: the answer goes to the team.',
    enum: RESPONSE_TYPES,
    default: 'text',
    example: 'base64_audio',
  })
  response_type?: ResponseType;
}

export const AUDIO_RESPONSE_FIELDS = [
  ...AUDIO_DATA_FIELDS,
  'response_type',
] as const satisfies (keyof AudioResponseRequestDto)[];

class AudioInfoDto {
  @ApiProperty({ description: 'As recognised.', example: 'wav' }) format!: string;
  @ApiProperty({ description: 'Seconds.', example: 1.42 }) duration!: number;
  @ApiProperty({ description: 'Hertz.', example: 16_000 }) sample_rate!: number;
  @ApiProperty({ description: '1 or 2.', example: 1 }) channels!: number;
}

class SpeechSpanDto {
  @ApiProperty({ description: 'First speech, in seconds from the start.', example: 0.22 }) start!: number;
  @ApiProperty({ description: 'End of the last.', example: 1.18 }) end!: number;
}

export class TranscriptDto {
  @ApiProperty({ description: 'What was said; empty when it was not understood.', example: "what's the score" })
  text!: string;

  @ApiProperty({ description: 'Whether it is sure enough to act upon.', example: true }) accepted!: boolean;
  @ApiProperty({
    description: 'Why it was rejected.',
    enum: ['not_a_command', 'uncertain', 'no_speech', null],
    type: 'string',
    nullable: true,
    example: null,
  })
  reason!: string | null;

  @ApiProperty({
    description: 'Probability that the words are right, 0–1; null where the recogniser does not tell.',
    type: 'number',
    nullable: true,
    example: 0.94,
  })
  confidence!: number | null;
  @ApiProperty({
    description: 'Part of the speech that the words cover.',
    type: 'number',
    nullable: true,
    example: 0.97,
  })
  coverage!: number | null;

  @ApiProperty({ description: '`commands`, or `provider:model`.', type: 'string', nullable: true, example: 'commands' })
  source!: string | null;

  @ApiProperty({ description: 'Language that was listened for.', enum: VOICE_LANGUAGES, example: 'en' })
  language!: VoiceLanguage;
}

export class IntentDto {
  @ApiProperty({ description: 'What it is.', enum: ['question', 'team', 'control'], example: 'question' })
  kind!: string;

  @ApiProperty({ description: 'Topic of a question, name of an order or control.', example: 'score' }) name!: string;
  @ApiProperty({
    description: 'Values that were named: place, weapon, player, count.',
    type: 'object',
    additionalProperties: { type: 'string' },
    example: {},
  })
  slots!: Record<string, string>;

  @ApiProperty({ description: 'Part of the words that it accounts for.', example: 1 }) coverage!: number;
}

export class ProcessedAudioDto {
  @ApiProperty({ description: 'The session.', example: EXAMPLE_SESSION_ID }) session_id!: string;
  @ApiProperty({ description: 'Of the utterance; also in the events.', example: idLike('utterance') })
  utterance_id!: string;

  @ApiProperty({ description: 'When it was answered, Unix seconds.', example: 1_767_225_600.9 }) timestamp!: number;
  @ApiProperty({ description: 'The recording.', type: AudioInfoDto }) audio!: AudioInfoDto;
  @ApiProperty({ description: 'Where somebody speaks; null: nowhere.', type: SpeechSpanDto, nullable: true })
  speech!: SpeechSpanDto | null;

  @ApiProperty({ description: 'What was said.', type: TranscriptDto }) transcript!: TranscriptDto;
  @ApiProperty({ description: 'What it means; null when it is none of the commands.', type: IntentDto, nullable: true })
  intent!: IntentDto | null;

  @ApiProperty({
    description: 'What is seen in `frame_data`; null without a picture.',
    oneOf: [VISION_RESULT_SCHEMA as object, { type: 'null' }],
    example: VISION_RESULT_EXAMPLE,
  })
  visual_context!: VisionResult | null;

  @ApiProperty({
    description: 'Milliseconds of each stage: `decode`, `listen`, `recognise`, `vision`, `reply`, `speak`, `total`.',
    type: 'object',
    additionalProperties: MS,
    example: { decode: 1.2, listen: 41.5, recognise: 62.3, total: 106.1 },
  })
  stages_ms!: Record<string, number>;
}

class SpokenAudioDto {
  @ApiProperty({ description: 'As the voice settings say.', enum: AUDIO_FORMATS, example: 'wav' }) format!: string;
  @ApiProperty({ description: 'Hertz.', example: 22_050 }) sample_rate!: number;
  @ApiProperty({ description: '1 or 2.', example: 1 }) channels!: number;
  @ApiProperty({ description: 'Milliseconds.', example: 2310 }) duration_ms!: number;
  @ApiProperty({ description: 'A whole file.', example: EXAMPLE_SOUND_BASE64 }) audio_base64!: string;
}

export class AudioAnswerDto {
  @ApiProperty({ description: 'Of the answer; also in the events.', example: idLike('response') }) response_id!: string;
  @ApiProperty({ description: 'As asked for.', enum: RESPONSE_TYPES, example: 'base64_audio' }) type!: ResponseType;
  @ApiProperty({ description: 'What sort of answer it is.', enum: VOICE_REPLY_KINDS, example: 'answer' })
  kind!: VoiceReplyKind;

  @ApiProperty({ description: 'In words.', example: 'Red 1, blue 0, you lead by 1.' }) text!: string;
  @ApiProperty({ description: 'False when it says that something is not known.', example: true }) known!: boolean;
  @ApiProperty({ description: '`local`, or `provider:model`.', example: 'local' }) source!: string;
  @ApiProperty({ description: 'Of `base64_audio`.', type: SpokenAudioDto, nullable: true })
  audio!: SpokenAudioDto | null;
}

export class AnsweredAudioDto extends ProcessedAudioDto {
  @ApiProperty({ description: 'The answer.', type: AudioAnswerDto }) response!: AudioAnswerDto;
  @ApiProperty({ description: 'What went to the team.', type: [TeamMessageDto], example: [] })
  team_messages!: TeamMessageDto[];
}
