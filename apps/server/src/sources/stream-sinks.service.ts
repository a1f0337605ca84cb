import { Inject, Injectable } from '@nestjs/common';

import type { LiveSession } from '@jiga/sessions';
import type { StreamSink } from '@jiga/streams';

import { AutoConnector } from '../auto-connect/auto-connector.service.js';
import { VideoSockets } from '../video/video-sockets.service.js';
import { HighSpeedSink } from './high-speed.sink.js';
import { channelOf } from './ingested-source.js';
import { IntakeSink } from './intake.sink.js';
import { SoundSink } from './sound.sink.js';

/** One frame under analysis, and one that waits for its turn. */
const WINDOW_FACTOR = 2;

/**
 * Where the frames and the sound of a session's stream go: through the sockets that the server opened to itself, or, without
 * high-speed vision, straight to the analysis.
 */
@Injectable()
export class StreamSinks {
  constructor(
    @Inject(VideoSockets) private readonly video: VideoSockets,
    @Inject(AutoConnector) private readonly connector: AutoConnector,
  ) {}

  /** Throws AppError `session_closed`. */
  of(session: LiveSession): StreamSink {
    const { onFrames, whenDone } = this.#framesOf(session);
    const audio = this.connector.connectionOf(session, 'audio');
    const isHeard = audio !== null && session.configuration.voice_chat_enabled;
    return { onFrames, whenDone, ...(isHeard && { onSound: new SoundSink(audio).onSound }) };
  }

  #framesOf(session: LiveSession): Required<Pick<StreamSink, 'onFrames' | 'whenDone'>> {
    const { configuration, metrics, signal } = session;
    const origin = { source: configuration.video_input_source, channel: channelOf(configuration) };
    const connection = this.connector.connectionOf(session, 'high_speed_vision');
    if (!connection) {
      const window = session.maxConcurrentAnalyses * WINDOW_FACTOR;
      return new IntakeSink({ intake: this.video.intakeOf(session), window, ...origin });
    }
    const onLost = (frames: number): void => {
      for (let i = 0; i < frames; i++) metrics.frameDropped('connection_lost');
    };
    const sink = new HighSpeedSink({ connection, signal, onLost, ...origin });
    this.connector.listen(session, 'high_speed_vision', sink);
    return sink;
  }
}
