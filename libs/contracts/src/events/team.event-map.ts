export const TEAM_MESSAGE_PRIORITIES = ['info', 'important', 'urgent'] as const;
export type TeamMessagePriority = (typeof TEAM_MESSAGE_PRIORITIES)[number];

/** Words from one member of a team to all of them, as the public API writes it. `created_at` is Unix seconds. */
export interface TeamMessage {
  readonly message_id: string;
  readonly team_id: string;
  readonly from_session_id: string;
  readonly from_user_id: string;
  readonly text: string;
  readonly priority: TeamMessagePriority;
  readonly created_at: number;
}

/** Facts between the sessions of a team. */
export interface TeamEvents {
  /** The message has reached this session; published once for each live session of the team, the sender's too. */
  'team.message': { readonly sessionId: string; readonly at: number; readonly message: TeamMessage };
}
