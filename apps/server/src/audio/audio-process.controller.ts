import { Body, Controller, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiSecurity,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { CLOCK } from '@jiga/contracts';
import type { Clock, ErrorCode } from '@jiga/contracts';
import { CONFIG, CurrentCredential, noteSession, RequireScope } from '@jiga/platform';
import type { Credential, JigaConfig } from '@jiga/platform';
import { SessionsService } from '@jiga/sessions';

import { AnswersAtOnce } from '../events/durable-answers.interceptor.js';
import { AUDIO_TYPES } from '../http/audio-bodies.js';
import { ApiProblems } from '../http/api-problems.decorator.js';
import { OfSession } from '../http/api-session.decorator.js';
import { SESSIONS_PATH } from '../sessions/session.presenter.js';
import { readAudioBody } from './audio-body.js';
import { presentAnswer, presentProcessed } from './audio-process.presenter.js';
import {
  AnsweredAudioDto,
  AUDIO_DATA_FIELDS,
  AUDIO_RESPONSE_FIELDS,
  AudioDataRequestDto,
  AudioQuery,
  AudioResponseRequestDto,
  ProcessedAudioDto,
  RecordingQuery,
} from './audio-process.dto.js';
import { AudioProcessing } from './audio-process.service.js';
import { headerJson } from './header-json.js';

const PROBLEMS: readonly ErrorCode[] = [
  'malformed_json',
  'unauthenticated',
  'forbidden',
  'session_closed',
  'body_too_large',
  'unsupported_media_type',
  'validation_failed',
  'unsupported_audio',
  'invalid_audio',
  'audio_too_long',
  'audio_overloaded',
  'audio_failed',
  'capability_unavailable',
  'frame_too_large',
  'unsupported_image',
  'invalid_image',
  'frame_dropped',
  'vision_failed',
  'rate_limited',
];
const CONTENT_TYPES = { wav: 'audio/wav', mp3: 'audio/mpeg' } as const;

const soundOr = (dto: Parameters<typeof getSchemaPath>[0]): object => ({
  oneOf: [{ $ref: getSchemaPath(dto) }, { type: 'string', contentMediaType: 'audio/wav' }],
});

@ApiTags('Voice')
@ApiSecurity('bearer')
@ApiSecurity('api_key')
@ApiExtraModels(AudioDataRequestDto, AudioResponseRequestDto, ProcessedAudioDto, AnsweredAudioDto)
@Controller('api/v1/jiga/sessions/:session_id/audio')
export class AudioProcessController {
  constructor(
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(AudioProcessing) private readonly processing: AudioProcessing,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: JigaConfig,
  ) {}

  @Post('process')
  @HttpCode(200)
  @AnswersAtOnce()
  @RequireScope('sessions:configure')
  @OfSession()
  @ApiOperation({
    operationId: 'processAudio',
    summary: 'Understand a recording',
    description: 'What was said and what it means. Nothing is done about it: no answer, no message to the team.',
  })
  @ApiConsumes('application/json', ...AUDIO_TYPES)
  @ApiBody({ description: 'The recording, or JSON with it in base64.', schema: soundOr(AudioDataRequestDto) })
  @ApiOkResponse({ description: 'What was heard.', type: ProcessedAudioDto })
  @ApiProblems(...PROBLEMS)
  async process(
    @Param('session_id') id: string,
    @Body() body: unknown,
    @Query() query: RecordingQuery,
    @CurrentCredential() credential: Credential,
  ): Promise<ProcessedAudioDto> {
    noteSession(id);
    const session = await this.sessions.open(id, credential);
    const recording = readAudioBody(body, query, { fields: AUDIO_DATA_FIELDS, maxBytes: this.config.audio.maxBytes });
    return presentProcessed(session, await this.processing.process(session, recording), this.clock);
  }

  @Post('process-with-response')
  @HttpCode(200)
  @AnswersAtOnce()
  @RequireScope('sessions:configure')
  @OfSession()
  @ApiOperation({
    operationId: 'processAudioWithResponse',
    summary: 'Talk to JIGA in a recording',
    description:
      'Questions are answered from the match, orders go to the team, controls take effect. With `response_type` `audio` the body of the answer is the sound, in the format, rate and channels of the voice settings; its JSON is in `X-Jiga-Response` (without `visual_context`), and `Link` leads to the events of the conversation.',
  })
  @ApiConsumes('application/json', ...AUDIO_TYPES)
  @ApiBody({ description: 'The recording, or JSON with it in base64.', schema: soundOr(AudioResponseRequestDto) })
  @ApiOkResponse({
    description: 'The answer.',
    headers: {
      'X-Jiga-Response': { description: 'JSON (ASCII) of an answer in sound.', schema: { type: 'string' } },
      Link: { description: 'Of an answer in sound: the events of the conversation.', schema: { type: 'string' } },
    },
    content: {
      'application/json': { schema: { $ref: getSchemaPath(AnsweredAudioDto) } },
      'audio/wav': { schema: { type: 'string', contentMediaType: 'audio/wav' } as object, example: 'RIFF…WAVEfmt …' },
      'audio/mpeg': { schema: { type: 'string', contentMediaType: 'audio/mpeg' } as object, example: 'ID3…' },
    },
  })
  @ApiProblems(...PROBLEMS, 'no_team', 'team_messaging_off')
  async answer(
    @Param('session_id') id: string,
    @Body() body: unknown,
    @Query() query: AudioQuery,
    @CurrentCredential() credential: Credential,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AnsweredAudioDto | Buffer> {
    noteSession(id);
    const session = await this.sessions.open(id, credential);
    const recording = readAudioBody(body, query, {
      fields: AUDIO_RESPONSE_FIELDS,
      maxBytes: this.config.audio.maxBytes,
    });
    const answered = await this.processing.answer(session, recording);
    const presented = presentAnswer(session, answered, recording.responseType, this.clock);
    const { spoken } = answered;
    if (recording.responseType !== 'audio' || !spoken) return presented;
    void reply
      .type(CONTENT_TYPES[spoken.format])
      .header('x-jiga-response', headerJson(presented))
      .header('link', `<${SESSIONS_PATH}/${id}/events?types=transcript,voice_response>; rel="related"`);
    return Buffer.from(spoken.bytes);
  }
}
