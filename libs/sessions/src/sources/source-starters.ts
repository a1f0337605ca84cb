import { Injectable } from '@nestjs/common';

import { AppError } from '@jiga/contracts';
import type { SessionConfiguration, VideoInputSource } from '@jiga/contracts';

import { DirectScreenStarter } from './direct-screen.starter.js';
import type { SourceStarter } from './source-starter.port.js';

/** What happens next when a session has been made, by its source. Sources make themselves known at the start. */
@Injectable()
export class SourceStarters {
  readonly #starters = new Map<VideoInputSource, SourceStarter>();

  constructor() {
    this.add(new DirectScreenStarter());
  }

  /** A source that this server has. */
  add(starter: SourceStarter): void {
    this.#starters.set(starter.source, starter);
  }

  /**
   * Better no session than one that would wait for ever for a picture nobody fetches. Throws AppError
   * `capability_unavailable` with what the operator can do, or `validation_failed`.
   */
  refuseUnavailable(configuration: SessionConfiguration): void {
    const { video_input_source: source } = configuration;
    const starter = this.#starters.get(source);
    const obstacle = starter ? starter.obstacle(configuration) : `This server does not ingest ${source} streams.`;
    if (obstacle === null) return;
    throw new AppError(
      'capability_unavailable',
      `${obstacle} Or use video_input_source direct_screen and send the frames yourself.`,
    );
  }

  /** Never missing for a session that refuseUnavailable() let through. */
  of({ video_input_source: source }: SessionConfiguration): SourceStarter {
    const starter = this.#starters.get(source);
    if (!starter) throw new Error(`No starter for ${source}`);
    return starter;
  }
}
