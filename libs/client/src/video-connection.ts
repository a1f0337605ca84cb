import type { VisionResult } from '@jiga/contracts';
import { FrameConnection, type VideoOptions } from './frame-connection.js';
import type { Incoming, SocketDependencies } from './reconnecting-socket.js';
import type { FrameOutcome, Welcome } from './types.js';

const MAX_IN_FLIGHT = 4;

/** The socket `/streamDirectVideo`. At most four frames are on the way unless `maxInFlight` says otherwise. */
export class VideoConnection extends FrameConnection<Welcome> {
  protected readonly resultType = 'direct_video_analysis_result';
  protected readonly isPaced = false;

  constructor(dependencies: SocketDependencies, options: VideoOptions = {}) {
    super(dependencies, options, MAX_IN_FLIGHT, 'direct_video_stream_connected');
  }

  protected outcomeOf({ data }: Incoming): FrameOutcome & { readonly status: 'result' } {
    return { status: 'result', result: data as VisionResult };
  }
}
