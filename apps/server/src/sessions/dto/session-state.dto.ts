import { ApiProperty } from '@nestjs/swagger';

import { SessionState } from '@jiga/contracts';
import type { LatencySummary, ProviderFigures, SessionMetricsSnapshot, VoiceFiguresSnapshot } from '@jiga/sessions';

import { QualityDto } from './quality.dto.js';
import { AutoConnectDto, EXAMPLE_SESSION_ID } from './session.dto.js';
import { SourceHealthDto } from './source-health.dto.js';

const at = (description: string): PropertyDecorator =>
  ApiProperty({
    description: `${description}, Unix seconds; null when never.`,
    type: 'number',
    nullable: true,
    example: null,
  });

export class PartDto {
  @ApiProperty({
    description: '`waiting`: nothing came yet; `unavailable`: asked for, but this server does not have it.',
    enum: ['ok', 'waiting', 'off', 'unavailable', 'failed', 'ended'],
    example: 'waiting',
  })
  state!: 'ok' | 'waiting' | 'off' | 'unavailable' | 'failed' | 'ended';

  @ApiProperty({ description: 'For a reader.', type: 'string', nullable: true, example: 'No frame has come yet.' })
  detail!: string | null;
}

export class SessionPartsDto {
  @ApiProperty({ description: 'Where the picture comes from.', type: PartDto }) source!: PartDto;
  @ApiProperty({ description: 'Analysis of the picture.', type: PartDto }) vision!: PartDto;
  @ApiProperty({ description: 'Listening and speaking.', type: PartDto }) audio!: PartDto;
}

export class TransitionDto {
  @ApiProperty({ description: 'Unix seconds.', example: 1_767_225_600.25 }) at!: number;

  @ApiProperty({
    description: 'State before; null at the beginning.',
    enum: Object.values(SessionState),
    nullable: true,
    example: null,
  })
  from!: SessionState | null;

  @ApiProperty({ description: 'State after.', enum: Object.values(SessionState), example: 'created' })
  to!: SessionState;

  @ApiProperty({ description: 'A stable word.', example: 'created' })
  reason!: string;
}

export class SessionStatusDto {
  @ApiProperty({ description: 'The session.', example: EXAMPLE_SESSION_ID }) session_id!: string;
  @ApiProperty({ description: 'Where it is in its life.', enum: Object.values(SessionState), example: 'active' })
  state!: SessionState;
  @ApiProperty({ description: 'What brought it there.', example: 'endpoints_ready' }) state_reason!: string;
  @ApiProperty({ description: 'Seconds that it has lived, or did.', example: 12.5 }) uptime!: number;
  @ApiProperty({ description: 'Health of each part.', type: SessionPartsDto }) parts!: SessionPartsDto;
  @ApiProperty({
    description: 'The stream that the server reads; null when the frames come from the client.',
    type: SourceHealthDto,
    nullable: true,
  })
  source!: SourceHealthDto | null;

  @ApiProperty({ description: 'WebSockets that the server opens to itself.', type: AutoConnectDto })
  auto_connect!: AutoConnectDto;
  @ApiProperty({ description: 'How much is done for each frame.', type: QualityDto }) quality!: QualityDto;
  @ApiProperty({ description: 'Open WebSockets of clients.', example: 0 }) sockets!: number;
  @at('Last frame') last_frame_at!: number | null;
  @at('Last analysis') last_analysis_at!: number | null;
  @at('Last utterance') last_utterance_at!: number | null;
  @ApiProperty({ description: 'Every change of state, oldest first.', type: [TransitionDto] })
  transitions!: TransitionDto[];
}

export class SessionFailureDto {
  @ApiProperty({ description: 'The session.', example: EXAMPLE_SESSION_ID }) session_id!: string;
  @ApiProperty({ description: 'Who plays.', example: 'player-1' }) user_id!: string;
  @ApiProperty({ description: 'Where the picture came from.', example: 'twitch' }) video_input_source!: string;
  @ApiProperty({ description: 'A stable word.', example: 'source_unreachable' }) reason!: string;
  @ApiProperty({ description: 'For a reader.', example: 'The channel is offline.' }) message!: string;
  @ApiProperty({ description: 'How often it was tried.', example: 3 }) attempts!: number;
  @ApiProperty({ description: 'Unix seconds.', example: 1_767_225_600.25 }) created_at!: number;
  @ApiProperty({ description: 'Unix seconds.', example: 1_767_225_620.75 }) failed_at!: number;
  @ApiProperty({ description: 'Always `error`.', enum: Object.values(SessionState), example: 'error' })
  state!: SessionState;

  @ApiProperty({ description: 'Operations that failed, this one among them.', example: 1 }) failed_operations!: number;
  @at('Last operation') last_operation_time!: number | null;
  @ApiProperty({ description: 'Whether a Twitch channel could not be reached.', example: true })
  twitch_connection_failed!: boolean;

  @ApiProperty({ description: 'Why.', type: 'string', nullable: true, example: 'The channel is offline.' })
  twitch_error_message!: string | null;

  @at('When the session failed') session_failed_at!: number | null;
}

export class FailureListDto {
  @ApiProperty({ description: 'Newest first.', type: [SessionFailureDto], example: [] }) items!: SessionFailureDto[];

  @ApiProperty({ description: 'For the next page; null on the last.', type: 'string', nullable: true, example: null })
  next_cursor!: string | null;
}

class LatencyDto implements LatencySummary {
  @ApiProperty({ description: 'Samples.', example: 120 }) count!: number;
  @ApiProperty({ description: 'Milliseconds.', type: 'number', nullable: true, example: 1.1 }) p50!: number | null;
  @ApiProperty({ description: 'Milliseconds.', type: 'number', nullable: true, example: 2.4 }) p95!: number | null;
  @ApiProperty({ description: 'Milliseconds.', type: 'number', nullable: true, example: 3.9 }) p99!: number | null;
  @ApiProperty({ description: 'Milliseconds.', type: 'number', nullable: true, example: 5.2 }) max!: number | null;
}

class FrameCountsDto {
  @ApiProperty({ description: 'Frames that came.', example: 120 }) received!: number;
  @ApiProperty({ description: 'Bytes of them.', example: 2_400_000 }) bytes!: number;
  @ApiProperty({ description: 'Frames with a result.', example: 118 }) analysed!: number;
  @ApiProperty({ description: 'Frames that could not be analysed.', example: 0 }) failed!: number;

  @ApiProperty({
    description: 'Frames given up on purpose, by reason.',
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { superseded: 2 },
  })
  dropped!: Record<string, number>;

  @at('Last frame') last_received_at!: number | null;
}

class AnalysisCountsDto {
  @ApiProperty({ description: 'Heavy stages that ran.', example: 8 }) heavy!: number;
  @at('Last analysis') last_at!: number | null;
}

class ReuseCountsDto {
  @ApiProperty({ description: 'Known already.', example: 96 }) hits!: number;
  @ApiProperty({ description: 'Worked out anew.', example: 14 }) misses!: number;
}

class ReuseByKindDto {
  @ApiProperty({
    description: 'Results of scenes as a whole, by the likeness of their pictures.',
    type: ReuseCountsDto,
  })
  scene!: ReuseCountsDto;

  @ApiProperty({ description: 'Regions of the HUD, each by its own picture.', type: ReuseCountsDto })
  hud!: ReuseCountsDto;

  @ApiProperty({ description: 'Lines of text, by their strokes.', type: ReuseCountsDto }) text!: ReuseCountsDto;
}

class CacheCountsDto {
  @ApiProperty({ description: 'Frames whose result goes on from an earlier heavy stage.', example: 104 }) hits!: number;
  @ApiProperty({ description: 'Frames that had a heavy stage.', example: 14 }) misses!: number;
  @ApiProperty({ description: 'What heavy stages knew already.', type: ReuseByKindDto }) by_kind!: ReuseByKindDto;
}

class SocketCountsDto {
  @ApiProperty({ description: 'Open now.', example: 1 }) open!: number;
  @ApiProperty({ description: 'Opened so far.', example: 3 }) total!: number;
}

class VoiceFiguresDto implements VoiceFiguresSnapshot {
  @ApiProperty({ description: 'Turns of the player that were understood.', example: 3 }) utterances!: number;
  @ApiProperty({ description: 'Turns that were not.', example: 1 }) rejected!: number;
  @ApiProperty({ description: 'Sound received.', example: 42.5 }) seconds_heard!: number;
  @ApiProperty({ description: 'Speech sent.', example: 8.1 }) seconds_spoken!: number;
  @ApiProperty({ description: 'How often speech had to stop.', example: 1 }) interruptions!: number;
  @at('Last utterance') last_utterance_at!: number | null;
}

class ProviderFiguresDto implements ProviderFigures {
  @ApiProperty({ description: 'Calls made, also in vain if they cost something.', example: 4 }) calls!: number;
  @ApiProperty({ description: 'Tokens sent.', example: 5200 }) input_tokens!: number;
  @ApiProperty({ description: 'Tokens received.', example: 310 }) output_tokens!: number;
  @ApiProperty({ description: 'Sound sent and received, in seconds.', example: 12.5 }) audio_seconds!: number;
  @ApiProperty({ description: 'US dollars, by the price table.', example: 0.0042 }) cost_usd!: number;
  @ApiProperty({ description: 'Calls of which no price is known; not in `cost_usd`.', example: 0 })
  unpriced_calls!: number;
}

class ProviderTotalsDto extends ProviderFiguresDto {
  @ApiProperty({
    description: 'The same by `provider:model`.',
    type: 'object',
    additionalProperties: { $ref: '#/components/schemas/ProviderFiguresDto' },
    example: {},
  })
  by_model!: Record<string, ProviderFiguresDto>;
}

export class SessionMetricsDto implements SessionMetricsSnapshot {
  @ApiProperty({ description: 'The session.', example: EXAMPLE_SESSION_ID }) session_id!: string;
  @ApiProperty({ description: 'Analyses and other work done, also in vain.', example: 118 }) total_operations!: number;
  @ApiProperty({ description: 'How many of them failed.', example: 0 }) failed_operations!: number;
  @at('Last of them') last_operation_time!: number | null;
  @ApiProperty({ description: 'Whether the Twitch channel could not be reached.', example: false })
  twitch_connection_failed!: boolean;

  @ApiProperty({ description: 'Why.', type: 'string', nullable: true, example: null })
  twitch_error_message!: string | null;

  @at('When the session failed') session_failed_at!: number | null;
  @ApiProperty({ description: 'Frames.', type: FrameCountsDto }) frames!: FrameCountsDto;
  @ApiProperty({ description: 'Analyses.', type: AnalysisCountsDto }) analyses!: AnalysisCountsDto;
  @ApiProperty({ description: 'What was used again instead of being worked out anew.', type: CacheCountsDto })
  cache!: CacheCountsDto;

  @ApiProperty({
    description:
      'Latency of each stage (`queue`, `decode`, `cheap`, `heavy`, `processing`, `audio_wait`, `audio_recognise`, `audio_response`, …); quantiles within ± 2.5 %.',
    type: 'object',
    additionalProperties: { $ref: '#/components/schemas/LatencyDto' },
    example: { decode: { count: 118, p50: 1.1, p95: 2.4, p99: 3.9, max: 5.2 } },
  })
  latency_ms!: Record<string, LatencyDto>;

  @ApiProperty({ description: 'How much is done for each frame.', type: QualityDto }) quality!: QualityDto;

  @ApiProperty({ description: 'WebSockets of clients.', type: SocketCountsDto }) sockets!: SocketCountsDto;

  @ApiProperty({ description: 'The stream that the server reads.', type: SourceHealthDto, nullable: true })
  source!: SourceHealthDto | null;

  @ApiProperty({ description: 'WebSockets that the server opens to itself.', type: AutoConnectDto })
  auto_connect!: AutoConnectDto;
  @ApiProperty({ description: 'What was heard and said.', type: VoiceFiguresDto }) audio!: VoiceFiguresDto;
  @ApiProperty({ description: 'Calls to models of providers.', type: ProviderTotalsDto }) providers!: ProviderTotalsDto;
}

/** For the document: schemas that are only named by reference must be made known. */
export { LatencyDto, ProviderFiguresDto };
