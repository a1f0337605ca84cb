import { TEAM_MESSAGE_PRIORITIES } from '@jiga/contracts';
import type { CalloutPriority, TeamMessage, TeamMessagePriority } from '@jiga/contracts';
import type { ReplyTool, ReplyToolCall } from '@jiga/providers';

/** What a model may do besides talking. */
export interface ToolBelt {
  state(): object;
  sendTeamMessage(text: string, priority: TeamMessagePriority): Promise<TeamMessage>;
  setCallouts(from: CalloutPriority | null): void;
}

const LEVELS: ReadonlyMap<string, CalloutPriority | null> = new Map([
  ['all', 'info'],
  ['important', 'important'],
  ['urgent', 'urgent'],
  ['off', null],
]);
const TEXT_MAX = 500;
const RESULT_MAX = 8_000;

const TEAM_MESSAGE_TOOL: ReplyTool = {
  name: 'send_team_message',
  description: "Says something to the player's team. Only when the player asks for it.",
  parameters: {
    type: 'object',
    properties: {
      text: { type: 'string', maxLength: TEXT_MAX },
      priority: { type: 'string', enum: TEAM_MESSAGE_PRIORITIES },
    },
    required: ['text'],
  },
};
const TOOLS: readonly ReplyTool[] = [
  { name: 'get_state', description: 'The match as it is known now.', parameters: { type: 'object', properties: {} } },
  {
    name: 'set_callouts',
    description: 'Which of its own observations JIGA speaks.',
    parameters: {
      type: 'object',
      properties: { level: { type: 'string', enum: [...LEVELS.keys()] } },
      required: ['level'],
    },
  },
];

export const voiceTools = (maySendTeamMessages: boolean): readonly ReplyTool[] =>
  maySendTeamMessages ? [...TOOLS, TEAM_MESSAGE_TOOL] : TOOLS;

/** Runs what a model asked for; its mistakes are answered in words, for it to read. */
export async function runTool({ name, arguments: given }: ReplyToolCall, belt: ToolBelt): Promise<string> {
  try {
    switch (name) {
      case 'get_state':
        return JSON.stringify(belt.state()).slice(0, RESULT_MAX);
      case 'set_callouts': {
        const level = LEVELS.get(String(given['level']));
        if (level === undefined) return `level must be one of ${[...LEVELS.keys()].join(', ')}`;
        belt.setCallouts(level);
        return 'done';
      }
      case 'send_team_message':
        return await sendTeamMessage(given, belt);
      default:
        return `there is no tool ${name.slice(0, 64)}`;
    }
  } catch (error) {
    return `failed: ${error instanceof Error ? error.message : 'unknown'}`;
  }
}

async function sendTeamMessage(given: ReplyToolCall['arguments'], belt: ToolBelt): Promise<string> {
  const text = typeof given['text'] === 'string' ? given['text'].trim() : '';
  if (text === '' || text.length > TEXT_MAX) return `text must be 1 to ${TEXT_MAX} characters`;
  const priority = TEAM_MESSAGE_PRIORITIES.find((known) => known === given['priority']) ?? 'info';
  await belt.sendTeamMessage(text, priority);
  return 'sent';
}
