import { Inject, Injectable } from '@nestjs/common';

import { AppError, CLOCK, newId, unixSeconds } from '@jiga/contracts';
import type { Clock, TeamMessage, TeamMessagePriority } from '@jiga/contracts';
import { EventBus } from '@jiga/platform';
import type { Credential } from '@jiga/platform';
import { SessionsService, type LiveSession } from '@jiga/sessions';

import { TeamMessageStore, type MessagePosition } from './team-message.store.js';

export interface SentMessage {
  readonly message: TeamMessage;
  /** Live sessions that it reached, the sender's among them. */
  readonly reached: number;
}

/** Messages among the live sessions of one owner's team. */
@Injectable()
export class TeamMessages {
  constructor(
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(TeamMessageStore) private readonly store: TeamMessageStore,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Sends to every live session of the team; it is kept first. Throws AppError `session_not_found`, `session_closed` or
   * `no_team`.
   */
  async send(
    sessionId: string,
    credential: Credential,
    text: string,
    priority: TeamMessagePriority,
  ): Promise<SentMessage> {
    return this.sendFrom(await this.sessions.open(sessionId, credential), text, priority);
  }

  /** The same for the session itself, such as its voice. Throws AppError `no_team`. */
  async sendFrom(
    { id: sessionId, record, configuration }: LiveSession,
    text: string,
    priority: TeamMessagePriority,
  ): Promise<SentMessage> {
    const teamId = configuration.team_id;
    if (teamId === null) throw new AppError('no_team');
    const at = unixSeconds(this.clock);
    const message: TeamMessage = {
      message_id: newId('message'),
      team_id: teamId,
      from_session_id: sessionId,
      from_user_id: configuration.user_id,
      text,
      priority,
      created_at: at,
    };
    await this.store.add(record.owner, message);
    const team = this.sessions.liveTeam(record.owner, teamId);
    for (const member of team) this.bus.publish('team.message', { sessionId: member.id, at, message });
    return { message, reached: team.length };
  }

  /** What the session's team has said, newest first. Throws AppError `session_not_found` or `no_team`. */
  async history(
    sessionId: string,
    credential: Credential,
    limit: number,
    before?: MessagePosition,
  ): Promise<TeamMessage[]> {
    const { owner, configuration } = await this.sessions.get(sessionId, credential);
    if (configuration.team_id === null) throw new AppError('no_team');
    return this.store.list(owner, configuration.team_id, limit, before);
  }
}
