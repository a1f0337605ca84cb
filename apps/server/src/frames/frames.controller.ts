import { Body, Controller, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiSecurity,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';

import { AppError, CLOCK, unixSeconds, VISION_RESULT_EXAMPLE, VISION_RESULT_SCHEMA } from '@jiga/contracts';
import type { Clock, Frame, VisionResult } from '@jiga/contracts';
import { CONFIG, CurrentCredential, noteSession, RequireScope } from '@jiga/platform';
import type { Credential, JigaConfig } from '@jiga/platform';
import { SessionsService } from '@jiga/sessions';
import type { LiveSession } from '@jiga/sessions';
import { admitFrame, DROP_ADVICE } from '@jiga/video';

import { AnswersAtOnce } from '../events/durable-answers.interceptor.js';
import { ApiProblems } from '../http/api-problems.decorator.js';
import { PICTURE_TYPES } from '../http/picture-bodies.js';
import { EXAMPLE_SESSION_ID } from '../sessions/dto/session.dto.js';
import { VideoSockets } from '../video/video-sockets.service.js';
import { readFrameBody } from './frame-body.js';
import { FrameDto, FrameQuery } from './frame.dto.js';

const SOURCE = 'http';

@ApiTags('Sessions')
@ApiSecurity('bearer')
@ApiSecurity('api_key')
@ApiExtraModels(FrameDto)
@Controller('api/v1/jiga/sessions/:session_id/frames')
export class FramesController {
  constructor(
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(VideoSockets) private readonly video: VideoSockets,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: JigaConfig,
  ) {}

  @Post()
  @HttpCode(200)
  @AnswersAtOnce()
  @RequireScope('sessions:configure')
  @ApiParam({ name: 'session_id', description: 'From the answer to its creation.', example: EXAMPLE_SESSION_ID })
  @ApiOperation({
    operationId: 'analyzeFrame',
    summary: 'Analyse one picture',
    description:
      'The same analysis as on the video socket, in the same order: a newer frame of the session, from wherever it comes, takes the place of one that still waits. All of its text is read in this one answer, for up to four seconds; on the socket what there is no time for comes with the next frames.',
  })
  @ApiConsumes('application/json', ...PICTURE_TYPES)
  @ApiBody({
    description: 'The picture itself, or JSON with the picture in base64.',
    schema: {
      oneOf: [{ $ref: getSchemaPath(FrameDto) }, { type: 'string', contentMediaType: 'image/jpeg' } as object],
    },
  })
  @ApiOkResponse({
    description: 'What is seen.',
    content: { 'application/json': { schema: VISION_RESULT_SCHEMA as object, example: VISION_RESULT_EXAMPLE } },
  })
  @ApiProblems(
    'malformed_json',
    'unauthenticated',
    'forbidden',
    'session_not_found',
    'session_closed',
    'body_too_large',
    'frame_too_large',
    'unsupported_media_type',
    'unsupported_image',
    'validation_failed',
    'invalid_image',
    'rate_limited',
    'frame_dropped',
    'vision_failed',
  )
  async analyze(
    @Param('session_id') id: string,
    @Body() body: unknown,
    @Query() query: FrameQuery,
    @CurrentCredential() credential: Credential,
  ): Promise<VisionResult> {
    noteSession(id);
    const session = await this.sessions.open(id, credential);
    const defaults = { timestamp: unixSeconds(this.clock), source: SOURCE, isAlone: true };
    return this.#analyse(session, admitFrame(readFrameBody(body, query), this.config.frames, defaults));
  }

  /** The intake answers every frame exactly once, also when the session ends meanwhile. */
  #analyse(session: LiveSession, frame: Frame): Promise<VisionResult> {
    return new Promise((resolve, reject) => {
      this.video.intakeOf(session).offer(frame, frame, (outcome) => {
        if (outcome.kind === 'result') resolve(outcome.result);
        else if (outcome.kind === 'failed') reject(outcome.error);
        else
          reject(new AppError('frame_dropped', DROP_ADVICE[outcome.reason], { details: { reason: outcome.reason } }));
      });
    });
  }
}
